"""Relative lift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cjm_research.stats.comparison import two_sided_quantile
from cjm_research.stats.fieller import fieller_lift
from cjm_research.stats.means import Sample, compare_means, welch_df

SAMPLES = st.builds(
    Sample, st.integers(2, 10**5), st.floats(-1e3, 1e3), st.floats(1e-2, 1e6, allow_nan=False)
)


# By hand: means 11 and 10, squared errors .25 and .25, q from t(198) = 1.972. The ends solve
# (100 - .25 q^2) r^2 - 220 r + (121 - .25 q^2) = 0.
def test_the_ends_solve_the_quadratic():
    lift = fieller_lift(Sample(100, 11.0, 25.0), Sample(100, 10.0, 25.0))
    square = 1.97201748**2
    ends = np.sort(np.roots([100 - 0.25 * square, -220, 121 - 0.25 * square])) - 1
    assert (lift.low, lift.high) == pytest.approx(tuple(ends), rel=1e-7)


@given(SAMPLES, SAMPLES)
def test_at_each_finite_end_the_test_statistic_meets_its_quantile(treated, control):
    lift = fieller_lift(treated, control)
    assume(control.mean != 0 and np.isfinite(lift.low) and abs(lift.low) < 1e4)
    ratio = 1 + np.sign(control.mean) * float(lift.low)
    distance = treated.mean - ratio * control.mean
    error = treated.variance / treated.n + ratio**2 * control.variance / control.n
    quantile = two_sided_quantile(0.95, welch_df(treated, control))
    assert abs(distance) == pytest.approx(float(quantile) * np.sqrt(error), rel=1e-4, abs=1e-6)


@given(SAMPLES, SAMPLES)
def test_a_bounded_lift_excludes_zero_exactly_when_the_difference_does(treated, control):
    lift, difference = fieller_lift(treated, control), compare_means(treated, control)
    assume(str(lift.shape) == "bounded" and abs(float(difference.p) - 0.05) > 1e-9)
    assert bool(lift.low > 0 or lift.high < 0) == bool(difference.p < 0.05)


def test_a_control_near_zero_has_no_bounded_lift():
    assert str(fieller_lift(Sample(50, 1.0, 100.0), Sample(50, 0.1, 100.0)).shape) == "unbounded"
    assert str(fieller_lift(Sample(50, 9.0, 100.0), Sample(50, 0.1, 100.0)).shape) == "outside"


def test_a_rise_is_a_rise_below_zero():
    lift = fieller_lift(Sample(100, -8.0, 1.0), Sample(100, -10.0, 1.0))
    assert lift.estimate == pytest.approx(0.2)
    assert 0 < lift.low < 0.2 < lift.high


@pytest.mark.parametrize("variance", [0.0, 0.5])
@pytest.mark.parametrize("mean", [0.0, 2.2250738585072014e-308])
def test_a_control_of_zero_has_no_lift(mean, variance):
    lift = fieller_lift(Sample(10, 4.0, 1.0), Sample(10, mean, variance))
    assert np.isnan(lift.estimate)
    assert str(lift.shape) == "unknown"


@pytest.mark.slow
def test_the_interval_covers_as_promised():
    # Skewed revenue of small arms, where the delta method covers 88.6 %.
    rng = np.random.default_rng(20)
    control, treated = rng.lognormal(3, 1.5, (2, 20_000, 300))
    samples = [Sample(300, v.mean(axis=1), v.var(axis=1, ddof=1)) for v in (treated, control)]
    lift = fieller_lift(*samples)
    covered = (lift.low <= 0) & (lift.high >= 0)
    assert 0.945 <= covered.mean() <= 0.975


def test_means_that_are_large_beside_their_errors_keep_their_digits():
    # The control hardly varies beside its mean: the lift is the difference over that mean.
    pair = Sample(1000, 1e8, 4.0), Sample(1000, 1e8 + 1, 4.0)
    difference, lift = compare_means(*pair), fieller_lift(*pair)
    expected = (float(difference.low) / 1e8, float(difference.high) / 1e8)
    assert (lift.low, lift.high) == pytest.approx(expected, rel=1e-6)
