"""What was planted in the demo businesses is found in their journeys."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.scope import JourneyTables

pytestmark = pytest.mark.path


@pytest.fixture(scope="module", params=["retail", "freight"])
def study(request):
    """Return the truth of a demo business, and its journey."""
    world = request.getfixturevalue(request.param)
    tables = JourneyTables(
        events=world.events,
        event_stages=world.event_stages,
        orders=world.orders,
        feedback=world.feedback,
        feedback_codes=world.feedback_codes,
        segments=world.segments(),
    )
    found = analyse_journey(tables, world.study.stages, limits=world.limits)
    return demo.truth(request.param), found


def told(result, kind):
    return [f for f in result.findings() if f.kind == kind and f.status == "shown"]


def test_the_weakest_step_is_found(study):
    truth, journey = study
    (finding,) = told(journey.funnel, "weakest_step")
    assert finding.subject["from_stage"] == truth.weakest_step


def test_the_share_of_each_step_holds_its_planted_rate(study):
    truth, journey = study
    for step, (stage, rate) in zip(journey.funnel.steps[1:], truth.step_rates.items(), strict=True):
        margin = 1.5 * (step.passed_high - step.passed_low)
        assert step.passed == pytest.approx(rate, abs=margin), stage


def test_the_low_point_is_at_the_planted_stage(study):
    truth, journey = study
    low = journey.map.low_point()
    assert low is not None
    assert low.stage == truth.low_mood_stage


def test_each_planted_pain_is_among_the_pains_of_its_stage(study):
    truth, journey = study
    found = {(r.stage, r.theme) for r in journey.map.pains.rows if r.share > 0.05}
    planted = {(t.stage, t.theme) for t in truth.themes if t.kind == "pain"}
    assert planted <= found


def test_a_pain_that_was_not_planted_at_a_stage_is_rare_there(study):
    truth, journey = study
    planted = {(t.stage, t.theme) for t in truth.themes if t.kind == "pain"}
    others = [r for r in journey.map.pains.rows if (r.stage, r.theme) not in planted]
    assert [r for r in others if r.share > 0.05] == []


def test_no_segment_passes_a_step_differently_since_none_was_planted(study):
    _, journey = study
    assert told(journey.segments, "segment_step") == []
