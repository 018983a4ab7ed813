"""How surely the customers of a day belong to frozen clusters, and whether these still fit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.cluster_card import assign
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.cluster_card import ClusterCard
    from cjm_research.study.model import Limits

NEAR_DISTANCE, NEAR_ODDS = 1.1, 2.0
"""Second distance by the nearest, and odds of the best cloud to the second, below which a customer
stands on a border."""
OUTGROWN = 0.1
"""Part of the customers beyond the range of the card from which it no longer fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedCluster:
    """The customers of one cluster."""

    segment: str
    n: int
    borderline_share: float
    """On the border of another cluster: a small change would move them."""
    beyond_share: float
    """With a number beyond those that the clusters were found from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Result):
    """Customers of a day, assigned to clusters that were found on that day or before."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "n": Unit.COUNT,
        "borderline_share": Unit.SHARE,
        "beyond_share": Unit.SHARE,
    }

    grouping: str
    clusters: tuple[AssignedCluster, ...]
    """Those that may be shown."""
    n_customers: int
    """Customers who are in a cluster."""
    n_unknown: int
    """Customers in none, for want of a number."""
    n_beyond: int
    beyond_low: float
    beyond_high: float
    found_on: str
    confidence: float
    limits: Limits
    window: tuple[str, str] | None = None

    @property
    def is_outgrown(self) -> bool:
        """More customers than chance explains are unlike all that the clusters were found from."""
        return self.beyond_low > OUTGROWN

    def to_frame(self) -> pd.DataFrame:
        """Return one row per cluster."""
        return pd.DataFrame([asdict(c) for c in self.clusters], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how many customers are beyond the range of the clusters; shown if many are."""
        if not self.n_customers:
            return ()
        enough = self.limits.level(self.n_customers) == "claims"
        return (
            Finding(
                id=f"segmentation/clusters_outgrown/grouping={self.grouping}",
                kind="clusters_outgrown",
                subject={"grouping": self.grouping},
                estimate=self.n_beyond / self.n_customers,
                low=self.beyond_low,
                high=self.beyond_high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=self.n_customers,
                customers=float(self.n_beyond),
                method="range_of_card",
                window=self.window,
                direction="bad",
                status="not_significant" if not self.is_outgrown
                else "shown" if enough else "hidden_small_n",
                values={"found_on": self.found_on},
            ),
        )  # fmt: skip


def assigned(
    base: pd.DataFrame,
    card: ClusterCard,
    *,
    limits: Limits,
    confidence: float = 0.95,
    window: tuple[str, str] | None = None,
) -> Assigned:
    """Assign customers to frozen clusters, and count who is on a border or unlike all before.

    Parameters
    ----------
    base : pandas.DataFrame
        As `base.customer_table` gives: customers of the day, known to the card or new.
    card : ClusterCard
        The frozen clusters.
    limits : Limits
        A smaller cluster is not shown.
    confidence : float, default 0.95
        Of the interval of the part beyond the range.
    window : tuple of str, optional
        First and last day of the data, ISO.

    Raises
    ------
    SchemaError
        If the table lacks a column of the card.
    """
    found = assign(base, card)
    inside = found["segment"].notna().to_numpy()
    beyond = found["is_outside"].to_numpy(dtype=bool) & inside
    near = found["margin"].to_numpy() < (NEAR_ODDS if card.spreads else NEAR_DISTANCE)
    n, n_beyond = int(inside.sum()), int(beyond.sum())
    low, high = wilson_interval(n_beyond, n, confidence=confidence) if n else (np.nan, np.nan)
    clusters = []
    for name in card.names:
        own = (found["segment"] == name).to_numpy(dtype=bool, na_value=False)
        if limits.level(int(own.sum())) != "hidden":
            clusters.append(
                AssignedCluster(
                    segment=name, n=int(own.sum()), borderline_share=float(near[own].mean()),
                    beyond_share=float(beyond[own].mean()),
                )
            )  # fmt: skip
    return Assigned(
        grouping=card.grouping, clusters=tuple(clusters), n_customers=n,
        n_unknown=len(found) - n, n_beyond=n_beyond, beyond_low=float(low),
        beyond_high=float(high), found_on=card.found_on, confidence=confidence, limits=limits,
        window=window,
    )  # fmt: skip
