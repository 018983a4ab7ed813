"""Mergeable moments: size, means and centred cross-products of some columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_CHUNK = 65_536  # rows centred at once: small enough to stay in the cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """What every parametric answer needs of a sample; two of them merge into one.

    Attributes
    ----------
    n : int
        Rows.
    mean : numpy.ndarray of float64, shape (k,)
        Mean of each column; 0 where there is no row.
    cross : numpy.ndarray of float64, shape (k, k)
        Sums of products of the deviations from the means.
    """

    n: int
    mean: Floats
    cross: Floats

    @property
    def covariance(self) -> Floats:
        """Covariances with n - 1; NaN for fewer than two rows."""
        return self.cross / (self.n - 1) if self.n > 1 else np.full_like(self.cross, np.nan)

    @property
    def variance(self) -> Floats:
        """Variances of the columns with n - 1; NaN for fewer than two rows."""
        return np.diagonal(self.covariance)

    def merge(self, other: Moments) -> Moments:
        """Return the moments of both samples taken together.

        References
        ----------
        Chan T. F., Golub G. H., LeVeque R. J. (1983). Algorithms for computing the sample
        variance. The American Statistician 37, 242-247. doi:10.1080/00031305.1983.10483115

        Examples
        --------
        >>> both = moments([[1.0], [2.0]]).merge(moments([[6.0]]))
        >>> both.n, both.mean.tolist(), both.variance.tolist()
        (3, [3.0], [7.0])
        """
        if self.mean.shape != other.mean.shape:
            raise ParameterError.expected(
                "other", f"of {len(self.mean)} columns", got=len(other.mean)
            )
        n = self.n + other.n
        if n == 0:
            return self
        apart = other.mean - self.mean
        return Moments(
            n=n,
            mean=self.mean + apart * (other.n / n),
            cross=self.cross + other.cross + np.outer(apart, apart) * (self.n * other.n / n),
        )


def moments(values: ArrayLike) -> Moments:
    """Return the moments of the columns of `values`, read once.

    Rows are centred chunk by chunk and the chunks merged, so that a large mean costs no
    digits: sums of squares would.

    Parameters
    ----------
    values : array_like of float, shape (n, k)
        No NaN: choose the rows first, and count those left out.

    Raises
    ------
    ParameterError
        If `values` is not a table of finite numbers.

    Examples
    --------
    >>> sample = moments([[1e9 + 4], [1e9 + 7], [1e9 + 13], [1e9 + 16]])
    >>> sample.variance.tolist()
    [30.0]
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2:
        raise ParameterError.expected("values", "a table of rows and columns", got=rows.shape)
    parts = (_centred(rows[i : i + _CHUNK]) for i in range(0, len(rows), _CHUNK))
    return merge_moments(parts, n_columns=rows.shape[1])


def merge_moments(parts: Iterable[Moments], *, n_columns: int) -> Moments:
    """Merge any number of moments of `n_columns` columns; none gives an empty sample."""
    whole = Moments(n=0, mean=np.zeros(n_columns), cross=np.zeros((n_columns, n_columns)))
    for part in parts:
        whole = whole.merge(part)
    return whole


class GroupMoments(NamedTuple):
    """Size, mean and variance (with n - 1) of one column in each group."""

    n: NDArray[np.int64]
    mean: Floats
    variance: Floats


def group_moments(values: ArrayLike, groups: ArrayLike, *, n_groups: int) -> GroupMoments:
    """Return the moments of one column by group, in two passes.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        No NaN.
    groups : array_like of int, shape (n,)
        Number of each row's group, 0 <= number < `n_groups`.
    n_groups : int
        Groups, with those that have no row.

    Returns
    -------
    GroupMoments
        Arrays of shape (n_groups,). The mean is NaN without rows, the variance with fewer
        than two.

    Examples
    --------
    >>> group_moments([1.0, 3.0, 5.0], [0, 0, 2], n_groups=3).mean.tolist()
    [2.0, nan, 5.0]
    """
    column, of = np.asarray(values, dtype=np.float64), np.asarray(groups)
    n = np.bincount(of, minlength=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(of, weights=column, minlength=n_groups) / n
        squares = np.bincount(of, weights=(column - mean[of]) ** 2, minlength=n_groups)
        variance = np.where(n > 1, squares / (n - 1), np.nan)
    return GroupMoments(n, mean, variance)


def _centred(rows: Floats) -> Moments:
    mean = rows.mean(axis=0)
    if not np.isfinite(mean).all():
        raise ParameterError.expected("values", "finite numbers", got="NaN or infinity")
    deviations = rows - mean
    return Moments(n=len(rows), mean=mean, cross=deviations.T @ deviations)
