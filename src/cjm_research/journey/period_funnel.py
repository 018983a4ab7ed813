"""A funnel period by period: the customers who started in each, against those before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.step_groups import attempts_like, steps_of_group
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.log import JourneyLog
    from cjm_research.study.model import Limits

Period = Literal["week", "month", "quarter"]
PERIODS: Mapping[str, str] = {"week": "W", "month": "M", "quarter": "Q"}
"""Calendar periods, and their names in pandas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodStep:
    """One step of the customers who started in one period, against the period before."""

    began: str
    """First day of the period, ISO."""
    stage: str
    n: int
    passed: float
    low: float
    high: float
    before: float
    """Share in the period before; NaN for the first."""
    difference: float
    difference_low: float
    difference_high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFunnel(Result):
    """Every step of a funnel for every period in which customers started."""

    units: ClassVar[Mapping[str, Unit]] = {
        "began": Unit.DATE,
        "stage": Unit.LABEL,
        "n": Unit.COUNT,
        "passed": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "before": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "began", "stage", "n", "passed", "low", "high", "before", "difference",
    )  # fmt: skip

    rows: tuple[PeriodStep, ...]
    period: Period
    n_open: int
    """Customers whose window was still open: in no period."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""
    window_days: float = float("inf")
    """Days from the start within which the steps count."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per period and step."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        estimates = [c for c in self.units if c not in ("began", "stage", "n")]
        return without_small(frame, self.limits, n="n", columns=estimates)

    def findings(self) -> tuple[Finding, ...]:
        """Return each step of each period but the first; the family is all of them, by Holm."""
        return tuple(
            Finding(
                id=f"journey/period_step/period={r.began}/stage={r.stage}",
                kind="period_step",
                subject={"stage": r.stage},
                estimate=r.passed,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                reference=r.before,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/period_step",
                unit=Unit.SHARE,
                n=r.n,
                window=self.window,
                method="newcombe, holm",
                direction="good" if r.difference > 0 else "bad",
                status=told(self.limits, r.n, is_clear=r.p_adjusted < 1 - self.confidence),
                values={"began": r.began, "difference": r.difference},
            )
            for r in self.rows
            if r.p == r.p
        )


def period_funnel(
    event_stages: EventStages | JourneyLog,
    *,
    like: Funnel,
    period: Period = "month",
    zone: str = "UTC",
) -> PeriodFunnel:
    """Compare the customers of each period, by their first start, with those of the one before.

    A customer belongs to one period only. With a window, the newest period holds the customers
    whose window has closed, no others, so that its end does not look like a collapse.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `like` was counted from.
    like : Funnel
        The funnel whose steps, order, window, end, confidence and limits are used.
    period : {"week", "month", "quarter"}
        Calendar periods; weeks begin on Monday.
    zone : str, default "UTC"
        Time zone in which days begin: a night of a clock change belongs to its day.

    Raises
    ------
    ParameterError
        If the funnel is unordered, or the period is not known.
    """
    if period not in PERIODS:
        raise ParameterError.unknown("period", period, known=PERIODS)
    found = attempts_like(event_stages, like)
    starts = pd.Series(pd.to_datetime(found.start, unit="us", utc=True))
    own = starts.dt.tz_convert(zone).dt.tz_localize(None).dt.to_period(PERIODS[period])
    rows: list[PeriodStep] = []
    before = np.zeros(len(own), dtype=bool)
    for name in sorted(own.unique()):
        here = (own == name).to_numpy(dtype=bool)
        rows += [
            PeriodStep(
                began=f"{name.start_time:%Y-%m-%d}",
                stage=step.stage,
                n=step.n,
                passed=step.passed,
                low=step.low,
                high=step.high,
                before=step.reference,
                difference=step.difference.estimate,
                difference_low=step.difference.low,
                difference_high=step.difference.high,
                p=step.difference.p,
                p_adjusted=float("nan"),
            )
            for step in steps_of_group(found, here, before, like=like)
        ]
        before = here
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    return PeriodFunnel(
        rows=tuple(replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)),
        period=period,
        n_open=found.n_open,
        confidence=like.confidence,
        limits=like.limits,
        window_days=_days(like.within),
    )


def _days(within: float | tuple[float, ...] | None) -> float:
    if within is None:
        return float("inf")
    return float(sum(within)) if isinstance(within, tuple) else float(within)
