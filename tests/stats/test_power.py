"""Power and sample sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower

from cjm_research.errors import ParameterError
from cjm_research.stats.power import (
    ArmSizes,
    detectable_mean_difference,
    detectable_proportion_difference,
    expected_exaggeration,
    mean_power,
    mean_sample_size,
    proportion_power,
    proportion_sample_size,
)


# R, ?power.prop.test: power.prop.test(n = 50, p1 = .50, p2 = .75) has power 0.740;
# power.prop.test(p1 = .50, p2 = .75, power = .90) needs n = 76.7.
def test_power_and_size_for_proportions_are_those_of_r():
    assert proportion_power(0.5, 0.25, sizes=ArmSizes(50, 50)) == pytest.approx(0.740, abs=5e-4)
    assert proportion_sample_size(0.5, 0.25, power=0.9) == pytest.approx((76.7, 76.7), abs=0.05)


# R, ?power.t.test: n = 20, delta = 1, sd = 1 has power 0.8689528; power = .90, delta = 1 needs
# n = 22.02110.
def test_power_and_size_for_means_are_those_of_r():
    assert mean_power(1, variance=1, sizes=ArmSizes(20, 20)) == pytest.approx(0.8689528, abs=1e-7)
    assert mean_sample_size(1, variance=1, power=0.9).treated == pytest.approx(22.02110, abs=1e-5)


@pytest.mark.parametrize("control_share", [0.25, 0.5, 0.8])
def test_unequal_arms_need_what_statsmodels_says(control_share):
    ratio = control_share / (1 - control_share)
    expected = TTestIndPower().solve_power(0.5, power=0.8, alpha=0.05, ratio=ratio)
    sizes = mean_sample_size(0.5, variance=1, control_share=control_share)
    assert sizes.treated == pytest.approx(expected, rel=1e-4)


@given(st.floats(0.01, 0.6), st.floats(0.01, 0.3), st.floats(0.1, 0.9))
def test_the_size_for_a_difference_detects_that_difference(baseline, difference, share):
    sizes = proportion_sample_size(baseline, difference, control_share=share)
    found = detectable_proportion_difference(baseline, sizes=sizes)
    assert found == pytest.approx(difference, rel=1e-6)


@given(st.floats(0.05, 1), st.floats(1, 50), st.floats(0.1, 0.9))
def test_the_size_for_a_mean_detects_that_mean(difference, variance, share):
    sizes = mean_sample_size(difference, variance=variance, control_share=share)
    found = detectable_mean_difference(variance, sizes=sizes)
    assert found == pytest.approx(difference, rel=1e-3)


def test_a_base_too_small_for_any_rise_says_so():
    assert np.isnan(detectable_proportion_difference(0.9, sizes=ArmSizes(5, 5)))


# Gelman and Carlin (2014): true effect 0.1 with standard error 3.28 exaggerates 77 times.
def test_exaggeration_is_that_of_gelman_and_carlin():
    assert expected_exaggeration(0.1, se=3.28) == pytest.approx(77, abs=0.5)


def test_exaggeration_equals_its_simulation():
    draws = np.abs(np.random.default_rng(5).normal(2.0, 1.0, 400_000))
    expected = draws[draws > 1.959964].mean() / 2.0
    assert expected_exaggeration(2.0, se=1.0) == pytest.approx(expected, rel=0.005)


def test_a_rate_above_one_is_refused():
    with pytest.raises(ParameterError, match="between 0 and 1"):
        proportion_power(0.9, 0.2, sizes=ArmSizes(10, 10))


@pytest.mark.slow
def test_the_promised_power_is_met_by_simulation():
    from cjm_research.stats.two_proportions import score_p_value

    treated, control = (round(n) for n in proportion_sample_size(0.1, 0.03, control_share=0.3))
    rng = np.random.default_rng(11)
    x1, x0 = rng.binomial(treated, 0.13, 20_000), rng.binomial(control, 0.1, 20_000)
    seen = score_p_value((x1, treated), (x0, control)) < 0.05
    assert seen.mean() == pytest.approx(0.8, abs=0.015)
