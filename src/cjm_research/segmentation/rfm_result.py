"""How large each named region of the RFM grid is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.grids import PROSPECTS
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.rfm import RfmCard

USUAL = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmRegion:
    """One named region of the RFM grid."""

    cell: str
    n: int
    share: float
    low: float
    high: float
    revenue: float
    revenue_share: float
    median_recency: float
    median_orders: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rfm(Result):
    """How many customers, and how much revenue, lie in each region of the RFM grid."""

    units: ClassVar[Mapping[str, Unit]] = {
        "cell": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "revenue": Unit.MONEY,
        "revenue_share": Unit.SHARE,
        "median_recency": Unit.DAYS,
        "median_orders": Unit.NUMBER,
    }

    regions: tuple[RfmRegion, ...]
    card: RfmCard
    confidence: float
    n_customers: int
    n_without_order: int
    """Customers without a dated order: they have no score."""
    grid: str = "regions"
    """Which grid of `grids.GRIDS` the regions are of."""
    window: tuple[str, str] | None = None
    limits: Limits = USUAL
    """A region of fewer customers than may be shown has no numbers on a page."""

    def is_hidden(self, region: RfmRegion) -> bool:
        """Tell whether a region has too few customers to be shown; an empty one is shown."""
        return region.n > 0 and self.limits.level(region.n) == "hidden"

    @property
    def n_scored(self) -> int:
        """Customers with a dated order."""
        return self.n_customers - (self.n_without_order if self.grid in PROSPECTS else 0)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per region, best first; one of few customers has a name alone."""
        shown = [{"cell": r.cell} if self.is_hidden(r) else asdict(r) for r in self.regions]
        return pd.DataFrame(shown, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the size of each region that holds customers."""
        return tuple(
            Finding(
                id=f"segmentation/rfm/cell={r.cell}",
                kind="rfm_region",
                subject={"cell": r.cell},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=r.n,
                method="rfm_quintiles",
                window=self.window,
                money=r.revenue,
                status="hidden_small_n" if self.is_hidden(r) else "shown",
                values={"revenue_share": r.revenue_share},
            )
            for r in self.regions
            if r.n
        )
