"""What each segment buys, which pages it sees, and when it is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.ratios import lift_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjm_research.study.model import Limits

PER_KIND = 5
"""Items of a kind that are kept for a segment."""
PARTS = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))
"""First hour of each part of the day."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """One product, page, weekday or part of the day of one segment."""

    segment: str
    kind: str
    """``product``, ``page``, ``weekday`` or ``daypart``."""
    item: str
    n_with: int
    """Customers of the segment who bought it, saw it, were there then."""
    n: int
    """Customers of the segment of whom anything of the kind is known."""
    share: float
    share_all: float
    lift: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tops(Result):
    """The commonest products and pages of each segment, and when it is there."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "kind": Unit.LABEL,
        "item": Unit.TEXT,
        "n_with": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "share_all": Unit.SHARE,
        "lift": Unit.LIFT,
        "low": Unit.LIFT,
        "high": Unit.LIFT,
    }

    grouping: str
    rows: tuple[Top, ...]

    def of(self, segment: str, kind: str) -> tuple[Top, ...]:
        """Return the items of one segment and kind, the commonest first."""
        return tuple(r for r in self.rows if (r.segment, r.kind) == (segment, kind))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment, kind and item."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: what is bought most is shown beside what all buy, and not tested."""
        return ()


def tops(
    orders: pd.DataFrame,
    events: pd.DataFrame,
    members: pd.DataFrame,
    *,
    grouping: str,
    zone: str,
    limits: Limits,
) -> Tops:
    """Find the commonest products and pages of each segment, and when it orders or visits.

    Shares are of customers, so that one who buys a hundred times counts once. An item that
    fewer customers of a segment have than may be shown is left out. The time of day is the
    study's; it is taken from events, else from orders, and not where all stamps are midnight.

    Parameters
    ----------
    orders, events : pandas.DataFrame
        The canonical tables; any may be empty.
    members : pandas.DataFrame
        `customer_id` and `segment`.
    grouping, zone : str
        Id of the grouping; time zone of the study.
    limits : Limits
        How many customers an item needs.
    """
    bought = orders[orders["status"].fillna("completed") != "cancelled"] if len(orders) else orders
    kinds = {"product": _items(bought, "product"), "page": _pages(events)}
    stamps = events if len(events) else bought
    column = "occurred_at" if len(events) else "ordered_at"
    kinds |= _times(stamps, column, zone)
    rows = [
        row for kind, items in kinds.items() for row in _tops(kind, items, members, limits=limits)
    ]
    return Tops(grouping=grouping, rows=tuple(rows))


def _items(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    if column not in frame or frame.empty:
        return pd.DataFrame({"customer_id": [], "item": []})
    found = frame[["customer_id", column]].dropna().drop_duplicates()
    return found.rename(columns={column: "item"})


def _pages(events: pd.DataFrame) -> pd.DataFrame:
    """Return the touchpoints of events, else their names."""
    if events.empty:
        return _items(events, "name")
    named = events["touchpoint"] if "touchpoint" in events else pd.Series(pd.NA, events.index)
    pages = named.fillna(events["name"]).astype("string[pyarrow]")
    return _items(pd.DataFrame({"customer_id": events["customer_id"], "page": pages}), "page")


def _times(frame: pd.DataFrame, column: str, zone: str) -> dict[str, pd.DataFrame]:
    if column not in frame or not frame[column].notna().any():
        return {}
    known = frame.loc[frame[column].notna() & frame["customer_id"].notna()]
    local = known[column].dt.tz_convert(zone).dt.tz_localize(None)
    found = {"weekday": pd.Series(np.array(DAYS, dtype=object)[local.dt.day_of_week], known.index)}
    if (local.dt.hour != local.dt.hour.iloc[0]).any():
        starts = [h for h, _ in PARTS]
        part = np.searchsorted(starts, local.dt.hour.to_numpy(), side="right") - 1
        found["daypart"] = pd.Series(
            np.array([p for _, p in PARTS], dtype=object)[part], known.index
        )
    frames = {}
    for kind, values in found.items():
        pairs = pd.DataFrame({"customer_id": known["customer_id"], "item": values})
        counts = pairs.value_counts(sort=False).rename("n").reset_index()
        counts = counts.sort_values(["customer_id", "n", "item"], ascending=[True, False, True])
        frames[kind] = counts.drop_duplicates("customer_id")[["customer_id", "item"]]
    return frames


def _tops(
    kind: str, items: pd.DataFrame, members: pd.DataFrame, *, limits: Limits
) -> Iterator[Top]:
    if items.empty:
        return
    n_all = items["customer_id"].nunique()
    total = items["item"].value_counts()
    joined = items.merge(members, on="customer_id")
    for segment, own in joined.groupby("segment", sort=True):
        n = int(own["customer_id"].nunique())
        if limits.level(n) in ("hidden", "facts"):
            continue
        counts = own["item"].value_counts()
        ranked = sorted(counts.index, key=lambda i: (-counts[i], str(i)))[:PER_KIND]
        ranked = [i for i in ranked if limits.level(int(counts[i])) != "hidden"]
        for item in ranked:
            hits, all_hits = int(counts[item]), int(total[item])
            found = lift_interval((hits, n), (all_hits - hits, n_all - n))
            yield Top(
                segment=str(segment),
                kind=kind,
                item=str(item),
                n_with=hits,
                n=n,
                share=hits / n,
                share_all=all_hits / n_all,
                lift=float(found.lift),
                low=float(found.low),
                high=float(found.high),
            )
