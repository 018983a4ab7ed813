"""What was planted in the demo businesses is found through the whole path, and nothing else."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.needs.by_segment import themes_by_segment
from cjm_research.needs.pains import theme_shares
from cjm_research.needs.quality import rule_report
from cjm_research.needs.rival_table import market
from cjm_research.needs.rivals import brand_themes
from cjm_research.needs.sides import swot
from cjm_research.needs.stages import pains_by_stage
from cjm_research.needs.survey.choices import choices
from cjm_research.needs.survey.kano import kano
from cjm_research.needs.survey.key_drivers import key_drivers
from cjm_research.needs.survey.opportunity import opportunities
from cjm_research.needs.survey.questions import with_scales
from cjm_research.needs.survey.weighting import survey_weights, weight_check, weighted
from cjm_research.needs.talks import interview_themes
from cjm_research.needs.telling import Telling

NAMES = ("retail", "freight")
PLANTED = [(n, t) for n in NAMES for t in demo.truth(n).themes]
RAISED = [(n, t) for n, t in PLANTED if t.raised]


def _id(value):
    return value if isinstance(value, str) else value.theme


@pytest.fixture
def world(request, name):
    return request.getfixturevalue(name)


def _telling(world):
    return Telling(limits=world.limits, min_customers=world.study.privacy.min_customers)


@pytest.mark.parametrize(("name", "planted"), PLANTED, ids=_id)
def test_a_planted_theme_is_told_at_its_stage(world, planted):
    result = theme_shares(world.feedback_codes, telling=_telling(world))
    found = next(f for f in result.findings() if f.subject["theme"] == planted.theme)
    assert found.status == "shown"
    assert found.subject["stage"] == planted.stage


@pytest.mark.parametrize("name", NAMES)
def test_no_theme_is_told_that_was_not_planted(world):
    result = theme_shares(world.feedback_codes, telling=_telling(world))
    told = {f.subject["theme"] for f in result.findings() if f.status == "shown"}
    assert told == {t.theme for n, t in PLANTED if n == world.study.name}


@pytest.mark.parametrize(("name", "planted"), RAISED, ids=_id)
def test_a_segment_that_names_a_theme_more_is_found_and_no_other(world, planted):
    groups = world.segments(planted.grouping)
    result = themes_by_segment(
        world.feedback_codes, groups, grouping=planted.grouping, telling=_telling(world)
    )
    more = {
        f.subject["segment"]
        for f in result.findings()
        if f.subject["theme"] == planted.theme
        and (f.kind, f.status) == ("segment_theme_more", "shown")
    }
    assert more == {s for s, rate in planted.raised.items() if rate > planted.rate}


@pytest.mark.parametrize("name", NAMES)
def test_a_stage_hurts_as_much_as_was_planted(world):
    rows = {r.stage: r for r in pains_by_stage(world.feedback_codes, world.study.stages).rows}
    pained = {t.stage for n, t in PLANTED if n == world.study.name and t.kind == "pain"}
    assert {s for s, r in rows.items() if r.customers} == pained


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_the_demo_codebook_finds_something_but_synonyms(world):
    report = rule_report(world.feedback_codes, world.codebook)
    assert report.rows
    assert not [r for r in report.rows if r.verdict == "greedy"]


@pytest.fixture
def answered(world):
    """Return a questionnaire, weighted where its study says so."""
    plan = world.study.survey
    feedback = with_scales(world.feedback, plan)
    return weighted(feedback, survey_weights(feedback, world.customers, plan))


def _survey(world):
    return demo.truth(world.study.name).survey


@pytest.mark.parametrize("name", NAMES)
def test_underserved_needs_are_those_that_were_planted(world, answered):
    planted = _survey(world)
    result = opportunities(
        answered, world.segments(planted.grouping), grouping=planted.grouping,
        telling=_telling(world),
    )  # fmt: skip
    told = [f.subject for f in result.findings() if f.status == "shown"]
    of = {group: {s["question"] for s in told if s.get("segment", "") == group}
          for group in planted.underserved}  # fmt: skip
    assert of == {group: set(needs) for group, needs in planted.underserved.items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_planted_driver_and_no_other_is_told(world, answered):
    result = key_drivers(answered, world.study.survey, telling=_telling(world))
    told = [f.subject["question"] for f in result.findings() if f.status == "shown"]
    assert told == [_survey(world).driver]


@pytest.mark.parametrize("name", NAMES)
def test_features_have_their_planted_class(world, answered):
    assert {r.question: r.category for r in kano(answered).rows} == _survey(world).kano


@pytest.mark.parametrize("name", NAMES)
def test_the_segment_that_buys_on_impulse_is_found(world, answered):
    question, segment, option = _survey(world).choice
    grouping = _survey(world).grouping
    result = choices(
        answered, world.segments(grouping), plan=world.study.survey, grouping=grouping,
        telling=_telling(world),
    )  # fmt: skip
    more = {
        (r.segment, r.option)
        for r in result.differing().rows
        if r.question == question and r.share > r.elsewhere and r.option == option
    }
    assert more == {(segment, option)}


def test_sides_of_the_carriers_are_those_that_were_planted(freight):
    planted = demo.truth("freight").rivals
    codes, telling = freight.feedback_codes, _telling(freight)
    found = swot(brand_themes(codes, own=planted.own, telling=telling), own=planted.own)
    assert {(r.side, r.brand, r.theme) for r in found.rows} == planted.sides


@pytest.mark.parametrize("brand", demo.truth("freight").rivals.rates)
def test_a_brand_is_spoken_of_as_planted(freight, brand):
    planted = demo.truth("freight").rivals
    found = brand_themes(freight.feedback_codes, own=planted.own, telling=_telling(freight))
    named = {r.theme: r.customers for r in found.rows if r.segment == brand}
    assert named == pytest.approx(
        {t: 180 * rate for t, rate in planted.rates[brand].items()}, abs=1
    )


def test_what_is_known_of_rivals_stands_beside_what_is_said(freight):
    rows = market(freight.rivals, freight.feedback).rows
    assert [r.answers for r in rows] == [180, 180]


@pytest.mark.parametrize("name", ["retail"])
def test_weights_take_the_women_back_to_their_share(retail, answered):
    weights = survey_weights(answered, retail.customers, retail.study.survey)
    check = weight_check(weights, retail.customers, retail.study.survey)
    assert [r.share for r in check.rows] == pytest.approx([880 / 1200, 320 / 1200])
    assert [r.weighted for r in check.rows] == pytest.approx([0.56, 0.44])


@pytest.mark.parametrize("name", ["retail"])
def test_do_not_know_is_no_grade(answered):
    assert not (answered["score"] == 99).any()


def test_the_interviews_of_the_forwarder_are_counted(freight):
    result = interview_themes(freight.feedback_codes)
    assert result.n == 12
    assert result.rows
    assert all(r.interviews <= 12 for r in result.rows)
