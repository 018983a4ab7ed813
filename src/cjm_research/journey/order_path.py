"""The journey of a study that has orders and no events: from the first order to the third."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjm_research.journey.placing import need

ORDER_STAGES = ("first_order", "second_order", "third_order")
"""First, second, and third or later order of a customer."""
NOT_BOUGHT = ("returned", "cancelled")


def bought_orders(orders: pd.DataFrame) -> pd.DataFrame:
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
    need(orders, ("customer_id", "ordered_at"), table="orders")
    bought = orders.loc[orders["ordered_at"].notna()]
    if "status" in bought:
        is_bought = ~bought["status"].isin(NOT_BOUGHT)
        bought = bought.loc[is_bought.fillna(value=True).astype(bool)]
    key = ["customer_id", "ordered_at"]
    if "order_id" in bought and bought["order_id"].notna().all():
        key = ["customer_id", "order_id"]
    rows = bought.sort_values(["customer_id", "ordered_at"], kind="stable").drop_duplicates(key)
    number = rows.groupby("customer_id", observed=True).cumcount() + 1
    return rows.assign(number=number.to_numpy()).reset_index(drop=True)


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
