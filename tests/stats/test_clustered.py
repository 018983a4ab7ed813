"""Shares of answers that come in clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.errors import ParameterError
from cjm_research.stats.clustered import clustered_share, share_difference
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.proportions import wilson_interval

CLUSTERS = st.lists(
    st.integers(1, 8).flatmap(lambda m: st.tuples(st.integers(0, m), st.just(m))),
    min_size=1,
    max_size=60,
)


@given(st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_one_trial_per_cluster_gives_wilsons_interval(counts):
    x, n = counts
    share = clustered_share([1] * x + [0] * (n - x), [1] * n)
    expected = wilson_interval(x, n)
    np.testing.assert_allclose(share.low, expected.low, atol=1e-12)
    np.testing.assert_allclose(share.high, expected.high, atol=1e-12)


@given(CLUSTERS)
def test_interval_holds_the_share_and_is_never_narrower_than_wilsons(clusters):
    hits, trials = zip(*clusters, strict=True)
    share = clustered_share(hits, trials)
    plain = wilson_interval(sum(hits), sum(trials))
    assert 0 <= share.low <= share.share <= share.high <= 1
    assert share.high - share.low >= plain.high - plain.low - 1e-12


def test_whole_clusters_count_once():
    share = clustered_share([4] * 30 + [0] * 70, [4] * 100)
    expected = wilson_interval(30, 100)
    assert share.low == pytest.approx(expected.low)
    assert share.high == pytest.approx(expected.high)


def test_no_hit_at_all_is_judged_by_clusters():
    assert clustered_share([0] * 10, [5] * 10).high == pytest.approx(wilson_interval(0, 10).high)


def test_many_questions_at_once_are_the_same_as_one_by_one():
    rng = np.random.default_rng(1)
    trials = rng.integers(1, 6, 80)
    hits = rng.binomial(trials[:, None], [0.1, 0.5, 0.9])
    together = clustered_share(hits, trials)
    alone = [clustered_share(hits[:, k], trials) for k in range(3)]
    np.testing.assert_allclose(together.high, [a.high for a in alone])


def test_clusters_without_trials_say_nothing():
    full, empty = clustered_share([1, 0], [2, 2]), clustered_share([1, 0, 0], [2, 2, 0])
    assert full.high == empty.high
    assert np.isnan(clustered_share([0], [0]).low)


# Newcombe R. G. (1998). Statistics in Medicine 17, 873-890, Table II, method 10.
NEWCOMBE_TABLE_II = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@pytest.mark.parametrize(("x", "m", "y", "n", "low", "high"), NEWCOMBE_TABLE_II)
def test_difference_gives_the_published_values(x, m, y, n, low, high):
    first, second = (clustered_share([1] * a + [0] * (b - a), [1] * b) for a, b in ((x, m), (y, n)))
    apart = share_difference(first, second)
    assert apart.low == pytest.approx(low, abs=5e-5)
    assert apart.high == pytest.approx(high, abs=5e-5)


@given(CLUSTERS, CLUSTERS)
def test_p_value_and_interval_of_a_difference_agree(first, second):
    apart = share_difference(*(clustered_share(*zip(*c, strict=True)) for c in (first, second)))
    assert (apart.low > 1e-9 or apart.high < -1e-9) == (apart.p < 0.05 - 1e-9)


def test_errors_name_what_is_wrong():
    with pytest.raises(ParameterError, match="hits must be between 0 and trials"):
        clustered_share([3], [2])
    with pytest.raises(ParameterError, match="confidence must be between 0 and 1"):
        clustered_share([1], [2], confidence=95)


def _texts(rng, shares, n_customers):
    """Hits and trials of customers with 1 to 8 texts each, alike within a customer."""
    trials = np.minimum(rng.geometric(0.4, n_customers), 8)
    spread = 3.0  # of the beta distribution: correlation within a customer 1 / (1 + 3)
    own = rng.beta(shares * spread, (1 - shares) * spread, (n_customers, len(shares)))
    return rng.binomial(trials[:, None], own), trials


@pytest.mark.slow
@pytest.mark.parametrize("n_customers", [60, 300])
@pytest.mark.parametrize("share", [0.08, 0.3])
def test_interval_covers_as_promised(n_customers, share):
    rng = np.random.default_rng([n_customers, int(100 * share)])
    runs = 4000
    covered = np.zeros(runs)
    for run in range(runs):
        found = clustered_share(*_texts(rng, np.array([share]), n_customers))
        covered[run] = found.low[0] <= share <= found.high[0]
    assert 0.92 <= covered.mean() <= 0.97


@pytest.mark.slow
def test_twenty_equal_themes_rarely_give_a_claim():
    rng = np.random.default_rng(7)
    shares = np.linspace(0.02, 0.3, 20)
    claims = 0
    for _ in range(1500):
        groups = [clustered_share(*_texts(rng, shares, 200)) for _ in range(2)]
        p = share_difference(*groups).p
        claims += (adjust_p_values(p, correction="benjamini_hochberg") < 0.05).any()
    assert claims / 1500 <= 0.07
