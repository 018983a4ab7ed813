"""How many clusters, and whether there are any: criteria side by side, against a null."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.fitting import kmeans, mixture, refit, seed_of
from cjm_research.segmentation.stability import stability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.segmentation.cluster_scales import Scale

    Floats = NDArray[np.float64]
    Labels = NDArray[np.int64]

NEARLY_BEST = 0.95
NULL_DRAWS, NULL_STARTS = 20, 3
SUBSTANTIAL = 0.25
"""Silhouette up to which there is no substantial structure: Kaufman and Rousseeuw (1990), Finding
groups in data, chapter 2. doi:10.1002/9780470316801"""
NOTICEABLE = 0.02
"""By how much a silhouette must pass its null: three of its standard deviations between samples
of a thousand customers."""
DO_NOT_USE = 0.6
"""Stability below which a cluster should not be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterChoice:
    """How well one number of clusters fits."""

    k: int
    silhouette: float
    null: float
    """95th percentile of the silhouette of a cloud without groups, cut in as many; only of the
    number that is used, NaN of the others."""
    calinski_harabasz: float
    davies_bouldin: float
    bic: float
    """Of a Gaussian mixture of so many clouds, each of its own shape; lower is better."""
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
        "bic": Unit.NUMBER,
        "stability": Unit.SCORE,
        "smallest": Unit.SHARE,
        "is_chosen": Unit.YES_NO,
    }

    grouping: str
    choices: tuple[ClusterChoice, ...]
    stabilities: tuple[float, ...] = ()
    """Of each cluster that is used, in the order of the card."""
    method: str = "kmeans"
    n_customers: int
    """Customers that the criteria are computed on."""

    @property
    def chosen(self) -> ClusterChoice:
        """The number of clusters that is used."""
        return next(c for c in self.choices if c.is_chosen)

    @property
    def has_structure(self) -> bool:
        """The clusters stand further apart than slices of one cloud would.

        A real cloud is never quite Gaussian and may pass its null by a little, so the
        separation has to be noticeably larger, and a substantial one as well.
        """
        return self.chosen.silhouette > max(self.chosen.null + NOTICEABLE, SUBSTANTIAL)

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
                method="silhouette_against_one_cloud",
                values={"k": best.k, "stability": best.stability},
            ),
        )

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` gave."""
        return cls(
            **{
                **plain,
                "choices": tuple(
                    ClusterChoice(**{**c, "null": float("nan") if c["null"] is None else c["null"]})
                    for c in plain["choices"]
                ),
                "stabilities": tuple(map(float, plain["stabilities"])),
            }
        )


def judge(
    points: Floats,
    scales: tuple[Scale, ...],
    *,
    grouping: str,
    numbers: Sequence[int],
    chosen: int | None = None,
    method: str = "kmeans",
) -> ClusterCriteria:
    """Judge every number of clusters, and whether the cloud has groups at all.

    Silhouette, Calinski-Harabasz, Davies-Bouldin and BIC disagree even on textbook data; none
    of them says that there are groups: a single cloud can be cut into stable slices. So each
    silhouette is compared with those of 20 clouds without groups: numbers of one Gaussian cloud
    of the same covariance, cut at the same ends, and choices that depend on nothing.

    Parameters
    ----------
    points : array, shape (n, width)
        Customers on the common scale, none unknown.
    scales : tuple of Scale
        Which columns of `points` are numbers and which are levels.
    grouping : str
        Names the random draws.
    numbers : sequence of int
        Numbers of clusters to judge.
    chosen : int, optional
        The number that is used; else the fewest within 5 % of the best silhouette:
        neighbouring numbers often differ by less than samples do, and fewer are more stable.
    method : str
        ``kmeans`` or ``mixture``.

    References
    ----------
    Rousseeuw P. J. (1987). Silhouettes. J. Comput. Appl. Math. 20, 53-65.
    doi:10.1016/0377-0427(87)90125-7
    """
    seed = seed_of(grouping)
    rng = np.random.default_rng(seed)
    labels = {k: _labels(points, k, seed, method) for k in numbers}
    away = distances(points)
    apart = {k: silhouette(away, labels[k]) for k in numbers}
    best = chosen or min(k for k in numbers if apart[k] >= NEARLY_BEST * max(apart.values()))
    null = {best: _null(points, scales, k=best, rng=rng, method=method)}
    stable = {k: stability(points, labels[k], refit(method, k), rng=rng) for k in numbers}
    return ClusterCriteria(
        grouping=grouping,
        choices=tuple(
            ClusterChoice(
                k=k,
                silhouette=apart[k],
                null=null.get(k, float("nan")),
                calinski_harabasz=float(calinski_harabasz_score(points, labels[k])),
                davies_bouldin=float(davies_bouldin_score(points, labels[k])),
                bic=float(mixture(points, k, seed=seed).bic(points)),
                stability=float(stable[k].min()),
                smallest=float(np.bincount(labels[k], minlength=k).min() / len(points)),
                is_chosen=k == best,
            )
            for k in numbers
        ),
        method=method,
        n_customers=len(points),
    )


def distances(points: Floats) -> Floats:
    """Return the distance of every two points."""
    square = (points**2).sum(axis=1)
    away = square[:, None] + square[None, :] - 2 * points @ points.T
    np.fill_diagonal(away, 0)
    found: Floats = np.sqrt(np.maximum(away, 0))
    return found


def silhouette(away: Floats, labels: Labels) -> float:
    """Return the mean silhouette from distances that are computed once; 0 for a single point.

    NaN with fewer than two clusters.
    """
    values = silhouettes(away, labels)
    return float(values.mean()) if len(values) else float("nan")


def silhouettes(away: Floats, labels: Labels) -> Floats:
    """Return the silhouette of every point; none with fewer than two clusters."""
    used, labels = np.unique(labels, return_inverse=True)
    if len(used) < 2:
        return np.empty(0)
    member = np.zeros((len(labels), len(used)))
    member[np.arange(len(labels)), labels] = 1
    size = member.sum(axis=0)
    total = away @ member
    own = total[np.arange(len(labels)), labels] / np.maximum(size[labels] - 1, 1)
    other = total / size
    other[np.arange(len(labels)), labels] = np.inf
    near = other.min(axis=1)
    return np.where(
        size[labels] == 1, 0.0, (near - own) / np.maximum(np.maximum(near, own), 1e-300)
    )


def _labels(points: Floats, k: int, seed: int, method: str, starts: int | None = None) -> Labels:
    if method == "mixture":
        return np.asarray(mixture(points, k, seed=seed).predict(points), dtype=np.int64)
    model = kmeans(points, k, seed=seed, **({} if starts is None else {"starts": starts}))
    return np.asarray(model.labels_, dtype=np.int64)


def _null(
    points: Floats,
    scales: tuple[Scale, ...],
    *,
    k: int,
    rng: np.random.Generator,
    method: str,
) -> float:
    found: list[float] = []
    for _ in range(NULL_DRAWS):
        cloud = one_cloud(points, scales, rng)
        labels = _labels(cloud, k, int(rng.integers(2**31)), method, NULL_STARTS)
        found.append(silhouette(distances(cloud), labels))
    return float(np.nanquantile(found, 0.95))


def one_cloud(points: Floats, scales: tuple[Scale, ...], rng: np.random.Generator) -> Floats:
    """Draw as many customers without groups.

    Numbers are of one Gaussian cloud of the same covariance, cut at the same ends. A choice,
    and whether a number is known, is drawn by its own shares and depends on nothing.
    """
    drawn = points.copy()
    at, smooth = 0, []
    for scale in scales:
        columns = slice(at, at + scale.width)
        if scale.levels:
            drawn[:, columns] = points[rng.permutation(len(points)), columns]
        else:
            smooth.append(at)
            if scale.has_unknown:
                drawn[:, at + 1] = points[rng.permutation(len(points)), at + 1]
        at += scale.width
    if smooth:
        own = points[:, smooth]
        cloud = rng.multivariate_normal(
            own.mean(axis=0), np.atleast_2d(np.cov(own.T)), size=len(points)
        )
        drawn[:, smooth] = cloud.clip(own.min(axis=0), own.max(axis=0))
    return drawn
