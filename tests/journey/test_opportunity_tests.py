"""Opportunities name the tests that could prove them."""

from __future__ import annotations

from cjm_research.study.ideas import Hypothesis


def idea(id_, theme, experiment=None):
    return Hypothesis.model_validate(
        {"id": id_, "label": id_, "theme": theme, "experiment": experiment,
         "ice": {"impact": 5, "confidence": 5, "ease": 5}}
    )  # fmt: skip


def test_a_pain_is_joined_with_the_idea_that_should_ease_it(drawn):
    first = drawn.opportunities.rows[0]
    got = drawn.opportunities.tested_by([idea("cut_form", first.theme, "form_test")])
    assert (got.rows[0].hypothesis, got.rows[0].experiment) == ("cut_form", "form_test")
    assert got.columns[-2:] == ("hypothesis", "experiment")


def test_an_idea_with_an_experiment_goes_before_one_without(drawn):
    theme = drawn.opportunities.rows[0].theme
    ideas = [idea("talk", theme), idea("cut_form", theme, "form_test"), idea("other", theme, "x")]
    assert drawn.opportunities.tested_by(ideas).rows[0].hypothesis == "cut_form"


def test_without_ideas_nothing_is_joined(drawn):
    got = drawn.opportunities.tested_by([])
    assert got == drawn.opportunities
    assert got.columns == got.shown
    assert got.to_frame()["experiment"].isna().all()
