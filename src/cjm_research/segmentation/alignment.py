"""Names of clusters that are found anew: a cluster that is mostly an old one keeps its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import linear_sum_assignment

from cjm_research.segmentation.stability import jaccard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

SAME_FROM = 0.5
"""Jaccard similarity from which two clusters are one: more in common than apart."""


def aligned_names(
    old: NDArray[np.int64], new: NDArray[np.int64], *, names: Sequence[str], n_new: int
) -> tuple[str, ...]:
    """Return the names of new clusters, by how far they hold the same customers as the old.

    Clusters are matched one to one so that the similarity of all pairs is largest (Hungarian
    method). A new cluster without a match takes the next free number.

    Parameters
    ----------
    old, new : array of int, shape (n,)
        Cluster of each customer by the old and the new model, -1 where there is none.
    names : sequence of str
        Names of the old clusters, ``cluster_1`` and so on.
    n_new : int
        How many new clusters there are.

    References
    ----------
    Kuhn H. W. (1955). The Hungarian method for the assignment problem. Naval Research
    Logistics 2, 83-97. doi:10.1002/nav.3800020109

    Examples
    --------
    >>> import numpy as np
    >>> old, new = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 1, 1, 0, 0, 2])
    >>> aligned_names(old, new, names=["cluster_1", "cluster_2", "cluster_3"], n_new=3)
    ('cluster_2', 'cluster_1', 'cluster_3')
    """
    both = (old >= 0) & (new >= 0)
    found: dict[int, str] = {}
    if both.any():
        like = jaccard(new[both], old[both])
        for row, column in zip(*linear_sum_assignment(-like), strict=True):
            if like[row, column] >= SAME_FROM:
                found[int(row)] = names[int(column)]
    used = [int(n.rpartition("_")[2]) for n in names if n.rpartition("_")[2].isdigit()]
    free = max(used, default=0)
    for number in range(n_new):
        if number not in found:
            free += 1
            found[number] = f"cluster_{free}"
    return tuple(found[i] for i in range(n_new))
