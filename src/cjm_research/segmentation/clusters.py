"""Clusters found in behaviour: a sample, a fit, and the card that assigns everybody."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.cluster_card import ClusterCard, default_names, nearest_centre
from cjm_research.segmentation.cluster_criteria import ClusterCriteria, judge
from cjm_research.segmentation.cluster_scales import scaled, scales_of
from cjm_research.segmentation.fitting import check_enough, kmeans, mixture, refit, seed_of
from cjm_research.segmentation.stability import stability
from cjm_research.segmentation.surrogate import Recognition, recognition

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.cluster_scales import Scale
    from cjm_research.study.plans import Grouping

    Floats = NDArray[np.float64]

SAMPLE = 50_000
"""Customers that the centres are found from: those with the smallest hash of their id."""
JUDGED = 1_500
"""Of them, customers that the criteria are computed on."""
MOST = 10
"""Clusters that are tried when the study names no number."""
MOST_CLOUDS = 6
"""The same for a mixture, whose clouds have many more parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterModel:
    """Found clusters: the card that assigns, how they were chosen, how to recognise them."""

    card: ClusterCard
    criteria: ClusterCriteria
    recognition: Recognition

    @property
    def stabilities(self) -> dict[str, float]:
        """Mean Jaccard of each cluster over bootstraps, by its name."""
        return dict(zip(self.card.names, self.criteria.stabilities, strict=True))

    def named(self, names: tuple[str, ...]) -> ClusterModel:
        """Return the model with other names of its clusters."""
        new = dict(zip(self.card.names, names, strict=True))
        return replace(self, card=self.card.named(names), recognition=self.recognition.renamed(new))

    def to_json(self) -> str:
        """Return the model as text: no code, nothing that is run when it is read."""
        plain = {
            "card": json.loads(self.card.to_json()),
            "criteria": asdict(self.criteria),
            "recognition": asdict(self.recognition),
        }
        plain = _without_nan(plain)
        return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ParameterError
            If the text is not a model of clusters.
        """
        try:
            plain = json.loads(text)
            return cls(
                card=ClusterCard.from_json(json.dumps(plain["card"])),
                criteria=ClusterCriteria.from_plain(plain["criteria"]),
                recognition=Recognition.from_plain(plain["recognition"]),
            )
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ParameterError(f"This is not a model of clusters: {error}") from None


def found_clusters(base: pd.DataFrame, grouping: Grouping, *, found_on: str = "") -> ClusterModel:
    """Find the clusters of a grouping of kind ``clusters``.

    k-means with ten cold starts, or a Gaussian mixture, on at most 50,000 customers whose
    numbers are known. The number of clusters is the study's, else that of `judge`. The same
    customers give the same clusters, in any order of rows and from any number of buckets.

    Parameters
    ----------
    base : pandas.DataFrame
        As `base.customer_table` gives; or what `cluster_sample` kept of it.
    grouping : Grouping
        Features, weights and method.
    found_on : str
        ISO day of the data, kept in the card.

    Raises
    ------
    NoDataError
        If fewer different customers than clusters have all columns.
    ParameterError
        If a column does not vary.
    SchemaError
        If there is no such column.
    """
    # One thread: threads that wait for each other cost more than they bring at this size.
    with threadpool_limits(1):
        return _found(cluster_sample(base, grouping), grouping, found_on)


def _found(sample: pd.DataFrame, grouping: Grouping, found_on: str) -> ClusterModel:
    _enough(len(sample), grouping)
    scales = scales_of(sample, grouping)
    points = scaled(sample, scales)
    known = ~np.isnan(points).any(axis=1)
    points = points[known]
    criteria = _judged(points[:JUDGED], scales, grouping)
    card = _card(points, scales, grouping, k=criteria.chosen.k)
    card = replace(card, found_on=found_on)
    labels, _ = nearest_centre(points[:JUDGED], card)
    rng = np.random.default_rng(seed_of(f"{grouping.id} stability"))
    again = refit(grouping.method, criteria.chosen.k)
    stable = stability(points[:JUDGED], labels, again, rng=rng)
    missing = len(card.names) - len(stable)  # a tiny cluster may have no judged customer
    return ClusterModel(
        card=card,
        criteria=replace(criteria, stabilities=(*map(float, stable), *[0.0] * missing)),
        recognition=recognition(sample.iloc[np.flatnonzero(known)], card),
    )


def cluster_sample(base: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    """Keep the columns of a grouping for the customers with the smallest hash of their id.

    The samples of parts, joined and sampled once more, are the sample of the whole.

    Raises
    ------
    SchemaError
        If there is no such column.
    """
    for column in grouping.features:
        if column not in base:
            raise SchemaError.missing_column(
                column, table="features", found=list(map(str, base.columns))
            )
    ids = base["customer_id"].to_numpy(dtype=object)
    hashes = pd.util.hash_array(ids, categorize=False)
    rows = np.arange(len(base))
    if len(base) > SAMPLE:
        rows = np.argpartition(hashes, SAMPLE - 1)[:SAMPLE]
    rows = rows[np.lexsort((ids[rows].astype(str), hashes[rows]))]
    return base[["customer_id", *grouping.features]].iloc[rows].reset_index(drop=True)


def _enough(n: int, grouping: Grouping) -> None:
    if n <= MOST:
        raise NoDataError(f"Grouping {grouping.id!r}: {n} customers are too few for clusters.")


def _judged(points: Floats, scales: tuple[Scale, ...], grouping: Grouping) -> ClusterCriteria:
    _enough(len(points), grouping)
    used = grouping.n_clusters
    if used is not None:
        check_enough(points, used, grouping=grouping.id)
    different = len(np.unique(points, axis=0))
    most = MOST if grouping.method == "kmeans" else MOST_CLOUDS
    numbers = sorted(
        {*(k for k in range(2, most + 1) if k <= different), *([used] if used else [])}
    )
    if not numbers:
        raise NoDataError(f"Grouping {grouping.id!r}: all customers are alike in its features.")
    return judge(
        points, scales, grouping=grouping.id, numbers=numbers, chosen=used, method=grouping.method
    )


def _card(points: Floats, scales: tuple[Scale, ...], grouping: Grouping, *, k: int) -> ClusterCard:
    seed = seed_of(grouping.id)
    shares: tuple[float, ...] = ()
    spreads: tuple[tuple[float, ...], ...] = ()
    if grouping.method == "mixture":
        model = mixture(points, k, seed=seed, starts=3)
        order = np.argsort(-model.weights_, kind="stable")
        centres = model.means_[order]
        shares = tuple(_digits(w) for w in model.weights_[order])
        factors = model.precisions_cholesky_[order]
        spreads = tuple(tuple(_digits(v) for v in f.ravel()) for f in factors)
    else:
        fitted = kmeans(points, k, seed=seed)
        order = np.argsort(-np.bincount(fitted.labels_, minlength=k), kind="stable")
        centres = fitted.cluster_centers_[order]
    return ClusterCard(
        grouping=grouping.id,
        method=grouping.method,
        scales=scales,
        centres=tuple(tuple(_digits(v) for v in c) for c in centres),
        shares=shares,
        spreads=spreads,
        names=default_names(k),
        n_customers=len(points),
    )


def _without_nan(plain: Any) -> Any:  # noqa: ANN401  # plain data
    """Return plain data as JSON has it: what is not known is null."""
    if isinstance(plain, dict):
        return {k: _without_nan(v) for k, v in plain.items()}
    if isinstance(plain, list | tuple):
        return [_without_nan(v) for v in plain]
    return None if isinstance(plain, float) and plain != plain else plain


def _digits(value: float) -> float:
    return float(f"{value:.9g}")
