"""When a customer is likely to come next: the customer's own gaps, else everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.segmentation.kernels import group_quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.value.histories import PurchaseDays

    Floats = NDArray[np.float64]

OWN_GAPS = 3
"""Gaps that a customer's own rhythm needs; with fewer, the gaps of all customers stand for it."""
LOST = 3.0
"""Silence of so many of the longest usual gaps: no next purchase is expected."""


class Rhythm(NamedTuple):
    """Days from the last purchase to the next, one entry a customer; NaN if nothing is known."""

    usual: Floats
    early: Floats
    """The 20th percentile of the gaps."""
    late: Floats
    """The 80th."""
    is_own: NDArray[np.bool_]
    """Told by the customer's own gaps."""
    last_gap: Floats


def rhythm(purchases: PurchaseDays) -> Rhythm:
    """Return how long each customer's pauses between purchases are.

    Parameters
    ----------
    purchases : PurchaseDays
        Different days with a purchase.
    """
    n = len(purchases.ids)
    same = np.diff(purchases.codes) == 0
    gaps = np.diff(purchases.days)[same].astype(np.float64)
    owner = purchases.codes[1:][same]
    n_gaps = np.bincount(owner, minlength=n)
    is_own = n_gaps >= OWN_GAPS
    # First gaps only: frequent customers would fill the pool of those with few purchases.
    first = gaps[np.append(True, owner[1:] != owner[:-1])[: len(owner)]] if len(gaps) else gaps
    pool = [float(np.quantile(first, q)) if len(first) else np.nan for q in (0.5, 0.2, 0.8)]
    own = group_quantiles(owner, gaps, n, quantiles=(0.5, 0.2, 0.8))
    found = [np.where(is_own, q, everybody) for q, everybody in zip(own, pool, strict=True)]
    last_gap = np.full(n, np.nan)
    last_gap[owner] = gaps  # later gaps of a customer stand later
    return Rhythm(found[0], found[1], found[2], is_own, last_gap)
