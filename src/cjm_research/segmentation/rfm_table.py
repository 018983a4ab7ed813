"""Recency, number of orders and revenue of each customer, straight from order lines.

`features` tells the same and much more; this is the short way where nothing else is asked for:
for millions of lines, and for what was known on an earlier day.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.segmentation.codes import codes_of_named, distinct_named, named
from cjm_research.segmentation.kernels import day_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.codes import Named

READ = ("customer_id", "order_id", "amount", "status", "ordered_at")
_MANY = 200_000
"""Lines from which two threads read ids."""
_NEVER = np.iinfo(np.int64).min


def rfm_table(orders: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Summarise the order lines up to the end of a day.

    Parameters
    ----------
    orders : pandas.DataFrame
        The canonical table: `customer_id` and `amount`; `order_id`, `ordered_at` and `status`
        where known. Cancelled lines and lines after the day are left out; a line without a time
        counts as an order and tells no recency. A negative amount is a refund, which is no
        order; a returned line was an order whose money did not stay.
    as_of : pandas.Timestamp
        The day; with a zone it is a day there, else in UTC.

    Returns
    -------
    pandas.DataFrame
        `customer_id` (sorted, unique), `recency_days`, `n_orders` and `revenue`, equal to those
        of `customer_features`. Buckets that share no customer are summarised apart and joined.

    Raises
    ------
    SchemaError
        If `customer_id` or `amount` is missing.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": pd.Series(["C2", "C1", "C2"], dtype="string[pyarrow]"),
    ...         "order_id": pd.Series(["7", "8", "7"], dtype="string[pyarrow]"),
    ...         "amount": [10.0, 30.0, 60.0],
    ...         "ordered_at": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-01"], utc=True),
    ...     }
    ... )
    >>> rfm_table(orders, as_of=pd.Timestamp("2026-01-31")).values.tolist()
    [['C1', 20.0, 1, 30.0], ['C2', 30.0, 1, 70.0]]
    """
    for column in ("customer_id", "amount"):
        if column not in orders:
            raise SchemaError.missing_column(column, table="orders", found=list(map(str, orders)))
    lines = orders[[c for c in READ if c in orders]]
    if lines["customer_id"].isna().any():
        lines = lines[lines["customer_id"].notna()]
    customers, names = _read_ids(lines)
    codes, rows = codes_of_named(customers)
    n, money, bought = len(rows), _money(lines), _amounts(lines) >= 0
    stamps = _stamps(lines["ordered_at"]) if "ordered_at" in lines else None
    left_out = _left_out(lines, stamps, as_of)
    known = np.ones(n, dtype=bool)
    if left_out.any():
        money[left_out] = 0.0
        bought &= ~left_out
        known = np.bincount(codes[~left_out], minlength=n) > 0
    revenue = np.bincount(codes, money, minlength=n)
    if not bought.all():
        codes, names = codes[bought], names.only(bought) if names else None
        stamps = stamps[bought] if stamps is not None else None
    counted = distinct_named(codes, names, n) if names else np.bincount(codes, minlength=n)
    table = pd.DataFrame({
        "customer_id": lines["customer_id"].take(rows[known]).array,
        "recency_days": _recency(stamps, codes, n, as_of=as_of, is_aware=_is_aware(lines))[known],
        "n_orders": pd.array(counted[known], dtype="Int64"),
        "revenue": revenue[known],
    }).astype({"customer_id": "string[pyarrow]"})  # fmt: skip
    return table.sort_values("customer_id", ignore_index=True)


def _read_ids(lines: pd.DataFrame) -> tuple[Named, Named | None]:
    """Read customers and orders, side by side where there are many lines."""
    columns = [lines[c] for c in ("customer_id", "order_id") if c in lines]
    if len(lines) < _MANY:
        found = [named(c) for c in columns]
    else:
        with ThreadPoolExecutor(len(columns)) as threads:
            found = list(threads.map(named, columns))
    return found[0], found[1] if len(found) > 1 else None


def _amounts(lines: pd.DataFrame) -> NDArray[np.float64]:
    found: NDArray[np.float64] = lines["amount"].to_numpy(dtype=np.float64, na_value=0.0)
    return found


def _money(lines: pd.DataFrame) -> NDArray[np.float64]:
    """Return what was kept of each line: nothing of a returned one."""
    amounts = _amounts(lines).copy()
    if "status" in lines:
        returned = (lines["status"] == "returned").to_numpy(dtype=bool, na_value=False)
        amounts[returned & (amounts > 0)] = 0.0
    return amounts


def _left_out(
    lines: pd.DataFrame, stamps: NDArray[np.int64] | None, as_of: pd.Timestamp
) -> NDArray[np.bool_]:
    """Tell which lines were cancelled, or came after the day."""
    left_out = np.zeros(len(lines), dtype=bool)
    if "status" in lines:
        left_out |= (lines["status"] == "cancelled").to_numpy(dtype=bool, na_value=False)
    if stamps is not None:
        naive = as_of.tz_localize(None).normalize() + pd.Timedelta(days=1)
        end = naive.tz_localize(_zone(as_of)).tz_convert("UTC").tz_localize(None)
        if not _is_aware(lines):
            end = naive
        left_out |= stamps >= end.to_datetime64().astype("M8[us]").view(np.int64)
    return left_out


def _recency(
    stamps: NDArray[np.int64] | None,
    codes: NDArray[np.int64],
    n: int,
    *,
    as_of: pd.Timestamp,
    is_aware: bool,
) -> NDArray[np.float64]:
    """Return the days since the last line with a time; only that one line is placed on a day."""
    if stamps is None:
        return np.full(n, np.nan)
    last = np.full(n, _NEVER)  # also what a missing time is stored as
    np.maximum.at(last, codes, stamps)
    newest = pd.Series(last.view("M8[us]"))
    day = day_numbers(newest.dt.tz_localize("UTC") if is_aware else newest, _zone(as_of))
    today = day_numbers(pd.Series([as_of.tz_localize(None)]), "UTC")[0]
    since: NDArray[np.float64] = today - day
    return since


def _is_aware(lines: pd.DataFrame) -> bool:
    return "ordered_at" in lines and getattr(lines["ordered_at"].dtype, "tz", None) is not None


def _stamps(times: pd.Series) -> NDArray[np.int64]:
    """Return microseconds since 1970; a missing time is the smallest number there is."""
    return times.to_numpy(dtype="M8[us]").view(np.int64)


def _zone(as_of: pd.Timestamp) -> str:
    return str(as_of.tz) if as_of.tz is not None else "UTC"
