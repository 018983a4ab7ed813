"""Public experiments whose results are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.totals import analyse_totals

THIRD = 1 / 3


@pytest.fixture(scope="module")
def hillstrom(shared_data, plan):
    raw = pd.read_csv(shared_data / "hillstrom" / "hillstrom.csv")
    arms = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
    units = raw.assign(unit_id=np.arange(len(raw)).astype(str), arm=raw["segment"].map(arms))
    experiment = plan(
        {"id": "visit"},
        {"id": "conversion"},
        {"id": "spend", "kind": "mean", "is_money": True, "cap": 0.999},
        arms={"none": THIRD, "mens": THIRD, "womens": 1 - 2 * THIRD},
    )
    bought = units[["unit_id"]].assign(bought_womens=units["womens"].astype(str))
    return analyse(experiment, units, segments=bought)


def rates(result, metric):
    rows = [r for r in result.rows if r.metric == metric and r.cap is None]
    return {**{r.arm: r.treated.mean for r in rows}, "none": rows[0].control.mean}


# Hillstrom's e-mail test (2008); the rates are the published ones.
def test_hillstrom_has_the_published_rates(hillstrom):
    expected = {"mens": 0.18276, "womens": 0.15140, "none": 0.10617}
    assert rates(hillstrom, "visit") == pytest.approx(expected, abs=5e-6)
    expected = {"mens": 0.01253, "womens": 0.00884, "none": 0.00573}
    assert rates(hillstrom, "conversion") == pytest.approx(expected, abs=5e-6)
    expected = {"mens": 1.4226, "womens": 1.0772, "none": 0.6528}
    assert rates(hillstrom, "spend") == pytest.approx(expected, abs=5e-5)


def test_hillstroms_split_is_sound_and_rows_that_look_alike_are_units(hillstrom):
    assert not hillstrom.checks.is_broken
    assert hillstrom.arms.n == 64_000


def test_both_of_hillstroms_mailings_are_worth_sending(hillstrom):
    assert {a.arm: a.state for a in hillstrom.decision.arms} == {"mens": "ship", "womens": "ship"}


# The known reading of this data: the women's mailing works on those who bought women's wear.
def test_hillstroms_womens_mailing_works_on_buyers_of_womens_wear(hillstrom):
    tests = {(t.metric, t.arm): t for t in hillstrom.by_segment.interactions.tests}
    assert tests["visit", "womens"].verdict == "differs"
    assert tests["visit", "mens"].verdict == "not_shown"
    rows = hillstrom.by_segment.effects[0].rows
    effect = {r.segment: r.effect.difference for r in rows
              if (r.effect.metric, r.effect.arm) == ("visit", "womens")}  # fmt: skip
    assert effect["1"] > 5 * effect["0"]


@pytest.fixture(scope="module")
def udacity(shared_data, plan):
    folder = shared_data / "udacity_free_trial"
    rows = []
    for arm in ("control", "experiment"):
        days = pd.read_csv(folder / f"{arm}_data.csv").assign(arm=arm)
        known = days["Enrollments"].notna()
        rows += [
            days[["arm", "Date"]].assign(
                metric="clicked", n=days["Pageviews"], total=days["Clicks"]
            ),
            days.loc[known, ["arm", "Date"]].assign(
                metric="enrolled", n=days["Clicks"], total=days["Enrollments"]
            ),
            days.loc[known, ["arm", "Date"]].assign(
                metric="paid", n=days["Clicks"], total=days["Payments"]
            ),
        ]
    experiment = plan(
        {"id": "enrolled", "better": "down"},
        {"id": "paid", "role": "guardrail", "margin": 0.0075},
        {"id": "clicked", "role": "other"},
        arms={"control": 0.5, "experiment": 0.5},
    )
    return analyse_totals(experiment, pd.concat(rows).assign(experiment="test"))


# Known answers of the course: gross conversion -0.0206 (-0.0291, -0.0120), net conversion
# -0.0049 (-0.0116, 0.0019), both by the pooled normal interval; 345,543 and 344,660 pageviews.
def test_udacity_has_the_known_answers(udacity):
    enrolled, paid, _ = udacity.rows
    assert enrolled.difference == pytest.approx(-0.02055, abs=5e-6)
    assert (enrolled.low, enrolled.high) == pytest.approx((-0.0291, -0.0120), abs=1e-4)
    assert paid.difference == pytest.approx(-0.0049, abs=5e-5)
    assert (paid.low, paid.high) == pytest.approx((-0.0116, 0.0019), abs=1e-4)


def test_udacitys_split_of_pageviews_is_sound(udacity):
    assert [a.n for a in udacity.arms.arms] == [345_543, 344_660]
    assert not udacity.checks.is_broken


# The course's recommendation: do not launch, since net conversion may fall below the practical
# boundary of 0.0075.
def test_udacity_is_not_shipped_without_a_person(udacity):
    assert udacity.decision.state == "review"
    assert udacity.decision.arms[0].reason == "guardrail_unclear"
