"""Days on which each customer bought, and the summary that purchase models are fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, SchemaError
from cjm_research.segmentation.codes import id_codes
from cjm_research.segmentation.kernels import day_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

USED = ("customer_id", "amount", "ordered_at", "status")
"""Columns of order lines that purchases are made of."""
NO_PURCHASES = "No order has a customer and a day: nothing to forecast from."


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseDays:
    """Different days with a purchase, sorted by customer and day."""

    ids: pd.Series
    """Customers, sorted."""
    codes: Whole
    """Position of the customer among `ids`, for each day."""
    days: Whole
    """Days since 1970 in the study's zone."""
    money: Floats
    """What was kept of the day's purchases."""

    @property
    def starts(self) -> Whole:
        """Return where the days of each customer begin, and the number of all days last."""
        return np.searchsorted(self.codes, np.arange(len(self.ids) + 1))

    def until(self, day: int) -> PurchaseDays:
        """Return the days up to and with one, of the customers who had bought by then."""
        kept = self.days <= day
        if kept.all():
            return self
        present = np.bincount(self.codes[kept], minlength=len(self.ids)) > 0
        position = np.cumsum(present) - 1
        return PurchaseDays(
            ids=self.ids[present].reset_index(drop=True),
            codes=position[self.codes[kept]],
            days=self.days[kept],
            money=self.money[kept],
        )


def purchase_days(orders: pd.DataFrame | PurchaseDays, *, as_of: pd.Timestamp) -> PurchaseDays:
    """Join the order lines of a customer's day to one purchase.

    Cancelled lines, refunds (negative amounts), lines without a customer or a time and lines
    after the day are left out; a returned line was a purchase whose money did not stay.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table: `customer_id`, `amount`, `ordered_at`; `status` where known. What
        this function gave is cut at the day, so that many questions read the lines once.
    as_of : pandas.Timestamp
        The last day; with a zone, days are days there.

    Raises
    ------
    SchemaError
        If a column is missing.
    NoDataError
        If no line is left.
    """
    if isinstance(orders, PurchaseDays):
        return orders.until(day_of(as_of))
    for column in ("customer_id", "amount", "ordered_at"):
        if column not in orders:
            raise SchemaError.missing_column(column, table="orders", found=list(map(str, orders)))
    days = day_numbers(orders["ordered_at"], str(as_of.tz) if as_of.tz is not None else "UTC")
    amounts = orders["amount"].to_numpy(dtype=np.float64, na_value=0.0)
    last = day_of(as_of)
    kept = (amounts >= 0) & (days <= last) & orders["customer_id"].notna().to_numpy()
    if "status" in orders:
        kept &= ~(orders["status"] == "cancelled").to_numpy(dtype=bool, na_value=False)
        returned = (orders["status"] == "returned").to_numpy(dtype=bool, na_value=False)
        amounts = np.where(returned, 0.0, amounts)
    if not kept.any():
        raise NoDataError(NO_PURCHASES)
    ids = orders["customer_id"] if kept.all() else orders["customer_id"][kept]
    codes, rows = id_codes(ids)
    names = ids.take(rows).astype("string[pyarrow]").reset_index(drop=True)
    order = names.argsort().to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    day = days[kept].astype(np.int64)
    first, span = day.min(), int(day.max() - day.min()) + 1
    keys = rank[codes] * span + (day - first)
    by_key = np.argsort(keys)
    keys = keys[by_key]
    new = np.append(True, keys[1:] != keys[:-1])
    money: Floats = np.bincount(np.cumsum(new) - 1, amounts[kept][by_key]).astype(np.float64)
    keys = keys[new]
    return PurchaseDays(
        ids=names.iloc[order].reset_index(drop=True),
        codes=keys // span,
        days=keys % span + first,
        money=money,
    )


def joined_purchases(parts: Iterable[PurchaseDays]) -> PurchaseDays:
    """Join the purchases of sets of customers that share none, as buckets hold them.

    Raises
    ------
    NoDataError
        If there are none.
    """
    found = list(parts)
    if not found:
        raise NoDataError(NO_PURCHASES)
    if len(found) == 1:
        return found[0]
    ids = pd.concat([p.ids for p in found], ignore_index=True)
    order = ids.argsort().to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    begins = np.cumsum([0, *(len(p.ids) for p in found)])
    codes = np.concatenate([rank[p.codes + b] for p, b in zip(found, begins[:-1], strict=True)])
    by_customer = np.argsort(codes, kind="stable")  # the days of a customer keep their order
    return PurchaseDays(
        ids=ids.iloc[order].reset_index(drop=True),
        codes=codes[by_customer],
        days=np.concatenate([p.days for p in found])[by_customer],
        money=np.concatenate([p.money for p in found])[by_customer],
    )


def day_of(stamp: pd.Timestamp) -> int:
    """Return the day of a stamp, in days since 1970.

    Examples
    --------
    >>> day_of(pd.Timestamp("1970-01-02"))
    1
    """
    return int(stamp.tz_localize(None).normalize().to_datetime64().astype("M8[D]").astype(np.int64))


def purchase_histories(purchases: PurchaseDays, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Summarise each customer as purchase models take it.

    Returns
    -------
    pandas.DataFrame
        `customer_id`; `n_repeats`, purchase days after the first; `last_days`, from the first
        to the last of them (0 without a repeat); `observed_days`, from the first to `as_of`;
        `repeat_value`, mean money of a repeat (NaN without one).

    References
    ----------
    Fader P. S., Hardie B. G. S., Lee K. L. (2005). "Counting your customers" the easy way.
    Marketing Science 24(2), 275-284. doi:10.1287/mksc.1040.0098
    """
    starts = purchases.starts
    first, last = purchases.days[starts[:-1]], purchases.days[starts[1:] - 1]
    n_repeats = np.diff(starts) - 1
    total = np.bincount(purchases.codes, purchases.money, minlength=len(purchases.ids))
    repeated = np.maximum(total - purchases.money[starts[:-1]], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(n_repeats > 0, repeated / n_repeats, np.nan)
    return pd.DataFrame({
        "customer_id": purchases.ids,
        "n_repeats": n_repeats.astype(np.float64),
        "last_days": (last - first).astype(np.float64),
        "observed_days": (day_of(as_of) - first).astype(np.float64),
        "repeat_value": value,
    })  # fmt: skip
