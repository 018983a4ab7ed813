"""What is planted in the demo businesses comes out of their portraits, and noise does not."""

from __future__ import annotations

import pytest

from cjm_research import demo
from cjm_research.segmentation.matrix import customer_matrix, place_customers
from cjm_research.segmentation.portraits import portraits
from cjm_research.stats.proportions import wilson_interval

TRAITS = [
    pytest.param(name, segment, trait, id=f"{segment.segment}-{trait.column}={trait.value}")
    for name in demo.NAMES
    for segment in demo.truth(name).segments
    for trait in segment.traits
]
RAISED = [
    pytest.param(name, theme, segment, id=f"{segment}-{theme.theme}")
    for name in demo.NAMES
    for theme in demo.truth(name).themes
    for segment, rate in theme.raised.items()
    if rate > theme.rate
]
GROUPINGS = {name: {s.grouping for s in demo.truth(name).segments} for name in demo.NAMES}


@pytest.fixture(scope="session")
def drawn(retail, freight):
    return {
        (world.study.name, grouping): portraits(
            world.customers,
            world.features,
            world.memberships,
            grouping=world.study.grouping(grouping),
            limits=world.limits,
        )
        for world in (retail, freight)
        for grouping in GROUPINGS[world.study.name]
    }


@pytest.mark.parametrize(("name", "segment", "trait"), TRAITS)
def test_a_planted_trait_is_told(drawn, name, segment, trait):
    found = drawn[name, segment.grouping].traits(segment.segment)
    (row,) = [r for r in found if r.trait == f"{trait.column}={trait.value}"]
    low, high = wilson_interval(row.n_with, row.n, confidence=0.999)
    assert row.lift > 1
    assert low - 0.01 <= trait.share <= high + 0.01


@pytest.mark.parametrize(("name", "theme", "segment"), RAISED)
def test_a_planted_pain_is_told(drawn, name, theme, segment):
    found = drawn[name, theme.grouping].voices(segment)
    (row,) = [r for r in found if r.trait == theme.theme]
    assert row.lift > 1


def test_themes_that_no_segment_raises_are_not_told_as_raised(drawn):
    raised = {(t.theme, s) for t in demo.truth("retail").themes for s in t.raised}
    rows = drawn["retail", "life_situation"].lifts.rows
    told = {(r.trait, r.segment) for r in rows
            if r.kind != "trait" and r.status == "shown" and r.lift > 1}  # fmt: skip
    assert told <= raised


def test_traits_drawn_apart_from_the_segments_are_not_told(drawn):
    rows = drawn["retail", "life_situation"].lifts.rows
    told = {r.trait.partition("=")[0] for r in rows if r.status == "shown"}
    assert not told & {"gender", "education", "consent_marketing"}


@pytest.mark.parametrize("grouping", sorted(GROUPINGS["freight"]))
def test_every_freight_group_of_thirty_companies_speaks(drawn, grouping):
    found = drawn["freight", grouping]
    assert {s.level for s in found.sizes if s.n >= 30} == {"claims"}
    assert all(found.traits(s.segment) or found.voices(s.segment)
               for s in found.sizes if s.segment != "other")  # fmt: skip


def test_churn_by_late_delivery_shows_in_the_lifecycle(retail):
    found = portraits(
        retail.customers,
        retail.features,
        retail.memberships,
        grouping=retail.study.grouping("lifecycle"),
        limits=retail.limits,
    )
    assert [r.trait for r in found.voices("lost") if r.kind == "pain" and r.lift > 1] == [
        "late_delivery"
    ]


@pytest.mark.parametrize("name", demo.NAMES)
def test_the_matrix_of_the_demo_tells_of_its_axes(name, request):
    world = request.getfixturevalue(name)
    matrix = world.study.matrix
    found = customer_matrix(
        place_customers(world.customers, world.features, matrix), matrix, limits=world.limits
    )
    best = found.cell("high_high")
    assert best.revenue_share > best.share
