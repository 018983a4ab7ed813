"""Families of tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

from cjm_research.errors import ParameterError
from cjm_research.stats.multiplicity import adjust_p_values, dunnett_p_values

# Benjamini and Hochberg (1995), section 4: fifteen p-values of the thrombolysis trial; at 5 %
# their procedure rejects four hypotheses, Holm's three.
THROMBOLYSIS = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
    0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_benjamini_and_hochberg_reject_the_published_four():
    adjusted = adjust_p_values(THROMBOLYSIS, correction="benjamini_hochberg")
    assert (adjusted < 0.05).sum() == 4


# The same fifteen by hand: m p / i from the largest down, each at most the one after it.
def test_benjamini_and_hochberg_adjust_the_published_ones():
    adjusted = adjust_p_values(THROMBOLYSIS, correction="benjamini_hochberg")
    by_hand = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571, 0.0638571, 0.0645, 0.0765, 0.486]
    assert adjusted[:10].tolist() == pytest.approx(by_hand, abs=1e-6)


def test_holm_rejects_the_published_three():
    assert (adjust_p_values(THROMBOLYSIS, correction="holm") < 0.05).sum() == 3


@given(P_VALUES)
def test_both_corrections_equal_statsmodels(p_values):
    for ours, theirs in (("holm", "holm"), ("benjamini_hochberg", "fdr_bh")):
        expected = multipletests(p_values, method=theirs)[1]
        np.testing.assert_allclose(adjust_p_values(p_values, correction=ours), expected, atol=1e-12)


# Dunnett (1964), Biometrics 20, 482-491, table of two-sided 5 % points, infinite degrees of
# freedom, equal arms.
@pytest.mark.parametrize(
    ("n_arms", "point"), [(2, 2.21), (3, 2.35), (4, 2.44), (5, 2.51), (9, 2.69)]
)
def test_dunnett_meets_the_published_points(n_arms, point):
    p = 2 * special.ndtr(-point)
    adjusted = dunnett_p_values([p] * n_arms, [0.5] * n_arms)
    np.testing.assert_allclose(adjusted, 0.05, atol=8e-4)


def test_dunnett_equals_scipy_for_large_unequal_arms():
    rng = np.random.default_rng(4)
    control, *arms = (rng.normal(m, 1, n) for m, n in ((0, 4000), (0.05, 2000), (0.04, 6000)))
    p = [stats.ttest_ind(a, control).pvalue for a in arms]
    loadings = [(1 / 4000) / (1 / 4000 + 1 / len(a)) for a in arms]
    expected = stats.dunnett(*arms, control=control, rng=np.random.default_rng(1)).pvalue
    np.testing.assert_allclose(dunnett_p_values(p, loadings), expected, atol=2e-3)


@given(st.floats(0, 1), st.floats(0, 1))
def test_one_arm_keeps_its_p_value(p, loading):
    assert dunnett_p_values([p], [loading])[0] == pytest.approx(p, abs=1e-9)


@settings(deadline=None)  # an integral each
@given(P_VALUES)
def test_dunnett_lies_between_the_p_value_and_bonferroni(p_values):
    adjusted = dunnett_p_values(p_values, [0.5] * len(p_values))
    assert (adjusted >= np.array(p_values)).all()
    assert (adjusted <= np.minimum(np.array(p_values) * len(p_values), 1) + 1e-9).all()


def test_a_question_that_was_not_asked_is_no_member_of_the_family():
    adjusted = dunnett_p_values([0.02, np.nan], [0.5, np.nan])
    assert adjusted[0] == pytest.approx(0.02, abs=1e-9)
    assert np.isnan(adjusted[1])


def test_a_p_value_above_one_is_refused():
    with pytest.raises(ParameterError, match="between 0 and 1"):
        dunnett_p_values([1.2], [0.5])


# Far out the arms are all but independent, and Bonferroni's sum is the answer.
@pytest.mark.parametrize("p", [1e-12, 1e-20, 1e-100, 1e-200])
def test_far_out_dunnett_comes_near_the_sum(p):
    found = dunnett_p_values([p, 0.3, 0.5], [0.05, 0.5, 0.6])
    assert 2.9 * p < found[0] <= 3 * p * (1 + 1e-9)
