"""What each segment buys, which pages it sees, and when it is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.by_segment import inside_segments
from cjm_research.segmentation.habits import LINES, Habits, bought_lines, habits
from cjm_research.segmentation.trait_counts import alone
from cjm_research.stats.ratios import lift_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjm_research.segmentation.habits import Name
    from cjm_research.study.model import Limits

    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

KINDS = ("product", "page", "weekday", "daypart")

PER_KIND = 5
"""Items of a kind that are kept for a segment."""
NAMES = ("product_name", "description")
"""Columns of order lines that a study may declare, which say what a product's code stands for."""
LONGEST_NAME = 60


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
    used = [c for c in (*LINES, *NAMES) if c in orders]
    clock: Literal["events", "orders"] = "events" if len(events) else "orders"
    found = habits(orders[used], events, zone=zone, clock=clock)
    return tops_of(found, members, lines=orders[used], grouping=grouping, limits=limits)


def tops_of(
    found: Habits, members: pd.DataFrame, *, lines: pd.DataFrame, grouping: str, limits: Limits
) -> Tops:
    """Find what `tops` finds, of habits that were collected before.

    Parameters
    ----------
    found : Habits
        Of all customers.
    members : pandas.DataFrame
        `customer_id` and `segment`.
    lines : pandas.DataFrame
        Order lines with the columns of `LINES` and `NAMES` that there are: names of products.
    grouping : str
        Id of the grouping.
    limits : Limits
        How many customers an item needs.
    """
    told = (k for k in KINDS if k != "daypart" or found.hours[0] != found.hours[1])
    counts = _counts(found, dict(inside_segments(found.ids, members)))
    rows = [row for kind in told for row in _tops(kind, counts, limits=limits)]
    names = _product_names(lines, {r.item for r in rows if r.kind == "product"})
    return Tops(
        grouping=grouping,
        rows=tuple(
            replace(r, item=names.get(r.item, r.item)) if r.kind == "product" else r for r in rows
        ),
    )


def _product_names(orders: pd.DataFrame, items: set[str]) -> dict[str, str]:
    """Return the commonest name of each product where order lines bring one beside its code."""
    if not any(c in orders for c in NAMES):
        return {}
    orders = bought_lines(orders)
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


class _Counts(NamedTuple):
    """How many customers had each item, and of how many anything of a kind is known."""

    names: tuple[Name, ...]
    items: Whole
    """Shape (n_segments + 1, n_items): a row for each segment, and a last one for all."""
    known: Mapping[str, Whole]
    """By kind, of shape (n_segments + 1,)."""
    segments: tuple[str, ...]


def _counts(found: Habits, inside: Mapping[str, Mask]) -> _Counts:
    everyone = np.ones(len(found.ids), dtype=bool)
    kinds = [kind for kind, _ in found.names]
    known = {}
    for kind in dict.fromkeys(kinds):
        items = [i for i, k in enumerate(kinds) if k == kind]  # names are sorted: a run
        first, last = np.searchsorted(found.item, [items[0], items[-1] + 1])
        there = np.zeros(len(found.ids), dtype=bool)
        there[found.customer[first:last]] = True
        known[kind] = np.array([int((there & m).sum()) for m in (*inside.values(), everyone)])
    return _Counts(found.names, _by_item(found, inside), known, tuple(inside))


def _by_item(found: Habits, inside: Mapping[str, Mask]) -> Whole:
    n, size = len(inside) + 1, len(found.names)
    own = alone(inside) if inside else None
    if own is not None:
        keys = own.astype(np.int64)[found.customer] * size
        keys += found.item
        counts = np.bincount(keys, minlength=n * size).reshape(n, size)
        counts[-1] = counts.sum(axis=0)
        return counts
    total = np.bincount(found.item, minlength=size)
    each = (np.bincount(found.item[m[found.customer]], minlength=size) for m in inside.values())
    return np.vstack([*each, total])


def _tops(kind: str, counts: _Counts, *, limits: Limits) -> Iterator[Top]:
    items = [i for i, (k, _) in enumerate(counts.names) if k == kind]
    if not items:
        return
    names, known = [counts.names[i][1] for i in items], counts.known[kind]
    table = counts.items[:, items[0] : items[-1] + 1]
    total, n_all = table[-1], int(known[-1])
    for segment, own, n_own in zip(counts.segments, table, known, strict=False):
        n = int(n_own)
        if limits.level(n) in ("hidden", "facts"):
            continue
        ranked = sorted(np.flatnonzero(own), key=lambda i: (-own[i], names[i]))
        for item in ranked[:PER_KIND]:
            hits, all_hits = int(own[item]), int(total[item])
            if limits.level(hits) == "hidden":
                continue
            found = lift_interval((hits, n), (all_hits - hits, n_all - n))
            yield Top(
                segment=segment,
                kind=kind,
                item=names[item],
                n_with=hits,
                n=n,
                share=hits / n,
                share_all=all_hits / n_all,
                lift=float(found.lift),
                low=float(found.low),
                high=float(found.high),
            )
