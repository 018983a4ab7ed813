"""Two proportions compared: the score test and the intervals that invert it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.comparison import Comparison, two_sided_quantile
from cjm_research.stats.proportions import Interval, wilson_interval
from cjm_research.stats.score import CountTable, Variance, crossing, difference_score, ratio_score

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Alternative = Literal["two_sided", "greater", "less"]


def compare_proportions(
    treated: tuple[ArrayLike, ArrayLike],
    control: tuple[ArrayLike, ArrayLike],
    *,
    confidence: float = 0.95,
    variance: Variance = "miettinen_nurminen",
) -> Comparison:
    """Difference of two proportions with the score test and the interval that inverts it.

    Parameters
    ----------
    treated, control : tuple of array_like
        Successes and trials of each sample; the shapes are broadcast.
    confidence : float, default 0.95
        Coverage aimed at.
    variance : {"miettinen_nurminen", "plain"}
        With or without the factor N / (N - 1); without it the interval is Mee's.

    Returns
    -------
    Comparison
        `estimate`, `low` and `high` are differences of shares (-1..1), treated less control;
        `se` is the unpooled standard error. A sample without trials gives NaN throughout.
        Two samples without a success, or without a failure, do not differ: `p` is 1.

    Raises
    ------
    ParameterError
        If a count is negative, not whole or larger than its trials, or `confidence` is not
        inside (0, 1).

    Notes
    -----
    The restricted maximum-likelihood estimates are the closed form of Farrington and Manning,
    refined by Newton's method, because the closed form loses half of its digits where both
    rates are small. statsmodels 0.15.0 uses the wrong sample's trials here (its issue 10269).

    References
    ----------
    Miettinen O., Nurminen M. (1985). Comparative analysis of two rates. Statistics in
    Medicine 4, 213-226. doi:10.1002/sim.4780040211

    Mee R. W. (1984). Confidence bounds for the difference between two probabilities.
    Biometrics 40, 1175-1176.

    Examples
    --------
    >>> result = compare_proportions((56, 70), (48, 80))
    >>> [round(float(x), 4) for x in result[:4]]
    [0.2, 0.0528, 0.3382, 0.0083]
    """
    table = _table(treated, control)
    z = two_sided_quantile(confidence)
    rate1, rate0 = table.rates
    estimate = rate1 - rate0
    at = np.where(table.has_trials, estimate, 0.0)

    def statistic(difference: Floats) -> Floats:
        return difference_score(table, difference, variance)

    low = crossing(statistic, (np.full_like(at, -1.0), at), z)
    high = crossing(statistic, (at, np.full_like(at, 1.0)), -z)
    known = table.has_trials
    with np.errstate(invalid="ignore", divide="ignore"):
        se = np.sqrt(rate1 * (1 - rate1) / table.n1 + rate0 * (1 - rate0) / table.n0)
    return Comparison(
        estimate=estimate,
        low=np.where(known, low, np.nan),
        high=np.where(known, high, np.nan),
        p=score_p_value(treated, control, variance=variance),
        se=se,
    )


def score_p_value(
    treated: tuple[ArrayLike, ArrayLike],
    control: tuple[ArrayLike, ArrayLike],
    *,
    difference: float = 0.0,
    alternative: Alternative = "two_sided",
    variance: Variance = "miettinen_nurminen",
) -> NDArray[np.float64]:
    """P-value of the score test that the proportions differ by `difference`.

    With a difference of zero it is the pooled z test; with ``difference=-margin`` and
    ``alternative="greater"`` it is Farrington and Manning's test of non-inferiority.

    Parameters
    ----------
    treated, control : tuple of array_like
        Successes and trials of each sample.
    difference : float, default 0
        Treated less control under the hypothesis, between -1 and 1.
    alternative : {"two_sided", "greater", "less"}
        ``greater``: the true difference is larger than `difference`.
    variance : {"miettinen_nurminen", "plain"}
        As in `compare_proportions`.

    Returns
    -------
    numpy.ndarray of float64
        NaN for a sample without trials.

    References
    ----------
    Farrington C. P., Manning G. (1990). Test statistics and sample size formulae for
    comparative binomial trials. Statistics in Medicine 9, 1447-1454.
    doi:10.1002/sim.4780091208

    Examples
    --------
    >>> float(score_p_value((56, 70), (48, 80), variance="plain").round(5))
    0.00805
    """
    if not -1 <= difference <= 1:
        raise ParameterError.expected("difference", "between -1 and 1", got=difference)
    table = _table(treated, control)
    z = difference_score(table, np.full_like(table.x1, difference), variance)
    tails = {
        "two_sided": 2 * special.ndtr(-np.abs(z)),
        "greater": special.ndtr(-z),
        "less": special.ndtr(z),
    }
    return np.where(table.has_trials, tails[alternative], np.nan)


def proportion_ratio_interval(
    treated: tuple[ArrayLike, ArrayLike],
    control: tuple[ArrayLike, ArrayLike],
    *,
    confidence: float = 0.95,
    variance: Variance = "miettinen_nurminen",
) -> Interval:
    """Interval of the ratio treated / control that inverts the score test.

    At a ratio of one its test is that of `compare_proportions`, so that the two intervals
    agree on whether there is an effect.

    Parameters
    ----------
    treated, control : tuple of array_like
        Successes and trials of each sample.
    confidence : float, default 0.95
        Coverage aimed at.
    variance : {"miettinen_nurminen", "plain"}
        ``plain`` is Koopman's interval.

    Returns
    -------
    Interval
        `high` is infinite where the control has no success; where neither has one, the data
        say nothing of the ratio and the interval is [0, infinity]. NaN without trials.

    References
    ----------
    Koopman P. A. R. (1984). Confidence intervals for the ratio of two binomial proportions.
    Biometrics 40, 513-517. doi:10.2307/2531405

    Examples
    --------
    >>> low, high = proportion_ratio_interval((7, 34), (1, 34), variance="plain")
    >>> float(low.round(4)), float(high.round(4))
    (1.2209, 42.5757)
    """
    table = _table(treated, control)
    z = two_sided_quantile(confidence)
    rate1, rate0 = table.rates
    with np.errstate(invalid="ignore", divide="ignore"):
        at = np.log(np.where(rate0 > 0, rate1 / rate0, np.inf))
    at = np.clip(np.where(np.isnan(at), 0.0, at), -60.0, 60.0)

    def statistic(log_ratio: Floats) -> Floats:
        return ratio_score(table, np.exp(log_ratio), variance)

    low = np.exp(crossing(statistic, (np.full_like(at, -60.0), at), z))
    high = np.exp(crossing(statistic, (at, np.full_like(at, 60.0)), -z))
    return Interval(
        np.where(table.has_trials, np.where(table.x1 == 0, 0.0, low), np.nan),
        np.where(table.has_trials, np.where(table.x0 == 0, np.inf, high), np.nan),
    )


def newcombe_interval(
    treated: tuple[ArrayLike, ArrayLike],
    control: tuple[ArrayLike, ArrayLike],
    *,
    confidence: float = 0.95,
) -> Interval:
    """Interval of a difference of proportions from two Wilson intervals (Newcombe's hybrid).

    It needs no iteration and stands beside `compare_proportions` as a cross-check; it does
    not invert a test, so that it may hold zero where p is below the level.

    References
    ----------
    Newcombe R. G. (1998). Interval estimation for the difference between independent
    proportions: comparison of eleven methods. Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> low, high = newcombe_interval((56, 70), (48, 80))
    >>> float(low.round(4)), float(high.round(4))
    (0.0524, 0.3339)
    """
    table = _table(treated, control)
    rate1, rate0 = table.rates
    low1, high1 = wilson_interval(table.x1, table.n1, confidence=confidence)
    low0, high0 = wilson_interval(table.x0, table.n0, confidence=confidence)
    difference = rate1 - rate0
    return Interval(
        difference - np.hypot(rate1 - low1, high0 - rate0),
        difference + np.hypot(high1 - rate1, rate0 - low0),
    )


def _table(
    treated: tuple[ArrayLike, ArrayLike], control: tuple[ArrayLike, ArrayLike]
) -> CountTable:
    arrays = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for pair in (treated, control) for a in pair)
    )
    for name, x, n in (
        ("treated", arrays[0], arrays[1]),
        ("control", arrays[2], arrays[3]),
    ):
        bad = ~(np.isfinite(x) & np.isfinite(n) & (x >= 0) & (x <= n) & (x == np.round(x)))
        if bad.any():
            got = list(zip(x[bad].tolist(), n[bad].tolist(), strict=True))
            raise ParameterError.expected(
                name, "whole successes, none negative, and at least as many trials", got=got
            )
    return CountTable(*arrays)
