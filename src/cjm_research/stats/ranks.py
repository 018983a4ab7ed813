"""Ranks: correlation with its interval, and the chance that one sample is above another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special, stats

from cjm_research.errors import ParameterError
from cjm_research.stats.adjusted import compare_pair
from cjm_research.stats.comparison import Comparison
from cjm_research.stats.fieller import MeanPair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_FEWEST = 4  # pairs; the standard error below needs more than three


class Correlation(NamedTuple):
    """A correlation, -1 to 1, with its interval; NaN where it is not defined."""

    estimate: float
    low: float
    high: float
    n: int


def rank_correlation(
    first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95
) -> Correlation:
    """Spearman's rank correlation of pairs; ties share their mean rank.

    The interval is Fisher's on ``atanh(r)``, with the standard error 1.03 / sqrt(n - 3) that
    suits ranks. Where the ranks agree wholly, atanh is infinite and the interval would have no
    width; its inner end is then that of the next lower correlation that n pairs can have (two
    neighbours swapped).

    Parameters
    ----------
    first, second : array_like of float, shape (n,)
        A pair with NaN says nothing and is left out.
    confidence : float, default 0.95
        Coverage aimed at, between 0 and 1, both excluded.

    Returns
    -------
    Correlation
        NaN with fewer than four pairs, or when one side does not vary.

    References
    ----------
    Fieller E. C., Hartley H. O., Pearson E. S. (1957). Tests for rank correlation
    coefficients. I. Biometrika 44, 470-481. doi:10.1093/biomet/44.3-4.470

    Examples
    --------
    >>> found = rank_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5])
    >>> round(found.estimate, 4), found.n
    (0.8286, 6)
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    x, y = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if x.shape != y.shape:
        raise ParameterError.expected("second", f"of shape {x.shape}", got=y.shape)
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = stats.rankdata(x[known]), stats.rankdata(y[known])
    n = len(x)
    if n < _FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Correlation(np.nan, np.nan, np.nan, n)
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    margin = special.ndtri((1 + confidence) / 2) * 1.03 / np.sqrt(n - 3)
    next_to_whole = 1 - 12 / (n * (n**2 - 1))
    centre = np.arctanh(np.clip(r, -next_to_whole, next_to_whole))
    low, high = (float(np.tanh(centre + side * margin)) for side in (-1, 1))
    return Correlation(r, min(low, r), max(high, r), n)


def chance_above(treated: ArrayLike, control: ArrayLike, *, confidence: float = 0.95) -> Comparison:
    """Chance that a value of the treated sample is above one of the control, ties half each.

    Brunner and Munzel's test, which asks nothing of the shapes of both samples, with the
    interval that belongs to it.

    Parameters
    ----------
    treated, control : array_like of float
        No NaN.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Comparison
        `estimate`, `low` and `high` are chances, one half where neither sample is above the
        other; NaN but for the estimate where a sample has fewer than two values or they do not
        overlap at all.

    References
    ----------
    Brunner E., Munzel U. (2000). The nonparametric Behrens-Fisher problem: asymptotic theory
    and a small-sample approximation. Biometrical Journal 42, 17-25.

    Examples
    --------
    The pain scores of Brunner and Munzel: p = .0058 (R: lawstat, brunner.munzel.test).

    >>> first = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
    >>> second = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
    >>> found = chance_above(second, first)
    >>> found.p.round(4).item(), found.estimate.round(4).item(), found.low.round(4).item()
    (0.0058, 0.789, 0.5952)
    """
    x, y = np.asarray(treated, np.float64), np.asarray(control, np.float64)
    n, m = len(x), len(y)
    if not (n and m):
        return Comparison(*[np.asarray(np.nan)] * 5)
    both = stats.rankdata(np.concatenate([x, y]))
    above_x, above_y = both[:n] - stats.rankdata(x), both[n:] - stats.rankdata(y)
    chance = above_x.mean() / m
    square1, square0 = np.nan, np.nan
    if n > 1 and m > 1:
        square1 = above_x.var(ddof=1) / n / m**2
        square0 = above_y.var(ddof=1) / m / n**2
    total = square1 + square0
    df = np.nan
    if total > 0:
        df = 1 / ((square1 / total) ** 2 / (n - 1) + (square0 / total) ** 2 / (m - 1))
    pair = MeanPair(chance, 0.5, square1, square0, df=df)
    found = compare_pair(pair, confidence=confidence)
    return Comparison(found.estimate + 0.5, found.low + 0.5, found.high + 0.5, found.p, found.se)
