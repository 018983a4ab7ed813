"""Two shares of different customers compared, as this package always does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.stats.clustered import ClusteredShare, share_difference
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Difference(NamedTuple):
    """First share less second, -1..1."""

    estimate: float
    low: float
    high: float
    p: float


def difference_of_shares(
    first: tuple[int, int], second: tuple[int, int], *, confidence: float
) -> Difference:
    """Newcombe's interval of the difference of two shares, with the p-value that belongs to it.

    Parameters
    ----------
    first, second : tuple of int
        Customers with the trait, and all customers, of two groups without a common customer.
    confidence : float
        Coverage aimed at.

    Examples
    --------
    Newcombe (1998), table II, example (a), method 10:

    >>> difference = difference_of_shares((56, 70), (48, 80), confidence=0.95)
    >>> round(difference.low, 4), round(difference.high, 4)
    (0.0524, 0.3339)
    """
    ends = share_difference(
        _one_each(*first, confidence), _one_each(*second, confidence), confidence=confidence
    )
    return Difference(*(float(x) for x in ends))


def _one_each(with_trait: int, n: int, confidence: float) -> ClusteredShare:
    """Share of customers, who are each a cluster of their own."""
    low, high = wilson_interval(with_trait, n, confidence=confidence)
    share: ArrayLike = with_trait / n if n else float("nan")
    size = np.asarray(float(n) if n else np.nan)
    return ClusteredShare(np.asarray(share), low, high, size, np.asarray(1.0))
