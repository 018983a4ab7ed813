"""Incidence and log-rank agree with published trials and with statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, survdiff

from cjm_research.errors import ParameterError
from cjm_research.stats.competing import cumulative_incidence, log_rank
from cjm_research.stats.survival import kaplan_meier

# Freireich E. J. et al. (1963). The effect of 6-mercaptopurine on the duration of steroid-induced
# remissions in acute leukemia. Blood 21, 699-716: weeks of remission, as in Cox (1972).
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

stays = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40
)


def test_freireichs_trial():
    # Kleinbaum D. G., Klein M. (2012). Survival Analysis, 3rd ed., chapter 2: chi-square 16.79
    # with one degree of freedom, expected 19.25 and 10.75.
    got = log_rank(
        TREATED + PLACEBO, ENDED + [1] * len(PLACEBO), [0] * len(TREATED) + [1] * len(PLACEBO)
    )
    assert got.statistic == pytest.approx(16.79, abs=0.005)
    assert got.expected == pytest.approx([19.25, 10.75], abs=0.005)
    assert (got.df, got.p < 0.001) == (1, True)


@settings(max_examples=150, deadline=None)
@given(stays)
def test_ways_and_those_who_stay_add_up_to_all(rows):
    days, way, _ = np.array(rows).T
    got = cumulative_incidence(days, way, n_ways=2)
    np.testing.assert_allclose(got.share.sum(axis=0) + got.left, 1, atol=1e-12)
    np.testing.assert_allclose(got.left, kaplan_meier(days, way > 0).share, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(stays)
def test_incidence_is_that_of_statsmodels(rows):
    days, way, _ = np.array(rows).T
    got = cumulative_incidence(days, way, n_ways=2)
    with np.errstate(divide="ignore", invalid="ignore"):  # of its standard errors
        known = CumIncidenceRight(days.astype(float), way)
    places = np.searchsorted(known.times, got.time)
    for kind in range(min(2, len(known.cinc))):
        np.testing.assert_allclose(got.share[kind], known.cinc[kind][places], atol=1e-9)


def test_log_rank_of_three_groups_is_that_of_statsmodels():
    rng = np.random.default_rng(4)
    group = rng.integers(0, 3, 90)
    days = np.ceil(rng.exponential(5 + 3 * group))
    ended = rng.random(90) < 0.7
    got = log_rank(days, ended, group)
    statistic, p = survdiff(days, ended, group)
    assert (got.statistic, got.p, got.df) == pytest.approx((statistic, p, 2))


def test_one_group_is_compared_with_nothing():
    assert np.isnan(log_rank([1, 2], [1, 1], [0, 0]).p)


def test_nobody_who_finished_tells_nothing():
    assert np.isnan(log_rank([1, 2], [0, 0], [0, 1]).p)


def test_a_negative_duration_is_an_error():
    with pytest.raises(ParameterError, match="durations must be known and not negative"):
        cumulative_incidence([-1], [1], n_ways=1)


def test_a_way_that_was_not_announced_is_an_error():
    with pytest.raises(ParameterError, match="way must be whole numbers from 0 to 1"):
        cumulative_incidence([1], [2], n_ways=1)


@pytest.mark.slow
def test_log_rank_keeps_its_level():
    rng = np.random.default_rng(8)
    found = []
    for _ in range(1000):
        days, until = rng.exponential(5, 80), rng.exponential(8, 80)
        group = np.arange(80) % 2
        found.append(log_rank(np.minimum(days, until), days <= until, group).p)
    assert 0.03 < np.mean(np.array(found) < 0.05) < 0.07
