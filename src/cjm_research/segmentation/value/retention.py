"""How many come back in the periods after their first purchase: each segment beside all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.by_segment import inside_segments
from cjm_research.segmentation.value.cohorts import period_of
from cjm_research.segmentation.value.histories import purchase_days
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjm_research.segmentation.value.histories import PurchaseDays
    from cjm_research.study.model import Limits

MOST = 12
"""Periods that are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPoint:
    """Customers whose period has ended, and how many of them bought in it."""

    segment: str
    """Empty: all customers."""
    age: int
    """Periods since that of the first purchase."""
    n: int
    came: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention(Result):
    """The part that buys in each period after the first purchase."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "cohort_age": Unit.COUNT,
        "n": Unit.COUNT,
        "bought_again": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    points: tuple[RetentionPoint, ...]
    period: str
    """``month`` or ``quarter``."""
    confidence: float

    def of(self, segment: str) -> tuple[RetentionPoint, ...]:
        """Return the curve of one segment; of all customers if empty."""
        return tuple(p for p in self.points if p.segment == segment)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and period; a segment without a name is all customers."""
        rows = [{**asdict(p), "cohort_age": p.age, "bought_again": p.came} for p in self.points]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: what made a segment also makes its curve, so it is shown, not told."""
        return ()


def retention(
    orders: pd.DataFrame | PurchaseDays,
    members: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    limits: Limits,
    confidence: float = 0.95,
) -> Retention:
    """Follow each segment, and all customers, from the period of their first purchase.

    A customer counts for a period only if it has ended by the day: the newest customers leave
    the curve early and do not pull it down.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    members : pandas.DataFrame
        `customer_id` and `segment`.
    as_of : pandas.Timestamp
        The last day.
    limits : Limits
        A point of fewer customers than may be described is left out.
    confidence : float
        Of Wilson's interval of each point.

    Raises
    ------
    NoDataError
        If no order has a customer and a day.
    """
    purchases = purchase_days(orders, as_of=as_of)
    period = period_of(purchases.days)
    step = 1 if period == "month" else 3
    at = purchases.days.astype("M8[D]").astype("M8[M]").astype(np.int64) // step
    end = (as_of.tz_localize(None) + pd.Timedelta(days=1)).to_datetime64().astype("M8[M]")
    first = at[purchases.starts[:-1]]
    last_age = int(end.astype(np.int64)) // step - 1 - first
    age = at - first[purchases.codes]
    new = np.append(True, (np.diff(age) != 0) | (np.diff(purchases.codes) != 0))  # days are sorted
    new &= (age >= 1) & (age <= np.minimum(last_age, MOST)[purchases.codes])
    came = (purchases.codes[new], age[new])
    curves = {"": np.ones(len(first), dtype=bool)}
    curves |= inside_segments(purchases.ids, members)
    points = [
        point
        for segment, inside in curves.items()
        for point in _curve(segment, (inside, last_age, came), limits, confidence)
    ]
    return Retention(points=tuple(points), period=period, confidence=confidence)


def _curve(
    segment: str,
    known: tuple[NDArray[np.bool_], NDArray[np.int64], tuple[NDArray[np.int64], ...]],
    limits: Limits,
    confidence: float,
) -> Iterator[RetentionPoint]:
    """Go through the periods that enough customers were watched through."""
    inside, last_age, (customer, age) = known
    ages = np.clip(last_age[inside], 0, MOST)
    watched = np.bincount(ages, minlength=MOST + 1)[::-1].cumsum()[::-1]
    came = np.bincount(age[inside[customer]], minlength=MOST + 1)
    for period in range(1, MOST + 1):
        n, hits = int(watched[period]), int(came[period])
        if limits.level(n) in ("hidden", "facts"):
            continue
        low, high = wilson_interval(hits, n, confidence=confidence)
        yield RetentionPoint(segment=segment, age=period, n=n, came=hits, share=hits / n,
                             low=float(low), high=float(high))  # fmt: skip
