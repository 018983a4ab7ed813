"""Shares of two sides that have clusters in common."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from cjm_research.errors import ParameterError
from cjm_research.stats.contrast import clustered_contrast


def test_sides_that_differ_wholly_differ():
    # The pooled z of 30 of 30 against 0 of 30: 1 / sqrt(.25 (1/30 + 1/30)), and G / (G - 1).
    found = clustered_contrast([1] * 30 + [0] * 30, [1] * 30 + [0] * 30, range(60))
    z = 1 / np.sqrt(0.25 * 2 / 30 * 60 / 59)
    assert found.p == pytest.approx(2 * norm.sf(z))


def test_weights_do_not_make_rounding_an_error():
    hits, weights = [1] * 9 + [0] * 9, np.full(18, 0.1) * np.arange(1, 19)
    found = clustered_contrast(hits, hits, range(18), weights=weights)
    assert 1e-6 < found.p < 0.01


def test_two_customers_who_differ_wholly_prove_nothing():
    found = clustered_contrast([1] * 40 + [0] * 40, [1] * 40 + [0] * 40, np.repeat([0, 1], 40))
    assert found.p > 0.1


def test_nothing_that_varies_is_no_difference():
    assert clustered_contrast([1, 1, 1, 1], [1, 1, 0, 0], range(4)).p == 1


@pytest.mark.parametrize("weights", [None, [1.0, 1.0, 0.0, 0.0]])
def test_one_side_alone_is_refused(weights):
    side = [1, 1, 1, 1] if weights is None else [1, 1, 0, 0]
    with pytest.raises(ParameterError, match="rows on both sides"):
        clustered_contrast([1, 0, 1, 0], side, range(4), weights=weights)
