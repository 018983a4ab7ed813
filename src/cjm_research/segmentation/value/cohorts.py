"""Which part of the customers who came in one period buys again in the periods after it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.value.histories import purchase_days
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.value.histories import PurchaseDays
    from cjm_research.study.model import Limits

MOST = 18
"""Months; orders over more of them are shown by quarters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortCell:
    """Customers of one cohort in one period after their first."""

    cohort: str
    """First day of the period of the first purchase, ISO."""
    age: int
    """Periods since; 1 is the next."""
    n: int
    """Customers of the cohort."""
    came: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohorts(Result):
    """Retention by cohort: only periods that have ended by the last day."""

    units: ClassVar[Mapping[str, Unit]] = {
        "cohort": Unit.DATE,
        "cohort_age": Unit.COUNT,
        "n": Unit.COUNT,
        "bought_again": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    cells: tuple[CohortCell, ...]
    period: str
    """``month`` or ``quarter``."""
    confidence: float
    n_customers: int
    window: tuple[str, str]
    limits: Limits
    n_hidden: int
    """Cohorts too small to be shown."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per cohort and period; a period that has not ended has none."""
        rows = [{**asdict(c), "cohort_age": c.age, "bought_again": c.came} for c in self.cells]
        return pd.DataFrame(rows, columns=list(self.units))

    def grid(self) -> pd.DataFrame:
        """Return shares, cohorts by periods; NaN where the period has not ended."""
        frame = self.to_frame()
        return frame.pivot_table(index="cohort", columns="cohort_age", values="share", dropna=False)

    def pooled(self, age: int) -> tuple[int, int]:
        """Return, over all cohorts that old, how many customers came and how many there are."""
        own = [c for c in self.cells if c.age == age]
        return sum(c.came for c in own), sum(c.n for c in own)

    def findings(self) -> tuple[Finding, ...]:
        """Return the part that buys again in the next period, over all cohorts that old."""
        return tuple(self._told(age) for age in (1, 3) if self.pooled(age)[1])

    def _told(self, age: int) -> Finding:
        came, n = self.pooled(age)
        low, high = wilson_interval(came, n, confidence=self.confidence)
        return Finding(
            id=f"segmentation/cohorts/age={age}",
            kind=f"cohort_retention_{self.period}",
            subject={"age": str(age)},
            estimate=came / n,
            low=float(low),
            high=float(high),
            confidence=self.confidence,
            unit=Unit.SHARE,
            n=n,
            method="cohorts",
            window=self.window,
            status="shown" if self.limits.level(n) == "claims" else "hidden_small_n",
            values={"came": came},
        )


def cohorts(
    orders: pd.DataFrame | PurchaseDays,
    *,
    as_of: pd.Timestamp,
    limits: Limits,
    confidence: float = 0.95,
) -> Cohorts:
    """Follow customers from the month (or quarter) of their first purchase.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    as_of : pandas.Timestamp
        The last day: a period that ends after it is left out, so that it does not seem empty.
    limits : Limits
        A smaller cohort is not shown.
    confidence : float
        Of each interval.

    Notes
    -----
    The first period of the data holds customers who may have come before; it is kept, and its
    cohort is of the first purchase seen.

    Raises
    ------
    NoDataError
        If no order has a customer and a day.
    """
    purchases = purchase_days(orders, as_of=as_of)
    period = period_of(purchases.days)
    dates = purchases.days.astype("M8[D]")
    months = dates.astype("M8[M]").astype(np.int64)
    step = 1 if period == "month" else 3
    at = months // step
    end = (as_of.tz_localize(None) + pd.Timedelta(days=1)).to_datetime64().astype("M8[M]")
    n_ended = int(end.astype(np.int64)) // step  # the first period that has not ended
    first = at[purchases.starts[:-1]]
    age = at - first[purchases.codes]
    is_new = np.append(True, (age[1:] != age[:-1]) | (np.diff(purchases.codes) != 0))
    ages_of = age[is_new]  # of each customer each period once: days rise
    cohort = first[purchases.codes[is_new]]
    cells, hidden = [], 0
    for start in np.unique(first):
        n = int((first == start).sum())
        if limits.level(n) == "hidden":
            hidden += 1
            continue
        ages = np.arange(1, max(n_ended - start, 1))
        own = ages_of[cohort == start]
        came = np.bincount(own, minlength=len(ages) + 1)[1 : len(ages) + 1]
        low, high = wilson_interval(came, np.full(len(ages), n), confidence=confidence)
        day = str(np.datetime64(int(start) * step, "M").astype("M8[D]"))
        cells += [
            CohortCell(cohort=day, age=int(k), n=n, came=int(c), share=c / n, low=float(a),
                       high=float(b))
            for k, c, a, b in zip(ages, came, low, high, strict=True)
        ]  # fmt: skip
    return Cohorts(
        cells=tuple(cells),
        period=period,
        confidence=confidence,
        n_customers=len(purchases.ids),
        window=(str(dates.min()), f"{as_of:%Y-%m-%d}"),
        limits=limits,
        n_hidden=hidden,
    )


def period_of(days: np.ndarray) -> str:
    """Return ``month``, or ``quarter`` where the days span too many months for a table."""
    months = np.ptp(days.astype("M8[D]").astype("M8[M]").astype(np.int64))
    return "month" if months <= MOST else "quarter"
