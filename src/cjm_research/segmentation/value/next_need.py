"""What each customer is likely to need next, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.segmentation.kernels import day_numbers, stable_order
from cjm_research.segmentation.order_features import is_goods
from cjm_research.segmentation.value.histories import PurchaseDays, day_of, purchase_days
from cjm_research.segmentation.value.rhythm import LOST, rhythm
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

KINDS = ("category", "cargo_type", "product")
"""Columns of orders that can say what was needed, the first known one is taken."""
MOST = 60
"""Kinds that are told apart; the rarer ones are not forecast."""
WEIGHTS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Purchases of others that the habit of all weighs as much as: chosen on the past."""
FEWEST = 100
"""Purchases with a kind that a forecast needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The kind bought most on each purchase day."""

    purchases: PurchaseDays
    kinds: tuple[str, ...]
    """Commonest first."""
    kind: Whole
    """Position among `kinds` for each purchase day; -1 if it is not known or rare."""
    column: str

    def until(self, day: int) -> Needs:
        """Return what was bought up to and with a day."""
        kept = self.purchases.days <= day
        return Needs(purchases=self.purchases.until(day), kinds=self.kinds,
                     kind=self.kind[kept], column=self.column)  # fmt: skip


def needs_of(
    orders: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    column: str = "",
    purchases: PurchaseDays | None = None,
) -> Needs:
    """Find what was bought on each day: the kind of most money, the first by name if equal.

    Parameters
    ----------
    orders : pandas.DataFrame
        The canonical table.
    as_of : pandas.Timestamp
        The last day.
    column : str
        What tells the kind; the first of `KINDS` that has values if empty.
    purchases : PurchaseDays, optional
        What `purchase_days` made of the orders; made here if absent.

    Raises
    ------
    NoDataError
        If no column tells the kind, or of too few purchases.
    """
    known = [c for c in KINDS if c in orders and orders[c].notna().any()]
    if column and column not in known:
        raise NoDataError(f"Next need: orders have no values of {column!r}.")
    if not known:
        raise NoDataError(f"Next need: no column of orders tells what was bought ({KINDS}).")
    chosen = column or known[0]
    purchases = purchase_days(orders if purchases is None else purchases, as_of=as_of)
    kind, kinds = _main_kind(orders, chosen, purchases, as_of)
    if (kind >= 0).sum() < FEWEST:
        raise NoDataError(
            f"Next need: of {int((kind >= 0).sum())} purchases it is known what was bought;"
            f" {FEWEST} are needed."
        )
    return Needs(purchases=purchases, kinds=kinds, kind=kind, column=chosen)


def _main_kind(
    orders: pd.DataFrame, column: str, purchases: PurchaseDays, as_of: pd.Timestamp
) -> tuple[Whole, tuple[str, ...]]:
    zone = str(as_of.tz) if as_of.tz is not None else "UTC"
    days = day_numbers(orders["ordered_at"], zone)
    counted = is_goods(orders) & (days <= day_of(as_of))
    counts = orders.loc[counted, column].value_counts()
    order = sorted(counts.index, key=lambda k: (-int(counts[k]), str(k)))[:MOST]
    who = positions_of(orders["customer_id"], pd.Index(purchases.ids))
    label = positions_of(orders[column], pd.Index(order))
    money = orders["amount"].to_numpy(np.float64, na_value=0.0)
    kept = counted & (who >= 0) & (label >= 0) & (money >= 0)
    if "status" in orders:
        kept &= ~(orders["status"] == "cancelled").to_numpy(dtype=bool, na_value=False)
    first = int(purchases.days.min())
    span = int(purchases.days.max()) - first + 1
    size = len(order)
    cell = (who[kept] * span + days[kept].astype(np.int64) - first) * size + label[kept]
    slot, best = _most_money(cell, money[kept], size)
    keys = purchases.codes * span + (purchases.days - first)
    at = np.minimum(np.searchsorted(keys, slot), len(keys) - 1)
    there = keys[at] == slot
    kind = np.full(len(keys), -1, dtype=np.int64)
    kind[at[there]] = best[there]
    return kind, tuple(str(k) for k in order)


def _most_money(cells: Whole, money: Floats, size: int) -> tuple[Whole, Whole]:
    """Return the groups of cells ``group * size + kind``, and the kind of most money of each.

    The first kind if equal.

    Examples
    --------
    >>> _most_money(np.array([5, 0, 1, 1]), np.array([1.0, 3, 2, 2]), 5)
    (array([0, 1]), array([1, 0]))
    """
    if not len(cells):
        return cells, cells
    ranked = stable_order(cells)
    cells = cells[ranked]
    starts = np.flatnonzero(_opens(cells))
    sums = np.add.reduceat(money[ranked], starts)
    group, kind = np.divmod(cells[starts], size)
    opens = _opens(group)
    most = np.maximum.reduceat(sums, np.flatnonzero(opens))
    best = np.flatnonzero(sums == most[np.cumsum(opens) - 1])  # kinds rise within a group
    best = best[_opens(group[best])]
    return group[best], kind[best]


def _opens(groups: Whole) -> NDArray[np.bool_]:
    return np.append(True, groups[1:] != groups[:-1])[: len(groups)]


def transitions(needs: Needs) -> Floats:
    """Return, for each kind, the shares of the kinds bought next; half a purchase is added."""
    size = len(needs.kinds)
    codes, kind = needs.purchases.codes, needs.kind
    pair = (np.diff(codes) == 0) & (kind[:-1] >= 0) & (kind[1:] >= 0)
    flat = np.bincount(kind[:-1][pair] * size + kind[1:][pair], minlength=size * size)
    known = np.bincount(kind[kind >= 0], minlength=size) + 0.5
    smoothed = flat.reshape(size, size) + 0.5 * known / known.sum() * size
    shares: Floats = smoothed / smoothed.sum(axis=1, keepdims=True)
    return shares


def chances(needs: Needs, *, weight: float) -> Floats:
    """Return the chance of each kind at each customer's next purchase.

    The customer's own shares and the habits of all who last bought the same, which count like
    `weight` purchases.
    """
    n, size = len(needs.purchases.ids), len(needs.kinds)
    known = needs.kind >= 0
    flat = np.bincount(needs.purchases.codes[known] * size + needs.kind[known], minlength=n * size)
    own = flat.reshape(n, size).astype(np.float64)
    last = last_kind(needs)
    habits = np.vstack([transitions(needs), own.sum(axis=0) / own.sum()])[last]
    found: Floats = (own + weight * habits) / (own.sum(axis=1, keepdims=True) + weight)
    return found


def last_kind(needs: Needs) -> Whole:
    """Return the kind of each customer's last purchase of a known kind; -1 without one."""
    last = np.full(len(needs.purchases.ids), -1, dtype=np.int64)
    known = needs.kind >= 0
    last[needs.purchases.codes[known]] = needs.kind[known]
    return last


def best_weight(needs: Needs, *, as_of_day: int, horizon: int) -> float:
    """Return the weight of the habits of all that would have foretold the last days best."""
    past = needs.until(as_of_day - horizon)
    came, kind = first_after(needs, past, first=as_of_day - horizon + 1)
    if len(came) < FEWEST:
        return WEIGHTS[2]
    hits = [float((chances(past, weight=w)[came].argmax(axis=1) == kind).mean()) for w in WEIGHTS]
    return WEIGHTS[int(np.argmax(hits))]


def first_after(needs: Needs, past: Needs, *, first: int) -> tuple[Whole, Whole]:
    """Return the customers of `past` who bought a known kind later, and the kind they bought."""
    later = (needs.purchases.days >= first) & (needs.kind >= 0)
    codes, kind = needs.purchases.codes[later], needs.kind[later]
    starts = _opens(codes)
    who = positions_of(needs.purchases.ids.iloc[codes[starts]], pd.Index(past.purchases.ids))
    kept = (who >= 0) & (last_kind(past)[who] >= 0)
    return who[kept], kind[starts][kept]


def next_needs(
    needs: Needs, *, as_of: pd.Timestamp, horizon: int = 90, same_as_last: bool = False
) -> pd.DataFrame:
    """Forecast the next need of each customer who is not long silent.

    Parameters
    ----------
    needs : Needs
        As `needs_of` gives.
    as_of : pandas.Timestamp
        The day.
    horizon : int
        Days of the past that the weight of others' habits is chosen on.
    same_as_last : bool
        Take the kind of the last purchase: where the check showed nothing better.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `last_kind`, `next_kind`, `chance`, `next_on` with `next_from` and
        `next_to` (20th to 80th percentile of the pauses), `basis` (``own`` or ``others``),
        `is_overdue` (the usual day has passed). Customers silent for three of their longest usual
        pauses have no row.
    """
    day = day_of(as_of)
    found = rhythm(needs.purchases)
    last_day = needs.purchases.days[needs.purchases.starts[1:] - 1]
    last = last_kind(needs)
    chance = chances(needs, weight=best_weight(needs, as_of_day=day, horizon=horizon))
    best = last if same_as_last else chance.argmax(axis=1)
    kept = (day - last_day <= LOST * found.late) & (last >= 0)
    rows = np.flatnonzero(kept)
    names = pd.Series(needs.kinds, dtype="string[pyarrow]")
    return pd.DataFrame({
        "customer_id": needs.purchases.ids.iloc[rows].array,
        "last_kind": names.take(last[rows]).array,
        "next_kind": names.take(best[rows]).array,
        "chance": chance[rows, best[rows]],
        **{name: _dates(last_day[rows] + part[rows]) for name, part in
           (("next_on", found.usual), ("next_from", found.early), ("next_to", found.late))},
        "basis": pd.array(np.where(found.is_own[rows], "own", "others"), dtype="string[pyarrow]"),
        "is_overdue": (last_day + found.usual)[rows] < day,
    })  # fmt: skip


def _dates(days: Floats) -> NDArray[np.datetime64]:
    dates: NDArray[np.datetime64] = np.round(days).astype("M8[D]").astype("M8[s]")
    return dates
