"""What each customer is likely to bring, and the sums of groups of customers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.value.forecast import fit_models, learned_chances, model_forecast
from cjm_research.segmentation.value.histories import purchase_days, purchase_histories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.results import Status
    from cjm_research.segmentation.value.foreseen import Foreseen
    from cjm_research.segmentation.value.histories import PurchaseDays
    from cjm_research.segmentation.value.holdout_result import Holdout
    from cjm_research.study.model import Limits


def customer_values(
    orders: pd.DataFrame | PurchaseDays, check: Holdout, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Forecast every customer over the days that the check was made for.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    check : Holdout
        Says which method is used, and what may be told.
    as_of : pandas.Timestamp
        The day.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `p_active` (chance of a purchase in the next days), `expected_orders` and
        `expected_value`. A column whose check failed is NaN: what cannot be relied on is not
        forecast.
    """
    purchases = purchase_days(orders, as_of=as_of)
    table = purchase_histories(purchases, as_of=as_of)
    found = model_forecast(table, fit_models(table), horizon=check.horizon)
    chance, nothing = found.p_active, np.full(len(table), np.nan)
    if check.best == "learned":
        learned = learned_chances(purchases, table, as_of=as_of, horizon=check.horizon)
        chance = learned.get("learned", nothing)
    return _told(table["customer_id"], (chance, found.orders, found.money), check)


def foreseen_values(found: Foreseen) -> pd.DataFrame:
    """Return what `customer_values` gives, of forecasts that were made already."""
    table = found.customers
    orders, money = (
        table[c].to_numpy(dtype=np.float64, na_value=np.nan) for c in ("orders", "money")
    )
    chance = found.chance(np.full(len(table), np.nan))
    return _told(table["customer_id"], (chance, orders, money), found.check)


def _told(ids: pd.Series, values: tuple[NDArray[np.float64], ...], check: Holdout) -> pd.DataFrame:
    chance, orders, money = values
    nothing = np.full(len(ids), np.nan)
    return pd.DataFrame({
        "customer_id": ids,
        "p_active": chance if check.chances_are_reliable else nothing,
        "expected_orders": orders if check.orders_are_reliable else nothing,
        "expected_value": money if check.money_is_reliable else nothing,
    })  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupValue:
    """What the customers of one group are likely to bring."""

    cell: str
    n: int
    p_active: float
    """Mean chance of a purchase: the part of the group that is likely to come."""
    low: float
    high: float
    expected_orders: float
    """Sum over the group."""
    expected_value: float
    value_share: float
    """Part of what all groups are likely to bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupValues(Result):
    """What groups of customers are likely to bring in the next days."""

    units: ClassVar[Mapping[str, Unit]] = {
        "cell": Unit.LABEL,
        "n": Unit.COUNT,
        "p_active": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "expected_orders": Unit.COUNT,
        "expected_value": Unit.MONEY,
        "value_share": Unit.SHARE,
    }

    groups: tuple[GroupValue, ...]
    horizon: int
    confidence: float
    window: tuple[str, str]
    """The days ahead."""
    limits: Limits

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group."""
        return pd.DataFrame([asdict(g) for g in self.groups], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return, per group, which part is likely to come and what it brings."""
        everybody = sum(g.n for g in self.groups)
        has_money = any(g.expected_value == g.expected_value for g in self.groups)
        mean = sum(g.n * g.p_active for g in self.groups) / max(everybody, 1)
        return tuple(
            Finding(
                id=f"segmentation/value/cell={g.cell}",
                kind="value_group" if has_money else "value_group_chance",
                subject={"cell": g.cell},
                estimate=g.p_active,
                low=g.low,
                high=g.high,
                confidence=self.confidence,
                reference=mean,
                unit=Unit.SHARE,
                n=g.n,
                money=g.expected_value,
                method="forecast",
                window=self.window,
                status=self._status(g),
                values={"expected_value": g.expected_value, "value_share": g.value_share,
                        "horizon": self.horizon},
            )
            for g in self.groups
        )  # fmt: skip

    def _status(self, group: GroupValue) -> Status:
        if group.p_active != group.p_active:
            return "not_reliable"
        return "shown" if self.limits.level(group.n) == "claims" else "hidden_small_n"


def group_values(
    values: pd.DataFrame,
    groups: pd.DataFrame,
    check: Holdout,
    *,
    limits: Limits,
    confidence: float = 0.95,
) -> GroupValues:
    """Sum forecasts over groups of customers.

    Parameters
    ----------
    values : pandas.DataFrame
        As `customer_values` gives.
    groups : pandas.DataFrame
        `customer_id` and `cell`, as `place_customers` gives.
    check : Holdout
        The check that the forecasts rest on.
    limits : Limits
        A smaller group is not shown.
    confidence : float
        Of the interval of the part that comes: the spread of chances that are right, by the
        normal law; the check tells how right they are.
    """
    table = groups[["customer_id", "cell"]].merge(values, on="customer_id")
    total = float(table["expected_value"].sum(min_count=1))
    first = pd.Timestamp(check.window[1]) + pd.Timedelta(days=1)
    last = first + pd.Timedelta(days=check.horizon - 1)
    names = list(dict.fromkeys(groups["cell"]))
    parts = {name: table[(table["cell"] == name).to_numpy(dtype=bool)] for name in sorted(names)}
    return GroupValues(
        groups=tuple(
            _group(name, rows, total, confidence)
            for name, rows in parts.items()
            if limits.level(len(rows)) != "hidden"
        ),
        horizon=check.horizon,
        confidence=confidence,
        window=(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"),
        limits=limits,
    )


def _group(name: str, rows: pd.DataFrame, total: float, confidence: float) -> GroupValue:
    chance = rows["p_active"].to_numpy()
    spread = np.sqrt((chance * (1 - chance)).sum()) / len(rows)
    margin = special.ndtri((1 + confidence) / 2) * spread
    value = float(rows["expected_value"].sum(min_count=1))
    return GroupValue(
        cell=name,
        n=len(rows),
        p_active=float(chance.mean()),
        low=float(max(chance.mean() - margin, 0)),
        high=float(min(chance.mean() + margin, 1)),
        expected_orders=float(rows["expected_orders"].sum(min_count=1)),
        expected_value=value,
        value_share=value / total if total > 0 else float("nan"),
    )
