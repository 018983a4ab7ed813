"""How soon customers come to each step of a funnel, open windows included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.funnel import windows_of
from cjm_research.journey.kernel import FOREVER, first_time, reached_in_order
from cjm_research.journey.log import MICROSECONDS_PER_DAY, journey_log
from cjm_research.journey.telling import USUAL, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval
from cjm_research.stats.survival import finished_by, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.log import JourneyLog
    from cjm_research.study.model import Limits

DAYS = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBy:
    """Share that has come to a step so many days after the first start; NaN if none was watched."""

    stage: str
    within_days: float
    share: float
    low: float
    high: float
    at_risk: int
    """Customers who were still watched then, or had come by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCurves(Result):
    """How soon customers come to each step, everybody who started counted as long as watched."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "within_days": Unit.DAYS,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "at_risk": Unit.COUNT,
    }

    rows: tuple[StepBy, ...]
    n_started: int
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step after the first and number of days."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        return without_small(frame, self.limits, n="at_risk", columns=("share", "low", "high"))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the funnel tells its end."""
        return ()


def step_curves(
    event_stages: EventStages | JourneyLog,
    *,
    like: Funnel,
    days: Sequence[float] = DAYS,
) -> StepCurves:
    """Estimate the share that comes to each step by so many days, open windows included.

    A funnel counts only customers whose window has closed. Here everybody who started counts
    as long as they were watched (Kaplan and Meier): a recent customer is neither a success
    nor a loss.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `like` was counted from.
    like : Funnel
        The funnel whose steps, order, window, end, confidence and limits are used; its steps
        have an order.
    days : sequence of float
        Days after the first start.

    Raises
    ------
    ParameterError
        If the funnel is unordered, or a number of days is not above zero.
    """
    if like.order == "unordered":
        raise ParameterError.expected("like", "a funnel whose steps have an order", got=like.order)
    if not days or not all(0 < d < float("inf") for d in days):
        raise ParameterError.expected("days", "numbers above zero", got=list(days))
    windows, whole = windows_of(like.within, like.order, n_steps=len(like.stages) - 1)
    log = journey_log(event_stages, like.stages, observed_until=like.observed_until)
    start = log.kept(("started", False), lambda: first_time(log, is_asked=lambda s: s == 0))
    is_strict = like.order == "strict"
    reached = np.empty((len(log.stages), log.n_customers), dtype=np.int64)
    for who, part in log.pieces():
        reached[:, who] = reached_in_order(part, windows=windows, whole=whole, is_strict=is_strict)
    has_started = start < FOREVER
    watched = (log.until - start[has_started]) / MICROSECONDS_PER_DAY
    rows: list[StepBy] = []
    for i, stage in enumerate(like.stages[1:], start=1):
        came = reached[i][has_started]
        is_in = came < FOREVER
        took = np.where(is_in, (came - start[has_started]) / MICROSECONDS_PER_DAY, watched)
        curve = kaplan_meier(took, is_in, confidence=like.confidence)
        for d in sorted(days):
            known = int(((watched >= d) | (is_in & (took <= d))).sum())
            share, low, high = finished_by(curve, d)
            if share == 0:  # nobody had come by then
                low, high = (
                    float(end) for end in wilson_interval(0, known, confidence=like.confidence)
                )
            rows.append(
                StepBy(
                    stage=stage,
                    within_days=d,
                    share=share,
                    low=low,
                    high=high,
                    at_risk=known,
                )
            )
    return StepCurves(
        rows=tuple(rows),
        n_started=int(has_started.sum()),
        confidence=like.confidence,
        limits=like.limits,
    )
