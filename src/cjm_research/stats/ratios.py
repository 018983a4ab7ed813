"""Ratios of shares: how much more common a trait is in a group than among all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Lift(NamedTuple):
    """Share in the group over share among all; every field has one value per question."""

    lift: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]


def lift_interval(
    group: tuple[ArrayLike, ArrayLike],
    rest: tuple[ArrayLike, ArrayLike],
    *,
    confidence: float = 0.95,
) -> Lift:
    """How many times as common a trait is in a group as among all, with its interval.

    The base holds the group, so the two shares are not independent; taking the base as known
    makes the interval too wide. The log ratio of group to rest has independent parts: its
    interval (Walter's, with half a hit added) is mapped to the base by
    ``lift = RR / (f RR + 1 - f)``, where f is the group's part of the base.

    Parameters
    ----------
    group : pair of array_like of int
        Hits and customers whose trait is known, in the group.
    rest : pair of array_like of int
        The same for all customers of the base outside the group.
    confidence : float, default 0.95
        Coverage aimed at, between 0 and 1, both excluded.

    Returns
    -------
    Lift
        `lift` is 1 when the trait is as common as among all. `p` is of the hypothesis that it
        is, two-sided, from the same normal statistic: it is below ``1 - confidence`` exactly
        when the interval leaves out 1. All fields are NaN where the group or the rest is
        empty, or where nobody or everybody has the trait, since nothing can be compared.

    Raises
    ------
    ParameterError
        If `confidence` is not inside (0, 1), or hits are negative, not whole or above n.

    Notes
    -----
    Own combination of Walter's interval with the mapping. Simulated coverage of the 95 %
    interval is .94 to .96 over shares of .02 to .6 and groups of 3 to 60 % of the base where
    two hits or more are expected in the group (``tests/stats/test_ratios.py``); with fewer it
    falls to about .90.

    References
    ----------
    Walter S. D. (1975). The distribution of Levin's measure of attributable risk.
    Biometrika 62(2), 371-374. doi:10.1093/biomet/62.2.371

    Examples
    --------
    30 of 100 here and 100 of 900 elsewhere: .3 against .13 of all.

    >>> found = lift_interval((30, 100), (100, 900))
    >>> found.lift.round(3).item(), found.low.round(2).item(), found.high.round(2).item()
    (2.308, 1.76, 3.0)
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    a, n, b, m = np.broadcast_arrays(*(_whole(x) for x in (*group, *rest)))
    if (a > n).any() or (b > m).any():
        raise ParameterError("hits must be at most the number of customers; some are above it.")

    z = special.ndtri((1 + confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log((a + 0.5) / (n + 0.5)) - np.log((b + 0.5) / (m + 0.5))
        variance = 1 / (a + 0.5) - 1 / (n + 0.5) + 1 / (b + 0.5) - 1 / (m + 0.5)
        se = np.sqrt(np.maximum(variance, 0))
        part = n / (n + m)
        low = _against_all(np.exp(log_ratio - z * se), part)
        high = _against_all(np.exp(log_ratio + z * se), part)
        p = 2 * special.ndtr(-np.abs(log_ratio) / se)
        lift = (a / n) / ((a + b) / (n + m))
        # Ends that are exact in theory: no hit in the group, no hit outside it.
        # With hardly any customers the half hits outweigh the data and point the other way.
        p = np.where((lift - 1) * log_ratio < 0, 1.0, p)
        low = np.where(a == 0, 0.0, low)
        high = np.where(b == 0, 1 / part, high)
    silent = (n == 0) | (m == 0) | (a + b == 0) | (a + b == n + m)
    return Lift(*(np.where(silent, np.nan, x) for x in (lift, low, high, p)))


def _against_all(ratio: NDArray[np.float64], part: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(ratio / (part * ratio + 1 - part), dtype=np.float64)


def _whole(counts: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(counts, dtype=np.float64)
    bad = ~np.isfinite(values) | (values < 0) | (values != np.round(values))
    if bad.any():
        raise ParameterError.expected("counts", "whole and not negative", got=values[bad].tolist())
    return values
