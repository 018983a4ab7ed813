"""Money of a campaign as a result: extra orders, revenue, profit and cost of every arm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.experiments.effect import Effect
    from cjm_research.results import Status

NAN = float("nan")
_NONE = (NAN, NAN, NAN)

MoneyVerdict = Literal["pays_off", "loses", "not_shown", "not_after_correction", "unknown"]
_SPANS = {
    "extra_orders": Unit.COUNT,
    "extra_revenue": Unit.MONEY,
    "extra_profit": Unit.MONEY,
    "cost_per_order": Unit.MONEY,
    "romi": Unit.SHARE,
    "rollout_profit": Unit.MONEY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMoney:
    """What one arm cost and brought beyond the control; spans are value, low, high."""

    arm: str
    source: Effect
    """The effect that the revenue is computed from."""
    n: int
    """Units of the arm."""
    margin: float
    order_value: float
    """Revenue of an order where no metric sums revenue; NaN where one does."""
    fixed_cost: float
    unit_cost: float
    order_cost: float
    orders_made: float
    spend: float
    cost: float
    """Beyond the control: fixed + per unit x units + per order x orders + spend."""
    extra_orders: tuple[float, float, float]
    extra_revenue: tuple[float, float, float]
    extra_profit: tuple[float, float, float]
    cost_per_order: tuple[float, float, float]
    """The high bound is NaN where there may be no extra order at all."""
    romi: tuple[float, float, float]
    """Extra profit divided by the cost."""
    break_even: float
    """Extra revenue per unit from which on the arm pays."""
    break_even_change: float
    """The same, relative to the control."""
    seen_change: float
    rollout_units: int | None = None
    rollout_profit: tuple[float, float, float] = _NONE
    p: float = NAN
    """Of the hypothesis that the arm just pays for itself."""
    p_adjusted: float = NAN
    n_questions: int = 1
    verdict: MoneyVerdict = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignMoney(Result):
    """Extra orders, revenue and profit of every arm, and what they cost."""

    units: ClassVar[Mapping[str, Unit]] = {
        "arm": Unit.LABEL,
        "metric": Unit.LABEL,
        "n_arm": Unit.COUNT,
        "margin": Unit.SHARE,
        "order_value": Unit.MONEY,
        "fixed_cost": Unit.MONEY,
        "unit_cost": Unit.MONEY,
        "order_cost": Unit.MONEY,
        "orders_made": Unit.COUNT,
        "spend": Unit.MONEY,
        "cost": Unit.MONEY,
        **{
            name: unit
            for span, value in _SPANS.items()
            for name, unit in ((span, value), (f"{span}_low", value), (f"{span}_high", value))
        },
        "break_even": Unit.MONEY,
        "break_even_change": Unit.SHARE,
        "seen_change": Unit.SHARE,
        "rollout_units": Unit.COUNT,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "money_verdict": Unit.LABEL,
    }

    experiment: str
    rows: tuple[ArmMoney, ...]
    confidence: float = 0.95
    is_reliable: bool = True
    """False where the experiment failed a check: nothing may be told then."""
    limits: Limits = field(default_factory=Limits)

    @property
    def worth(self) -> dict[str, float]:
        """Extra profit of the arms; none of a broken experiment."""
        return {r.arm: r.extra_profit[0] for r in self.rows} if self.is_reliable else {}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm."""
        return pd.DataFrame([self._row(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per arm: it pays off, it loses, or neither is shown."""
        return tuple(self._finding(r) for r in self.rows if r.verdict != "unknown")

    def _row(self, row: ArmMoney) -> dict[str, object]:
        plain: dict[str, object] = {
            name: getattr(row, name, None) for name in self.units if name not in _SPANS
        }
        for span in _SPANS:
            value, low, high = getattr(row, span)
            plain |= {span: value, f"{span}_low": low, f"{span}_high": high}
        verdict = row.verdict if self.is_reliable else "invalid"
        return plain | {"metric": row.source.metric, "n_arm": row.n, "money_verdict": verdict}

    def _finding(self, row: ArmMoney) -> Finding:
        value, low, high = row.extra_profit
        told = {"pays_off": "good", "loses": "bad"}
        orders, orders_low, orders_high = row.extra_orders
        return Finding(
            id=f"experiments/money/experiment={self.experiment}/arm={row.arm}",
            kind=f"money_{row.verdict}",
            subject={"experiment": self.experiment, "arm": row.arm},
            estimate=value,
            low=low,
            high=high,
            confidence=self.confidence,
            unit=Unit.MONEY,
            n=row.source.n,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="holm" if row.n_questions > 1 else None,
            method=row.source.method,
            direction=told.get(row.verdict, "neutral"),  # type: ignore[arg-type]
            money=value,
            status=self._status(row, is_told=row.verdict in told),
            values={
                "cost": row.cost,
                "romi": row.romi[0],
                "orders": orders,
                "orders_low": orders_low,
                "orders_high": orders_high,
                "break_even_change": row.break_even_change,
                "n_questions": row.n_questions,
            },
        )

    def _status(self, row: ArmMoney, *, is_told: bool) -> Status:
        if not self.is_reliable:
            return "not_reliable"
        if self.limits.level(row.source.smaller_n) != "claims":
            return "hidden_small_n"
        return "shown" if is_told else "not_significant"
