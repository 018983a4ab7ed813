"""The customer matrix: how important a customer is, and what the customer is worth."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, SchemaError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.base import customer_table
from cjm_research.segmentation.columns import FROM_ORDERS
from cjm_research.segmentation.matrix_axes import axes, why_nobody
from cjm_research.stats.proportions import wilson_interval
from cjm_research.stats.ranks import rank_correlation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Matrix

CELLS = ("high_high", "high_low", "low_high", "low_low")
"""Importance, then value; in the order of a page."""

CADENCE_DAYS = {"high_high": 30, "high_low": 60, "low_high": 90, "low_low": 180}
"""Days between contacts where the study does not say."""

NEARLY_THE_SAME = 0.8
"""Rank correlation from which two axes hardly tell customers apart."""

NEAR_THE_CUT = 0.05
"""Part of all customers on either side of a cut who might as well lie beyond it."""

_KEPT = ("manager", "last_contact_at", "revenue", "recency_days", "gap_p80_days", "n_order_days")


def place_customers(
    customers: pd.DataFrame, features: pd.DataFrame, matrix: Matrix
) -> pd.DataFrame:
    """Put every customer whose importance and value are known into a cell.

    High is strictly above the study's quantile, so equal customers share a cell. If an axis is
    made of orders, customers who never ordered are no part of the matrix: they are leads.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `importance`, `value`, `cell` and `is_borderline` (within 5 % of the
        customers from a cut), then what the care plan needs: `manager`, `last_contact_at`,
        `revenue`, `recency_days`, `gap_p80_days`, `n_order_days`. ``attrs["left_out"]`` counts
        the customers without a place.

    Raises
    ------
    SchemaError
        If an axis is no column of `features` or `customers`.
    NoDataError
        If no customer has both.
    """
    matrix = axes(matrix, features)
    needed = {"customer_id", "n_orders", matrix.importance, matrix.value, *_KEPT}
    base = customer_table(*(t[[c for c in t if c in needed]] for t in (customers, features)))
    for axis in (matrix.importance, matrix.value):
        if axis not in base:
            found = customer_table(customers.head(0), features.head(0))
            raise SchemaError.missing_column(
                axis, table="features", found=list(map(str, found.columns))
            )
    importance, value = _numbers(base, matrix.importance), _numbers(base, matrix.value)
    known = ~(np.isnan(importance) | np.isnan(value))
    if FROM_ORDERS & {matrix.importance, matrix.value}:
        known &= (base["n_orders"].fillna(0) > 0).to_numpy(dtype=bool)
    if not known.any():
        raise NoDataError(why_nobody(base, matrix))
    importance, value = importance[known], value[known]
    high = (importance > _cut(importance, matrix.importance_quantile)).astype(int) * 2
    high += value > _cut(value, matrix.value_quantile)
    near = _near(importance, matrix.importance_quantile) | _near(value, matrix.value_quantile)
    rows = base[known].reset_index(drop=True)
    placed = pd.DataFrame({
        "customer_id": rows["customer_id"],
        "importance": importance,
        "value": value,
        "cell": pd.array(np.array(CELLS)[3 - high], dtype="string[pyarrow]"),
        "is_borderline": near,
        **{c: rows.get(c, np.nan) for c in _KEPT},
    })  # fmt: skip
    placed.attrs["left_out"] = int((~known).sum())
    placed.attrs["axes"] = (matrix.importance, matrix.value)
    return placed


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One cell of the matrix."""

    cell: str
    n: int
    share: float
    low: float
    high: float
    revenue: float
    revenue_share: float
    median_importance: float
    median_value: float
    borderline: int
    cadence_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMatrix(Result):
    """How many customers, and how much revenue, lie in each cell."""

    units: ClassVar[Mapping[str, Unit]] = {
        "cell": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "revenue": Unit.MONEY,
        "revenue_share": Unit.SHARE,
        "median_importance": Unit.NUMBER,
        "median_value": Unit.NUMBER,
        "borderline": Unit.COUNT,
        "cadence_days": Unit.DAYS,
    }

    cells: tuple[MatrixCell, ...]
    importance: str
    """Column that importance is read from."""
    value: str
    importance_cut: float
    value_cut: float
    correlation: float
    """Rank correlation of the two axes."""
    correlation_low: float
    correlation_high: float
    confidence: float
    n_customers: int
    n_left_out: int
    """Customers without a place: never ordered, or an axis is not known."""
    limits_hidden_below: int
    window: tuple[str, str] | None = None

    @property
    def axes_coincide(self) -> bool:
        """The axes order customers nearly alike, so that one would do."""
        return self.correlation > NEARLY_THE_SAME

    def cell(self, name: str) -> MatrixCell:
        """Return one cell."""
        return next(c for c in self.cells if c.cell == name)

    def axes_only(self) -> CustomerMatrix:
        """Return the matrix without its cells: whether the axes tell customers apart."""
        return replace(self, cells=())

    def to_frame(self) -> pd.DataFrame:
        """Return one row per cell; one of too few customers has a name and a cadence alone."""
        shown = [
            asdict(c)
            if not 0 < c.n < self.limits_hidden_below
            else {"cell": c.cell, "cadence_days": c.cadence_days}
            for c in self.cells
        ]
        return pd.DataFrame(shown, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return each cell's size against its revenue, then whether the axes tell apart."""
        return (*(self._of_cell(c) for c in self.cells), self._of_axes())

    def _of_cell(self, cell: MatrixCell) -> Finding:
        return Finding(
            id=f"segmentation/matrix/cell={cell.cell}",
            kind="matrix_cell",
            subject={"cell": cell.cell},
            estimate=cell.share,
            low=cell.low,
            high=cell.high,
            confidence=self.confidence,
            reference=cell.revenue_share,
            unit=Unit.SHARE,
            n=cell.n,
            money=cell.revenue,
            method="quantile_cuts",
            window=self.window,
            status="shown" if cell.n >= self.limits_hidden_below else "hidden_small_n",
            values={"revenue_share": cell.revenue_share, "cadence_days": cell.cadence_days},
        )

    def _of_axes(self) -> Finding:
        return Finding(
            id="segmentation/matrix/axes",
            kind="matrix_axes_coincide" if self.axes_coincide else "matrix_axes",
            subject={"importance": self.importance, "value": self.value},
            estimate=self.correlation,
            low=self.correlation_low,
            high=self.correlation_high,
            confidence=self.confidence,
            unit=Unit.NUMBER,
            n=self.n_customers,
            customers=0.0,  # about the matrix, and not about customers
            method="spearman_fisher",
            window=self.window,
            status="shown" if self.correlation == self.correlation else "not_reliable",
        )


def customer_matrix(
    placed: pd.DataFrame,
    matrix: Matrix,
    *,
    limits: Limits,
    confidence: float = 0.95,
    window: tuple[str, str] | None = None,
) -> CustomerMatrix:
    """Sum the cells of the matrix and say how far its axes tell customers apart.

    Parameters
    ----------
    placed : pandas.DataFrame
        As `place_customers` gives.
    matrix : Matrix
        Axes, cuts and cadences of the study.
    limits : Limits
        How many customers a statement needs.
    confidence : float, default 0.95
        Of the intervals.
    window : tuple of str, optional
        First and last day of the data, ISO.
    """
    n = [int((placed["cell"] == cell).sum()) for cell in CELLS]
    low, high = wilson_interval(n, len(placed), confidence=confidence)
    money = _numbers(placed, "revenue")
    total = float(np.nansum(money))
    rank = rank_correlation(placed["importance"], placed["value"], confidence=confidence)
    days = cadences(matrix)
    cells = []
    for i, name in enumerate(CELLS):
        inside = (placed["cell"] == name).to_numpy(dtype=bool)
        revenue = float(np.nansum(money[inside]))
        cells.append(
            MatrixCell(
                cell=name,
                n=n[i],
                share=n[i] / len(placed),
                low=float(low[i]),
                high=float(high[i]),
                revenue=revenue,
                revenue_share=revenue / total if total > 0 else float("nan"),
                median_importance=float(placed.loc[inside, "importance"].median()),
                median_value=float(placed.loc[inside, "value"].median()),
                borderline=int(placed.loc[inside, "is_borderline"].sum()),
                cadence_days=days[name],
            )
        )
    return CustomerMatrix(
        cells=tuple(cells),
        importance=placed.attrs["axes"][0],
        value=placed.attrs["axes"][1],
        importance_cut=_cut(_numbers(placed, "importance"), matrix.importance_quantile),
        value_cut=_cut(_numbers(placed, "value"), matrix.value_quantile),
        correlation=rank.estimate,
        correlation_low=rank.low,
        correlation_high=rank.high,
        confidence=confidence,
        n_customers=len(placed),
        n_left_out=int(placed.attrs.get("left_out", 0)),
        limits_hidden_below=limits.hidden_below,
        window=window,
    )


def cadences(matrix: Matrix) -> dict[str, int]:
    """Return the days between contacts of each cell: the study's, else the defaults."""
    own = {name: cell.cadence_days for name, cell in matrix.cells.items()}
    return {name: own.get(name, days) for name, days in CADENCE_DAYS.items()}  # type: ignore[call-overload]


def _numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(frame[column].dtype):
        raise SchemaError(f"Column {column!r} holds no numbers, so it is no axis of the matrix.")
    return frame[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _cut(values: np.ndarray, quantile: float) -> float:
    return float(np.quantile(values, quantile, method="inverted_cdf"))


def _near(values: np.ndarray, quantile: float) -> np.ndarray:
    low = _cut(values, max(round(quantile - NEAR_THE_CUT, 9), 0))
    high = _cut(values, min(round(quantile + NEAR_THE_CUT, 9), 1))
    near: np.ndarray = (values > low) & (values <= high)
    return near
