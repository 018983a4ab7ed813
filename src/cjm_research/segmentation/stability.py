"""How far clusters come back when customers are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import KMeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

BOOTSTRAPS = 20


def stability(points: NDArray[np.float64], model: KMeans, rng: np.random.Generator) -> float:
    """Return the mean Jaccard similarity of the least stable cluster, over bootstraps.

    Each bootstrap is fitted from a cold start: started from the old centres, clusters seem
    more stable than they are. From 0.85 on a cluster is called highly stable, below 0.6 it
    should not be used. Stable slices of one cloud are slices all the same.
    """
    k = model.n_clusters
    original = model.labels_
    best = np.zeros((BOOTSTRAPS, k))
    for draw in range(BOOTSTRAPS):
        rows = rng.integers(0, len(points), len(points))
        again = KMeans(k, n_init=1, random_state=int(rng.integers(2**31))).fit(points[rows])
        labels = again.predict(points)
        table = np.bincount(original * k + labels, minlength=k * k).reshape(k, k)
        union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
        best[draw] = (table / np.maximum(union, 1)).max(axis=1)
    return float(best.mean(axis=0).min())
