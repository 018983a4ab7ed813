"""Which columns the customer matrix is drawn over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.study.plans import Matrix

if TYPE_CHECKING:
    import pandas as pd

COST_KNOWN = 0.8
"""Part of the buyers whose profit must be known for it to be the value."""

POWER = Matrix(
    importance="average_order", value="orders_per_year", importance_quantile=0.5, value_quantile=0.5
)
"""Purchasing power against loyalty, cut at the medians: offered where two axes coincide."""


def axes(
    matrix: Matrix, features: pd.DataFrame, *, importance: str = "", value: str = ""
) -> Matrix:
    """Return the study's matrix with other axes where they are named.

    A value that nobody names is profit where it is known of most buyers, else the value of a
    year's orders.
    """
    chosen = value or matrix.value
    if not chosen:
        chosen = "order_value_rate"
        if {"profit", "n_orders"} <= set(features):
            has_bought = (features["n_orders"].fillna(0) > 0).to_numpy(dtype=bool)
            profit = features["profit"][has_bought]
            if len(profit) and profit.notna().mean() >= COST_KNOWN:
                chosen = "profit"
    return matrix.model_copy(
        update={"value": chosen, "importance": importance or matrix.importance}
    )


def why_nobody(base: pd.DataFrame, matrix: Matrix) -> str:
    """Say why no customer has a place in the matrix."""
    text = (
        f"The customer matrix needs customers with {matrix.importance!r} and {matrix.value!r};"
        " there are none."
    )
    if "revenue_share" in (matrix.importance, matrix.value) and {"revenue", "n_orders"} <= set(
        base
    ):
        kept = float(base["revenue"].sum(min_count=1))  # NaN where no sum is known
        if kept < 0 or (kept == 0 and base["n_orders"].sum() > 0):
            return (
                f"{text} Refunds are as large as purchases, or nothing was paid: together"
                f" customers kept {kept:.2f}, and nobody has a share of that."
            )
    return f"{text} Both usual ones are made of orders that have a day and a sum."
