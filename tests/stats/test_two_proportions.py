"""The score test of two proportions and the intervals that invert it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from statsmodels.stats.proportion import confint_proportions_2indep

from cjm_research.errors import ParameterError
from cjm_research.stats.two_proportions import (
    compare_proportions,
    newcombe_interval,
    proportion_ratio_interval,
    score_p_value,
)

# Newcombe R. G. (1998). Interval estimation for the difference between independent
# proportions. Statistics in Medicine 17, 873-890, Table II: methods 6 (Miettinen-Nurminen),
# 5 (Mee) and 10 (hybrid score).
NEWCOMBE_TABLE_II = [
    ((56, 70), (48, 80), (0.0528, 0.3382), (0.0533, 0.3377), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1700, 0.8406), (0.1821, 0.8370), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0342, 0.8534), (0.0544, 0.8478), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0326, 0.1933), (-0.0313, 0.1926), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1658, 0.2844), (-0.1611, 0.2775), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2879, 0.2879), (-0.2775, 0.2775), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.7156, 1.0), (0.7225, 1.0), (0.6791, 1.0)),
    ((10, 10), (0, 10), (0.6636, 1.0), (0.6777, 1.0), (0.6075, 1.0)),
]

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("treated", "control", "expected", "_mee", "_hybrid"), NEWCOMBE_TABLE_II)
def test_the_difference_interval_is_that_of_miettinen_and_nurminen(
    treated, control, expected, _mee, _hybrid
):
    result = compare_proportions(treated, control)
    assert (result.low, result.high) == pytest.approx(expected, abs=5.1e-5)


@pytest.mark.parametrize(("treated", "control", "_mn", "expected", "_hybrid"), NEWCOMBE_TABLE_II)
def test_the_plain_variance_gives_mees_interval(treated, control, _mn, expected, _hybrid):
    result = compare_proportions(treated, control, variance="plain")
    assert (result.low, result.high) == pytest.approx(expected, abs=5.1e-5)


@pytest.mark.parametrize(("treated", "control", "_mn", "_mee", "expected"), NEWCOMBE_TABLE_II)
def test_the_hybrid_interval_is_newcombes(treated, control, _mn, _mee, expected):
    assert newcombe_interval(treated, control) == pytest.approx(expected, abs=5.1e-5)


# Fagerland M., Lydersen S., Laake P. (2017). Statistical Analysis of Contingency Tables,
# chapter 4 (data of Perondi 2004 and Ritland 2007); the values stand in the tests of the
# authors' R package contingencytables, and riskscoreci of PropCIs gives Koopman's too.
def test_the_ratio_interval_is_koopmans():
    interval = proportion_ratio_interval((7, 34), (1, 34), variance="plain")
    assert interval == pytest.approx((1.220853, 42.575718), abs=1e-6)


# Koopman P. A. R. (1984). Confidence intervals for the ratio of two binomial proportions.
# Biometrics 40, 513-517: 36 of 40 against 16 of 80.
def test_the_ratio_interval_of_koopmans_own_example():
    interval = proportion_ratio_interval((36, 40), (16, 80), variance="plain")
    assert interval == pytest.approx((2.94, 7.15), abs=5e-3)


def test_the_ratio_interval_with_the_unbiased_variance_is_miettinen_and_nurminens():
    interval = proportion_ratio_interval((7, 34), (1, 34))
    assert interval == pytest.approx((1.2086, 43.0330), abs=5e-5)


def test_a_zero_count_keeps_its_published_interval():
    result = compare_proportions((0, 16), (15, 72))
    assert (result.low, result.high) == pytest.approx((-0.3164, -0.0056), abs=5e-5)


# statsmodels 0.15 is right for ratios (it is wrong for differences, issue 10269).
@pytest.mark.parametrize(("treated", "control"), [((30, 400), (20, 380)), ((250, 9000), (1, 50))])
def test_the_ratio_interval_equals_statsmodels(treated, control):
    expected = confint_proportions_2indep(*treated, *control, compare="ratio", method="score")
    assert proportion_ratio_interval(treated, control) == pytest.approx(expected, rel=1e-5)


# By hand: 56/70 and 48/80, pooled 104/150, z = 0.2 / sqrt(.6933 * .3067 * (1/70
# + 1/80)) = 2.6502, p = 0.00805; Pearson's chi-square without correction is its square.
def test_the_score_test_is_the_pooled_z_test():
    p = score_p_value((56, 70), (48, 80), variance="plain")
    assert p == pytest.approx(0.00805, abs=5e-6)


# Is 0.92 (n = 100) no worse than 0.94 (n = 100) by 0.1?
# The restricted estimates are found here by maximising the likelihood numerically.
def test_the_margin_test_uses_the_likelihood_restricted_to_the_margin():
    x1, n1, x0, n0, d = 92, 100, 94, 100, -0.1

    def loss(p0):
        p1 = p0 + d
        return -(
            x1 * np.log(p1)
            + (n1 - x1) * np.log(1 - p1)
            + x0 * np.log(p0)
            + (n0 - x0) * np.log(1 - p0)
        )

    p0 = optimize.minimize_scalar(
        loss, bounds=(0.1001, 0.9999), method="bounded", options={"xatol": 1e-12}
    ).x
    spread = (p0 + d) * (1 - p0 - d) / n1 + p0 * (1 - p0) / n0
    z = (x1 / n1 - x0 / n0 - d) / np.sqrt(spread)
    p = score_p_value((x1, n1), (x0, n0), difference=d, alternative="greater", variance="plain")
    from scipy.stats import norm

    assert p == pytest.approx(norm.sf(z), rel=1e-6)


def test_rare_events_of_many_units_keep_their_digits():
    # With rates near zero the difference of binomials is that of Poisson counts: the score
    # interval of the difference scales with the trials.
    small = compare_proportions((30, 10**7), (12, 10**7))
    large = compare_proportions((30, 10**8), (12, 10**8))
    assert small.low * 10 == pytest.approx(float(large.low) * 100, rel=1e-5)
    assert small.high * 10 == pytest.approx(float(large.high) * 100, rel=1e-5)


@given(COUNTS, COUNTS)
def test_both_intervals_exclude_no_effect_exactly_when_p_is_below_the_level(treated, control):
    result = compare_proportions(treated, control)
    ratio = proportion_ratio_interval(treated, control)
    significant = bool(result.p < 0.05)
    assert bool(result.low > 0 or result.high < 0) == significant
    assert bool(ratio.low > 1 or ratio.high < 1) == significant


@given(COUNTS, COUNTS)
def test_the_interval_holds_the_estimate_and_stays_in_range(treated, control):
    result = compare_proportions(treated, control)
    assert -1 <= result.low <= result.estimate <= result.high <= 1


@given(COUNTS, COUNTS)
def test_swapping_the_samples_flips_the_sign_only(treated, control):
    one, other = compare_proportions(treated, control), compare_proportions(control, treated)
    assert one.low == pytest.approx(-float(other.high), abs=1e-9)
    assert one.p == pytest.approx(float(other.p), abs=1e-12)


def test_a_sample_without_trials_is_not_compared():
    result = compare_proportions((0, 0), (5, 10))
    assert np.isnan(result).all()


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ParameterError, match=r"treated must be whole successes.*\(11\.0, 10\.0\)"):
        compare_proportions((11, 10), (1, 10))


@pytest.mark.slow
@pytest.mark.parametrize(("n1", "n0", "p1", "p0"), [(5000, 500, 0.02, 0.05), (80, 80, 0.1, 0.1)])
def test_the_interval_covers_as_promised(n1, n0, p1, p0):
    # Exact coverage: the sum over all outcomes of their chance times being covered.
    # Newcombe (1998) finds Miettinen-Nurminen between 0.937 and 0.966 for such rates.
    from scipy.stats import binom

    x1 = np.arange(*binom.ppf([1e-9, 1 - 1e-9], n1, p1).astype(int))
    x0 = np.arange(*binom.ppf([1e-9, 1 - 1e-9], n0, p0).astype(int))
    result = compare_proportions((x1[:, None], n1), (x0[None, :], n0))
    covered = (result.low <= p1 - p0) & (p1 - p0 <= result.high)
    chance = binom.pmf(x1, n1, p1)[:, None] * binom.pmf(x0, n0, p0)[None, :]
    assert 0.937 <= (chance * covered).sum() <= 0.966


# The likelihood maximised and the ends found by bisection with 40 digits (mpmath).
@pytest.mark.parametrize(
    ("treated", "control", "expected"),
    [
        ((10**9, 10**9), (10**9 - 3, 10**9), (-8.414588136202363e-10, 8.821188056183582e-09)),
        ((1, 10**9), (0, 10**9), (-2.8414588097787773e-09, 5.664934245279944e-09)),
    ],
)
def test_rates_of_billions_keep_their_digits(treated, control, expected):
    result = compare_proportions(treated, control)
    assert (result.low, result.high) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(COUNTS, COUNTS)
def test_failures_compared_turn_the_interval_round(treated, control):
    mine = compare_proportions(treated, control)
    failures = [(n - x, n) for x, n in (treated, control)]
    other = compare_proportions(*failures)
    assert (mine.low, mine.high) == pytest.approx((-other.high, -other.low), abs=1e-12)
