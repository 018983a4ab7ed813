"""Kano's classes of a product's feature, from a pair of questions about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CLASSES = ("must_be", "one_dimensional", "attractive", "indifferent", "reverse", "questionable")
"""In the order in which ties of counts are usually read: M > O > A > I."""
_M, _O, _A, _I, _R, _Q = range(6)
TABLE = np.array(
    [
        [_Q, _A, _A, _A, _O],
        [_R, _I, _I, _I, _M],
        [_R, _I, _I, _I, _M],
        [_R, _I, _I, _I, _M],
        [_R, _R, _R, _R, _Q],
    ]
)
"""Class by the answer to "if it is there" (rows) and to "if it is not" (columns): I like it, it
must be so, neutral, I can live with it, I dislike it."""
_WITH = np.array([4.0, 2.0, 0.0, -1.0, -2.0])
_WITHOUT = np.array([-2.0, -1.0, 0.0, 2.0, 4.0])


class Better(NamedTuple):
    """By how much a feature can please, and its lack displease: 0..1 and -1..0."""

    better: NDArray[np.float64]
    worse: NDArray[np.float64]


def kano_counts(functional: ArrayLike, dysfunctional: ArrayLike) -> NDArray[np.int64]:
    """Count the answers of each class, in the order of `CLASSES`.

    Parameters
    ----------
    functional, dysfunctional : array_like of int, shape (n,)
        Answers 1 (I like it) to 5 (I dislike it) of the same people.

    Raises
    ------
    ParameterError
        If an answer is not 1 to 5, or there are not as many of both.

    References
    ----------
    Berger C. et al. (1993). Kano's methods for understanding customer-defined quality. Center
    for Quality of Management Journal 2(4), 3-36.

    Examples
    --------
    >>> dict(zip(CLASSES, kano_counts([1, 1, 3], [5, 3, 5]).tolist()))["attractive"]
    1
    """
    first, second = _pairs(functional, dysfunctional)
    counts: NDArray[np.int64] = np.bincount(TABLE[first - 1, second - 1], minlength=len(CLASSES))
    return counts


def better_worse(counts: ArrayLike) -> Better:
    """Return how far a feature raises satisfaction, and its lack lowers it.

    ``better`` = (A + O) / (A + O + M + I), ``worse`` = -(O + M) / (A + O + M + I).

    Parameters
    ----------
    counts : array_like of float, shape (..., 6)
        What `kano_counts` gave.

    References
    ----------
    Berger et al. (1993), as above.

    Examples
    --------
    Edge grip of a ski (Sauerwein et al. 1996), in per cent: M 49.3, O 32.3, A 7.0, I 9.5.

    >>> found = better_worse([49.3, 32.3, 7.0, 9.5, 0.3, 1.5])
    >>> found.better.round(2).item(), found.worse.round(2).item()
    (0.4, -0.83)
    """
    n = np.asarray(counts, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        base = n[..., : _I + 1].sum(axis=-1)
        better, worse = (n[..., _A] + n[..., _O]) / base, -(n[..., _O] + n[..., _M]) / base
    return Better(better, worse)


def tie_p(counts: ArrayLike) -> float:
    """Return the p-value that the two most frequent classes are equally frequent (sign test).

    Parameters
    ----------
    counts : array_like of int, shape (6,)
        What `kano_counts` gave.

    Returns
    -------
    float
        Two-sided, by the normal distribution. NaN without answers.

    Notes
    -----
    Each answer falls into one class, so that under a tie the difference of two counts has the
    variance of their sum (McNemar 1947, as for paired answers). Fong (1996) takes the classes for
    independent samples: with two classes of 40 % each his rule finds a leader in a fifth of draws
    instead of a tenth (`docs/trust-research.md`), so that it is not used here.

    References
    ----------
    McNemar Q. (1947). Psychometrika 12, 153-157. doi:10.1007/BF02295996

    Examples
    --------
    40 against 24: 16 is two standard errors of 8.

    >>> round(tie_p([40, 24, 0, 0, 10, 0]), 4), tie_p([40, 40, 10, 10, 0, 0])
    (0.0455, 1.0)
    """
    n = np.asarray(counts, dtype=np.float64)
    if n.sum() == 0:
        return float("nan")
    second, first = np.sort(n)[-2:]
    return float(2 * special.ndtr(-(first - second) / np.sqrt(first + second)))


def continuous(functional: ArrayLike, dysfunctional: ArrayLike) -> NDArray[np.float64]:
    """Return each answer as a point, shape (n, 2): from the lack (x) and from the feature (y).

    Means of both above 2 speak of a one-dimensional feature, of x alone of a must-be, of y
    alone of an attractive one.

    References
    ----------
    DuMouchel W. (1993), in Berger et al., as above: 4, 2, 0, -1, -2 for the feature and -2, -1,
    0, 2, 4 for its lack.

    Examples
    --------
    >>> continuous([1], [5]).tolist()
    [[4.0, 4.0]]
    """
    first, second = _pairs(functional, dysfunctional)
    return np.column_stack([_WITHOUT[second - 1], _WITH[first - 1]])


def _pairs(
    functional: ArrayLike, dysfunctional: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first, second = _answers(functional), _answers(dysfunctional)
    if first.shape != second.shape:
        raise ParameterError.expected("dysfunctional", f"{first.size} answers", got=second.size)
    return first, second


def _answers(given: ArrayLike) -> NDArray[np.int64]:
    values = np.asarray(given, dtype=np.float64)
    if not np.isin(values, (1, 2, 3, 4, 5)).all():
        raise ParameterError.expected("answers", "1 to 5", got=np.unique(values).tolist())
    return values.astype(np.int64)
