"""Which of several alike measures an outcome goes with: shares of the explained variance."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

MOST_EXACT = 12
"""Measures up to which `lmg` is computed exactly: it fits every subset of them."""
_TINY = 1e-12


class Correlations(NamedTuple):
    """Of the measures with each other, and of each with the outcome."""

    among: Floats
    """Shape (k, k)."""
    outcome: Floats
    """Shape (k,)."""


def correlations(
    measures: ArrayLike, outcome: ArrayLike, *, weights: ArrayLike | None = None
) -> Correlations:
    """Weighted correlations of measures and an outcome.

    Parameters
    ----------
    measures : array_like of float, shape (n, k)
        One column per measure.
    outcome : array_like of float, shape (n,)
        What may depend on them.
    weights : array_like of float, shape (n,), optional
        Of the rows; equal if absent.

    Raises
    ------
    ParameterError
        If a number is not finite, or a column does not vary, so that it goes with nothing.
    """
    table = np.column_stack([np.asarray(measures, dtype=np.float64), outcome])
    if not np.isfinite(table).all():
        raise ParameterError.expected("measures and outcome", "finite", got="NaN or infinity")
    w = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=np.float64)
    off = table - (w @ table) / w.sum()
    cross = (off * w[:, None]).T @ off / w.sum()
    scale = np.sqrt(np.diag(cross))
    flat = scale <= _TINY * np.abs(table).max(axis=0, initial=0.0)
    if flat.any():
        column = int(np.flatnonzero(flat)[0])
        got = (
            "a constant outcome" if column == table.shape[1] - 1 else f"a constant column {column}"
        )
        raise ParameterError.expected("measures and outcome", "columns that vary", got=got)
    r = cross / np.outer(scale, scale)
    return Correlations(r[:-1, :-1], r[:-1, -1])


def explained(found: Correlations) -> float:
    """Return R squared of the regression of the outcome on all measures.

    Examples
    --------
    >>> round(explained(Correlations(np.eye(2), np.array([0.6, 0.3]))), 2)
    0.45
    """
    return float(found.outcome @ np.linalg.lstsq(found.among, found.outcome, rcond=None)[0])


def relative_weights(found: Correlations) -> Floats:
    """Johnson's relative weights: shares of R squared that add up to it.

    The measures are turned into the nearest uncorrelated ones, whose parts of R squared are
    clear; each part goes back to the measures by how much they make of it.

    Parameters
    ----------
    found : Correlations
        What `correlations` gave.

    References
    ----------
    Johnson J. W. (2000). A heuristic method for estimating the relative weight of predictor
    variables in multiple regression. Multivariate Behavioral Research 35(1), 1-19.
    doi:10.1207/S15327906MBR3501_1

    Examples
    --------
    Uncorrelated measures have their squared correlations.

    >>> relative_weights(Correlations(np.eye(2), np.array([0.6, 0.3]))).round(3).tolist()
    [0.36, 0.09]
    """
    values, vectors = np.linalg.eigh(found.among)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    with_outcome = np.linalg.lstsq(root, found.outcome, rcond=None)[0]
    parts: Floats = root**2 @ with_outcome**2
    return parts


def lmg(found: Correlations) -> Floats:
    """Shares of R squared averaged over every order of entering the measures (LMG, Shapley).

    Parameters
    ----------
    found : Correlations
        Of at most `MOST_EXACT` measures.

    Raises
    ------
    ParameterError
        If there are more: the number of subsets doubles with each.

    References
    ----------
    Lindeman R. H., Merenda P. F., Gold R. Z. (1980). Introduction to Bivariate and
    Multivariate Analysis, p. 119.
    Groemping U. (2007). Estimators of relative importance in linear regression based on
    variance decomposition. The American Statistician 61(2), 139-147.
    doi:10.1198/000313007X188252

    Examples
    --------
    Two measures: half of r1^2 and of what 1 adds to 2, and the same for the other.

    >>> lmg(Correlations(np.array([[1, 0.5], [0.5, 1]]), np.array([0.6, 0.3]))).round(3).tolist()
    [0.315, 0.045]
    """
    k = len(found.outcome)
    if k > MOST_EXACT:
        raise ParameterError.expected("measures", f"at most {MOST_EXACT}", got=k)
    r2: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, k + 1):
        for at in combinations(range(k), size):
            own = Correlations(found.among[np.ix_(at, at)], found.outcome[list(at)])
            r2[at] = explained(own)
    shares = np.zeros(k)
    for at, value in r2.items():
        for i in range(k):
            if i not in at:
                chance = factorial(len(at)) * factorial(k - len(at) - 1) / factorial(k)
                shares[i] += chance * (r2[tuple(sorted((*at, i)))] - value)
    return shares


def condition_number(found: Correlations) -> float:
    """Square root of the largest over the smallest eigenvalue of the measures' correlations.

    From about 10 on coefficients are shaky, from 30 on measures can hardly be told apart.

    References
    ----------
    Belsley D. A., Kuh E., Welsch R. E. (1980). Regression Diagnostics, section 3.2.

    Examples
    --------
    >>> round(condition_number(Correlations(np.array([[1, 0.98], [0.98, 1]]), np.zeros(2))), 2)
    9.95
    """
    values = np.linalg.eigvalsh(found.among)
    return float(np.sqrt(values[-1] / values[0])) if values[0] > _TINY else float("inf")
