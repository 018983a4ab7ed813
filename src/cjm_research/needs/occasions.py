"""Why people bought: what they say themselves, and what the calendar shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.survey import SurveyPlan


_READ = ("customer_id", "order_id", "ordered_at", "amount", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class OccasionOrders:
    """Orders in the days of one promotion or holiday."""

    occasion: str
    days: int
    """Of the occasion, inside the days of the data."""
    customers: int
    """Customers who ordered in these days."""
    n: int
    """Orders of all days."""
    share: float
    """Of the orders, made in these days."""
    low: float
    high: float
    days_share: float
    """Share of all days that these days are."""
    last_orders: float
    """Share of the customers whose last order was made in these days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasions(Result):
    """Promotions and holidays, in time."""

    units: ClassVar[Mapping[str, Unit]] = {
        "occasion": Unit.LABEL,
        "days": Unit.COUNT,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "days_share": Unit.SHARE,
        "last_orders": Unit.SHARE,
    }

    rows: tuple[OccasionOrders, ...]
    telling: Telling

    def public(self) -> Occasions:
        """Return the occasions with enough customers, of a base that is large enough."""
        least = self.telling.min_customers
        return replace(self, rows=tuple(r for r in self.rows if r.customers >= least))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per occasion."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the share of orders in each occasion: clear where it is no share of days."""
        return tuple(
            Finding(
                id=f"needs/occasion/occasion={r.occasion}",
                kind="occasion_orders",
                subject={"occasion": r.occasion},
                estimate=r.share,
                low=r.low,
                high=r.high,
                reference=r.days_share,
                confidence=self.telling.confidence,
                unit=Unit.SHARE,
                n=r.n,
                method="wilson clustered by customer",
                window=self.telling.window,
                customers=r.customers,
                status=self.telling.status(
                    r.n,
                    named=r.customers,
                    is_clear=not r.low <= r.days_share <= r.high,
                ),
                values={"last": r.last_orders},
            )
            for r in self.rows
        )


def occasion_columns(plan: SurveyPlan) -> tuple[str, ...]:
    """Return the columns of the orders that `occasion_orders` reads; none without an occasion."""
    return _READ if plan.occasions else ()


def occasion_orders(
    orders: pd.DataFrame, plan: SurveyPlan, *, telling: Telling = USUAL
) -> Occasions:
    """Count the orders in the days of each promotion or holiday of the study's calendar.

    More orders than days would give is what goes with the occasion; a test says whether the
    occasion made them.

    Parameters
    ----------
    orders : pandas.DataFrame
        The canonical table `orders`; lines of one order count once, cancelled ones
        and refunds (negative amounts) not.
    plan : SurveyPlan
        With `occasions`.
    telling : Telling
        Limits, confidence, window and zone.
    """
    made = _orders(orders, telling.zone) if plan.occasions else orders.iloc[:0]
    if made.empty:
        return Occasions(rows=(), telling=telling)
    first, last = made["day"].min(), made["day"].max()
    n_days = (last - first).days + 1
    newest = made.groupby("customer_id")["day"].max()
    rows = []
    for occasion in plan.occasions:
        start = max(first, pd.Timestamp(occasion.starts_on))
        end = min(last, pd.Timestamp(occasion.ends_on))
        if start > end:
            continue
        inside = made["day"].between(start, end)
        sums = pd.DataFrame({"in": inside.astype("float64"), "all": 1.0})
        sums = sums.groupby(made["customer_id"]).sum()
        found = clustered_share(sums["in"], sums["all"], confidence=telling.confidence)
        rows.append(
            OccasionOrders(
                occasion=occasion.id,
                days=(end - start).days + 1,
                customers=int(made.loc[inside, "customer_id"].nunique()),
                n=len(made),
                share=float(found.share),
                low=float(found.low),
                high=float(found.high),
                days_share=((end - start).days + 1) / n_days,
                last_orders=float(newest.between(start, end).mean()),
            )
        )
    return Occasions(rows=tuple(rows), telling=telling)


def _orders(orders: pd.DataFrame, zone: str) -> pd.DataFrame:
    if "ordered_at" not in orders or orders.empty:
        return pd.DataFrame()
    kept = orders.loc[orders["ordered_at"].notna() & orders["customer_id"].notna()]
    if "status" in kept:
        kept = kept.loc[~kept["status"].eq("cancelled").fillna(value=False)]
    if "amount" in kept:
        kept = kept.loc[~kept["amount"].lt(0).fillna(value=False)]
    if "order_id" in kept:
        key = kept["order_id"].fillna("#" + kept.index.astype(str).to_series(index=kept.index))
        kept = kept.loc[~key.duplicated()]
    day = pd.to_datetime(kept["ordered_at"], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    return pd.DataFrame({"customer_id": kept["customer_id"], "day": day.dt.normalize()})
