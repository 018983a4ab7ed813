"""Decisions as a result: what to do with every arm, in words that name their numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.experiments.effect import Effect

NAN = float("nan")

State = Literal["invalid", "keep_running", "ship", "review", "do_not_ship"]
Reason = Literal[
    "failed_check",  # invalid
    "not_over", "too_few", "cannot_tell",  # keep_running
    "improved",  # ship
    "guardrail_unclear", "mixed", "control_is_zero", "metric_unread",  # review
    "guardrail_harmed", "worse", "no_effect",  # do_not_ship
]  # fmt: skip

LONGEST_DAYS = 365
"""A test that must run longer is not asked to: its next size is named instead."""

_ORDER: tuple[State, ...] = ("invalid", "ship", "review", "keep_running", "do_not_ship")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmDecision:
    """What to do with one arm."""

    arm: str
    state: State
    reason: Reason
    metric: str | None = None
    """The metric that decided."""
    n: int = 0
    detectable_change: float = NAN
    """Smallest relative change of the metric that a test of this size sees."""
    days_needed: float = NAN
    """Days that the test must run on for an answer; NaN where its pace is not known."""
    needed_units: float = NAN
    """Units of both arms that an answer needs."""
    exaggeration: float = NAN
    """How many times too large an effect that shows is on average, were the target true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Result):
    """What to do with every arm of an experiment."""

    units: ClassVar[Mapping[str, Unit]] = {
        "arm": Unit.LABEL,
        "decision": Unit.LABEL,
        "decision_reason": Unit.LABEL,
        "metric": Unit.LABEL,
        "n": Unit.COUNT,
        "detectable_change": Unit.SHARE,
        "days_needed": Unit.DAYS,
        "needed_units": Unit.COUNT,
        "exaggeration": Unit.LIFT,
    }

    experiment: str
    control: str
    arms: tuple[ArmDecision, ...]
    days_left: int | None = None
    failed_check: str | None = None
    effects: tuple[Effect, ...] = ()
    """The effects that the decisions name, for their numbers."""
    rivals: tuple[Effect, ...] = ()
    """The arm that did best of several that may be shipped, against each of the others."""
    n: int = 0
    is_of_customers: bool = False
    """True where a unit is a customer, a household or a company, and no visit or impression."""
    worth: Mapping[str, float] = field(default_factory=dict)
    """Extra profit of an arm, where the plan tells what an order is worth."""

    @property
    def state(self) -> State:
        """The state of the experiment: that of its most promising arm."""
        return min((a.state for a in self.arms), key=_ORDER.index)

    @property
    def shipped(self) -> tuple[str, ...]:
        """Arms that may be rolled out."""
        return tuple(a.arm for a in self.arms if a.state == "ship")

    @property
    def best(self) -> str | None:
        """The arm that beats every other that may be shipped; None where that is not shown."""
        beaten = [r.verdict == "better" for r in self.rivals]
        return self.rivals[0].arm if beaten and all(beaten) else None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm."""
        rows = [{**asdict(a), "decision": a.state, "decision_reason": a.reason} for a in self.arms]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per arm; one for all where the experiment is invalid or runs on."""
        reasons = {a.reason for a in self.arms}
        if len(reasons) == 1 and reasons <= {"failed_check", "not_over", "too_few"}:
            return (self._finding(self.arms[0], of_all=True),)
        return (*(self._finding(a) for a in self.arms), *self._between())

    def _between(self) -> tuple[Finding, ...]:
        """Return which of several good arms is the best, or that this is not known."""
        if not self.rivals:
            return ()
        closest = max(self.rivals, key=lambda r: r.p_adjusted)
        numbers = _numbers(closest) | {"control_arm": closest.control_arm}
        return (
            Finding(
                id=f"experiments/best_arm/experiment={self.experiment}",
                kind="best_arm" if self.best else "arms_alike",
                subject={"experiment": self.experiment, "arm": closest.arm},
                estimate=1.0,
                unit=Unit.NUMBER,
                n=closest.n,
                p=closest.p,
                p_adjusted=closest.p_adjusted,
                method="decision_rule",
                values=numbers,
            ),
        )

    def _finding(self, decision: ArmDecision, *, of_all: bool = False) -> Finding:
        subject = {"experiment": self.experiment}
        if not of_all:
            subject["arm"] = decision.arm
        values: dict[str, float | int | str] = {
            "days_left": self.days_left or 0,
            "check": self.failed_check or "",
            "control_arm": self.control,
            "detectable": decision.detectable_change,
            "days_needed": decision.days_needed,
            "needed_units": decision.needed_units,
            "exaggeration": decision.exaggeration,
        }
        effect = self.effect(decision.metric, decision.arm)
        if effect is not None:
            values |= _numbers(effect)
        directions = {"ship": "good", "do_not_ship": "bad", "invalid": "bad"}
        return Finding(
            id="experiments/decision/" + "/".join(f"{k}={v}" for k, v in subject.items()),
            kind=f"decision_{decision.reason}{self._how_long(decision)}",
            subject=subject,
            estimate=1.0,  # a decision stands or does not: the numbers are among the values
            unit=Unit.NUMBER,
            n=self.n,
            method="decision_rule",
            direction=directions.get(decision.state, "neutral"),  # type: ignore[arg-type]
            customers=float(self.n) if self.is_of_customers else None,
            money=None if of_all else self.worth.get(decision.arm),
            values=values,
        )

    def _how_long(self, decision: ArmDecision) -> str:
        """Return which sentence asks for more data: with its days, its units or neither."""
        if decision.reason not in {"too_few", "cannot_tell"}:
            return ""
        if 0 < decision.days_needed <= LONGEST_DAYS:
            return "_days"
        return "_units" if decision.needed_units > 0 else ""

    def effect(self, metric: str | None, arm: str) -> Effect | None:
        """Return the row that decides about a metric of an arm; None where there is none."""
        return next(
            (e for e in self.effects if (e.metric, e.arm) == (metric, arm) and e.is_main), None
        )


def _numbers(effect: Effect) -> dict[str, float | int | str]:
    unit = Unit.POINTS if effect.is_share else Unit.NUMBER
    if effect.is_money and not effect.is_share:
        unit = Unit.MONEY
    return {
        "unit": str(unit),
        "metric": effect.metric,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "lift": effect.lift,
        "margin": effect.margin if effect.margin is not None else 0.0,
        "allowed": effect.allowed,
        "n_effect": effect.n,
    }
