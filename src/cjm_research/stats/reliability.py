"""Whether several questions measure one thing: Cronbach's alpha with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Alpha(NamedTuple):
    """Reliability of a scale of several items."""

    alpha: float
    low: float
    high: float
    without: NDArray[np.float64]
    """Alpha of the scale without each item in turn; NaN where only one item would be left."""
    n: int


def cronbach_alpha(items: ArrayLike, *, confidence: float = 0.95) -> Alpha:
    """Cronbach's alpha with Feldt's interval.

    Parameters
    ----------
    items : array_like of float, shape (n, k)
        Grades of n people on k items that point the same way, on one scale. A row with a
        grade that is not known is left out.
    confidence : float, default 0.95
        Coverage aimed at.

    Raises
    ------
    ParameterError
        If there are fewer than two items, a grade is infinite, or `confidence` is out of range.
    DataError
        If fewer than three people answered every item, or nobody differs.

    References
    ----------
    Cronbach L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika
    16, 297-334. doi:10.1007/BF02310555
    Feldt L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability
    coefficient twenty. Psychometrika 30, 357-370. doi:10.1007/BF02289499

    Examples
    --------
    >>> first, second = [1, 2, 2, 3, 2, 2, 3, 3, 2, 3], [1, 1, 1, 2, 3, 3, 2, 3, 3, 3]
    >>> third = [1, 1, 2, 1, 2, 3, 3, 3, 2, 3]
    >>> found = cronbach_alpha(list(zip(first, second, third)))
    >>> round(found.alpha, 3), round(found.low, 3), round(found.high, 3)
    (0.773, 0.336, 0.939)
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    grades = np.asarray(items, dtype=np.float64)
    if grades.ndim != 2 or grades.shape[1] < 2:
        raise ParameterError.expected("items", "two columns or more", got=grades.shape)
    grades = grades[~np.isnan(grades).any(axis=1)]
    if np.isinf(grades).any():
        raise ParameterError.expected("items", "finite", got="infinity")
    n, k = grades.shape
    if n < 3:
        raise DataError(f"Alpha needs three people who answered every item; there are {n}.")
    covariance = np.cov(grades, rowvar=False)
    if covariance.sum() <= 0:
        raise DataError("Alpha needs answers that differ; the sums of the items do not.")
    alpha = _alpha(covariance)
    tail = (1 - confidence) / 2
    df = n - 1, (n - 1) * (k - 1)
    kept = [np.delete(np.arange(k), i) for i in range(k)]
    without = [_alpha(covariance[np.ix_(at, at)]) if k > 2 else np.nan for at in kept]
    return Alpha(
        alpha=alpha,
        low=1 - (1 - alpha) * float(special.fdtri(*df, 1 - tail)),
        high=1 - (1 - alpha) * float(special.fdtri(*df, tail)),
        without=np.array(without),
        n=n,
    )


def _alpha(covariance: NDArray[np.float64]) -> float:
    k, total = len(covariance), float(covariance.sum())
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total) if total > 0 else np.nan
