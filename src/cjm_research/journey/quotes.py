"""From a quote to an order: how many deals are won, and why the others are lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from cjm_research.errors import NoDataError
from cjm_research.journey.grouped import (
    GROUP_UNITS,
    GroupShare,
    against_the_rest,
    corrected,
    counted,
    group_frame,
    group_share,
    one_group_each,
)
from cjm_research.journey.placing import need
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteConversion(Result):
    """Share of the deals that were won, of those that are closed; each group against the rest."""

    units: ClassVar[Mapping[str, Unit]] = dict(GROUP_UNITS)
    shown: ClassVar[tuple[str, ...]] = (
        "trait", "customers", "n", "share", "low", "high", "rest", "difference",
    )  # fmt: skip

    rows: tuple[GroupShare, ...]
    """The first is of all deals."""
    n_open: int
    """Deals that are neither won nor lost: in no share."""
    n_customers: int
    median_days: float
    """From the making to the closing of a deal that was won; NaN if no times are known."""
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row for all deals and one per group."""
        return group_frame(self.rows, self.units, more=[{}] * len(self.rows),
                           limits=self.limits)  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        """Return the share that is won, and the groups that differ."""
        return tuple(self._finding(r) for r in self.rows if r.n)

    def _finding(self, row: GroupShare) -> Finding:
        is_clear = not row.trait or row.is_clear(self.confidence)
        return Finding(
            id=f"journey/quotes/{row.trait or 'all'}",
            kind="trait_quotes_won" if row.trait else "quotes_won",
            subject={"trait": row.trait} if row.trait else {},
            estimate=row.share,
            low=row.low,
            high=row.high,
            confidence=self.confidence,
            reference=row.rest if row.trait else None,
            p=row.p if row.trait else None,
            p_adjusted=row.p_adjusted if row.trait else None,
            family="journey/quotes" if row.trait else None,
            unit=Unit.SHARE,
            n=row.n,
            method="wilson; newcombe, holm",
            direction="neutral" if not row.trait else "good" if row.difference > 0 else "bad",
            status=told(self.limits, row.n, is_clear=is_clear),
            values={"won": row.customers},
        )


def quote_conversion(
    deals: pd.DataFrame,
    *,
    segments: pd.DataFrame | None = None,
    columns: Sequence[str] = ("source", "manager"),
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> QuoteConversion:
    """Count the deals that were won, by where they came from, who led them, and segment.

    Deals are taken as independent: of customers with many deals the intervals are too narrow,
    which the number of customers beside them shows.

    Parameters
    ----------
    deals : pandas.DataFrame
        Canonical deals with `outcome`.
    segments : pandas.DataFrame, optional
        `customer_id` and `segment`; a customer is in one at most.
    columns : sequence of str
        Columns of the deals to compare by, where they have them.
    confidence : float, default 0.95
        Of all intervals.
    limits : Limits
        How many deals a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    NoDataError
        If no deal is won or lost yet.
    """
    need(deals, ("deal_id", "customer_id", "outcome"), table="deals")
    is_closed = deals["outcome"].isin(["won", "lost"])
    closed = deals.loc[is_closed.fillna(value=False).astype(bool)]
    if closed.empty:
        raise NoDataError("No deal is won or lost yet.")
    is_won = (closed["outcome"] == "won").astype(bool)
    whole = int(is_won.sum()), len(closed)
    groups: list[GroupShare] = []
    for column in columns:
        if column in closed and closed[column].notna().any():
            known = closed[column].notna()
            found = counted(is_won[known], closed.loc[known, column], column=column)
            base = int(is_won[known].sum()), int(known.sum())
            groups += against_the_rest(found, base, confidence=confidence)
    if segments is not None:
        own = closed["customer_id"].map(one_group_each(segments))
        known = own.notna()
        found = counted(is_won[known], own[known], column="segment")
        base = int(is_won[known].sum()), int(known.sum())
        groups += against_the_rest(found, base, confidence=confidence)
    return QuoteConversion(
        rows=(group_share("", *whole, confidence=confidence), *corrected(groups, limits)),
        n_open=len(deals) - len(closed),
        n_customers=int(closed["customer_id"].nunique()),
        median_days=_median_days(closed.loc[is_won]),
        confidence=confidence,
        limits=limits,
    )


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
    need(orders, ("origin", "destination", "promised_at", "delivered_at"), table="orders")
    rows = orders
    if "status" in orders:
        rows = orders.loc[(orders["status"] != "cancelled").fillna(value=True).astype(bool)]
    known = rows.dropna(subset=["origin", "destination", "promised_at", "delivered_at"])
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
        n_unknown=len(rows) - len(known),
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


def _median_days(won: pd.DataFrame) -> float:
    if not {"created_at", "closed_at"} <= set(won):
        return float("nan")
    took = (won["closed_at"] - won["created_at"]).dropna()
    return float(took.dt.total_seconds().median() / 86_400) if len(took) else float("nan")
