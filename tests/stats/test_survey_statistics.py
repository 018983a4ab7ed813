"""Reliability, drivers, Kano, detection errors, clustered bootstrap and regression."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.errors import DataError, ParameterError
from cjm_research.stats.bootstrap import cluster_draws, spread_of
from cjm_research.stats.drivers import (
    Correlations,
    condition_number,
    correlations,
    explained,
    lmg,
    relative_weights,
)
from cjm_research.stats.kano import CLASSES, better_worse, continuous, kano_counts, tie_p
from cjm_research.stats.least_squares import clustered_fit
from cjm_research.stats.log_odds import log_odds
from cjm_research.stats.reliability import cronbach_alpha

# --- reliability ----------------------------------------------------------------------


def test_alpha_of_items_that_are_alike_is_one():
    grades = np.array([[1, 1, 1], [2, 2, 2], [5, 5, 5], [3, 3, 3.0]])
    assert cronbach_alpha(grades).alpha == pytest.approx(1)


def test_alpha_without_an_item_is_that_of_the_others():
    rng = np.random.default_rng(3)
    trait = rng.normal(size=(200, 1))
    grades = np.hstack([trait + rng.normal(size=(200, 3)), rng.normal(size=(200, 1))])
    found = cronbach_alpha(grades)
    assert found.without[3] == pytest.approx(cronbach_alpha(grades[:, :3]).alpha)
    assert found.without[3] > found.alpha  # the stranger lowers it


def test_alpha_of_two_items_is_spearman_brown_when_they_vary_alike():
    # k r / (1 + (k - 1) r) with r = .5 and equal variances.
    pairs = np.array([[1, 1], [1, 0], [0, 1], [-1, -1], [-1, 0], [0, -1], [0, 0], [0, 0]])
    r = np.corrcoef(pairs.T)[0, 1]
    assert cronbach_alpha(pairs).alpha == pytest.approx(2 * r / (1 + r))


def test_alpha_leaves_out_who_skipped_an_item_and_asks_for_three():
    grades = [[1, 2], [2, 3], [3, 3], [np.nan, 1]]
    assert cronbach_alpha(grades).n == 3
    with pytest.raises(DataError, match="three people"):
        cronbach_alpha(grades[:2])


# --- drivers --------------------------------------------------------------------------


def _alike(n=400, k=4, seed=1):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    measures = common + rng.normal(size=(n, k))
    outcome = measures @ np.linspace(1.0, 0.1, k) + rng.normal(size=n) * 2
    return measures, outcome


def test_lmg_is_the_mean_gain_over_every_order():
    measures, outcome = _alike()

    def r2(columns):
        design = sm.add_constant(measures[:, list(columns)]) if columns else np.ones(len(outcome))
        return sm.OLS(outcome, design).fit().rsquared if columns else 0.0

    gains = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        for place, column in enumerate(order):
            gains[column] += r2(order[: place + 1]) - r2(order[:place])
    assert lmg(correlations(measures, outcome)) == pytest.approx(gains / len(orders))


def test_relative_weights_agree_with_the_singular_vectors_of_the_data():
    # Johnson (2000): Z = P Q' from X = P D Q'; weights = (Q D Q')^2 (Q D^-1 Q' r)^2.
    measures, outcome = _alike()
    x = (measures - measures.mean(0)) / measures.std(0) / np.sqrt(len(outcome))
    y = (outcome - outcome.mean()) / outcome.std() / np.sqrt(len(outcome))
    p, d, q = np.linalg.svd(x, full_matrices=False)
    z = p @ q
    expected = (q.T @ np.diag(d) @ q) ** 2 @ (z.T @ y) ** 2
    assert relative_weights(correlations(measures, outcome)) == pytest.approx(expected)


@given(st.floats(-0.9, 0.9), st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_of_two_measures_relative_weights_and_lmg_are_the_same(r, a, b):
    # Known identity for two predictors (Thomas, Zumbo, Kwan and Schweitzer 2014).
    found = Correlations(np.array([[1, r], [r, 1]]), np.array([a, b]))
    assert relative_weights(found) == pytest.approx(lmg(found), abs=1e-9)


def test_shares_add_up_to_r_squared():
    found = correlations(*_alike(k=6))
    assert relative_weights(found).sum() == pytest.approx(explained(found))
    assert lmg(found).sum() == pytest.approx(explained(found))


def test_weights_of_two_do_what_doubled_rows_do():
    measures, outcome = _alike(n=60)
    twice = np.repeat([1, 2], 30)
    one = correlations(measures, outcome, weights=twice)
    two = correlations(np.repeat(measures, twice, axis=0), np.repeat(outcome, twice))
    assert one.among == pytest.approx(two.among)


def test_measures_that_are_one_have_no_end_of_a_condition_number():
    assert condition_number(Correlations(np.ones((2, 2)), np.array([0.5, 0.5]))) == np.inf
    with pytest.raises(ParameterError, match="column 1"):
        correlations([[1, 2], [2, 2], [3, 2]], [1, 2, 3])


def test_too_many_measures_for_every_order_are_an_error():
    with pytest.raises(ParameterError, match="at most 12"):
        lmg(Correlations(np.eye(13), np.zeros(13)))


def test_log_odds_are_those_of_the_printed_equations():
    # Monroe, Colaresi and Quinn (2008), equations 15, 18 and 22, by hand for the first word:
    # log(14 / 56) - log(6 / 84) = -1.386294 + 2.639057; variance 1 / 14 + 1 / 6.
    found = log_odds([10, 20, 30], [2, 38, 40], [4, 1, 5])
    assert found.difference[0] == pytest.approx(1.252763, abs=1e-6)
    assert found.z[0] == pytest.approx(1.252763 / np.sqrt(1 / 14 + 1 / 6), abs=1e-6)


# --- Kano -----------------------------------------------------------------------------


def test_the_evaluation_table_is_that_of_berger():
    # Berger et al. (1993): rows the feature's answer, columns its lack's.
    expected = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]
    letters = dict(zip(CLASSES, "MOAIRQ", strict=True))
    for row, line in enumerate(expected, start=1):
        for column, letter in enumerate(line, start=1):
            counts = kano_counts([row], [column])
            assert letters[CLASSES[int(counts.argmax())]] == letter


@pytest.mark.parametrize(
    ("counts", "better", "worse"),
    [
        # Sauerwein, Bailom, Matzler, Hinterhuber (1996), skis, per cent M O A I.
        ([49.3, 32.3, 7.0, 9.5, 0.3, 1.5], 0.40, -0.83),
        ([30.5, 45.1, 10.4, 11.5, 1.2, 1.2], 0.57, -0.78),
    ],
)
def test_better_and_worse_of_the_published_skis(counts, better, worse):
    found = better_worse(counts)
    assert (found.better, found.worse) == pytest.approx((better, worse), abs=0.005)


def test_a_tie_is_tested_as_two_counts_of_the_same_answers():
    # McNemar: (b - c)^2 / (b + c) = 16^2 / 64 = 4, chi-squared with one degree: p = 0.0455.
    assert tie_p([40, 24, 9, 9, 0, 0]) == pytest.approx(0.0455, abs=5e-5)


def test_where_no_class_leads_one_is_told_in_a_tenth_of_draws():
    # Fong's rule (1996) takes the classes for independent samples and tells one in a fifth.
    counts = np.random.default_rng(3).multinomial(300, [0.4, 0.4, 0.1, 0.1, 0, 0], 3000)
    told = np.mean([tie_p(c) <= 0.1 for c in counts])
    assert told == pytest.approx(0.1, abs=0.02)


def test_continuous_scores_are_those_of_dumouchel():
    assert continuous([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]).tolist() == [
        [4, 4], [2, 2], [0, 0], [-1, -1], [-2, -2],
    ]  # fmt: skip


def test_an_answer_off_the_five_is_an_error():
    with pytest.raises(ParameterError, match="1 to 5"):
        kano_counts([1, 6], [1, 1])


# --- bootstrap and regression ---------------------------------------------------------


def test_a_bootstrap_of_a_mean_has_its_standard_error():
    values = np.random.default_rng(2).normal(size=300)
    draws = np.concatenate(
        [c @ values / len(values) for c in cluster_draws(300, np.random.default_rng(5))]
    )
    spread = spread_of(draws, values.mean())
    assert spread.se == pytest.approx(values.std() / np.sqrt(300), rel=0.08)
    assert spread.low < values.mean() < spread.high


def test_the_same_seed_gives_the_same_draws():
    first, second = (
        np.concatenate(list(cluster_draws(50, np.random.default_rng(5)))) for _ in range(2)
    )
    assert (first == second).all()


def test_clustered_regression_agrees_with_statsmodels():
    rng = np.random.default_rng(4)
    clusters = np.repeat(np.arange(60), 3)
    x = np.column_stack([np.ones(180), rng.normal(size=(180, 2))])
    y = x @ [1, 2, 0] + np.repeat(rng.normal(size=60), 3) + rng.normal(size=180)
    peer = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    own = clustered_fit(x, y, clusters)
    assert own.coefficient == pytest.approx(peer.params)
    assert own.low == pytest.approx(peer.conf_int()[:, 0])
    assert own.p == pytest.approx(peer.pvalues)


def test_columns_that_cannot_be_told_apart_are_an_error():
    with pytest.raises(DataError, match="cannot tell 2 columns apart"):
        clustered_fit(np.ones((9, 2)), np.arange(9), np.arange(9))


def test_one_cluster_proves_nothing():
    draws = np.concatenate(list(cluster_draws(1, np.random.default_rng(5))))
    assert np.isnan(spread_of(0.3 * draws[:, 0], 0.3).p)


def test_a_word_that_is_the_only_one_has_no_odds():
    assert np.isnan(log_odds([3], [2], [1]).z).all()


def test_rows_of_no_weight_cannot_tell_columns_apart():
    with pytest.raises(DataError, match="cannot tell 2 columns apart"):
        clustered_fit([[1, 0], [1, 0], [1, 1], [1, 1]], [1, 3, 4, 6], range(4),
                      weights=[0, 0, 1, 1])  # fmt: skip


def test_a_large_constant_does_not_vary_by_rounding():
    level = 1e6 + 0.1
    with pytest.raises(ParameterError, match="a constant column 0"):
        correlations([[level, 1], [level, 2], [level, 4]], [1, 2, 3])
