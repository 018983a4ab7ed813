"""Shares on two sides that have clusters in common: one customer may stand on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_NOTHING = 1e-12  # a standard error of shares that is rounding only


class Contrast(NamedTuple):
    """Shares of both sides, and the p-value of "they are equal"; one value per question."""

    first: Floats
    second: Floats
    se: Floats
    p: Floats


def clustered_contrast(
    hits: ArrayLike, inside: ArrayLike, clusters: ArrayLike, *, weights: ArrayLike | None = None
) -> Contrast:
    """Compare the share of hits inside with that outside, by rows that share clusters.

    Each row moves the difference by its residual over its side's total; a cluster's moves are
    added before they are squared, so a customer on both sides counts once.

    Parameters
    ----------
    hits : array_like of float, shape (n,) or (n, k)
        0 or 1 for each row and question.
    inside : array_like of bool, shape (n,)
        Which rows are of the first side.
    clusters : array_like of int, shape (n,)
        Customer of each row.
    weights : array_like of float, shape (n,), optional
        Equal if absent.

    Returns
    -------
    Contrast
        `p` is two-sided from the normal, and 1 where nothing varies at all. Where nothing varies
        within either side (all hits here, none there) the error is that of equal shares, since
        residuals of zero would say that the difference is known exactly.

    Raises
    ------
    ParameterError
        If a side has no row, or none with a weight.

    References
    ----------
    Korn E. L., Graubard B. I. (1999). Analysis of Health Surveys, section 2.4 (linearisation);
    with the factor G / (G - 1) for G clusters.

    Examples
    --------
    >>> apart = clustered_contrast([1, 1, 0, 0, 0, 1], [1, 1, 1, 0, 0, 0], range(6))
    >>> apart.first.round(3).item(), apart.second.round(3).item()
    (0.667, 0.333)
    """
    x = np.asarray(hits, dtype=np.float64)
    table = x[:, None] if x.ndim == 1 else x
    side = np.asarray(inside, dtype=bool)
    w = np.ones(len(side)) if weights is None else np.asarray(weights, dtype=np.float64)
    totals = float(w[side].sum()), float(w[~side].sum())
    if not (totals[0] > 0 and totals[1] > 0):
        raise ParameterError.expected("inside", "rows on both sides", got="one side")
    first = w[side] @ table[side] / totals[0]
    second = w[~side] @ table[~side] / totals[1]
    groups = np.unique(np.asarray(clusters), return_inverse=True)[1]

    def error(around: Floats) -> Floats:
        """Return the standard error of the difference, from what rows are off by."""
        weight = np.where(side, w / totals[0], -w / totals[1])
        sums = np.zeros((int(groups.max()) + 1, table.shape[1]))
        np.add.at(sums, groups, weight[:, None] * (table - around))
        n = len(sums)
        return np.asarray(np.sqrt((sums**2).sum(axis=0) * n / max(n - 1, 1)))

    se = error(np.where(side[:, None], first, second))
    se = np.where(se > _NOTHING, se, error(w @ table / w.sum()))
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(se > _NOTHING, 2 * special.ndtr(-np.abs(first - second) / se), 1.0)
    if x.ndim == 1:
        return Contrast(*(np.asarray(v[0]) for v in (first, second, se, p)))
    return Contrast(first, second, se, p)
