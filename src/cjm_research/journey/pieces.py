"""Many events a piece at a time: what stays in the processor's cache is quick to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

AT_ONCE = 400_000
"""Events of a piece, about: some megabytes."""
_MOST_CELLS = 8_000_000


def pieces(customer: NDArray[np.integer[Any]]) -> Iterator[slice]:
    """Give the rows of some customers after the other; all of a customer's are in one piece.

    Parameters
    ----------
    customer : array of int, shape (n,)
        Rises.

    Examples
    --------
    >>> list(pieces(np.array([0, 0, 1, 1])))
    [slice(0, 4, None)]
    """
    begin, n = 0, len(customer)
    while begin < n:
        end = min(begin + AT_ONCE, n)
        if end < n:
            end = int(np.searchsorted(customer, customer[end - 1], side="right"))
        yield slice(begin, end)
        begin = end


def firsts(
    customer: NDArray[np.integer[Any]], what: NDArray[np.integer[Any]], *, n_what: int
) -> NDArray[np.int64]:
    """Return the positions at which each customer met each thing for the first time; they rise.

    Parameters
    ----------
    customer : array of int, shape (n,)
        Rises.
    what : array of int, shape (n,)
        0 to `n_what` - 1.

    Examples
    --------
    >>> firsts(np.array([0, 0, 0, 1]), np.array([1, 0, 1, 1]), n_what=2).tolist()
    [0, 1, 3]
    """
    return pairs(customer, what, n_what=n_what)[0]


def pairs(
    customer: NDArray[np.integer[Any]], what: NDArray[np.integer[Any]], *, n_what: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what `firsts` gives, and how often each customer met each of these things.

    Examples
    --------
    >>> at, times = pairs(np.array([0, 0, 0, 1]), np.array([1, 0, 1, 1]), n_what=2)
    >>> at.tolist(), times.tolist()
    ([0, 1, 3], [2, 1, 1])
    """
    if not len(customer):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
    key = (customer - customer[0]).astype(np.int64) * n_what + what
    n_cells = (int(customer[-1]) - int(customer[0]) + 1) * n_what
    if n_cells > _MOST_CELLS:
        _, first, times = np.unique(key, return_index=True, return_counts=True)
        order = np.argsort(first)
        return first[order], times[order].astype(np.int32)
    opening = np.empty(n_cells, dtype=np.int32)  # read only where it is written
    place = np.arange(len(key), dtype=np.int32)
    opening[key[::-1]] = place[::-1]
    at = np.flatnonzero(opening[key] == place)
    return at, np.bincount(key, minlength=n_cells)[key[at]].astype(np.int32)
