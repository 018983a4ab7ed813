"""Ideas stand in the order of their scores."""

from __future__ import annotations

import pytest

from cjm_research.experiments.backlog import Grades, scored
from cjm_research.study.ideas import Hypothesis


def idea(name, *, ice=None, rice=None):
    given = {"id": name, "label": name}
    if ice:
        given["ice"] = dict(zip(("impact", "confidence", "ease"), ice, strict=True))
    if rice:
        given["rice"] = dict(zip(("reach", "impact", "confidence", "effort"), rice, strict=True))
    return Hypothesis.model_validate(given)


# Intercom's own example of the method's page: 500 customers a quarter, impact 3, confidence 80 %,
# two person-months.
def test_rice_is_that_of_its_authors():
    (only,) = scored([idea("a", rice=(500, 3, 0.8, 2))]).ideas
    assert only.rice == 600


def test_rice_decides_where_all_have_it_and_both_places_are_shown():
    ideas = [
        idea("easy", ice=(5, 9, 10), rice=(100, 1, 0.8, 1)),
        idea("large", ice=(9, 5, 3), rice=(5000, 2, 0.5, 4)),
    ]
    first, second = scored(ideas).ideas
    assert (first.hypothesis, first.rice_place, first.ice_place) == ("large", 1, 2)
    assert (second.hypothesis, second.rice_place, second.ice_place) == ("easy", 2, 1)
    assert second.ice == pytest.approx(8)


def test_equal_scores_share_a_place_and_keep_their_order():
    ideas = [idea("b", ice=(5, 5, 5)), idea("a", ice=(4, 5, 6)), idea("c", ice=(1, 1, 1))]
    assert [(i.hypothesis, i.ice_place) for i in scored(ideas).ideas] == [
        ("b", 1), ("a", 1), ("c", 3),
    ]  # fmt: skip


def test_ideas_with_different_scores_stand_by_the_better_place():
    ideas = [idea("a", ice=(5, 5, 5)), idea("b", rice=(10, 1, 1, 1)), idea("c", ice=(9, 9, 9))]
    assert [i.hypothesis for i in scored(ideas).ideas] == ["b", "c", "a"]


def test_the_grades_are_those_of_the_study_file():
    frame = Grades(ideas=(idea("a", ice=(5, 6, 7)), idea("b", rice=(10, 1, 1, 2)))).to_frame()
    assert frame.loc[0, "ice_ease"] == 7
    assert frame.loc[1, "rice_effort"] == 2
    assert frame.loc[1, ["ice_impact", "ice_ease"]].isna().all()


def test_no_idea_leaves_an_empty_backlog():
    assert scored([]).to_frame().empty
