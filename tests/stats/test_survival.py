"""Kaplan-Meier agrees with the published trial, with statsmodels, and with plain counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from cjm_research.errors import ParameterError
from cjm_research.stats.survival import finished_by, kaplan_meier, time_to

# Freireich E. J. et al. (1963). The effect of 6-mercaptopurine on the duration of steroid-induced
# remissions in acute leukemia. Blood 21, 699-716; as tabulated in Kleinbaum and Klein, Survival
# Analysis, table 2.1 (the curve) and section II (the medians: 23 and 8 weeks).
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
FINISHED = [True] * 9 + [False] * 12
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}

subjects = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def test_the_curve_of_freireichs_trial():
    curve = kaplan_meier(TREATED, FINISHED)
    assert dict(zip(curve.time.tolist(), curve.share.round(4).tolist(), strict=True)) == PUBLISHED


def test_the_median_of_freireichs_trial():
    assert time_to(kaplan_meier(TREATED, FINISHED)).time == 23


@given(subjects)
def test_shares_and_intervals_agree_with_statsmodels(rows):
    time, ended = (np.array(x) for x in zip(*rows, strict=True))
    curve = kaplan_meier(time, ended)
    known = SurvfuncRight(time.astype(float), ended.astype(int))
    np.testing.assert_allclose(curve.share, known.surv_prob, atol=1e-12)
    assert curve.time.tolist() == known.surv_times.tolist()
    assert ((curve.low <= curve.share + 1e-12) & (curve.share <= curve.high + 1e-12)).all()


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_without_censoring_it_is_the_share_that_is_longer(time):
    curve = kaplan_meier(time, [True] * len(time))
    longer = [(np.array(time) > t).mean() for t in curve.time]
    np.testing.assert_allclose(curve.share, longer, atol=1e-12)


def test_a_median_that_was_not_reached_is_not_known():
    assert np.isnan(time_to(kaplan_meier([1, 5, 5, 5], [True, False, False, False])).time)


def test_nobody_gives_no_curve():
    assert len(kaplan_meier([], []).time) == 0


@pytest.mark.parametrize("durations", [[-1.0, 2.0], [float("nan"), 2.0]])
def test_durations_that_cannot_be_are_refused(durations):
    with pytest.raises(ParameterError, match="durations must be known"):
        kaplan_meier(durations, [True, True])


def test_of_three_the_longest_is_no_bound_of_the_median():
    # All three lie below the median with a chance of one in eight: three cannot bound it.
    found = time_to(kaplan_meier([1, 2, 3], [True] * 3))
    assert (found.time, found.low) == (2, 1)
    assert np.isnan(found.high)


def test_the_upper_end_never_rises_and_is_not_lost_where_all_have_finished():
    curve = kaplan_meier([1, 2, 3], [True] * 3)
    # Greenwood's variance at 2 of 3 is 1/6 + 1/2; S = 1/3: the end is S ** exp(-z se / |log S|).
    se = np.sqrt(1 / 6 + 1 / 2)
    at_two = (1 / 3) ** np.exp(-1.959964 * se / np.log(3))
    assert curve.high[1:] == pytest.approx([at_two, at_two], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "at_most"), [(3, 0.03), (5, 0.03), (8, 0.05)])
def test_the_median_is_seldom_above_its_upper_end(n, at_most):
    waits = np.random.default_rng(3).exponential(size=(2000, n))
    ends = [time_to(kaplan_meier(w, np.ones(n, dtype=bool))).high for w in waits]
    assert np.mean(np.array(ends) < np.log(2)) < at_most


def test_a_share_is_known_as_long_as_somebody_was_watched():
    curve = kaplan_meier([5, 10, 20], [True, False, False])
    assert finished_by(curve, 20).share == pytest.approx(1 / 3)
    assert np.isnan(finished_by(curve, 21).share)
    assert finished_by(kaplan_meier([5, 10], [True, True]), 21).share == 1
    assert np.isnan(finished_by(kaplan_meier([], []), 1).share)
