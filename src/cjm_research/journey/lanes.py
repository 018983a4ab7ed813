"""Whether shipments come by the promised time, lane by lane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from cjm_research.errors import NoDataError
from cjm_research.journey.grouped import (
    GROUP_UNITS,
    GroupShare,
    against_the_rest,
    corrected,
    counted,
    group_frame,
    group_share,
)
from cjm_research.journey.placing import need
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjm_research.study.model import Limits

LANES = ("origin", "destination", "promised_at", "delivered_at")
"""Columns of the orders without which a shipment is on no lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Shipments from one place to another."""

    origin: str
    destination: str
    group: GroupShare
    late_days: float
    """Median days by which the late ones were late; NaN if none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanesOnTime(Result):
    """Share of the shipments that came by the promised time, lane by lane."""

    units: ClassVar[Mapping[str, Unit]] = {
        "origin": Unit.LABEL,
        "destination": Unit.LABEL,
        **{k: v for k, v in GROUP_UNITS.items() if k != "trait"},
        "late_days": Unit.DAYS,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "origin", "destination", "n", "share", "low", "high", "rest", "difference", "late_days",
    )  # fmt: skip

    lanes: tuple[Lane, ...]
    """Busiest first."""
    whole: GroupShare
    n_unknown: int
    """Shipments without a promised or an actual time of delivery."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per lane."""
        more = [
            {"origin": r.origin, "destination": r.destination, "late_days": r.late_days}
            for r in self.lanes
        ]
        return group_frame([r.group for r in self.lanes], self.units, more=more, limits=self.limits)

    def findings(self) -> tuple[Finding, ...]:
        """Return the share on time, and the lanes that differ from the others."""
        whole = self.whole
        return (
            Finding(
                id="journey/on_time/all",
                kind="on_time",
                subject={},
                estimate=whole.share,
                low=whole.low,
                high=whole.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=whole.n,
                window=self.window,
                method="wilson",
                status=told(self.limits, whole.n),
                values={"late": whole.n - whole.customers},
            ),
            *(self._lane(r) for r in self.lanes),
        )

    def _lane(self, lane: Lane) -> Finding:
        g = lane.group
        return Finding(
            id=f"journey/on_time/origin={lane.origin}/destination={lane.destination}",
            kind="lane_on_time",
            subject={"origin": lane.origin, "destination": lane.destination},
            estimate=g.share,
            low=g.low,
            high=g.high,
            confidence=self.confidence,
            reference=g.rest,
            p=g.p,
            p_adjusted=g.p_adjusted,
            family="journey/on_time",
            unit=Unit.SHARE,
            n=g.n,
            window=self.window,
            method="wilson; newcombe, holm",
            direction="good" if g.difference > 0 else "bad",
            status=told(self.limits, g.n, is_clear=g.is_clear(self.confidence)),
        )


def lanes_on_time(
    orders: pd.DataFrame, *, confidence: float = 0.95, limits: Limits = USUAL
) -> LanesOnTime:
    """Count the shipments that came by the promised time, from where to where.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders with `origin`, `destination`, `promised_at` and `delivered_at`.
        Cancelled ones are left out.
    confidence : float, default 0.95
        Of all intervals.
    limits : Limits
        How many shipments a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    NoDataError
        If no shipment has both times and both places.
    """
    need(orders, LANES, table="orders")
    is_meant = np.ones(len(orders), dtype=bool)
    if "status" in orders:
        is_meant = (orders["status"] != "cancelled").fillna(value=True).to_numpy(dtype=bool)
    is_known = is_meant.copy()
    for column in LANES:
        is_known &= orders[column].notna().to_numpy()
    known = orders.iloc[np.flatnonzero(is_known)]
    if known.empty:
        raise NoDataError("No shipment has a place, a promised and an actual time of delivery.")
    late = (known["delivered_at"] - known["promised_at"]).dt.total_seconds() / 86_400
    is_on_time = late <= 0
    lane = known["origin"].astype("str") + "\0" + known["destination"].astype("str")
    found = counted(is_on_time, lane, column="lane")
    whole = int(is_on_time.sum()), len(known)
    delay = late[~is_on_time].groupby(lane[~is_on_time]).median()
    groups = corrected(against_the_rest(found, whole, confidence=confidence), limits)
    lanes = [_lane(g, delay) for g in groups]
    return LanesOnTime(
        lanes=tuple(sorted(lanes, key=lambda r: (-r.group.n, r.origin, r.destination))),
        whole=group_share("", *whole, confidence=confidence),
        n_unknown=int(is_meant.sum()) - len(known),
        confidence=confidence,
        limits=limits,
    )


def _lane(group: GroupShare, delay: pd.Series[float]) -> Lane:
    name = group.trait.removeprefix("lane=")
    origin, destination = name.split("\0")
    return Lane(
        origin=origin,
        destination=destination,
        group=replace(group, trait=""),
        late_days=float(delay.get(name, float("nan"))),
    )
