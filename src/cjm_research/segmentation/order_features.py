"""What customers bought, returned and waited for: one row per customer from order lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.segmentation.kernels import (
    codes_of,
    commonest,
    day_gaps,
    day_numbers,
    distinct,
    group_extreme,
    group_quantiles,
    group_share,
    group_spread,
    numbers_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.kernels import Codes, Floats

DIVIDED = ("category", "cargo_type", "channel")
"""Columns of order lines that a customer's purchases are divided by."""
SEASON_ORDERS = 4
"""Order days of a year from which a season can be told."""
YEAR, AT_LEAST = 365, 180
"""Days that yearly rates look back, and the fewest that a customer's own time counts for."""


_TEXT = "string[pyarrow]"
_QUARTERS = np.array(["q1", "q2", "q3", "q4"], dtype=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Order lines up to a day, as arrays: which are purchases, which money was kept."""

    codes: Codes
    days: Floats
    amounts: Floats
    """Money that stayed: 0 for a returned line, negative for a refund."""
    bought: np.ndarray
    """Lines that were a purchase, returned later or not."""
    returned: np.ndarray
    orders: Codes | None
    """Number of each line's order, -1 for a line without its name; None where none has one."""
    frame: pd.DataFrame
    n_later: int
    """Lines after the day; left out."""

    def told_of(self, column: str) -> np.ndarray:
        """Return the purchases that a column tells of: a charge has a channel, and is no goods."""
        return self.bought if column == "channel" else self.bought & is_goods(self.frame)


def read_lines(orders: pd.DataFrame, known: pd.Index, *, day: int, zone: str) -> Lines:
    """Sort order lines into purchases, returns and refunds, without the cancelled.

    A refund is a line with a negative amount: it takes money away and is no order. A line of
    status ``returned`` with a positive amount was an order whose money did not stay.
    """
    days = day_numbers(column_of(orders, "ordered_at", "datetime64[us, UTC]"), zone)
    status = column_of(orders, "status", "string[pyarrow]").fillna("completed")
    later = days > day
    kept = ~later & (status != "cancelled").to_numpy() & orders["customer_id"].notna().to_numpy()
    frame = orders[kept]
    amounts = frame["amount"].to_numpy(dtype=np.float64, na_value=np.nan)
    returned = (status[kept] == "returned").to_numpy(dtype=bool)
    refund = amounts < 0
    return Lines(
        codes=codes_of(frame["customer_id"], known),
        days=days[kept],
        amounts=np.where(returned & ~refund, 0.0, np.nan_to_num(amounts)),
        bought=~refund,
        returned=returned | refund,
        orders=numbers_of(frame["order_id"]) if "order_id" in frame else None,
        frame=frame,
        n_later=int(later.sum()),
    )


def order_features(lines: Lines, n: int, *, day: int, zone: str) -> dict[str, object]:
    """Return the columns that orders tell, each of length `n`; shares of all are left open."""
    columns: dict[str, object] = {
        **_money(lines, n),
        **_rhythm(lines, n, day=day),
        **_service(lines, n, zone=zone),
    }
    for name in DIVIDED:
        told = lines.told_of(name)
        top = commonest(lines.codes[told], column_of(lines.frame, name, _TEXT)[told], n)
        columns[f"main_{name}"] = top.value
        columns[f"main_{name}_share"] = top.share
    return columns


def count_orders(lines: Lines, chosen: np.ndarray, n: int) -> Floats:
    """Count the different orders of each customer among the chosen lines."""
    codes = lines.codes[chosen]
    if lines.orders is None:
        return np.bincount(codes, minlength=n).astype(np.float64)
    names = lines.orders[chosen]
    own = names < 0  # a line without an order's name is an order
    pairs, _ = distinct(codes[~own] * (names.max(initial=0) + 1) + names[~own])
    named = np.bincount(pairs // (names.max(initial=0) + 1), minlength=n)
    return (named + np.bincount(codes[own], minlength=n)).astype(np.float64)


def _money(lines: Lines, n: int) -> dict[str, object]:
    orders = count_orders(lines, lines.bought, n)
    revenue = np.bincount(lines.codes, lines.amounts, minlength=n)
    n_bought = np.bincount(lines.codes[lines.bought], minlength=n)
    n_returned = np.bincount(lines.codes[lines.returned], minlength=n)
    cost = _numbers(lines.frame, "cost")
    known = ~np.isnan(cost) & ~lines.returned
    profit = np.bincount(lines.codes[known], (lines.amounts - cost)[known], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "n_orders": orders,
            "revenue": revenue,
            "average_order": np.where(orders > 0, revenue / orders, np.nan),
            "profit": np.where(
                np.bincount(lines.codes[known], minlength=n) > 0, profit, np.nan
            ),
            "n_returns": n_returned,
            "return_share": np.where(n_bought > 0, np.minimum(n_returned / n_bought, 1), np.nan),
        }  # fmt: skip


def _rhythm(lines: Lines, n: int, *, day: int) -> dict[str, object]:
    codes, days = lines.codes[lines.bought], lines.days[lines.bought]
    dated = np.bincount(codes[~np.isnan(days)], minlength=n) > 0
    nothing = np.bincount(codes, minlength=n) == 0
    gap_codes, gaps = day_gaps(codes, days)
    within = lines.days > day - YEAR
    yearly = count_orders(lines, lines.bought & within, n)
    money = np.bincount(lines.codes[within], lines.amounts[within], minlength=n)
    first = day - group_extreme(codes, days, n, largest=False)
    median, p80 = group_quantiles(gap_codes, gaps, n, quantiles=(0.5, 0.8))
    years = np.clip(first + 1, AT_LEAST, YEAR) / YEAR
    return {
        "n_order_days": np.bincount(gap_codes, minlength=n) + dated,
        "recency_days": day - group_extreme(codes, days, n, largest=True),
        "first_order_days": first,
        "gap_median_days": median,
        "gap_p80_days": p80,
        "gap_spread": group_spread(gap_codes, gaps, n),
        **_season(codes, days, n, day=day),
        "orders_per_year": np.where(nothing, 0.0, np.where(dated, yearly / years, np.nan)),
        "order_value_rate": np.where(nothing, 0.0, np.where(dated, money / years, np.nan)),
    }


def _season(codes: Codes, days: Floats, n: int, *, day: int) -> dict[str, object]:
    """Return the quarter of most order days of the last year, and its part of them."""
    within = days > day - YEAR  # false for a line without a day
    keys, _ = distinct(codes[within] * YEAR + (day - days[within]).astype(np.int64))
    owner, ago = np.divmod(keys, YEAR)
    month = (day - ago).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    top = commonest(owner, pd.Series(_QUARTERS[month // 3], dtype="string[pyarrow]"), n)
    enough = np.bincount(owner, minlength=n) >= SEASON_ORDERS
    return {
        "peak_quarter": np.where(enough, top.value, np.array(None, dtype=object)),
        "peak_quarter_share": np.where(enough, top.share, np.nan),
    }


def contract_share(lines: Lines, contracts: pd.DataFrame, known: pd.Index) -> Floats:
    """Return the part of each customer's dated purchases that a contract covered.

    NaN for everybody where there is no contract at all, and for a customer without a purchase.
    """
    dated = lines.bought & ~np.isnan(lines.days)
    if contracts.empty or "starts_on" not in contracts:
        return np.full(len(known), np.nan)
    ends = column_of(contracts, "ends_on", "datetime64[us]")
    terms = pd.DataFrame({
        "code": codes_of(contracts["customer_id"], known),
        "starts": np.nan_to_num(day_numbers(contracts["starts_on"], "UTC"), nan=-np.inf),
        "ends": np.nan_to_num(day_numbers(ends, "UTC"), nan=np.inf),
    })  # fmt: skip
    line = pd.DataFrame({"code": lines.codes[dated], "day": lines.days[dated]}).reset_index()
    pairs = line.merge(terms, on="code")
    inside = pairs.loc[(pairs["starts"] <= pairs["day"]) & (pairs["day"] <= pairs["ends"]), "index"]
    covered = np.isin(line["index"].to_numpy(), inside.unique()).astype(np.float64)
    return group_share(line["code"].to_numpy(), covered, len(known))


def _service(lines: Lines, n: int, *, zone: str) -> dict[str, object]:
    times = "datetime64[us, UTC]"
    promised = day_numbers(column_of(lines.frame, "promised_at", times), zone)
    delivered = day_numbers(column_of(lines.frame, "delivered_at", times), zone)
    late = np.where(np.isnan(promised) | np.isnan(delivered), np.nan, delivered > promised)
    damaged = column_of(lines.frame, "is_damaged", "boolean").to_numpy(np.float64, na_value=np.nan)
    return {
        "late_share": group_share(lines.codes, late, n),
        "damaged_share": group_share(lines.codes, damaged, n),
    }


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    return column_of(frame, name, "float64").to_numpy(dtype=np.float64, na_value=np.nan)


def is_goods(orders: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell of each order line whether it is goods, and no charge such as postage or a fee.

    Examples
    --------
    >>> lines = pd.DataFrame({"product": ["POST", "MUG"], "is_charge": [True, None]})
    >>> is_goods(lines).tolist()
    [False, True]
    """
    told = column_of(orders, "is_charge", "boolean")
    goods: NDArray[np.bool_] = ~told.astype("boolean").to_numpy(dtype=bool, na_value=False)
    return goods


def column_of(frame: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    """Return a column; one without any value where the table lacks it."""
    if name in frame:
        return frame[name]
    return pd.Series(pd.NA if dtype != "float64" else np.nan, index=frame.index, dtype=dtype)
