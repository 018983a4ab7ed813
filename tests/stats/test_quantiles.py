"""Quantiles by the exact bootstrap."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.quantiles import compare_quantiles, quantile_law

SAMPLES = st.lists(st.integers(-20, 20), min_size=2, max_size=30)


# All 4^4 bootstrap samples of four values, drawn one by one.
@pytest.mark.parametrize(("quantile", "rank"), [(0.25, 0), (0.5, 1), (0.9, 3)])
def test_the_law_is_that_of_all_bootstrap_samples(quantile, rank):
    values = np.array([1.0, 2.0, 5.0, 7.0])
    drawn = [sorted(s)[rank] for s in product(values, repeat=4)]
    law = quantile_law(values, quantile)
    wanted = [drawn.count(v) / 256 for v in law.values]
    assert law.chances == pytest.approx(wanted, abs=1e-12)


def test_a_window_of_a_large_sample_holds_all_the_chance():
    law = quantile_law(np.random.default_rng(1).normal(size=100_000), 0.9)
    assert len(law.values) < 2000
    assert law.chances.sum() == pytest.approx(1.0)


@settings(deadline=None)
@given(SAMPLES, SAMPLES, st.sampled_from([0.25, 0.5, 0.9]))
def test_the_interval_leaves_zero_out_exactly_when_p_is_small(one, none, quantile):
    found = compare_quantiles(quantile_law(one, quantile), quantile_law(none, quantile))
    assert (found.p < 0.05) == (not found.low <= 0 <= found.high)


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=30),
       st.lists(st.integers(1, 40), min_size=2, max_size=30))  # fmt: skip
def test_the_relative_interval_agrees_with_the_absolute_one(one, none):
    found = compare_quantiles(quantile_law(one, 0.5), quantile_law(none, 0.5))
    assert (found.p < 0.05) == (not found.lift_low <= 0 <= found.lift_high)


def test_one_value_cannot_be_compared():
    assert np.isnan(compare_quantiles(quantile_law([1.0], 0.5), quantile_law([1.0], 0.5)).p)


def test_a_quantile_lies_inside_its_range():
    with pytest.raises(ParameterError, match="between 0 and 1"):
        quantile_law([1.0, 2.0], 1.0)


# 1,000 pairs of 300 lognormal values; the true difference of the 90 % quantiles is zero. Three
# simulation standard errors are 2.1 points.
@pytest.mark.slow
def test_intervals_hold_the_difference_of_the_customers():
    rng = np.random.default_rng(20260404)
    wrong = 0
    for _ in range(1000):
        laws = (quantile_law(rng.lognormal(size=300), 0.9) for _ in range(2))
        wrong += compare_quantiles(*laws).p < 0.05
    assert wrong / 1000 <= 0.05 + 0.021


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 30), min_size=2, max_size=25),
    st.lists(st.integers(1, 30), min_size=2, max_size=25),
    st.sampled_from([0.5, 0.9]),
)
def test_the_ends_are_those_of_all_pairs_of_bootstrap_quantiles(one, none, quantile):
    treated, control = quantile_law(one, quantile), quantile_law(none, quantile)
    moves = np.subtract.outer(treated.values, control.values).ravel()
    chances = np.multiply.outer(treated.chances, control.chances).ravel()
    at_most = np.array([chances[moves <= m + 1e-9].sum() for m in moves])
    at_least = np.array([chances[moves >= m - 1e-9].sum() for m in moves])
    found = compare_quantiles(treated, control)
    assert found.low == pytest.approx(moves[at_most >= 0.025].min(), abs=1e-6)
    assert found.high == pytest.approx(moves[at_least >= 0.025].max(), abs=1e-6)


def test_a_wide_window_has_the_chances_of_the_incomplete_beta_function():
    law = quantile_law(np.arange(50_000.0), 0.9)
    until = special.betainc(45_000, 5_001, (law.values + 1) / 50_000)
    assert np.cumsum(law.chances) == pytest.approx(until, abs=1e-8)
