"""What each arm does to each metric, against the control."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from cjm_research.experiments.columns import cap_value
from cjm_research.experiments.families import Question, adjust_families
from cjm_research.experiments.participants import taking_part
from cjm_research.stats.fieller import fieller_lift
from cjm_research.stats.means import compare_means
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.two_proportions import compare_proportions, proportion_ratio_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import ArmSample
    from cjm_research.study.plans import Experiment, Metric

NAN = float("nan")

Verdict = Literal[
    "better", "worse", "no_difference", "not_after_correction",  # of a success or other metric
    "safe", "quiet", "harmed", "unclear",  # of a guardrail
    "unknown",
]  # fmt: skip
Problem = Literal["", "no_values", "one_value", "no_variance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One metric of one arm against the control: one test, one interval, one p-value."""

    metric: str
    arm: str
    control_arm: str
    kind: str
    role: str
    better: str
    is_money: bool
    cap: float | None = None
    """Value above which a unit counts as this value; None in the plain row."""
    control: ArmSample
    treated: ArmSample
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    se: float = NAN
    p: float = NAN
    """Of no difference, not adjusted; the interval excludes zero exactly when it is small."""
    lift: float = NAN
    """Relative difference; NaN where the control is too near zero to divide by."""
    lift_low: float = NAN
    lift_high: float = NAN
    margin: float | None = None
    p_adjusted: float = NAN
    family: str = ""
    """Correction that `p_adjusted` comes from; empty where there is none."""
    n_questions: int = 1
    verdict: Verdict = "unknown"
    problem: Problem = ""
    """Why there is no estimate or no test."""

    @property
    def n(self) -> int:
        """Units of both arms that the metric is known of."""
        return self.control.n + self.treated.n

    @property
    def smaller_n(self) -> int:
        """Units of the smaller of both arms."""
        return min(self.control.n, self.treated.n)

    @property
    def goodness(self) -> float:
        """The difference, positive where it is wanted."""
        return self.difference if self.better == "up" else -self.difference


def arm_effects(
    units: pd.DataFrame | Participants, experiment: Experiment, *, confidence: float = 0.95
) -> tuple[Effect, ...]:
    """Compare every arm with the control on every metric.

    Conversions by the score test with the interval that inverts it, means by Welch's test with
    Fieller's interval of the lift. A metric with a `cap` has a second, capped row, which is no
    member of a family.

    Parameters
    ----------
    units : pandas.DataFrame
        One row per unit: `unit_id`, `arm` and one column per metric.
    experiment : Experiment
        Arms, control and metrics.
    confidence : float, default 0.95
        Of every interval; the level of the tests is one less this.

    Returns
    -------
    tuple of Effect
        In the order of metrics, then arms.

    Raises
    ------
    SchemaError, DataError
        If a metric has no column, or holds what it may not.
    """
    part = taking_part(units, experiment)
    found: list[Effect] = []
    for metric in experiment.metrics:
        samples = part.samples(metric)
        found += compare_arms(metric, samples, experiment.control, confidence=confidence)
        cap = cap_value(part.frame, metric)
        if cap is not None:
            capped = part.samples(metric, cap=cap)
            rows = compare_arms(metric, capped, experiment.control, confidence=confidence)
            found += [replace(row, cap=cap) for row in rows]
    return judge(found, confidence=confidence)


def compare_arms(
    metric: Metric, samples: Mapping[str, ArmSample], control: str, *, confidence: float
) -> list[Effect]:
    """Compare each arm's sample of a metric with the control's, without a verdict yet."""
    return [
        _compared(metric, (arm, control), (sample, samples[control]), confidence)
        for arm, sample in samples.items()
        if arm != control
    ]


def judge(rows: Sequence[Effect], *, confidence: float) -> tuple[Effect, ...]:
    """Adjust the p-values family by family and give each row its verdict."""
    plain = [row for row in rows if row.cap is None]
    questions = [
        Question(metric=row.metric, arm=row.arm, role=row.role, p=row.p, loading=_loading(row))
        for row in plain
    ]
    answers = {
        (q.metric, q.arm): a for q, a in zip(questions, adjust_families(questions), strict=True)
    }
    judged = []
    for row in rows:
        if row.cap is None:
            answer = answers[row.metric, row.arm]
            row = replace(  # noqa: PLW2901
                row, p_adjusted=answer.p, family=answer.family, n_questions=answer.n_questions
            )
        judged.append(replace(row, verdict=_verdict(row, 1 - confidence)))
    return tuple(judged)


def judge_rivals(rows: Sequence[Effect], *, confidence: float) -> tuple[Effect, ...]:
    """Judge one arm against several others: Holm, since no control is shared."""
    adjusted = adjust_p_values([row.p for row in rows], correction="holm")
    judged = []
    for row, p in zip(rows, adjusted, strict=True):
        family = "holm" if len(rows) > 1 else ""
        known = replace(row, p_adjusted=float(p), family=family, n_questions=len(rows))
        judged.append(replace(known, verdict=_verdict(known, 1 - confidence)))
    return tuple(judged)


def _compared(
    metric: Metric, arms: tuple[str, str], pair: tuple[ArmSample, ArmSample], confidence: float
) -> Effect:
    treated, control = pair
    row = Effect(
        metric=metric.id,
        arm=arms[0],
        control_arm=arms[1],
        kind=metric.kind,
        role=metric.role,
        better=metric.better,
        is_money=metric.is_money,
        control=control,
        treated=treated,
        margin=metric.margin,
    )
    if not (treated.n and control.n):
        return replace(row, problem="no_values")
    if metric.kind == "conversion":
        return _conversion(row, confidence)
    return _mean(row, confidence)


def _conversion(row: Effect, confidence: float) -> Effect:
    counts = tuple((s.successes, s.n) for s in (row.treated, row.control))
    result = compare_proportions(*counts, confidence=confidence)
    low, high = proportion_ratio_interval(*counts, confidence=confidence)
    has_base = row.control.successes > 0
    return replace(
        row,
        difference=float(result.estimate),
        low=float(result.low),
        high=float(result.high),
        se=float(result.se),
        p=float(result.p),
        lift=row.treated.mean / row.control.mean - 1 if has_base else NAN,
        lift_low=float(low) - 1 if has_base else NAN,
        lift_high=float(high) - 1 if has_base else NAN,
    )


def _mean(row: Effect, confidence: float) -> Effect:
    result = compare_means(row.treated.sample, row.control.sample, confidence=confidence)
    lift = fieller_lift(row.treated.sample, row.control.sample, confidence=confidence)
    is_bounded = str(lift.shape) == "bounded"
    problem: Problem = ""
    if result.p != result.p:
        problem = "one_value" if row.smaller_n < 2 else "no_variance"
    return replace(
        row,
        difference=float(result.estimate),
        low=float(result.low),
        high=float(result.high),
        se=float(result.se),
        p=float(result.p),
        lift=float(lift.estimate) if is_bounded else NAN,
        lift_low=float(lift.low) if is_bounded else NAN,
        lift_high=float(lift.high) if is_bounded else NAN,
        problem=problem,
    )


def _loading(row: Effect) -> float:
    """Return the control's share of the variance of the difference, were there no effect."""
    if not row.smaller_n:
        return NAN
    control, treated = 1 / row.control.n, 1 / row.treated.n
    if row.kind == "mean":
        control, treated = control * row.control.variance, treated * row.treated.variance
    both = control + treated
    return control / both if both > 0 else NAN


def _verdict(row: Effect, level: float) -> Verdict:
    if row.p != row.p:
        return "unknown"
    if row.role == "guardrail":
        return _guardrail_verdict(row)
    p = row.p if row.cap is not None else row.p_adjusted
    if p < level:
        return "better" if row.goodness > 0 else "worse"
    return "not_after_correction" if row.p < level else "no_difference"


def _guardrail_verdict(row: Effect) -> Verdict:
    """Judge harm by the interval: all within the margin, all beyond it, or neither."""
    least, most = (-row.high, -row.low) if row.better == "up" else (row.low, row.high)
    if row.margin is None:
        return "harmed" if least > 0 else "quiet"
    if most < row.margin:
        return "safe"
    return "harmed" if least > row.margin else "unclear"
