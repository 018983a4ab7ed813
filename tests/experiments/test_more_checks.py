"""Checks of what was before, of odd values and effects, and of when it was looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.other_tests import other_tests
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.simulator import simulate_nulls

START = pd.Timestamp("2026-03-02", tz="UTC")
MEAN = {"id": "spent", "kind": "mean"}


def units(n=2000, *, seed=3, **columns):
    rng = np.random.default_rng(seed)
    arm = rng.permutation(np.repeat(["control", "offer"], n // 2))
    ids = [f"u{i:06}" for i in range(n)]
    given = {"spent": rng.normal(10, 2, n), "bought": (rng.random(n) < 0.3).astype(float)}
    return pd.DataFrame({"unit_id": ids, "arm": arm, **given, **columns})


def check(result, name):
    return next(c for c in result.checks.checks if c.check == name)


def test_arms_that_differed_before_are_named(plan):
    table = units()
    table["age"] = np.arange(2000) % 50 + 5.0 * (table["arm"] == "offer")
    found = check(analyse(plan({**MEAN, "covariates": ["age"]}), table), "covariate_balance")
    assert (found.verdict, found.covariate) == ("warning", "age")


def test_arms_drawn_alike_pass(plan):
    table = units(age=np.arange(2000) % 50)
    result = analyse(plan({**MEAN, "covariates": ["age"]}), table)
    assert check(result, "covariate_balance").verdict == "passed"


def test_the_metric_before_the_start_is_a_check_of_its_own(plan):
    table = units()
    table["bought:before"] = (table["arm"] == "offer").astype(float) * (np.arange(2000) % 2)
    found = check(analyse(plan({"id": "bought", "before_days": 30}), table), "before_difference")
    assert (found.verdict, found.metric) == ("warning", "bought")


def test_a_few_huge_values_in_a_small_arm_are_a_warning(plan):
    spent = np.where(np.arange(2000) % 200 == 0, 1e4, 1.0)
    arm = np.where(np.arange(2000) < 200, "control", "offer")
    table = units(spent=spent).assign(arm=arm)
    shares = {"control": 0.1, "offer": 0.9}
    found = check(analyse(plan(MEAN, arms=shares), table), "skewness")
    assert found.verdict == "warning"
    assert found.count > found.n


def test_skewness_that_both_arms_share_cancels(plan):
    found = check(analyse(plan(MEAN), units(spent=np.arange(2000) % 7 + 0.0)), "skewness")
    assert found.verdict == "passed"


@pytest.mark.parametrize(("rate", "verdict"), [(0.9, "warning"), (0.32, "passed")])
def test_an_effect_too_large_to_be_true_is_doubted(plan, rate, verdict):
    table = units()
    rng = np.random.default_rng(9)
    is_offer = table["arm"] == "offer"
    table["bought"] = (rng.random(2000) < np.where(is_offer, rate, 0.3)).astype(float)
    assert check(analyse(plan(), table), "implausible_lift").verdict == verdict


@pytest.mark.parametrize(
    ("days", "within", "verdict"),
    [(7, None, "passed"), (14, None, "passed"), (10, None, "warning"), (1, 28, "passed")],
)
def test_whole_weeks_are_asked_for(plan, days, within, verdict):
    at = START + pd.to_timedelta(np.arange(2000) % days, unit="D")
    metric = {"id": "bought"} | ({"within_days": within} if within else {})
    assert check(analyse(plan(metric), units(exposed_at=at)), "weekday_coverage").verdict == verdict


@pytest.mark.parametrize(("looks", "verdict"), [(1, "warning"), (4, "passed")])
def test_a_look_that_nobody_planned_is_said(plan, looks, verdict):
    at = START + pd.to_timedelta(np.arange(2000) % 14, unit="D")
    experiment = plan(starts_on="2026-03-02", ends_on="2026-03-29", looks=looks)
    result = analyse(experiment, units(exposed_at=at), until=START + pd.Timedelta(days=13))
    assert check(result, "undeclared_looks").verdict == verdict


def test_the_split_of_a_day_is_that_of_the_studys_day(plan):
    zone = "Asia/Vladivostok"  # ten hours ahead: the evening in UTC is tomorrow there
    at = np.where(np.arange(2000) % 2 == 0, START + pd.Timedelta(hours=1),
                  START + pd.Timedelta(hours=20))  # fmt: skip
    table = units(exposed_at=pd.to_datetime(at, utc=True))
    here = analyse(plan(), table, until=pd.Timestamp("2026-03-03", tz=zone))
    assert "day_ratio" in {c.check for c in here.checks.checks}
    there = analyse(plan(), table, until=pd.Timestamp("2026-03-03", tz="UTC"))
    assert "day_ratio" not in {c.check for c in there.checks.checks}


def test_a_passed_bound_ends_a_test_early_and_no_bound_does_not(plan):
    table = units(n=8000)
    is_offer = (table["arm"] == "offer").to_numpy()
    table["bought"] = (np.random.default_rng(4).random(8000) < 0.3 + 0.06 * is_offer).astype(float)
    table["exposed_at"] = START + pd.to_timedelta(np.arange(8000) % 14, unit="D")
    dates = {"starts_on": "2026-03-02", "ends_on": "2026-03-29"}
    until = START + pd.Timedelta(days=13)
    planned = analyse(plan(looks=4, **dates), table, until=until)
    alone = analyse(plan(**dates), table, until=until)
    assert (planned.decision.state, alone.decision.state) == ("ship", "keep_running")
    newest = planned.looks.newest[0]
    assert (newest.look, newest.information, newest.verdict) == (2, 0.5, "better")
    assert planned.rows[0].p_adjusted == pytest.approx(newest.p_look)


# Simpson's paradox, planted: within each segment the offer does worse, together it does better.
def test_segments_against_the_whole_are_a_warning(plan):
    counts = {("a", "control"): (80, 1000), ("a", "offer"): (20, 500),
              ("b", "control"): (300, 500), ("b", "offer"): (500, 1000)}  # fmt: skip
    rows = [(s, a, float(i < x)) for (s, a), (x, n) in counts.items() for i in range(n)]
    table = pd.DataFrame(rows, columns=["segment", "arm", "bought"])
    table["unit_id"] = [f"u{i:05}" for i in range(len(table))]
    result = analyse(plan(), table, segments=table[["unit_id", "segment"]])
    assert result.by_segment.interactions.tests[0].is_reversed
    assert check(result, "segments_reversed").grouping == "segment"


def test_segments_are_drawn_towards_each_other(plan):
    table = units(n=4000)
    table["segment"] = [f"s{i % 8}" for i in range(4000)]
    result = analyse(plan(), table, segments=table[["unit_id", "segment"]])
    rows = result.by_segment.effects[0].rows
    assert np.ptp([r.shrunken for r in rows]) < np.ptp([r.effect.difference for r in rows])


def test_tests_beside_stand_where_they_are_asked_for(plan):
    experiment = plan({"id": "bought", "also": ["exact"]}, {**MEAN, "also": ["rank"]})
    found = other_tests(taking_part(units(), experiment), experiment)
    assert [(r.test, (r.p < 0.05) == (not r.low <= e <= r.high))
            for r, e in zip(found.rows, (1.0, 0.5), strict=True)] == [
        ("exact", True), ("rank", True)
    ]  # fmt: skip


def test_the_chance_to_beat_stands_beside_where_it_is_asked_for(plan):
    assert analyse(plan(), units()).bayes is None
    table = units(n=4000)
    table["bought"] = ((np.arange(4000) % 10) < 3 + 2 * (table["arm"] == "offer")).astype(float)
    down = analyse(plan({"id": "bought", "better": "down"}, has_bayes=True), table)
    assert down.bayes.rows[0].chance_to_beat < 0.01


# Both the promise of the methods and that of the simulator: 500 deals of skewed values, 30 % of the
# covariate unknown. Three standard errors of 5 % are 2.9 points; tea-tasting counts the unknown
# and finds 14 % there.
@pytest.mark.slow
def test_unknown_covariates_give_no_false_alarms(plan):
    rng = np.random.default_rng(20260407)
    n = 2000
    before = rng.lognormal(0, 1, n)
    table = units(n, spent=before + rng.lognormal(0, 1, n),
                  before=np.where(rng.random(n) < 0.3, np.nan, before))  # fmt: skip
    experiment = plan({**MEAN, "covariates": ["before"]}, {"id": "bought"})
    found = simulate_nulls(table, experiment, n_runs=500, rng=np.random.default_rng(20260408))
    rates = {(r.metric, r.calculation): r.rate for r in found.rows}
    assert rates["spent", "adjusted"] == pytest.approx(0.05, abs=0.029)
    assert rates["spent", "unadjusted"] == pytest.approx(0.05, abs=0.029)
    assert rates["bought", "plain"] == pytest.approx(0.05, abs=0.029)
    assert set(found.to_frame()["promise"]) == {"kept"}
