"""Least squares with standard errors that hold for several rows of one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Fit(NamedTuple):
    """Coefficients in the order of the columns."""

    coefficient: Floats
    low: Floats
    high: Floats
    p: Floats
    n_clusters: int


def clustered_fit(
    columns: ArrayLike,
    outcome: ArrayLike,
    clusters: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Fit:
    """Regress an outcome on columns, with the sandwich variance over clusters.

    Parameters
    ----------
    columns : array_like of float, shape (n, k)
        The design; a column of ones for a constant is the caller's.
    outcome : array_like of float, shape (n,)
    clusters : array_like of int, shape (n,)
        Customer of each row, numbered from 0.
    weights : array_like of float, shape (n,), optional
        Equal if absent.
    confidence : float, default 0.95
        Of the t intervals with clusters - 1 degrees of freedom.

    Raises
    ------
    DataError
        If the columns cannot be told apart, or there are too few clusters.

    References
    ----------
    Liang K.-Y., Zeger S. L. (1986). Longitudinal data analysis using generalized linear
    models. Biometrika 73(1), 13-22. doi:10.1093/biomet/73.1.13 (with the small-sample factor
    G / (G - 1) x (n - 1) / (n - k)).

    Examples
    --------
    >>> fit = clustered_fit([[1, 0], [1, 0], [1, 1], [1, 1]], [1, 3, 4, 6], [0, 1, 2, 3])
    >>> fit.coefficient.round(6).tolist()
    [2.0, 3.0]
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    x, y = np.asarray(columns, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    groups = np.unique(np.asarray(clusters), return_inverse=True)[1]
    n, k = x.shape
    n_clusters = int(groups.max()) + 1 if n else 0
    if n_clusters <= k or np.linalg.matrix_rank(x * np.sqrt(w)[:, None]) < k:
        raise DataError(f"{n_clusters} customers cannot tell {k} columns apart.")
    bread = np.linalg.inv((x * w[:, None]).T @ x)
    coefficient = bread @ (x.T @ (w * y))
    scores = x * (w * (y - x @ coefficient))[:, None]
    sums = np.column_stack([np.bincount(groups, s, minlength=n_clusters) for s in scores.T])
    factor = n_clusters / (n_clusters - 1) * (n - 1) / (n - k)
    se = np.sqrt(np.diag(bread @ (sums.T @ sums) @ bread) * factor)
    df = n_clusters - 1
    half = special.stdtrit(df, (1 + confidence) / 2) * se
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * special.stdtr(df, -np.abs(coefficient / se))
    return Fit(coefficient, coefficient - half, coefficient + half, p, n_clusters)
