"""Rank correlation with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special, stats

from cjm_research.errors import ParameterError

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
    suits ranks.

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
    with np.errstate(divide="ignore"):
        centre = np.arctanh(r)
    margin = special.ndtri((1 + confidence) / 2) * 1.03 / np.sqrt(n - 3)
    return Correlation(
        r, float(np.tanh(centre - margin)), float(np.tanh(centre + margin)), n
    )  # fmt: skip
