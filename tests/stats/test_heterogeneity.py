"""Cochran's test of agreement."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from cjm_research.errors import ParameterError
from cjm_research.stats.heterogeneity import cochran_q

EFFECTS, ERRORS = [0.10, 0.30, 0.35, 0.65, 0.45, 0.15], [0.17, 0.17, 0.22, 0.10, 0.22, 0.14]
# Hedges' g and standard errors of six trials in Borenstein et al. (2009), Introduction to
# Meta-Analysis, table 14.1 (rounded).


def test_q_equals_statsmodels():
    expected = combine_effects(np.array(EFFECTS), np.array(ERRORS) ** 2)
    result = cochran_q(EFFECTS, ERRORS)
    assert result.q == pytest.approx(expected.q)
    assert result.common == pytest.approx(expected.mean_effect_fe)
    assert result.p == pytest.approx(stats.chi2.sf(result.q, 5))


def test_an_estimate_without_an_error_is_left_out():
    one = cochran_q([*EFFECTS, 5.0, np.nan], [*ERRORS, 0.0, 1.0])
    assert one == cochran_q(EFFECTS, ERRORS)


def test_one_estimate_agrees_with_nothing():
    assert np.isnan(cochran_q([0.1], [0.1]).p)


def test_a_missing_error_is_refused():
    with pytest.raises(ParameterError, match="errors must be 2 numbers"):
        cochran_q([1, 2], [1])


@pytest.mark.slow
def test_equal_effects_are_rejected_as_often_as_promised():
    rng = np.random.default_rng(8)
    p = [cochran_q(rng.normal(0.3, ERRORS), ERRORS).p for _ in range(5000)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.01)
