"""Bootstrap of clusters: each draw says how often every cluster is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

DRAWS = 1000
_ROUNDING = 1e-12  # of the statistic: draws that differ by less do not differ
_CELLS = 4_000_000  # of one batch of draws: 32 MB


class Spread(NamedTuple):
    """Ends of the interval, standard error and two-sided p-value of "no difference from 0"."""

    low: Floats
    high: Floats
    se: Floats
    p: Floats


def cluster_draws(
    n_clusters: int, rng: np.random.Generator, *, draws: int = DRAWS
) -> Iterator[Floats]:
    """Give batches of draws, each of shape (batch, n_clusters): how often a cluster was drawn.

    Sums over rows then become ``draw @ sums_of_clusters``, so a draw costs one product.

    Parameters
    ----------
    n_clusters : int
        Customers, not answers.
    rng : numpy.random.Generator
        Seeded by the caller: the same draws in every run.
    draws : int
        In all.

    Examples
    --------
    >>> batches = list(cluster_draws(5, np.random.default_rng(1), draws=3))
    >>> batches[0].shape, batches[0].sum(axis=1).tolist()
    ((3, 5), [5.0, 5.0, 5.0])
    """
    if n_clusters < 1:
        raise ParameterError.expected("n_clusters", "1 or more", got=n_clusters)
    batch = max(1, _CELLS // n_clusters)
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        drawn = rng.integers(0, n_clusters, (size, n_clusters))
        drawn += np.arange(size)[:, None] * n_clusters
        counts = np.bincount(drawn.ravel(), minlength=size * n_clusters)
        yield counts.reshape(size, n_clusters).astype(np.float64)


def spread_of(draws: ArrayLike, estimate: ArrayLike, *, confidence: float = 0.95) -> Spread:
    """Return percentile ends, and a p-value from the normal with the draws' standard error.

    Parameters
    ----------
    draws : array_like of float, shape (n_draws, ...)
        The statistic in each draw; NaN where a draw could not give it.
    estimate : array_like of float, shape (...)
        The statistic of the data.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Spread
        `p` is NaN where no draw differs from another, as of one cluster: nothing is known then
        of how far the statistic may stray.

    Raises
    ------
    ParameterError
        If `confidence` is out of range, or there are fewer than two draws.

    References
    ----------
    Davison A. C., Hinkley D. V. (1997). Bootstrap Methods and their Application, section 5.3.
    doi:10.1017/CBO9780511802843
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    found = np.asarray(draws, dtype=np.float64)
    if len(found) < 2:
        raise ParameterError.expected("draws", "two or more", got=len(found))
    center = np.asarray(estimate, dtype=np.float64)
    is_known = ~np.isnan(found).all(axis=0)
    safe = np.where(is_known, found, 0.0)
    low, high = np.nanquantile(safe, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    se = np.nanstd(safe, axis=0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        varies = np.nanmax(safe, axis=0) - np.nanmin(safe, axis=0) > _ROUNDING * np.abs(center)
        p = np.where(varies, 2 * special.ndtr(-np.abs(center / se)), np.nan)
    nan = np.where(is_known, 0.0, np.nan)
    return Spread(low + nan, high + nan, se + nan, p + nan)
