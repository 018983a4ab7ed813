"""How far clusters come back when customers are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

BOOTSTRAPS = 25


def stability(
    points: Floats,
    labels: Labels,
    refit: Callable[[Floats, int], Callable[[Floats], Labels]],
    *,
    rng: np.random.Generator,
) -> Floats:
    """Return, for each cluster, how well it is found again: the mean Jaccard similarity.

    Each bootstrap is fitted from a cold start: started from the old centres, clusters seem
    more stable than they are. From 0.85 on a cluster is called highly stable, below 0.6 it
    should not be used. Stable slices of one cloud are slices all the same.

    Parameters
    ----------
    points : array, shape (n, width)
        Customers on the common scale.
    labels : array of int, shape (n,)
        Cluster of each, from 0 on.
    refit : callable
        Takes drawn points and a seed, gives a function that assigns points.
    rng : numpy.random.Generator
        Draws the customers.

    References
    ----------
    Hennig C. (2007). Cluster-wise assessment of cluster stability. Comput. Stat. Data Anal.
    52(1), 258-271. doi:10.1016/j.csda.2006.11.025
    """
    k = int(labels.max()) + 1
    best = np.zeros((BOOTSTRAPS, k))
    for draw in range(BOOTSTRAPS):
        rows = rng.integers(0, len(points), len(points))
        again = refit(points[rows], int(rng.integers(2**31)))(points)
        best[draw] = jaccard(labels, again).max(axis=1)
    found: Floats = best.mean(axis=0)
    return found


def jaccard(one: Labels, other: Labels) -> Floats:
    """Return the Jaccard similarity of every cluster of `one` with every cluster of `other`.

    Examples
    --------
    >>> jaccard(np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0])).round(2).tolist()
    [[0.0, 0.67], [0.5, 0.25]]
    """
    n, m = int(one.max()) + 1, int(other.max()) + 1
    table = np.bincount(one * m + other, minlength=n * m).reshape(n, m)
    union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    shared: Floats = table / np.maximum(union, 1)
    return shared
