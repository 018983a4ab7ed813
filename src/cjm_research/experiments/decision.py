"""What to do with each arm, and what that rests on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.experiments.adjusting import compare_two
from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.decision_result import ArmDecision, Decision, Reason, State
from cjm_research.experiments.judging import judge_rivals
from cjm_research.experiments.looks import days_left
from cjm_research.experiments.sensitivity import detectable_effects
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cjm_research.experiments.checks import TrustChecks
    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.money_result import CampaignMoney
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.sensitivity import Sensitivity
    from cjm_research.study.plans import Experiment

NAN = float("nan")

BLIND_FROM = 0.2
"""A test that sees no smaller relative change than this says nothing by finding none; the plan's
target counts where it is larger."""


_CUSTOMERS = ("customer", "company", "household")
"""Units that are customers; visits and impressions are not."""
_STOPPING = ("improved", "guardrail_harmed", "worse", "mixed")
"""Reasons that end a test before its time, where looks were planned."""


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
    early is no reason to stop unless looks were planned and counted. A test without an effect that
    could not have seen a change of a fifth (or the plan's target, if that is larger) is no answer
    either. A gain over a control in which nothing at all was counted is for a person to judge: as
    a rule the control's outcomes were not recorded. So is a gain beside another success metric or
    a guardrail that cannot be read: nobody knows whether it got worse.

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
    usable = [e for e in found if e.is_main and e.metric not in checks.unusable]
    left = days_left(experiment, until)
    arms = [a for a in experiment.arms if a != experiment.control]
    failed = _failed_check(checks, usable)
    if failed:
        decisions = [_all(a, "invalid", "failed_check", checks) for a in arms]
    else:
        is_read = not any(m.id in checks.unusable for m in experiment.metrics if m.role != "other")
        decisions = [
            _arm(a, [e for e in usable if e.arm == a], limits, is_read=is_read) for a in arms
        ]
        decisions = _with_sensitivity(
            decisions, usable, confidence, blind_from=max(BLIND_FROM, experiment.target_change)
        )
    if left and not failed:
        # Only what was looked at as planned may end a test before its time.
        looked = {e.arm for e in usable if e.p_look == e.p_look}
        decisions = [
            d if d.reason in _STOPPING and d.arm in looked
            else _all(d.arm, "keep_running", "not_over", checks)
            for d in decisions
        ]  # fmt: skip
    return Decision(
        experiment=experiment.id,
        control=experiment.control,
        arms=tuple(decisions),
        days_left=left,
        failed_check=failed,
        effects=tuple(usable),
        rivals=_rivals(
            experiment, usable, [d.arm for d in decisions if d.state == "ship"], confidence
        ),
        n=checks.n_units,
        is_of_customers=experiment.unit in _CUSTOMERS,
    )


def _all(arm: str, state: State, reason: Reason, checks: TrustChecks) -> ArmDecision:
    return ArmDecision(arm=arm, state=state, reason=reason, n=checks.n_units)


def _failed_check(checks: TrustChecks, usable: Sequence[Effect]) -> str | None:
    if checks.is_broken:
        return checks.broken[0].check
    has_success = any(e.role == "success" and e.p == e.p for e in usable)
    if has_success:
        return None
    unusable = [c for c in checks.checks if c.verdict == "failed"]
    return unusable[0].check if unusable else "no_success_metric"


def _arm(arm: str, rows: Sequence[Effect], limits: Limits, *, is_read: bool) -> ArmDecision:
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
    if state == "ship" and not is_read:
        state, reason = "review", "metric_unread"
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


def with_adjusted_rivals(
    decision: Decision, part: Participants, experiment: Experiment, *, confidence: float
) -> Decision:
    """Compare good arms by their adjusted means, whose errors are not independent."""
    first = decision.rivals[0] if decision.rivals else None
    row = first and decision.effect(first.metric, first.arm)
    if row is None or row.calculation != "adjusted":
        return decision
    found = [
        compare_two(part, experiment, row=row, other=r.control_arm, confidence=confidence)
        for r in decision.rivals
    ]
    return replace(decision, rivals=judge_rivals(found, confidence=confidence))


def with_outlook(
    decision: Decision, sensitivity: Sensitivity, *, money: CampaignMoney | None, limits: Limits
) -> Decision:
    """Add how long a test must run on, how large, how far it overstates, and what arms earned.

    Parameters
    ----------
    decision : Decision
        As `decide` gives it.
    sensitivity : Sensitivity
        Of the same effects, with the days over which the units came.
    money : CampaignMoney or None
        Of the same effects, where the plan tells what an order is worth.
    limits : Limits
        Units that a claim needs: what is missing of them counts too.
    """
    known = tuple(_with_outlook(a, decision, sensitivity, limits) for a in decision.arms)
    return replace(decision, arms=known, worth=money.worth if money is not None else {})


def _with_outlook(
    arm: ArmDecision, decision: Decision, sensitivity: Sensitivity, limits: Limits
) -> ArmDecision:
    if arm.reason in {"failed_check", "not_over"}:
        return arm
    metric = arm.metric or next((e.metric for e in decision.effects if e.role == "success"), None)
    row = sensitivity.of(metric, arm.arm)
    if row is None:
        return arm
    if arm.reason not in {"too_few", "cannot_tell"}:
        return replace(arm, exaggeration=row.exaggeration)
    effect = next(e for e in decision.effects if (e.metric, e.arm) == (metric, arm.arm))
    needed = row.needed_units
    if arm.reason == "too_few" and effect.smaller_n:
        claims = limits.claims_from * effect.n / effect.smaller_n
        needed = claims if needed != needed else max(claims, needed)
    per_unit = row.needed_days / row.needed_units
    days = math.ceil(per_unit * (needed - effect.n)) if per_unit > 0 else NAN
    return replace(arm, needed_units=needed, days_needed=days, exaggeration=row.exaggeration)


def _with_sensitivity(
    decisions: Sequence[ArmDecision],
    rows: Sequence[Effect],
    confidence: float,
    *,
    blind_from: float,
) -> list[ArmDecision]:
    """Name the smallest change that could be seen; none seen by a blind test is no answer."""
    seen = detectable_effects(rows, experiment="", confidence=confidence)
    known = [
        replace(d, detectable_change=row.detectable_change) if row is not None else d
        for d, row in ((d, seen.of(d.metric, d.arm)) for d in decisions)
    ]
    return [
        replace(d, state="keep_running", reason="cannot_tell")
        if d.reason == "no_effect" and not d.detectable_change <= blind_from
        else d
        for d in known
    ]


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
    if any(e.control.mean == 0 for e in better):
        return "review", "control_is_zero", [e for e in better if e.control.mean == 0]
    return "ship", "improved", better
