"""What kind of thing was bought on each purchase day: the one of most money."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.segmentation.kernels import day_numbers, stable_order
from cjm_research.segmentation.order_features import is_goods
from cjm_research.segmentation.value.histories import PurchaseDays, day_of, purchase_days
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

KINDS = ("category", "cargo_type", "product")
"""Columns of orders that can say what was needed, the first known one is taken."""
LINES = ("customer_id", "ordered_at", "amount", "status", "is_charge")
"""Other columns of orders that are looked at."""
MOST = 60
"""Kinds that are told apart; the rarer ones are not forecast."""
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
    column = telling_column(known, column)
    purchases = purchase_days(orders if purchases is None else purchases, as_of=as_of)
    return needs_by_part(lambda: (orders,), purchases, column=column, as_of=as_of)


def telling_column(known: Sequence[str], column: str = "") -> str:
    """Return the column of orders that tells the kind, of those of `KINDS` that have values.

    Raises
    ------
    NoDataError
        If there is none, or not the one that is asked for.
    """
    if column and column not in known:
        raise NoDataError(f"Next need: orders have no values of {column!r}.")
    if not known:
        raise NoDataError(f"Next need: no column of orders tells what was bought ({KINDS}).")
    return column or known[0]


def needs_by_part(
    parts: Callable[[], Iterable[pd.DataFrame]],
    purchases: PurchaseDays,
    *,
    column: str,
    as_of: pd.Timestamp,
) -> Needs:
    """Find what was bought on each day, as `needs_of`, from some order lines after the other.

    Parameters
    ----------
    parts : callable
        Gives the order lines of customers, of whom no two parts share one; called twice.
    purchases : PurchaseDays
        What `purchase_days` made of all these lines.
    column : str
        What tells the kind.
    as_of : pandas.Timestamp
        The last day.

    Raises
    ------
    NoDataError
        Of too few purchases.
    """
    kinds = _commonest_kinds(parts(), column, as_of)
    first = int(purchases.days.min())
    span = int(purchases.days.max()) - first + 1
    ids, days, best = [], [], []
    for lines in parts():
        who, slot, kind = _main_kinds(lines, column, kinds, (as_of, first, span))
        ids.append(who.take(slot // span))
        days.append(slot % span)
        best.append(kind)
    who_all = positions_of(pd.concat(ids, ignore_index=True), pd.Index(purchases.ids))
    slot = who_all * span + np.concatenate(days)
    keys = purchases.codes * span + (purchases.days - first)
    at = np.minimum(np.searchsorted(keys, slot), len(keys) - 1)
    there = keys[at] == slot
    kind = np.full(len(keys), -1, dtype=np.int64)
    kind[at[there]] = np.concatenate(best)[there]
    if (kind >= 0).sum() < FEWEST:
        raise NoDataError(
            f"Next need: of {int((kind >= 0).sum())} purchases it is known what was bought;"
            f" {FEWEST} are needed."
        )
    return Needs(purchases=purchases, kinds=kinds, kind=kind, column=column)


def _counted(lines: pd.DataFrame, as_of: pd.Timestamp) -> tuple[NDArray[np.bool_], Floats]:
    """Tell which lines are goods of the days up to one, and the day of each line."""
    days = day_numbers(lines["ordered_at"], str(as_of.tz) if as_of.tz is not None else "UTC")
    return is_goods(lines) & (days <= day_of(as_of)), days


def _commonest_kinds(
    parts: Iterable[pd.DataFrame], column: str, as_of: pd.Timestamp
) -> tuple[str, ...]:
    n: Counter[str] = Counter()
    for lines in parts:
        counts = lines.loc[_counted(lines, as_of)[0], column].value_counts()
        n.update({str(kind): int(k) for kind, k in counts.items()})
    return tuple(sorted(n, key=lambda kind: (-n[kind], kind))[:MOST])


def _main_kinds(
    lines: pd.DataFrame,
    column: str,
    kinds: tuple[str, ...],
    when: tuple[pd.Timestamp, int, int],
) -> tuple[pd.Series, Whole, Whole]:
    """Return customers, the slots ``customer * span + day`` with goods, and each one's kind."""
    as_of, first, span = when
    counted, days = _counted(lines, as_of)
    codes, ids = pd.factorize(lines["customer_id"])
    label = positions_of(lines[column], pd.Index(kinds))
    money = lines["amount"].to_numpy(np.float64, na_value=0.0)
    kept = counted & (codes >= 0) & (label >= 0) & (money >= 0)
    if "status" in lines:
        kept &= ~(lines["status"] == "cancelled").to_numpy(dtype=bool, na_value=False)
    slot = codes[kept] * span + days[kept].astype(np.int64) - first
    return pd.Series(ids), *_most_money(slot * len(kinds) + label[kept], money[kept], len(kinds))


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
    starts = np.flatnonzero(opens(cells))
    sums = np.add.reduceat(money[ranked], starts)
    group, kind = np.divmod(cells[starts], size)
    begins = opens(group)
    most = np.maximum.reduceat(sums, np.flatnonzero(begins))
    best = np.flatnonzero(sums == most[np.cumsum(begins) - 1])  # kinds rise within a group
    best = best[opens(group[best])]
    return group[best], kind[best]


def opens(groups: Whole) -> NDArray[np.bool_]:
    """Tell which rows are the first of their group; groups stand together."""
    return np.append(True, groups[1:] != groups[:-1])[: len(groups)]
