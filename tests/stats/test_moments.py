"""Moments that merge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cjm_research.errors import ParameterError
from cjm_research.stats.moments import merge_moments, moments

TABLES = st.integers(0, 60).flatmap(
    lambda n: arrays(np.float64, (n, 3), elements=st.floats(-1e6, 1e6, allow_subnormal=False))
)


@given(TABLES, TABLES)
def test_merged_parts_equal_the_whole(one, other):
    merged = moments(one).merge(moments(other))
    whole = moments(np.vstack([one, other]))
    assert merged.n == whole.n
    np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(merged.cross, whole.cross, rtol=1e-10, atol=1e-2)


def test_more_rows_than_a_chunk_give_numpys_covariance():
    rows = np.random.default_rng(1).normal(1e6, [1, 2, 3], (150_000, 3))
    np.testing.assert_allclose(moments(rows).covariance, np.cov(rows.T), atol=1e-9)


def test_the_order_of_rows_does_not_matter():
    rows = np.random.default_rng(2).exponential(100, (100_000, 2))
    one, other = moments(rows), moments(rows[::-1])
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-10)


# gbstats' sums of squares give -170.67 here; the variance of 4, 7, 13, 16 is 30.
def test_a_large_mean_costs_no_digits():
    assert moments(np.array([[4.0], [7], [13], [16]]) + 1e9).variance == pytest.approx([30])


def test_one_row_has_no_variance():
    assert np.isnan(moments([[1.0, 2.0]]).covariance).all()


def test_no_parts_are_an_empty_sample():
    assert merge_moments([], n_columns=2).n == 0


def test_missing_values_are_refused():
    with pytest.raises(ParameterError, match="finite numbers"):
        moments([[1.0], [np.nan]])
