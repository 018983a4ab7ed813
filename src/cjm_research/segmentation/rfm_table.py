"""Recency, number of orders and revenue of each customer, straight from order lines.

`features` tells the same and much more; this is the short way where nothing else is asked for:
for millions of lines, and for what was known on an earlier day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.segmentation.codes import distinct_pairs, id_codes
from cjm_research.segmentation.kernels import day_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    lines = _kept(orders, as_of)
    codes, rows = id_codes(lines["customer_id"])
    n = len(rows)
    amounts = lines["amount"].to_numpy(dtype=np.float64, na_value=0.0)
    refund = amounts < 0
    kept = amounts
    if "status" in lines:
        returned = (lines["status"] == "returned").to_numpy(dtype=bool, na_value=False)
        kept = np.where(returned & ~refund, 0.0, amounts)
    money = np.bincount(codes, kept, minlength=n)
    ids = lines["customer_id"].take(rows)
    if refund.any():
        lines, codes = lines[~refund], codes[~refund]
    table = pd.DataFrame({
        "customer_id": ids.array,
        "recency_days": _recency(lines, codes, n, as_of=as_of),
        "n_orders": pd.array(_count(lines, codes, n), dtype="Int64"),
        "revenue": money,
    }).astype({"customer_id": "string[pyarrow]"})  # fmt: skip
    return table.sort_values("customer_id", ignore_index=True)


def _kept(orders: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the lines that count, copied only if some do not."""
    left_out = orders["customer_id"].isna().to_numpy(copy=True)
    if "status" in orders:
        left_out |= (orders["status"] == "cancelled").to_numpy(dtype=bool, na_value=False)
    if "ordered_at" in orders:
        stamps = _stamps(orders["ordered_at"])
        naive = as_of.tz_localize(None).normalize() + pd.Timedelta(days=1)
        end = naive.tz_localize(_zone(as_of)).tz_convert("UTC").tz_localize(None)
        if getattr(orders["ordered_at"].dtype, "tz", None) is None:
            end = naive
        left_out |= stamps >= end.to_datetime64().astype("M8[us]").view(np.int64)
    return orders[~left_out] if left_out.any() else orders


def _recency(
    lines: pd.DataFrame, codes: NDArray[np.int64], n: int, *, as_of: pd.Timestamp
) -> NDArray[np.float64]:
    """Return the days since the last line with a time; only that one line is placed on a day."""
    if "ordered_at" not in lines:
        return np.full(n, np.nan)
    last = np.full(n, _NEVER)  # also what a missing time is stored as
    np.maximum.at(last, codes, _stamps(lines["ordered_at"]))
    is_aware = getattr(lines["ordered_at"].dtype, "tz", None) is not None
    newest = pd.Series(last.view("M8[us]"))
    day = day_numbers(newest.dt.tz_localize("UTC") if is_aware else newest, _zone(as_of))
    today = day_numbers(pd.Series([as_of.tz_localize(None)]), "UTC")[0]
    since: NDArray[np.float64] = today - day
    return since


def _count(lines: pd.DataFrame, codes: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    if "order_id" in lines:
        return distinct_pairs(codes, lines["order_id"], n)
    return np.bincount(codes, minlength=n)


def _stamps(times: pd.Series) -> NDArray[np.int64]:
    """Return microseconds since 1970; a missing time is the smallest number there is."""
    return times.to_numpy(dtype="M8[us]").view(np.int64)


def _zone(as_of: pd.Timestamp) -> str:
    return str(as_of.tz) if as_of.tz is not None else "UTC"
