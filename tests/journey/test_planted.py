"""What was planted in the demo businesses is found in their journeys."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.scope import JourneyTables
from cjm_research.journey.versus import compare_segments
from cjm_research.workspace.journeys import journey_tables

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


def test_the_planted_low_point_is_a_dip_between_two_higher_stages(study):
    truth, journey = study
    moods = {p.stage: p for p in journey.map.mood.points}
    stages = list(moods)
    i = stages.index(truth.low_mood_stage)
    low = moods[truth.low_mood_stage]
    assert low.high < moods[stages[i - 1]].low
    assert low.high < moods[stages[i + 1]].low


def test_customers_step_back_where_the_business_makes_them(study):
    # The shop's log is filled up with product views: buyers look again after a checkout. The
    # forwarder's customers order anew once the papers of the last carriage are there.
    truth, journey = study
    back = {s.stage: s for s in journey.map.flow.stages}
    expected = {"retail": ("purchase", "consideration"), "freight": ("documents", "carriage")}
    stage, earlier = expected[truth.name]
    assert back[stage].back_low > 0.3
    moves = [m for m in journey.moves.moves if m.stage == stage and m.direction == "back"]
    assert max(moves, key=lambda m: m.moves).next_stage == earlier


def test_nobody_steps_back_to_the_first_stage_that_was_planted_as_a_beginning(study):
    _, journey = study
    first = journey.map.stages[0].stage
    into_first = [m for m in journey.moves.moves if m.next_stage == first]
    assert sum(m.moves for m in into_first) == 0


def test_segments_differ_on_the_map_exactly_in_their_planted_pains(request):
    # Families are planted with late deliveries, seniors with the form: no other pain differs.
    world = request.getfixturevalue("retail")
    found = compare_segments(
        journey_tables(world), world.study.stages, segments=("families", "seniors"),
        limits=world.limits,
    )  # fmt: skip
    themes = [t for t in demo.truth("retail").themes if t.kind == "pain" and t.raised]
    planted = {
        (t.stage, t.theme) for t in themes
        if t.raised.get("families", t.rate) != t.raised.get("seniors", t.rate)
    }  # fmt: skip
    clear = {(r.stage, r.name) for r in found.rows if r.map_row == "pain" and found.is_clear(r)}
    assert clear == planted
