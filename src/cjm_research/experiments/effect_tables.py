"""Effects as results: tables with units, and findings with guards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Self

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.experiments.effect import Effect
    from cjm_research.results import Status

_KINDS = {
    "better": "effect_better",
    "worse": "effect_worse",
    "no_difference": "effect_none",
    "not_after_correction": "effect_uncorrected",
    "same": "effect_same",
    "safe": "guardrail_safe",
    "quiet": "guardrail_quiet",
    "harmed": "guardrail_harmed",
    "unclear": "guardrail_unclear",
}
_TOLD = ("better", "worse", "same", "safe", "harmed")


def _units(value: Unit, difference: Unit, total: Unit) -> dict[str, Unit]:
    return {
        "metric": Unit.LABEL,
        "metric_role": Unit.LABEL,
        "arm": Unit.LABEL,
        "n_control": Unit.COUNT,
        "total_control": total,
        "control_value": value,
        "n_arm": Unit.COUNT,
        "total_arm": total,
        "treated_value": value,
        "difference": difference,
        "low": difference,
        "high": difference,
        "relative_change": Unit.SHARE,
        "relative_low": Unit.SHARE,
        "relative_high": Unit.SHARE,
        "per_thousand": total,
        "per_thousand_low": total,
        "per_thousand_high": total,
        "relative_shape": Unit.LABEL,
        "calculation": Unit.LABEL,
        "variance_saved": Unit.SHARE,
        "capped_at": value,
        "sd_control": value,
        "sd_arm": value,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "p_margin": Unit.P_VALUE,
        "family": Unit.LABEL,
        "n_questions": Unit.COUNT,
        "effect_verdict": Unit.LABEL,
        "effect_problem": Unit.LABEL,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionEffects(Result):
    """Effects on shares of units: orders placed, letters opened."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.SHARE, Unit.POINTS, Unit.COUNT)

    experiment: str
    control: str
    rows: tuple[Effect, ...]
    confidence: float = 0.95
    is_reliable: bool = True
    """False where the experiment failed a check: nothing may be told then."""
    unusable: frozenset[str] = frozenset()
    """Metrics that failed a check of their own."""
    limits: Limits = field(default_factory=Limits)

    @property
    def plain(self) -> Self:
        """The same table without capped rows."""
        return replace(self, rows=tuple(e for e in self.rows if e.is_main))

    @property
    def success(self) -> Self:
        """The same table with the success metrics only, without capped rows."""
        kept = (e for e in self.rows if e.is_main and e.role == "success")
        return replace(self, rows=tuple(kept))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric and arm; a capped metric has a second row."""
        rows = [_row(e) for e in self.rows]
        if not self.is_reliable:
            rows = [{**r, "effect_verdict": "invalid"} for r in rows]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per metric and arm; capped rows are no findings of their own."""
        return tuple(self._finding(e) for e in self.rows if e.is_main and not e.problem)

    def _finding(self, effect: Effect) -> Finding:
        direction = {"better": "good", "worse": "bad", "safe": "good", "harmed": "bad"}
        return Finding(
            id=f"experiments/effect/experiment={self.experiment}/metric={effect.metric}"
            f"/arm={effect.arm}",
            kind=_KINDS[effect.verdict],
            subject={"experiment": self.experiment, "metric": effect.metric, "arm": effect.arm},
            estimate=effect.difference,
            low=effect.low,
            high=effect.high,
            confidence=self.confidence,
            unit=self.units["difference"],
            n=effect.n,
            se=effect.se,
            p=effect.p,
            p_adjusted=effect.p_adjusted,
            family=effect.family or None,
            method=effect.method,
            direction=direction.get(effect.verdict, "neutral"),  # type: ignore[arg-type]
            status=self._status(effect),
            values={
                "control_arm": effect.control_arm,
                "control": effect.control.mean,
                "treated": effect.treated.mean,
                "lift": effect.lift,
                "lift_low": effect.lift_low,
                "lift_high": effect.lift_high,
                "n_questions": effect.n_questions,
                "margin": effect.margin if effect.margin is not None else 0.0,
                "allowed": effect.allowed,
            },
        )

    def _status(self, effect: Effect) -> Status:
        if not self.is_reliable or effect.metric in self.unusable:
            return "not_reliable"
        if self.limits.level(effect.smaller_n) != "claims":
            return "hidden_small_n"
        return "shown" if effect.verdict in _TOLD else "not_significant"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyEffects(ConversionEffects):
    """Effects on means of money: revenue per unit."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.MONEY, Unit.MONEY, Unit.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberEffects(ConversionEffects):
    """Effects on means of counts: visits per unit."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.NUMBER, Unit.NUMBER, Unit.NUMBER)


def measure(effect: Effect) -> type[ConversionEffects]:
    """Return the table that an effect belongs to."""
    if effect.is_share:
        return ConversionEffects
    return MoneyEffects if effect.is_money else NumberEffects


def _row(effect: Effect) -> dict[str, object]:
    has_spread = effect.method != "score_test"
    return {
        "metric": effect.metric,
        "metric_role": effect.role,
        "arm": effect.arm,
        "n_control": effect.control.n,
        "total_control": effect.control.total,
        "control_value": effect.control.mean,
        "n_arm": effect.treated.n,
        "total_arm": effect.treated.total,
        "treated_value": effect.treated.mean,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "relative_change": effect.lift,
        "relative_low": effect.lift_low,
        "relative_high": effect.lift_high,
        "per_thousand": 1000 * effect.difference,
        "per_thousand_low": 1000 * effect.low,
        "per_thousand_high": 1000 * effect.high,
        "relative_shape": effect.lift_shape,
        "calculation": effect.calculation,
        "variance_saved": effect.variance_saved,
        "capped_at": effect.cap,
        "sd_control": effect.control.variance**0.5 if has_spread else None,
        "sd_arm": effect.treated.variance**0.5 if has_spread else None,
        "p": effect.p,
        "p_adjusted": effect.p_adjusted,
        "p_margin": effect.p_margin,
        "family": effect.family or "alone",
        "n_questions": effect.n_questions,
        "effect_verdict": effect.verdict,
        "effect_problem": effect.problem or None,
    }
