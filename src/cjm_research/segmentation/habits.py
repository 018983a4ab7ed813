"""What each customer buys, which pages each sees, and when each is there: segments add it up.

No segment is in it, so that it is made once for all groupings. Buckets are read one by one and
joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np
import pandas as pd

from cjm_research.segmentation.codes import codes_together, id_codes
from cjm_research.segmentation.kernels import distinct
from cjm_research.segmentation.order_features import is_goods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Small = NDArray[np.int32]

TABLES = ("habit_customers", "habits", "habit_items")
"""Names of the tables that `Habits.to_frames` gives."""
LINES = ("customer_id", "product", "ordered_at", "status", "amount", "is_charge")
VISITS = ("customer_id", "touchpoint", "name", "occurred_at")
"""Columns of order lines and events that habits are made of."""
PARTS = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))
"""First hour of each part of the day."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CELLS = 1 << 25
"""Pairs of customer and item that a table of flags may have; more are sorted."""
_US_PER_HOUR, _THURSDAY = 3_600_000_000, 3  # the first of January 1970 was one
_NO_HOURS = (24, -1)

Name = tuple[str, str]
"""Kind (``product``, ``page``, ``weekday``, ``daypart``) and item."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Habits:
    """Pairs of a customer and an item that the customer had, each once, sorted by item."""

    ids: pd.Series
    """Customers, each once."""
    customer: Small
    """Of each pair, the position among `ids`."""
    item: Small
    """Of each pair, the position among `names`."""
    names: tuple[Name, ...]
    """Sorted."""
    hours: tuple[int, int]
    """First and last hour of the day on which anything was: one hour alone tells no time."""

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables that are kept."""
        names = pd.DataFrame(list(self.names), columns=["kind", "item"], dtype="string[pyarrow]")
        names.attrs = {"hours": list(self.hours)}
        pairs = pd.DataFrame({"customer": self.customer, "item": self.item})
        frames = (pd.DataFrame({"customer_id": self.ids}), pairs, names)
        return dict(zip(TABLES, frames, strict=True))

    @classmethod
    def from_frames(cls, customers: pd.DataFrame, pairs: pd.DataFrame, names: pd.DataFrame) -> Self:
        """Read what `to_frames` gave."""
        first, last = names.attrs["hours"]
        return cls(
            ids=customers["customer_id"],
            customer=pairs["customer"].to_numpy(),
            item=pairs["item"].to_numpy(),
            names=tuple(zip(map(str, names["kind"]), map(str, names["item"]), strict=True)),
            hours=(int(first), int(last)),
        )


def habits(
    orders: pd.DataFrame,
    events: pd.DataFrame,
    *,
    zone: str,
    clock: Literal["events", "orders"] = "events",
) -> Habits:
    """Collect what the customers of some tables buy, see, and when they are there.

    Parameters
    ----------
    orders, events : pandas.DataFrame
        The canonical tables, or a bucket of each; any may be empty.
    zone : str
        Time zone of the study.
    clock : str
        Table that weekday and part of the day are taken from.
    """
    orders = bought_lines(orders)
    (bought, seen), ids = _numbered(orders, events)
    found = {"product": _had(bought, _goods(orders)), "page": _had(seen, _pages(events))}
    rows, column = (events, "occurred_at") if clock == "events" else (orders, "ordered_at")
    times, hours = _times(seen if clock == "events" else bought, rows.get(column), zone)
    pairs = {kind: had for kind, had in (found | times).items() if had is not None}
    names = [(kind, name) for kind, had in pairs.items() for name in had.names]
    begins = np.cumsum([0, *(len(had.names) for had in pairs.values())])
    items = [had.item + b for had, b in zip(pairs.values(), begins[:-1], strict=True)]
    return _sorted(ids, (_whole([h.customer for h in pairs.values()]), _whole(items)), names, hours)


def joined_habits(parts: Sequence[Habits]) -> Habits:
    """Join the habits of sets of customers that share none, as buckets hold them."""
    begins = np.cumsum([0, *(len(p.ids) for p in parts)])
    customer = [p.customer + b for p, b in zip(parts, begins[:-1], strict=True)]
    names = sorted({name for p in parts for name in p.names})
    place = {name: i for i, name in enumerate(names)}
    item = [np.array([place[n] for n in p.names], dtype=np.int64)[p.item] for p in parts]
    hours = min(p.hours[0] for p in parts), max(p.hours[1] for p in parts)
    ids = pd.concat([p.ids for p in parts], ignore_index=True)
    return _sorted(ids, (_whole(customer), _whole(item)), names, hours)


def _whole(parts: Sequence[Codes]) -> Small:
    return np.concatenate([np.empty(0, np.int32), *(p.astype(np.int32) for p in parts)])


def _sorted(
    ids: pd.Series, pairs: tuple[Small, Small], names: Sequence[Name], hours: tuple[int, int]
) -> Habits:
    customer, item = pairs
    ranked = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int32)
    place[ranked] = np.arange(len(names), dtype=np.int32)
    item = place[item] if len(names) else item
    few = item.astype(np.int16) if len(names) < 1 << 15 else item  # sorted by its bits
    order = np.argsort(few, kind="stable")
    return Habits(ids=ids, customer=customer[order], item=item[order],
                  names=tuple(names[i] for i in ranked), hours=hours)  # fmt: skip


def bought_lines(orders: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that were bought: neither cancelled nor money given back."""
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


class _Who(NamedTuple):
    """The customers of a table."""

    codes: Codes
    """Number of each row's customer, -1 for none."""
    n: int
    """Customers of all tables."""


def _numbered(*frames: pd.DataFrame) -> tuple[list[_Who | None], pd.Series]:
    """Give the customers of all tables one number each; a table without rows has none."""
    own = [id_codes(f["customer_id"]) if len(f) else None for f in frames]
    there = [(f, c) for f, c in zip(frames, own, strict=True) if c is not None]
    if not there:
        return [None] * len(frames), pd.Series(dtype="string[pyarrow]")
    names = [f["customer_id"].iloc[c.rows].astype("string[pyarrow]") for f, c in there]
    together, rows = codes_together(*names)
    numbers = iter(np.split(together, np.cumsum([len(n) for n in names])[:-1]))
    whos = [
        None if c is None else _Who(np.append(next(numbers), -1)[c.codes], len(rows)) for c in own
    ]
    return whos, pd.concat(names, ignore_index=True).iloc[rows].reset_index(drop=True)


class _Had(NamedTuple):
    """Which items each customer had, each pair once."""

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
    return _Had(pairs // len(names), pairs % len(names), list(map(str, names)))


def _pages(events: pd.DataFrame) -> pd.Series | None:
    """Return the touchpoints of events, else their names."""
    names = events.get("name")
    if events.empty or "touchpoint" not in events or events["touchpoint"].isna().all():
        return names
    named = events["touchpoint"]
    return named if names is None else named.fillna(names)


def _times(
    who: _Who | None, stamps: pd.Series | None, zone: str
) -> tuple[dict[str, _Had], tuple[int, int]]:
    """Return weekday and part of the day on which each was there most; first and last hour."""
    if who is None or stamps is None:
        return {}, _NO_HOURS
    known = stamps.notna().to_numpy() & (who.codes >= 0)
    if not known.any():
        return {}, _NO_HOURS
    local = stamps[known].dt.tz_convert(zone).dt.tz_localize(None).to_numpy("M8[us]")
    hours = local.view(np.int64) // _US_PER_HOUR
    customer = who.codes[known]
    weekday = (hours // 24 + _THURSDAY) % 7
    hour = hours % 24
    part = np.searchsorted([h for h, _ in PARTS], hour, side="right") - 1
    found = {
        "weekday": _most(who, customer, weekday, DAYS),
        "daypart": _most(who, customer, part, [p for _, p in PARTS]),
    }
    return found, (int(hour.min()), int(hour.max()))


def _most(who: _Who, customer: Codes, item: Codes, names: Sequence[str]) -> _Had:
    """Return the commonest item of each customer; a tie goes to the first in the alphabet."""
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    size = who.n * len(names)
    counts = np.bincount(customer * len(names) + place[item], minlength=size)
    table = counts.reshape(-1, len(names))
    seen = np.flatnonzero(table.any(axis=1))
    return _Had(seen, table[seen].argmax(axis=1), [names[i] for i in order])
