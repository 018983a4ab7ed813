"""The sample-ratio test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from cjm_research.errors import ParameterError
from cjm_research.stats.sample_ratio import log_chi_square_tail, sample_ratio_test


# Fabijan et al. (2019), KDD '19, section 1: 821,588 against 815,482 users where half each was
# planned; they give p = 1.8E-6.
def test_the_msn_experiment_has_the_published_p():
    assert sample_ratio_test([821_588, 815_482], [0.5, 0.5]).p == pytest.approx(1.8e-6, rel=0.02)


def test_many_arms_equal_scipys_chi_square():
    counts, shares = [480, 310, 220], np.array([0.5, 0.3, 0.2])
    expected = stats.chisquare(counts, shares * 1010)
    result = sample_ratio_test(counts, shares)
    assert (result.statistic, result.p) == pytest.approx(tuple(expected))


def test_a_planned_share_of_zero_takes_no_degree_of_freedom():
    result = sample_ratio_test([821_588, 815_482, 0], [0.5, 0.5, 0.0])
    assert (result.df, result.p) == (1, sample_ratio_test([821_588, 815_482], [1, 1]).p)


def test_units_of_an_arm_that_takes_none_break_the_plan():
    assert sample_ratio_test([50, 50, 1], [0.5, 0.5, 0.0]).p == 0


# With two degrees of freedom the tail is exp(-x / 2), with four exp(-x / 2) (1 + x / 2); with
# one it is that of the normal distribution.
@pytest.mark.parametrize("x", [1.0, 150.0, 250.0, 900.0, 40_000.0])
def test_the_tail_is_exact_in_logarithms(x):
    assert log_chi_square_tail(x, df=2) == pytest.approx(-x / 2, rel=1e-12)
    assert log_chi_square_tail(x, df=4) == pytest.approx(-x / 2 + np.log1p(x / 2), rel=1e-12)
    normal = np.log(2) + special.log_ndtr(-np.sqrt(x))
    assert log_chi_square_tail(x, df=1) == pytest.approx(normal, rel=1e-10)


def test_a_hopeless_split_still_has_a_logarithm():
    result = sample_ratio_test([60_000, 40_000], [0.5, 0.5])
    assert result.p == 0
    assert result.log10_p == pytest.approx(-870.8, abs=0.5)


def test_no_units_give_no_answer():
    assert np.isnan(sample_ratio_test([0, 0], [0.5, 0.5]).p)


def test_a_share_for_each_count_is_needed():
    with pytest.raises(ParameterError, match="shares must be 3 numbers"):
        sample_ratio_test([1, 2, 3], [0.5, 0.5])
