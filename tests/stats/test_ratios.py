"""Lift against a base that holds the group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from cjm_research.errors import ParameterError
from cjm_research.stats.ratios import lift_interval

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("group", "rest"), [((30, 100), (100, 900)), ((4, 60), (90, 800)), ((250, 500), (480, 900))]
)
def test_the_interval_is_the_mapped_ratio_of_statsmodels(group, rest):
    # statsmodels 0.15: Walter's interval of the ratio of two independent shares.
    ends = confint_proportions_2indep(
        *group, *rest, compare="ratio", method="log-adjusted", correction=False
    )
    part = group[1] / (group[1] + rest[1])
    found = lift_interval(group, rest)
    mapped = [r / (part * r + 1 - part) for r in ends]
    assert [found.low, found.high] == pytest.approx(mapped, rel=1e-9)


def test_lift_is_the_ratio_of_the_share_here_to_the_share_of_all():
    found = lift_interval((30, 100), (100, 900))
    assert found.lift == pytest.approx(0.30 / 0.13)


@settings(deadline=None)
@given(counts, counts)
def test_the_interval_holds_the_lift_and_agrees_with_p(group, rest):
    found = lift_interval(group, rest)
    known = ~np.isnan(found.lift)
    inside = (found.low <= found.lift + 1e-9) & (found.lift <= found.high + 1e-9)
    leaves_out_one = (found.low > 1) | (found.high < 1)
    assert np.all(inside | ~known)
    assert np.all((leaves_out_one == (found.p < 0.05)) | ~known)


@settings(deadline=None)
@given(counts, counts)
def test_the_lift_never_exceeds_what_the_size_of_the_group_allows(group, rest):
    found = lift_interval(group, rest)
    ceiling = (group[1] + rest[1]) / group[1]
    assert np.isnan(found.high) or found.high <= ceiling + 1e-9


def test_groups_and_their_rest_lean_to_opposite_sides():
    here = lift_interval((30, 100), (100, 900))
    there = lift_interval((100, 900), (30, 100))
    assert here.lift > 1 > there.lift
    assert here.p == pytest.approx(there.p)


@pytest.mark.parametrize(
    ("group", "rest"), [((0, 0), (5, 10)), ((5, 10), (0, 0)), ((0, 9), (0, 8)), ((9, 9), (8, 8))]
)
def test_nothing_to_compare_is_not_a_lift_of_one(group, rest):
    assert np.isnan(lift_interval(group, rest)).all()


def test_a_trait_that_only_the_group_has_is_as_common_as_can_be():
    found = lift_interval((50, 100), (0, 300))
    assert found.lift == pytest.approx(4)
    assert found.high == pytest.approx(4)


def test_more_hits_than_customers_are_refused():
    with pytest.raises(ParameterError, match="at most the number of customers"):
        lift_interval((11, 10), (0, 10))


SETTINGS = [(600, 400, 0.6, 0.5), (100, 900, 0.3, 0.1), (300, 9700, 0.05, 0.02),
            (3000, 7000, 0.4, 0.6), (50, 450, 0.1, 0.2), (100, 900, 0.02, 0.02)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m", "here", "elsewhere"), SETTINGS)
def test_the_interval_covers_as_often_as_it_says(n, m, here, elsewhere):
    rng = np.random.default_rng(20261122)
    found = lift_interval(
        (rng.binomial(n, here, 20_000), n), (rng.binomial(m, elsewhere, 20_000), m)
    )
    truth = here / ((n * here + m * elsewhere) / (n + m))
    known = ~np.isnan(found.lift)
    covered = ((found.low <= truth) & (truth <= found.high))[known].mean()
    assert 0.94 <= covered <= 0.96
