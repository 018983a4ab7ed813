"""Clusters found in behaviour: how many, whether there are any, and who is in which."""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.cluster_card import ClusterCard, scaled, scales_of
from cjm_research.segmentation.stability import stability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.plans import Grouping

    Floats = NDArray[np.float64]

SAMPLE = 20_000
"""Customers that the centres are found from: those with the smallest hash of their id."""
JUDGED = 1_500
"""Of them, customers that the criteria are computed on."""
MOST = 8
NEARLY_BEST = 0.95
COLD_STARTS = 10
NULL_DRAWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterChoice:
    """How well one number of clusters fits."""

    k: int
    silhouette: float
    null: float
    """95th percentile of the silhouette of a cloud of the same covariance without groups."""
    calinski_harabasz: float
    davies_bouldin: float
    stability: float
    """Mean Jaccard of the least stable cluster over bootstraps, each fitted anew."""
    smallest: float
    """Share of the smallest cluster."""
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCriteria(Result):
    """Several numbers of clusters side by side, and whether there are groups at all."""

    units: ClassVar[Mapping[str, Unit]] = {
        "k": Unit.COUNT,
        "silhouette": Unit.SCORE,
        "null": Unit.SCORE,
        "calinski_harabasz": Unit.NUMBER,
        "davies_bouldin": Unit.SCORE,
        "stability": Unit.SCORE,
        "smallest": Unit.SHARE,
        "is_chosen": Unit.YES_NO,
    }

    grouping: str
    choices: tuple[ClusterChoice, ...]
    n_customers: int
    """Customers that the criteria are computed on."""

    @property
    def chosen(self) -> ClusterChoice:
        """The number of clusters that is used."""
        return next(c for c in self.choices if c.is_chosen)

    @property
    def has_structure(self) -> bool:
        """The clusters stand further apart than slices of one cloud would."""
        return self.chosen.silhouette > self.chosen.null

    def to_frame(self) -> pd.DataFrame:
        """Return one row per number of clusters."""
        return pd.DataFrame([asdict(c) for c in self.choices], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return whether the clusters are groups or slices of a continuum."""
        best = self.chosen
        return (
            Finding(
                id=f"segmentation/clusters/grouping={self.grouping}",
                kind="clusters_groups" if self.has_structure else "clusters_continuum",
                subject={"grouping": self.grouping},
                estimate=best.silhouette,
                reference=best.null,
                unit=Unit.SCORE,
                n=self.n_customers,
                customers=0.0,  # about the grouping, and not about customers
                method="silhouette_against_gaussian",
                values={"k": best.k, "stability": best.stability},
            ),
        )


def found_clusters(base: pd.DataFrame, grouping: Grouping) -> ClusterCard:
    """Find the clusters of a grouping of kind ``clusters``.

    k-means with ten cold starts, on at most 20,000 customers whose columns are all known. The
    number is the study's, else that of `best_k`. The same customers give the same clusters, in
    any order of rows.

    Raises
    ------
    NoDataError
        If fewer customers than clusters have all columns.
    """
    scales = scales_of(base, tuple(grouping.features))
    points = _sample(base, scaled(base, scales))
    k = grouping.n_clusters or best_k(points[:JUDGED], grouping.id)
    if len(points) < k:
        raise NoDataError(
            f"Grouping {grouping.id!r}: {len(points)} customers cannot make {k} clusters."
        )
    model = fit(points, k, random_state(grouping.id))
    order = np.argsort(-np.bincount(model.labels_, minlength=k), kind="stable")
    centres = np.round(model.cluster_centers_[order], 9)
    return ClusterCard(
        scales=scales,
        centres=tuple(tuple(map(float, c)) for c in centres),
        n_customers=len(points),
    )


def cluster_criteria(base: pd.DataFrame, grouping: Grouping) -> ClusterCriteria:
    """Judge every number of clusters, and whether the cloud has groups at all.

    Silhouette, Calinski-Harabasz and Davies-Bouldin disagree even on textbook data; none of
    them says that there are groups: a single cloud can be cut into stable slices. So each
    silhouette is compared with those of clouds of the same covariance.

    References
    ----------
    Rousseeuw P. J. (1987). Silhouettes. J. Comput. Appl. Math. 20, 53-65.
    doi:10.1016/0377-0427(87)90125-7
    Hennig C. (2007). Cluster-wise assessment of cluster stability. Comput. Stat. Data Anal.
    52(1), 258-271. doi:10.1016/j.csda.2006.11.025
    """
    points = _sample(base, scaled(base, scales_of(base, tuple(grouping.features))))[:JUDGED]
    used = grouping.n_clusters or best_k(points, grouping.id)
    numbers = sorted({*range(2, MOST + 1), used})
    seed = random_state(grouping.id)
    rng = np.random.default_rng(seed)
    with threadpool_limits(1):
        null = _null(points, numbers, rng)
        choices = tuple(
            _judged(points, fit(points, k, seed), rng=rng, null=null[k], is_chosen=k == used)
            for k in numbers
        )
    return ClusterCriteria(grouping=grouping.id, choices=choices, n_customers=len(points))


def _judged(
    points: Floats, model: KMeans, *, rng: np.random.Generator, null: float, is_chosen: bool
) -> ClusterChoice:
    labels = model.labels_
    return ClusterChoice(
        k=model.n_clusters,
        silhouette=float(silhouette_score(points, labels)),
        null=null,
        calinski_harabasz=float(calinski_harabasz_score(points, labels)),
        davies_bouldin=float(davies_bouldin_score(points, labels)),
        stability=stability(points, model, rng),
        smallest=float(np.bincount(labels, minlength=model.n_clusters).min() / len(points)),
        is_chosen=is_chosen,
    )


def best_k(points: Floats, name: str) -> int:
    """Return the fewest clusters, 2 to 8, whose silhouette is within 5 % of the largest.

    Silhouettes of neighbouring numbers often differ by less than they would between samples;
    fewer clusters are then the more stable and the easier to act upon.
    """
    if len(points) <= MOST:
        raise NoDataError(f"Grouping {name!r}: {len(points)} customers are too few for clusters.")
    scores = {
        k: silhouette_score(points, fit(points, k, random_state(name)).labels_)
        for k in range(2, MOST + 1)
    }
    return min(k for k, score in scores.items() if score >= NEARLY_BEST * max(scores.values()))


def fit(points: Floats, k: int, seed: int) -> KMeans:
    """Fit k-means with cold starts."""
    if k > len(points):
        raise ParameterError.expected("n_clusters", f"at most {len(points)}", got=k)
    # One thread: threads that wait for each other cost more than they bring at this size.
    with threadpool_limits(1):
        return KMeans(k, n_init=COLD_STARTS, random_state=seed).fit(points)


def random_state(name: str) -> int:
    """Return the seed of a grouping: the same in every run."""
    return zlib.crc32(name.encode())


def _sample(base: pd.DataFrame, points: Floats) -> Floats:
    """Return the points of the customers whose ids have the smallest hash, in that order."""
    known = ~np.isnan(points).any(axis=1)
    ids = base["customer_id"].to_numpy(dtype=object)[known]
    hashes = pd.util.hash_array(ids, categorize=False)
    order = np.lexsort((ids.astype(str), hashes))[:SAMPLE]
    return points[known][order]


def _null(points: Floats, numbers: Sequence[int], rng: np.random.Generator) -> dict[int, float]:
    """Return, for each number of clusters, the 95th percentile of the silhouette of clouds.

    The clouds are Gaussian of the same covariance, cut at the same ends as the points.
    """
    covariance = np.atleast_2d(np.cov(points.T))
    found: dict[int, list[float]] = {k: [] for k in numbers}
    for _ in range(NULL_DRAWS):
        cloud = rng.multivariate_normal(points.mean(axis=0), covariance, size=len(points))
        cloud = cloud.clip(points.min(axis=0), points.max(axis=0))
        for k in numbers:
            model = KMeans(k, n_init=2, random_state=int(rng.integers(2**31))).fit(cloud)
            found[k].append(float(silhouette_score(cloud, model.labels_)))
    return {k: float(np.quantile(draws, 0.95)) for k, draws in found.items()}
