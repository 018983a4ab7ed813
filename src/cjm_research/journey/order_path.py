"""The journey of a study that has orders and no events: from the first order to the third."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.journey.ordering import by_group, coded, journey_order, microseconds
from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    bought = orders if len(lines) == len(orders) else orders.iloc[lines]
    customer = _ranks(bought["customer_id"])
    at = microseconds(bought["ordered_at"])
    by_time = journey_order(customer, at)
    has_ids = "order_id" in orders and bool(bought["order_id"].notna().all())
    order = (coded(bought["order_id"])[0] if has_ids else at)[by_time]
    customer = customer[by_time]
    # Lines of one order mostly stand together: few pairs are left to be looked for.
    opening = np.ones(len(order), dtype=bool)
    opening[1:] = (customer[1:] != customer[:-1]) | (order[1:] != order[:-1])
    kept = np.flatnonzero(opening)
    twice = pd.DataFrame({"customer": customer[kept], "order": order[kept]}).duplicated()
    kept = kept[~twice.to_numpy()]
    rows = bought.iloc[by_time[kept]].reset_index(drop=True)
    return BoughtOrders(rows.assign(number=_numbered(customer[kept])))


def _ranks(texts: pd.Series) -> np.ndarray:
    """Return the place of each text among the different ones in their order; none comes last."""
    codes, distinct = coded(texts)
    rank = np.full(len(distinct) + 1, len(distinct), dtype=np.int32)
    rank[distinct.argsort()] = np.arange(len(distinct), dtype=np.int32)
    return rank[codes]


def _numbered(group: np.ndarray) -> np.ndarray:
    """Count the rows of each group from 1; rows of a group stand together."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group))) + 1


def waited(bought: pd.DataFrame, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of customers' orders before a certain one, and of that one; -1 for none.

    Parameters
    ----------
    bought : pandas.DataFrame
        What `bought_orders` gave, or the orders of it before a moment.
    number : int, 2 or more
        Second, third or later order.

    Examples
    --------
    >>> bought = pd.DataFrame({"customer_id": ["a", "a", "b"], "number": [1, 2, 1]})
    >>> [rows.tolist() for rows in waited(bought, 2)]
    [[0, 2], [1, -1]]
    """
    own = bought["number"].to_numpy()
    before = np.flatnonzero(own == number - 1)
    then = np.minimum(before + 1, len(own) - 1)
    return before, np.where(own[then] == number, then, -1)


def with_bought(orders: pd.DataFrame, *, columns: Sequence[str] = ()) -> BoughtOrders | None:
    """Return `bought_orders` with few columns, to be used many times; None without a time."""
    if not {"customer_id", "ordered_at"} <= set(orders) or not orders["ordered_at"].notna().any():
        return None
    used = ("customer_id", "ordered_at", "order_id", "status", *columns)
    return bought_orders(orders[[c for c in dict.fromkeys(used) if c in orders]])


def bought_by_part(
    parts: Iterable[pd.DataFrame], *, columns: Sequence[str] = ()
) -> BoughtOrders | None:
    """Return `with_bought` of some order lines after the other; None without a time.

    Parameters
    ----------
    parts : iterable of pandas.DataFrame
        Order lines, of which no two parts share a customer. Either every line has an
        `order_id`, or no part has the column.
    columns : sequence of str
        As of `with_bought`. Neither the order nor its status is among them.
    """
    each = (with_bought(lines, columns=columns) for lines in parts)
    found = [
        pd.DataFrame(rows)[[c for c in rows if c not in ("order_id", "status")]]
        for rows in each
        if rows is not None
    ]
    if not found:
        return None
    together = pd.concat(found, ignore_index=True)
    if len(together) and len(found) > 1:
        together = together.iloc[by_group(_ranks(together["customer_id"]))]
    return BoughtOrders(together.reset_index(drop=True))


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
