"""Fits of clusters to customers on a common scale: k-means, or a mixture of Gaussian clouds.

`clusters.found_clusters` holds them to one thread, once for all: asking for that takes as long as a
small fit.
"""

from __future__ import annotations

import warnings
import zlib
from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from cjm_research.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

COLD_STARTS = 10
RIDGE = 1e-3
"""Added to variances of a mixture, so that a column of 0 and 1 cannot shrink a cloud to nothing."""


def seed_of(name: str) -> int:
    """Return the seed of a grouping: the same in every run."""
    return zlib.crc32(name.encode())


def kmeans(points: Floats, k: int, *, seed: int, starts: int = COLD_STARTS) -> KMeans:
    """Fit k-means with cold starts."""
    with warnings.catch_warnings():
        # A draw of few different customers has empty clusters; the whole is checked before.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(k, n_init=starts, random_state=seed).fit(points)


def check_enough(points: Floats, k: int, *, grouping: str) -> None:
    """Refuse more clusters than different customers.

    Raises
    ------
    NoDataError
        With both numbers.
    """
    few = f"Grouping {grouping!r}: {len(points)} customers cannot make {k} clusters"
    if len(points) < k:
        raise NoDataError(f"{few}.")
    different = len(np.unique(points, axis=0))
    if different < k:
        raise NoDataError(f"{few}: only {different} of them differ in the features.")


def mixture(points: Floats, k: int, *, seed: int, starts: int = 3) -> GaussianMixture:
    """Fit a mixture of `k` Gaussian clouds, each of its own shape, started from k-means."""
    with warnings.catch_warnings():
        # Not settled after so many steps: good enough to be compared by its likelihood.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = GaussianMixture(k, n_init=starts, reg_covar=RIDGE, random_state=seed)
        return model.fit(points)


def refit(method: str, k: int) -> Callable[[Floats, int], Callable[[Floats], Labels]]:
    """Return how a bootstrap is fitted: from one cold start."""

    def _fit(points: Floats, seed: int) -> Callable[[Floats], Labels]:
        fitted = (
            mixture(points, k, seed=seed, starts=1)
            if method == "mixture"
            else kmeans(points, k, seed=seed, starts=1)
        )

        def _predict(asked: Floats) -> Labels:
            return np.asarray(fitted.predict(asked), dtype=np.int64)

        return _predict

    return _fit
