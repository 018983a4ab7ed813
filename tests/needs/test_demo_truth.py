"""What was planted in the demo businesses is found through the whole path, and nothing else."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.needs.by_segment import themes_by_segment
from cjm_research.needs.pains import theme_shares
from cjm_research.needs.quality import rule_report
from cjm_research.needs.stages import pains_by_stage
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


def test_the_interviews_of_the_forwarder_are_counted(freight):
    result = interview_themes(freight.feedback_codes)
    assert result.n == 12
    assert result.rows
    assert all(r.interviews <= 12 for r in result.rows)
