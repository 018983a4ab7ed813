"""Rank correlation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from cjm_research.errors import ParameterError
from cjm_research.stats.ranks import rank_correlation

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=5, max_size=60)


@settings(deadline=None)
@given(pairs)
def test_it_is_spearmans_of_scipy_with_ties(values):
    x, y = np.array(values, float).T
    found = rank_correlation(x, y)
    varies = np.ptp(x) > 0 and np.ptp(y) > 0
    expected = spearmanr(x, y).statistic if varies else np.nan
    np.testing.assert_allclose(found.estimate, expected, atol=1e-12)


@settings(deadline=None)
@given(pairs)
def test_the_interval_holds_the_correlation(values):
    found = rank_correlation(*np.array(values, float).T)
    assert np.isnan(found.estimate) or -1 <= found.low <= found.estimate <= found.high <= 1


def test_a_pair_that_is_not_known_is_left_out():
    assert rank_correlation([1, 2, 3, 4, np.nan], [1, 2, 3, 5, 9]).n == 4


def test_three_pairs_say_nothing():
    assert np.isnan(rank_correlation([1, 2, 3], [1, 2, 3]).estimate)


def test_sides_of_different_length_are_refused():
    with pytest.raises(ParameterError, match="second must be of shape"):
        rank_correlation([1, 2], [1])


@pytest.mark.slow
def test_the_interval_covers_the_correlation_of_a_normal_pair():
    # Spearman's rho of a bivariate normal with r = .6 is 6/pi asin(.3) = .5819.
    rng = np.random.default_rng(7)
    draws = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=(2000, 80))
    found = [rank_correlation(d[:, 0], d[:, 1]) for d in draws]
    truth = 6 / np.pi * np.arcsin(0.3)
    assert 0.93 <= np.mean([f.low <= truth <= f.high for f in found]) <= 0.97


def test_four_pairs_in_one_order_do_not_prove_a_correlation_of_one():
    # One order in 24 does so by chance; of other correlations the next is 1 - 12 / 60 = .8.
    found = rank_correlation([1, 2, 3, 4], [10, 20, 30, 40])
    assert (found.estimate, found.high) == (1, 1)
    assert found.low == pytest.approx(np.tanh(np.arctanh(0.8) - 1.959964 * 1.03), rel=1e-6)
    turned = rank_correlation([1, 2, 3, 4], [4, 3, 2, 1])
    assert (turned.low, turned.high) == pytest.approx((-1, -found.low))
