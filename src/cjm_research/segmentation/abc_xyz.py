"""ABC and XYZ: how much of the revenue a customer brings, and how evenly."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.value.histories import day_of, purchase_days
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.value.histories import PurchaseDays
    from cjm_research.study.model import Limits

A_UP_TO, B_UP_TO = 0.80, 0.95
"""Cumulative shares of the revenue, from the largest customer down."""
X_UP_TO, Y_UP_TO = 0.5, 1.0
"""Spread of the monthly revenue by its mean: customers vary more than goods in a store do."""
MONTHS, FEWEST_MONTHS = 12, 3
"""Months that are looked at, and the fewest that a customer must have been one."""
UNKNOWN = "new"
"""Class of customers with too few months to say how even they are."""
ABC, XYZ = ("a", "b", "c"), ("x", "y", "z", UNKNOWN)


def abc_xyz_classes(orders: pd.DataFrame | PurchaseDays, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Class every customer who bought in the last twelve months.

    ABC: customers in order of revenue, down to 80 % of it, to 95 %, and the rest; customers of
    equal revenue share a class, the better one. XYZ: standard deviation by mean of the revenue of
    30-day months since the first purchase: at most 0.5, at most 1, more.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    as_of : pandas.Timestamp
        The last day.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `revenue` of the months, `spread` (NaN if unknown), `abc`, `xyz`.

    Raises
    ------
    NoDataError
        If nobody paid for anything in these months.
    """
    purchases = purchase_days(orders, as_of=as_of)
    end, n = day_of(as_of), len(purchases.ids)
    month = (end - purchases.days) // 30  # 0 is the newest
    inside = month < MONTHS
    money = np.zeros((n, MONTHS))
    np.add.at(money, (purchases.codes[inside], month[inside]), purchases.money[inside])
    own = np.minimum((end - purchases.days[purchases.starts[:-1]] + 1) // 30, MONTHS)
    counted = np.arange(MONTHS) < own[:, None]
    total = money.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(counted, money, 0).sum(axis=1) / own
        square = np.where(counted, (money - mean[:, None]) ** 2, 0).sum(axis=1) / (own - 1)
        spread = np.where((own >= FEWEST_MONTHS) & (mean > 0), np.sqrt(square) / mean, np.nan)
    buyers = total > 0
    if not buyers.any():
        raise NoDataError("Nobody paid for anything in the last twelve months: no classes.")
    cuts = np.searchsorted([X_UP_TO, Y_UP_TO], spread, side="left")
    xyz = np.where(np.isnan(spread), 3, cuts)
    return pd.DataFrame({
        "customer_id": purchases.ids[buyers].array,
        "revenue": total[buyers],
        "spread": spread[buyers],
        "abc": pd.array(np.array(ABC)[_abc(total[buyers])], dtype="string[pyarrow]"),
        "xyz": pd.array(np.array(XYZ)[xyz[buyers]], dtype="string[pyarrow]"),
    })  # fmt: skip


def _abc(revenue: np.ndarray) -> np.ndarray:
    """Return 0, 1 or 2 by the share that stands above each customer."""
    levels, where = np.unique(-revenue, return_inverse=True)
    of_level = np.bincount(where, revenue, minlength=len(levels))
    above = (np.cumsum(of_level) - of_level) / max(revenue.sum(), 1e-300)
    found: np.ndarray = np.searchsorted([A_UP_TO, B_UP_TO], above, side="right")[where]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AbcXyzCell:
    """Customers of one pair of classes."""

    abc: str
    xyz: str
    n: int
    share: float
    low: float
    high: float
    revenue: float
    revenue_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AbcXyz(Result):
    """How many customers, and how much revenue, lie in each pair of classes."""

    units: ClassVar[Mapping[str, Unit]] = {
        "abc": Unit.LABEL,
        "xyz": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "revenue": Unit.MONEY,
        "revenue_share": Unit.SHARE,
    }

    cells: tuple[AbcXyzCell, ...]
    n_customers: int
    confidence: float
    window: tuple[str, str] | None
    limits: Limits

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair of classes that holds customers."""
        return pd.DataFrame([asdict(c) for c in self.cells], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how few customers bring 80 % of the revenue."""
        best = [c for c in self.cells if c.abc == "a"]
        n, even = sum(c.n for c in best), sum(c.n for c in best if c.xyz == "x")
        low, high = wilson_interval(n, self.n_customers, confidence=self.confidence)
        money = sum(c.revenue for c in best)
        return (
            Finding(
                id="segmentation/abc/a",
                kind="abc_concentration",
                subject={"abc": "a"},
                estimate=n / self.n_customers,
                low=float(low),
                high=float(high),
                confidence=self.confidence,
                reference=sum(c.revenue_share for c in best),
                unit=Unit.SHARE,
                n=self.n_customers,
                customers=float(n),
                money=money,
                method="abc_80_95",
                window=self.window,
                status="shown" if self.limits.level(self.n_customers) == "claims"
                else "hidden_small_n",
                values={"best": n, "even": even},
            ),
        )  # fmt: skip


def abc_xyz(
    classes: pd.DataFrame,
    *,
    limits: Limits,
    confidence: float = 0.95,
    window: tuple[str, str] | None = None,
) -> AbcXyz:
    """Sum the classes that `abc_xyz_classes` gives.

    Parameters
    ----------
    classes : pandas.DataFrame
        One row per customer.
    limits : Limits
        How many customers a statement needs.
    confidence : float
        Of each interval.
    window : tuple of str, optional
        First and last day of the data, ISO.
    """
    total = float(classes["revenue"].sum())
    cells = []
    for abc in ABC:
        for xyz in XYZ:
            own = classes[((classes["abc"] == abc) & (classes["xyz"] == xyz)).to_numpy(dtype=bool)]
            if own.empty:
                continue
            low, high = wilson_interval(len(own), len(classes), confidence=confidence)
            revenue = float(own["revenue"].sum())
            cells.append(
                AbcXyzCell(
                    abc=abc, xyz=xyz, n=len(own), share=len(own) / len(classes), low=float(low),
                    high=float(high), revenue=revenue, revenue_share=revenue / total,
                )
            )  # fmt: skip
    return AbcXyz(cells=tuple(cells), n_customers=len(classes), confidence=confidence,
                  window=window, limits=limits)  # fmt: skip
