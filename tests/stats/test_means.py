"""Welch's test and interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjm_research.errors import ParameterError
from cjm_research.stats.means import Sample, compare_means, welch_df

# R's sleep data, printed under ?t.test: t = -1.8608, df = 17.776, p-value = 0.07939,
# 95 per cent confidence interval -3.3654832 to 0.2054832.
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

SAMPLES = st.builds(
    Sample, st.integers(2, 10**6), st.floats(-1e6, 1e6), st.floats(1e-3, 1e9, allow_nan=False)
)


def sample(values):
    return Sample(len(values), np.mean(values), np.var(values, ddof=1))


def test_the_values_of_the_sleep_data_are_those_of_r():
    result = compare_means(sample(DRUG_1), sample(DRUG_2))
    assert (result.low, result.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-7)
    assert result.p == pytest.approx(0.07939, abs=5e-6)
    assert welch_df(sample(DRUG_1), sample(DRUG_2)) == pytest.approx(17.776, abs=5e-4)


def test_the_p_value_equals_scipy_for_unequal_samples():
    rng = np.random.default_rng(3)
    one, two = rng.exponential(2, 37), rng.normal(1, 9, 411)
    expected = stats.ttest_ind(one, two, equal_var=False)
    result = compare_means(sample(one), sample(two))
    assert result.p == pytest.approx(expected.pvalue, rel=1e-10)
    interval = expected.confidence_interval()
    assert (result.low, result.high) == pytest.approx(tuple(interval), rel=1e-10)


@given(SAMPLES, SAMPLES)
def test_the_interval_excludes_zero_exactly_when_p_is_below_the_level(treated, control):
    result = compare_means(treated, control)
    assert bool(result.low > 0 or result.high < 0) == bool(result.p < 0.05)


@given(SAMPLES, SAMPLES, st.floats(0.01, 100))
def test_scaling_the_metric_scales_effect_and_interval(treated, control, factor):
    plain = compare_means(treated, control)
    scaled = compare_means(
        *(Sample(s.n, s.mean * factor, s.variance * factor**2) for s in (treated, control))
    )
    assert scaled.se == pytest.approx(float(plain.se) * factor, rel=1e-9)
    assert scaled.p == pytest.approx(float(plain.p), rel=1e-6, abs=1e-12)


def test_one_value_has_no_interval():
    result = compare_means(Sample(1, 5.0, np.nan), Sample(10, 4.0, 2.0))
    assert result.estimate == 1.0
    assert np.isnan(result[1:]).all()


def test_constant_samples_have_no_p_value():
    assert np.isnan(compare_means(Sample(10, 1.0, 0.0), Sample(10, 1.0, 0.0)).p)


def test_a_negative_variance_is_refused():
    with pytest.raises(ParameterError, match="treated must be of no negative size or variance"):
        compare_means(Sample(10, 1.0, -1.0), Sample(10, 1.0, 1.0))
