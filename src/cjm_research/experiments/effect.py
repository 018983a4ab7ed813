"""One effect: one metric of one arm against the control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cjm_research.experiments.samples import ArmSample

NAN = float("nan")

Verdict = Literal[
    "better", "worse", "no_difference", "not_after_correction", "same",  # success, other metric
    "safe", "quiet", "harmed", "unclear",  # of a guardrail
    "unknown",
]  # fmt: skip
Problem = Literal["", "no_values", "one_value", "no_variance", "unknown_variance"]
Calculation = Literal["plain", "adjusted", "unadjusted", "capped"]
Method = Literal[
    "score_test", "welch", "linearised", "regression", "post_stratified", "exact_bootstrap"
]  # fmt: skip


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
    is_share: bool = False
    """Whether the values are shares of one."""
    calculation: Calculation = "plain"
    """``adjusted`` for what was known before, and ``unadjusted`` beside it."""
    is_main: bool = True
    """Whether corrections, verdict and decision follow this row; one per metric and arm."""
    method: Method = "welch"
    adjusted_for: tuple[str, ...] = ()
    """Covariates, or ``stratum``, of an adjusted row."""
    variance_saved: float = NAN
    """Share of the unadjusted variance that an adjusted row does without."""
    cap: float | None = None
    """Value above which a unit counts as this value; None in the plain row."""
    control: ArmSample
    treated: ArmSample
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    se: float = NAN
    df: float = NAN
    """Degrees of freedom of the test; infinite for a normal one, NaN where there is none."""
    p: float = NAN
    """Of no difference, not adjusted; the interval excludes zero exactly when it is small."""
    p_look: float = NAN
    """The p with all looks counted, where the plan has several; what is corrected then."""
    lift: float = NAN
    """Relative difference; NaN where the control is too near zero to divide by."""
    lift_low: float = NAN
    lift_high: float = NAN
    lift_shape: str = "unknown"
    """``bounded``; else the control is too near zero for an interval of the lift: ``outside``
    (all but what lies between two values), ``unbounded`` (every value), ``unknown``."""
    margin: float | None = None
    p_margin: float = NAN
    """One-sided p of harm up to the margin (a guardrail), or of a difference within the margin
    on both sides (any other metric); small where that is shown."""
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

    @property
    def allowed(self) -> float:
        """The margin on the side of harm: how far the difference may go the wrong way."""
        margin = self.margin if self.margin is not None else 0.0
        return -margin if self.better == "up" else margin
