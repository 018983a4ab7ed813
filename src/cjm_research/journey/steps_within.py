"""Steps of a funnel in a time that everybody had: what one report may compare with the last."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.funnel_result import Funnel, FunnelStep
    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsWithin(Result):
    """Each step of the customers who were watched for a whole window from their start.

    Who began late counts in no share until the window has closed, so a share does not grow
    merely because the data do.
    """

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "n": Unit.COUNT,
        "reached": Unit.COUNT,
        "passed": Unit.SHARE,
        "passed_low": Unit.SHARE,
        "passed_high": Unit.SHARE,
    }

    steps: tuple[FunnelStep, ...]
    window_days: float
    """Days from the start within which the steps count."""
    n_open: int
    """Customers whose window was still open: in no share."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step, in the order of the path."""
        plain = [
            (s.stage, before.reached, s.reached, s.passed, s.passed_low, s.passed_high)
            for before, s in pairwise(self.steps)
            if before.reached
        ]
        frame = pd.DataFrame(plain, columns=list(self.units))
        estimates = ("passed", "passed_low", "passed_high")
        return without_small(frame, self.limits, n="n", columns=estimates)

    def findings(self) -> tuple[Finding, ...]:
        """Return the share that passes each step."""
        return tuple(
            Finding(
                id=f"journey/step_within/stage={step.stage}",
                kind="step_within",
                subject={"stage": step.stage, "from_stage": before.stage},
                estimate=step.passed,
                low=step.passed_low,
                high=step.passed_high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=before.reached,
                window=self.window,
                method=f"wilson; within {self.window_days:g} days of the start",
                customers=step.reached,
                status=told(self.limits, before.reached),
                values={"days": self.window_days},
            )
            for before, step in pairwise(self.steps)
            if before.reached
        )


def steps_within(like: Funnel) -> StepsWithin:
    """Return the steps of a funnel that has a window, for reports to compare.

    Parameters
    ----------
    like : Funnel
        Counted with `within`, in an order.

    Raises
    ------
    ParameterError
        If the funnel has no window, or is unordered: its rows are numbers of stages, not steps.
    """
    if like.within is None:
        raise ParameterError.expected("like", "a funnel with a window", got="one without")
    if like.order == "unordered":
        raise ParameterError.expected("like", "a funnel whose steps have an order", got=like.order)
    days = sum(like.within) if isinstance(like.within, tuple) else like.within
    return StepsWithin(
        steps=like.steps,
        window_days=float(days),
        n_open=like.n_open,
        confidence=like.confidence,
        limits=like.limits,
    )
