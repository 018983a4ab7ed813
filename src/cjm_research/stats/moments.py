"""Mergeable moments: size, means and centred cross-products of some columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_CHUNK = 32_768  # rows centred at once: small enough to stay in the cache
_MANY_CHUNKS = 8


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

    def select(self, columns: Sequence[int]) -> Moments:
        """Return the moments of some of the columns, in the order asked for."""
        at = list(columns)
        return Moments(n=self.n, mean=self.mean[at], cross=self.cross[np.ix_(at, at)])

    def combine(self, weights: ArrayLike) -> Moments:
        """Return the moments of weighted sums of the columns.

        Parameters
        ----------
        weights : array_like of float, shape (m, k)
            One row of weights for each new column.

        Examples
        --------
        >>> both = moments([[1.0, 2.0], [3.0, 5.0]]).combine([[1.0, 1.0], [1.0, -1.0]])
        >>> both.mean.tolist(), both.variance.tolist()
        ([5.5, -1.5], [12.5, 0.5])
        """
        a = np.asarray(weights, dtype=np.float64)
        return Moments(n=self.n, mean=a @ self.mean, cross=a @ self.cross @ a.T)

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
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        n = self.n + other.n
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
    parts = (_centred(np.array(rows[i : i + _CHUNK].T)) for i in range(0, len(rows), _CHUNK))
    return merge_moments(parts, n_columns=rows.shape[1])


def merge_moments(parts: Iterable[Moments], *, n_columns: int) -> Moments:
    """Merge any number of moments of `n_columns` columns; none gives an empty sample."""
    whole = Moments(n=0, mean=np.zeros(n_columns), cross=np.zeros((n_columns, n_columns)))
    for part in parts:
        whole = whole.merge(part)
    return whole


def cell_moments(columns: Sequence[ArrayLike], cells: ArrayLike, *, n_cells: int) -> list[Moments]:
    """Return the joint moments of several columns in each cell, read once.

    Each chunk is put in the order of the cells, centred cell by cell and multiplied with
    itself, so that one pass gives all that any linear answer needs.

    Parameters
    ----------
    columns : sequence of array_like of float, each of shape (n,)
        No NaN.
    cells : array_like of int, shape (n,)
        Number of each row's cell, below `n_cells`; a negative number for none.
    n_cells : int
        Cells, with those that have no row.

    Returns
    -------
    list of Moments
        One per cell.

    Raises
    ------
    ParameterError
        If a column holds NaN or infinity in a row that has a cell.

    Examples
    --------
    >>> found = cell_moments([[1.0, 3.0, 5.0]], [0, 0, 2], n_cells=3)
    >>> [(m.n, m.mean.tolist()) for m in found]
    [(2, [2.0]), (0, [0.0]), (1, [5.0])]
    """
    if not columns:
        return [Moments(n=0, mean=np.zeros(0), cross=_square(0))] * n_cells
    values = [np.asarray(c, dtype=np.float64) for c in columns]
    of = np.asarray(cells)
    whole = [Moments(n=0, mean=np.zeros(len(values)), cross=_square(len(values)))] * n_cells
    ask = partial(_chunk_moments, values, of, max(_CHUNK, 256 * n_cells), n_cells)
    starts = range(0, len(of), max(_CHUNK, 256 * n_cells))
    if len(starts) < _MANY_CHUNKS:
        parts = [ask(start) for start in starts]
    else:  # numpy lets other threads run; the order in which chunks are merged stays the same
        with ThreadPoolExecutor(2) as threads:
            parts = [*threads.map(ask, starts)]
    for part in parts:
        for cell, found in part.items():
            whole[cell] = whole[cell].merge(found)
    return whole


def _chunk_moments(
    values: Sequence[Floats], of: NDArray[np.int64], step: int, n_cells: int, start: int
) -> dict[int, Moments]:
    """Return the moments of each cell that a chunk has rows of."""
    here = of[start : start + step]
    order = np.argsort(here, kind="stable")
    ends = np.searchsorted(here[order], np.arange(n_cells + 1))
    rows = np.empty((len(values), len(order)))
    for column, into in zip(values, rows, strict=True):
        # Every place is inside: clipping only spares a copy of the row.
        column[start : start + step].take(order, out=into, mode="clip")
    filled = np.flatnonzero(np.diff(ends))
    return {int(c): _centred(rows[:, ends[c] : ends[c + 1]]) for c in filled}


def _square(k: int) -> Floats:
    return np.zeros((k, k))


def _centred(columns: Floats) -> Moments:
    """Return the moments of a few rows, given column by column, shape (k, n); changes them."""
    mean = columns.mean(axis=1)
    if not np.isfinite(mean).all():
        raise ParameterError.expected("values", "finite numbers", got="NaN or infinity")
    columns -= mean[:, None]
    return Moments(n=columns.shape[1], mean=mean, cross=columns @ columns.T)
