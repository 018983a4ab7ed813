"""What to do with each arm, and what that rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.experiments.effects import compare_arms, judge_rivals
from cjm_research.results import Finding, Result, Unit
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.experiments.checks import TrustChecks
    from cjm_research.experiments.effects import Effect
    from cjm_research.study.plans import Experiment

State = Literal["invalid", "keep_running", "ship", "review", "do_not_ship"]
Reason = Literal[
    "failed_check",  # invalid
    "not_over", "too_few",  # keep_running
    "improved",  # ship
    "guardrail_unclear", "mixed",  # review
    "guardrail_harmed", "worse", "no_effect",  # do_not_ship
]  # fmt: skip

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Result):
    """What to do with every arm of an experiment."""

    units: ClassVar[Mapping[str, Unit]] = {
        "arm": Unit.LABEL,
        "decision": Unit.LABEL,
        "decision_reason": Unit.LABEL,
        "metric": Unit.LABEL,
        "n": Unit.COUNT,
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
        if {a.state for a in self.arms} <= {"invalid", "keep_running"}:
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
        }
        effect = self._effect(decision)
        if effect is not None:
            values |= _numbers(effect)
        directions = {"ship": "good", "do_not_ship": "bad", "invalid": "bad"}
        return Finding(
            id="experiments/decision/" + "/".join(f"{k}={v}" for k, v in subject.items()),
            kind=f"decision_{decision.reason}",
            subject=subject,
            estimate=1.0,  # a decision stands or does not: the numbers are among the values
            unit=Unit.NUMBER,
            n=self.n,
            method="decision_rule",
            direction=directions.get(decision.state, "neutral"),  # type: ignore[arg-type]
            values=values,
        )

    def _effect(self, decision: ArmDecision) -> Effect | None:
        return next(
            (
                e
                for e in self.effects
                if (e.metric, e.arm) == (decision.metric, decision.arm) and e.cap is None
            ),
            None,
        )


def decide(
    experiment: Experiment,
    found: Sequence[Effect],
    checks: TrustChecks,
    *,
    until: pd.Timestamp | None = None,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Decision:
    """Decide what to do with every arm.

    The rule follows Schultzberg, Ankargren and Franberg (2024, arXiv:2402.11609): an arm is
    shipped when a success metric improves after correction, no success metric gets worse, and
    every guardrail holds. A broken experiment is invalid whatever its numbers say. A test that
    is not over, or that looks at fewer units than a claim needs, runs on; an effect that shows
    early is no reason to stop, since only one look was planned.

    Parameters
    ----------
    experiment : Experiment
        Its dates and control.
    found : Sequence of Effect
        As `arm_effects` gives them.
    checks : TrustChecks
        As `trust_checks` gives them.
    until : pandas.Timestamp, optional
        Last day of the data; without it the test counts as over.
    confidence : float, default 0.95
        Of the comparison between several good arms.
    limits : Limits
        Units that a claim needs in the smaller arm.
    """
    usable = [e for e in found if e.cap is None and e.metric not in checks.unusable]
    days_left = _days_left(experiment, until)
    arms = [a for a in experiment.arms if a != experiment.control]
    failed = _failed_check(checks, usable)
    if failed:
        decisions = [ArmDecision(arm=a, state="invalid", reason="failed_check") for a in arms]
    elif days_left:
        decisions = [ArmDecision(arm=a, state="keep_running", reason="not_over") for a in arms]
    else:
        decisions = [_arm(a, [e for e in usable if e.arm == a], limits) for a in arms]
    return Decision(
        experiment=experiment.id,
        control=experiment.control,
        arms=tuple(decisions),
        days_left=days_left,
        failed_check=failed,
        effects=tuple(usable),
        rivals=_rivals(
            experiment, usable, [d.arm for d in decisions if d.state == "ship"], confidence
        ),
        n=checks.n_units,
    )


def _failed_check(checks: TrustChecks, usable: Sequence[Effect]) -> str | None:
    if checks.is_broken:
        return checks.broken[0].check
    has_success = any(e.role == "success" and e.p == e.p for e in usable)
    if has_success:
        return None
    unusable = [c for c in checks.checks if c.verdict == "failed"]
    return unusable[0].check if unusable else "no_success_metric"


def _days_left(experiment: Experiment, until: pd.Timestamp | None) -> int | None:
    if until is None or experiment.ends_on is None:
        return None
    left = (pd.Timestamp(experiment.ends_on) - until.tz_localize(None).normalize()).days
    return left if left > 0 else None


def _arm(arm: str, rows: Sequence[Effect], limits: Limits) -> ArmDecision:
    success = [e for e in rows if e.role == "success" and e.p == e.p]
    n = min((e.smaller_n for e in success), default=0)
    if limits.level(n) != "claims":
        return ArmDecision(arm=arm, state="keep_running", reason="too_few", n=n)
    better = [e for e in success if e.verdict == "better"]
    worse = [e for e in success if e.verdict == "worse" or _looks_worse(e)]
    guardrails = [e for e in rows if e.role == "guardrail"]
    harmed = [e for e in guardrails if e.verdict == "harmed"]
    unclear = [e for e in guardrails if e.verdict in {"unclear", "unknown"}]
    state, reason, deciding = _rule(better, worse, harmed, unclear)
    first = deciding[0] if deciding else success[0]
    return ArmDecision(arm=arm, state=state, reason=reason, metric=first.metric, n=first.n)


def _rivals(
    experiment: Experiment, rows: Sequence[Effect], shipped: Sequence[str], confidence: float
) -> tuple[Effect, ...]:
    """Compare the best of several good arms with the others, on the first success metric."""
    metric = next((m for m in experiment.metrics if m.role == "success"), None)
    own = [e for e in rows if metric and e.metric == metric.id and e.arm in shipped]
    if metric is None or len(own) < 2:
        return ()
    best = max(own, key=lambda e: e.goodness)
    others = [e for e in own if e.arm != best.arm]
    pairs = [
        compare_arms(
            metric, {o.arm: o.treated, best.arm: best.treated}, o.arm, confidence=confidence
        )
        for o in others
    ]
    return judge_rivals([p[0] for p in pairs], confidence=confidence)


def _looks_worse(effect: Effect) -> bool:
    """Tell whether harm shows before correction: correcting protects claims of gain only."""
    return effect.verdict == "not_after_correction" and effect.goodness < 0


def _rule(
    better: Sequence[Effect],
    worse: Sequence[Effect],
    harmed: Sequence[Effect],
    unclear: Sequence[Effect],
) -> tuple[State, Reason, Sequence[Effect]]:
    if harmed:
        return "do_not_ship", "guardrail_harmed", harmed
    if worse:
        return ("review", "mixed", worse) if better else ("do_not_ship", "worse", worse)
    if not better:
        return "do_not_ship", "no_effect", ()
    if unclear:
        return "review", "guardrail_unclear", unclear
    return "ship", "improved", better


def _numbers(effect: Effect) -> dict[str, float | int | str]:
    unit = Unit.POINTS if effect.kind == "conversion" else Unit.NUMBER
    if effect.is_money and effect.kind == "mean":
        unit = Unit.MONEY
    return {
        "unit": str(unit),
        "metric": effect.metric,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "lift": effect.lift,
        "margin": effect.margin if effect.margin is not None else 0.0,
        "n_effect": effect.n,
    }
