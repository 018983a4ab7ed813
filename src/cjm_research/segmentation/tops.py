"""What each segment buys, which pages it sees, and when it is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.by_segment import inside_segments
from cjm_research.segmentation.codes import id_codes
from cjm_research.segmentation.kernels import distinct
from cjm_research.segmentation.order_features import is_goods
from cjm_research.stats.ratios import lift_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

    Codes = NDArray[np.int64]

PER_KIND = 5
"""Items of a kind that are kept for a segment."""
NAMES = ("product_name", "description")
"""Columns of order lines that a study may declare, which say what a product's code stands for."""
LONGEST_NAME = 60
PARTS = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))
"""First hour of each part of the day."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CELLS = 1 << 25
"""Pairs of customer and item that a table of flags may have; more are sorted."""
_US_PER_HOUR, _THURSDAY = 3_600_000_000, 3  # the first of January 1970 was one


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
    orders = _bought(orders)
    bought, seen = _numbered(orders, members), _numbered(events, members)
    visits, column = (events, "occurred_at") if len(events) else (orders, "ordered_at")
    found = {
        "product": _had(bought, _goods(orders)),
        "page": _had(seen, _pages(events)),
        **_times(seen if len(events) else bought, visits.get(column), zone),
    }
    rows = [
        row
        for kind, had in found.items()
        if had is not None
        for row in _tops(kind, had, limits=limits)
    ]
    names = _product_names(orders, {r.item for r in rows if r.kind == "product"})
    return Tops(
        grouping=grouping,
        rows=tuple(
            replace(r, item=names.get(r.item, r.item)) if r.kind == "product" else r for r in rows
        ),
    )


def _bought(orders: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that were bought: neither cancelled nor money given back."""
    used = ("customer_id", "product", "ordered_at", "status", "amount", "is_charge", *NAMES)
    orders = orders[[c for c in used if c in orders]]
    if len(orders) and "status" in orders:
        orders = orders[~(orders["status"] == "cancelled").to_numpy(dtype=bool, na_value=False)]
    if len(orders) and "amount" in orders:
        orders = orders[~(orders["amount"] < 0).to_numpy(dtype=bool, na_value=False)]
    return orders


def _goods(orders: pd.DataFrame) -> pd.Series | None:
    """Return the product of each line; none of a charge, which is no goods."""
    if "product" not in orders:
        return None
    goods = is_goods(orders)
    return orders["product"] if goods.all() else orders["product"].where(goods)


def _product_names(orders: pd.DataFrame, items: set[str]) -> dict[str, str]:
    """Return the commonest name of each product where order lines bring one beside its code."""
    column = next((c for c in NAMES if c in orders and orders[c].notna().any()), None)
    if column is None or not items:
        return {}
    lines = orders.loc[orders["product"].isin(list(items)).to_numpy(bool), ["product", column]]
    counts = lines.dropna().value_counts().reset_index()
    counts = counts.sort_values(["count", column], ascending=[False, True])
    first = counts.drop_duplicates("product")
    return {
        str(code): f"{str(name).strip()[:LONGEST_NAME]} ({code})"
        for code, name in zip(first["product"], first[column], strict=True)
        if str(name).strip() not in ("", str(code))
    }


class _Who(NamedTuple):
    """The customers of a table, and the segments that they are in."""

    codes: Codes
    """Number of each row's customer, -1 for none."""
    n: int
    inside: dict[str, NDArray[np.bool_]]
    """Of each segment, which customers, by their number."""


def _numbered(frame: pd.DataFrame, members: pd.DataFrame) -> _Who | None:
    if frame.empty:
        return None
    codes, rows = id_codes(frame["customer_id"])
    ids = frame["customer_id"].iloc[rows]
    return _Who(codes, len(rows), dict(inside_segments(ids, members)))


class _Had(NamedTuple):
    """Which items each customer had, each pair once."""

    who: _Who
    customer: Codes
    """Number of the customer, of each pair."""
    item: Codes
    """Position among `names`."""
    names: list[str]


def _had(who: _Who | None, items: pd.Series | None) -> _Had | None:
    """Return the different pairs of customer and item; nothing where none is known."""
    if who is None or items is None:
        return None
    code, names = pd.factorize(items)
    if not len(names):
        return None
    known = (who.codes >= 0) & (code >= 0)
    keys = who.codes[known] * len(names) + code[known]
    if who.n * len(names) <= _CELLS:
        there = np.zeros(who.n * len(names), dtype=bool)
        there[keys] = True
        pairs = np.flatnonzero(there)
    else:
        pairs, _ = distinct(keys)
    return _Had(who, pairs // len(names), pairs % len(names), list(map(str, names)))


def _pages(events: pd.DataFrame) -> pd.Series | None:
    """Return the touchpoints of events, else their names."""
    names = events.get("name")
    if events.empty or "touchpoint" not in events or events["touchpoint"].isna().all():
        return names
    named = events["touchpoint"]
    return named if names is None else named.fillna(names)


def _times(who: _Who | None, stamps: pd.Series | None, zone: str) -> dict[str, _Had]:
    """Return the weekday and the part of the day on which each customer was there most."""
    if who is None or stamps is None:
        return {}
    known = stamps.notna().to_numpy() & (who.codes >= 0)
    if not known.any():
        return {}
    local = stamps[known].dt.tz_convert(zone).dt.tz_localize(None).to_numpy("M8[us]")
    hours = local.view(np.int64) // _US_PER_HOUR
    customer = who.codes[known]
    weekday = (hours // 24 + _THURSDAY) % 7
    hour = hours % 24
    found = {"weekday": _most(who, customer, weekday, DAYS)}
    if (hour != hour[0]).any():
        part = np.searchsorted([h for h, _ in PARTS], hour, side="right") - 1
        found["daypart"] = _most(who, customer, part, [p for _, p in PARTS])
    return found


def _most(who: _Who, customer: Codes, item: Codes, names: Sequence[str]) -> _Had:
    """Return the commonest item of each customer; a tie goes to the first in the alphabet."""
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    size = who.n * len(names)
    counts = np.bincount(customer * len(names) + place[item], minlength=size)
    table = counts.reshape(-1, len(names))
    seen = np.flatnonzero(table.any(axis=1))
    return _Had(who, seen, table[seen].argmax(axis=1), [names[i] for i in order])


def _tops(kind: str, had: _Had, *, limits: Limits) -> Iterator[Top]:
    is_known = np.zeros(had.who.n, dtype=bool)
    is_known[had.customer] = True
    n_all = int(is_known.sum())
    total = np.bincount(had.item, minlength=len(had.names))
    for segment, inside in had.who.inside.items():
        n = int((inside & is_known).sum())
        if limits.level(n) in ("hidden", "facts"):
            continue
        counts = np.bincount(had.item[inside[had.customer]], minlength=len(had.names))
        ranked = sorted(np.flatnonzero(counts), key=lambda i: (-counts[i], had.names[i]))
        for item in ranked[:PER_KIND]:
            hits, all_hits = int(counts[item]), int(total[item])
            if limits.level(hits) == "hidden":
                continue
            found = lift_interval((hits, n), (all_hits - hits, n_all - n))
            yield Top(
                segment=segment,
                kind=kind,
                item=had.names[item],
                n_with=hits,
                n=n,
                share=hits / n,
                share_all=all_hits / n_all,
                lift=float(found.lift),
                low=float(found.low),
                high=float(found.high),
            )
