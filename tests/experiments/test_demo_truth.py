"""What was planted in the demo business is found, and nothing else."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.experiments.of_study import study_campaign

TRUTH = demo.truth("retail")
OVERALL = [e for e in TRUTH.effects if not e.segment]
REAL = [e for e in OVERALL if e.effect]
SIZED = [e for e in REAL if e.effect == e.effect]
NULL = [e for e in OVERALL if not e.effect]
BY_SEGMENT = [e for e in TRUTH.effects if e.segment]


def _name(effect):
    return "-".join((effect.experiment, effect.arm, effect.metric, effect.segment)).strip("-")


@pytest.fixture(scope="module")
def campaigns(retail):
    """Every experiment of the study, analysed through the whole path."""
    return {e.id: study_campaign(retail, e.id) for e in retail.study.experiments if e.control}


def row(campaigns, planted):
    return next(
        r for r in campaigns[planted.experiment].rows
        if (r.metric, r.arm, r.cap) == (planted.metric, planted.arm, None)
    )  # fmt: skip


@pytest.mark.parametrize("planted", REAL, ids=_name)
def test_a_planted_effect_is_found(campaigns, planted):
    found = row(campaigns, planted)
    assert found.verdict == ("worse" if planted.direction == "down" else "better")
    assert found.goodness > 0


@pytest.mark.parametrize("planted", SIZED, ids=_name)
def test_the_interval_holds_the_planted_effect(campaigns, planted):
    found = row(campaigns, planted)
    assert found.low <= planted.effect <= found.high


@pytest.mark.parametrize("planted", NULL, ids=_name)
def test_where_nothing_was_planted_nothing_is_claimed(campaigns, planted):
    found = row(campaigns, planted)
    assert found.verdict in {"no_difference", "safe", "quiet"}
    assert found.low <= 0 <= found.high


@pytest.mark.parametrize("planted", BY_SEGMENT, ids=_name)
def test_a_segments_interval_holds_its_planted_effect(campaigns, planted):
    rows = campaigns[planted.experiment].by_segment.effects[0].rows
    found = next(
        r.effect for r in rows
        if (r.segment, r.effect.metric, r.effect.arm)
        == (planted.segment, planted.metric, planted.arm)
    )  # fmt: skip
    assert found.low <= planted.effect <= found.high


def test_only_the_planted_segment_is_named(campaigns):
    named = {
        (f.subject["experiment"], f.subject["segment"])
        for c in campaigns.values()
        for f in c.findings()
        if f.kind == "segment_effect" and f.status == "shown"
    }
    assert named == {("spring_offer", "families")}


@pytest.mark.parametrize("split", TRUTH.broken_splits, ids=lambda s: s.experiment)
def test_the_planted_broken_split_is_refused(campaigns, split):
    result = campaigns[split.experiment]
    assert result.decision.state == "invalid"
    assert result.decision.failed_check == "sample_ratio"
    assert [a.share for a in result.arms.arms] == pytest.approx(list(split.actual), abs=0.01)
    assert not [f for f in result.findings() if f.kind.startswith("effect") and f.status == "shown"]


def test_the_other_experiments_are_sound(campaigns):
    broken = {s.experiment for s in TRUTH.broken_splits}
    assert {e for e, c in campaigns.items() if c.checks.is_broken} == broken


def test_the_discount_is_shipped_and_free_delivery_is_not(campaigns):
    decision = campaigns["spring_offer"].decision
    assert {a.arm: a.state for a in decision.arms} == {
        "discount": "ship", "free_delivery": "do_not_ship",
    }  # fmt: skip


def test_a_test_of_120_companies_says_that_it_cannot_tell(freight):
    result = study_campaign(freight)
    (planted,) = demo.truth("freight").effects
    assert [a.reason for a in result.decision.arms] == ["cannot_tell"]
    assert result.rows[0].low <= planted.effect <= result.rows[0].high


def test_free_delivery_loses_what_it_costs(campaigns):
    rows = {r.arm: r for r in campaigns["spring_offer"].money.rows}
    assert rows["discount"].verdict == "pays_off"
    # Nothing was planted for it, so its true profit is what it costs, with a minus.
    free = rows["free_delivery"]
    assert free.extra_profit[1] <= -free.cost <= free.extra_profit[2]


def test_what_the_banners_cost_is_their_spend(campaigns, retail):
    totals = retail.campaign_totals
    spend = totals[totals["metric"] == "spend"].groupby("arm")["total"].sum()
    shown = totals[totals["metric"] == "clicked"].groupby("arm")["n"].sum()
    (row,) = campaigns["june_banners"].money.rows
    expected = spend["delivery"] - spend["price"] * shown["delivery"] / shown["price"]
    assert row.cost == pytest.approx(expected)
    assert row.n == shown["delivery"]


def test_the_letter_that_left_nobody_out_has_no_effect_to_tell(retail):
    found = study_campaign(retail, "loyalty_letter")
    kinds = {f.kind for f in found.findings()}
    assert {"no_control", "campaign_reach"} <= kinds
    assert not [k for k in kinds if k.startswith(("effect_", "decision_", "money_"))]
    assert found.holdout.advised is not None


def test_the_freight_page_opens_with_what_its_base_can_show(freight):
    (first,) = study_campaign(freight).sensitivity.findings()
    assert first.kind == "smallest_effect"
    # TEST_UNITS companies, about half of which order again: by Fleiss et al. (2003), 4.2
    assert 0.2 < first.estimate < 1.5
