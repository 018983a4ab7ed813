"""The journey of a study that has orders and no events: from the first order to the third."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDER_STAGES = ("first_order", "second_order", "third_order")
"""First, second, and third or later order of a customer."""
NOT_BOUGHT = ("returned", "cancelled")


class BoughtOrders(pd.DataFrame):
    """What `bought_orders` gave and gives back as it is; a part of it is a plain table."""


def bought_orders(orders: pd.DataFrame) -> BoughtOrders:
    """Return one row per order that was bought, by customer and time, numbered from 1.

    Lines of one order count once, with the columns of its first line; without order ids, lines
    of one customer with one stamp are one order. Returned and cancelled lines, and lines
    without a time, are left out.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders with `customer_id` and `ordered_at`.

    Returns
    -------
    pandas.DataFrame
        The columns of `orders` and `number`.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    if isinstance(orders, BoughtOrders):
        return orders
    need(orders, ("customer_id", "ordered_at"), table="orders")
    is_bought = orders["ordered_at"].notna()
    if "status" in orders:
        is_bought &= ~orders["status"].isin(NOT_BOUGHT).fillna(value=False).astype(bool)
    lines = np.flatnonzero(is_bought)
    customer = _codes(orders["customer_id"], lines)
    at = _codes(orders["ordered_at"], lines)
    by_time = np.lexsort((at, customer))  # stable
    order = at
    if "order_id" in orders and orders["order_id"].iloc[lines].notna().all():
        order = _codes(orders["order_id"], lines, sort=False)
    one = customer[by_time] * (int(order.max(initial=0)) + 1) + order[by_time]
    is_first = ~pd.Series(one).duplicated().to_numpy()
    kept = by_time[is_first]
    rows = orders.iloc[lines[kept]].reset_index(drop=True)
    number = _numbered(customer[kept])
    return BoughtOrders(rows.assign(number=number))


def _codes(column: pd.Series, lines: np.ndarray, *, sort: bool = True) -> np.ndarray:
    """Return a number for each value of some lines, in the order of the values if asked for.

    Sorting and comparing numbers is ten times as fast as sorting and comparing texts. What is
    missing comes last.
    """
    codes, _ = pd.factorize(column.iloc[lines], sort=sort)
    return np.where(codes < 0, codes.max(initial=0) + 1, codes).astype(np.int64)


def _numbered(group: np.ndarray) -> np.ndarray:
    """Count the rows of each group from 1; rows of a group stand together."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group))) + 1


def with_bought(orders: pd.DataFrame, *, columns: Sequence[str] = ()) -> BoughtOrders | None:
    """Return `bought_orders` with few columns, to be used many times; None without a time."""
    if not {"customer_id", "ordered_at"} <= set(orders) or not orders["ordered_at"].notna().any():
        return None
    used = ("customer_id", "ordered_at", "order_id", "status", *columns)
    return bought_orders(orders[[c for c in dict.fromkeys(used) if c in orders]])


def purchases(orders: pd.DataFrame) -> pd.DataFrame | None:
    """Return `customer_id` and `ordered_at` of the orders that were bought; None without any."""
    if not {"customer_id", "ordered_at"} <= set(orders):
        return None
    rows = bought_orders(orders)
    return rows[["customer_id", "ordered_at"]] if len(rows) else None


def order_stages(orders: pd.DataFrame) -> pd.DataFrame:
    """Return the orders as event stages: what number each was for its customer.

    Lines of one order count once; without order ids, lines of one customer with one stamp are
    one order. Returned and cancelled lines are no order. Orders without a time are left out,
    since nothing says which came first.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders with `customer_id` and `ordered_at`.

    Returns
    -------
    pandas.DataFrame
        The columns of `event_stages`; the touchpoint is the order's channel.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "a"],
    ...         "order_id": ["1", "1", "2"],
    ...         "ordered_at": pd.to_datetime(["2026-01-01", "2026-01-01", "2026-02-01"], utc=True),
    ...     }
    ... )
    >>> order_stages(orders)["stage"].tolist()
    ['first_order', 'second_order']
    """
    rows = bought_orders(orders)
    number = rows["number"].to_numpy()
    stage = np.array(ORDER_STAGES, dtype=object)[np.minimum(number, len(ORDER_STAGES)) - 1]
    blank = pd.array([None] * len(rows), dtype="string[pyarrow]")
    return pd.DataFrame(
        {
            "customer_id": rows["customer_id"].to_numpy(),
            "occurred_at": rows["ordered_at"].to_numpy(),
            "stage": stage,
            "touchpoint": rows["channel"].to_numpy() if "channel" in rows else blank,
            "channel": rows["channel"].to_numpy() if "channel" in rows else blank,
            "name": stage,
            "event_id": rows["order_id"].to_numpy() if "order_id" in rows else blank,
        }
    ).astype(
        {
            "customer_id": "string[pyarrow]",
            "stage": "string[pyarrow]",
            "touchpoint": "string[pyarrow]",
            "channel": "string[pyarrow]",
            "name": "string[pyarrow]",
            "event_id": "string[pyarrow]",
        }
    )
