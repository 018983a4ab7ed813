"""Weights by raking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from cjm_research.errors import DataError, ParameterError
from cjm_research.stats.raking import design_effect_of, rake


def _crossed(cells):
    """Return two columns of groups for a table of counts."""
    rows = [(i, j) for i, row in enumerate(cells) for j, n in enumerate(row) for _ in range(n)]
    return np.array(rows).T


def test_one_margin_is_the_ratio_of_the_shares():
    weights = rake([[0] * 80 + [1] * 20], [[0.5, 0.5]]).weights
    assert weights[0] == pytest.approx(0.5 / 0.8)
    assert weights[-1] == pytest.approx(0.5 / 0.2)


def test_two_margins_are_met_and_the_odds_ratio_stays():
    # What iterative fitting promises (Deming and Stephan 1940; Bishop et al. 1975, 3.5).
    first, second = _crossed([[40, 20], [10, 30]])
    found = rake([first, second], [[0.5, 0.5], [0.4, 0.6]], trim=(0.0, 100.0))
    table = np.zeros((2, 2))
    np.add.at(table, (first, second), found.weights)
    assert table.sum(axis=1) / 100 == pytest.approx([0.5, 0.5])
    assert table.sum(axis=0) / 100 == pytest.approx([0.4, 0.6])
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(6.0)
    assert found.gap < 1e-8


def test_weights_are_the_nearest_ones_that_meet_the_margins():
    # Raking leaves the weights that differ least from equal ones in w log w (Deville, Sarndal
    # 1992, doi:10.1080/01621459.1992.10475217): found here by a general optimiser instead.
    first, second = _crossed([[12, 5, 9], [4, 10, 20]])
    margins = [np.array([0.45, 0.55]), np.array([0.2, 0.3, 0.5])]
    found = rake([first, second], margins, trim=(0.0, 100.0)).weights
    design = np.vstack([first == g for g in range(2)] + [second == g for g in range(3)]).astype(
        float
    )
    goal = np.concatenate(margins) * len(first)

    def dual(multipliers):
        return np.exp(multipliers @ design).sum() - multipliers @ goal

    solved = optimize.minimize(dual, np.zeros(5), method="BFGS", tol=1e-10)
    assert found == pytest.approx(np.exp(solved.x @ design), abs=1e-4)


def test_kish_design_effect():
    # n = 4, weights 1, 1, 1, 3: 4 x 12 / 36.
    assert design_effect_of([1, 1, 1, 3]) == pytest.approx(4 / 3)


def test_a_bound_weight_leaves_a_gap_that_is_told():
    found = rake([[0] * 95 + [1] * 5], [[0.5, 0.5]])
    assert found.weights.max() <= 3.0 * (1 + 1e-3)
    assert found.n_trimmed >= 5
    assert found.gap == pytest.approx(0.5 - 0.15, abs=0.01)


def test_a_group_without_answers_is_an_error():
    with pytest.raises(DataError, match="Group 2 of margin 1 has no answer"):
        rake([[0, 1], [0, 1]], [[0.5, 0.5], [0.3, 0.3, 0.4]])


@pytest.mark.parametrize("target", [[0.5, 0.6], [1.0, 0.0], [0.7, 0.2]])
def test_shares_that_are_none_are_an_error(target):
    with pytest.raises(ParameterError, match="targets must be"):
        rake([[0, 1]], [target])


@given(st.lists(st.integers(0, 2), min_size=12, max_size=60), st.randoms(use_true_random=False))
def test_weights_have_mean_one_and_stay_inside(groups, random):
    side = np.array([0, 1, 2, *groups])
    target = np.array([random.uniform(0.1, 1) for _ in range(3)])
    found = rake([side], [target / target.sum()])
    assert found.weights.mean() == pytest.approx(1)
    assert found.weights.max() <= 3.2
    assert found.design_effect >= 1
