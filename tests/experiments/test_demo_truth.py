"""What was planted in the demo business is found, and nothing else."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.experiments.campaign import analyse
from cjm_research.experiments.of_study import study_campaign
from cjm_research.experiments.units import unit_metrics, unit_segments

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
    tables = {"orders": retail.orders, "events": retail.events, "outcomes": retail.outcomes}
    found = {}
    for experiment in retail.study.experiments:
        units = unit_metrics(experiment, retail.exposures, until=retail.as_of, **tables)
        segments = unit_segments(
            units, experiment.segments, customers=retail.customers, memberships=retail.memberships
        )
        found[experiment.id] = analyse(
            experiment, units, segments=segments, until=retail.as_of, limits=retail.limits
        )
    return found


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
