"""Details of the journey: soon or late, what goes with moving on, what is expected, what is odd."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.errors import NoDataError
from cjm_research.journey.expectations import ExpectationGaps, expectation_gaps
from cjm_research.journey.funnel import funnel
from cjm_research.journey.influence import TouchpointInfluence, touchpoint_influence
from cjm_research.journey.log import JourneyLog, journey_log
from cjm_research.journey.log_checks import LogChecks, log_checks
from cjm_research.journey.period_funnel import PeriodFunnel, period_funnel
from cjm_research.journey.scope import ALL, journey_scope
from cjm_research.journey.sessions import Sessions, sessions
from cjm_research.journey.stays import stays
from cjm_research.journey.step_curves import StepCurves, step_curves
from cjm_research.journey.steps_within import StepsWithin, steps_within
from cjm_research.journey.triggers import Triggers, triggers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.scope import JourneyChoices, JourneyTables
    from cjm_research.results import Result
    from cjm_research.study.plans import Stage


PERIOD_WINDOW = 30.0
"""Days from the start in which periods are compared where the funnel has no window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyDetails:
    """Results of one journey; None where the data do not have them."""

    curves: StepCurves
    influence: TouchpointInfluence
    triggers: Triggers
    gaps: ExpectationGaps | None
    flaws: LogChecks
    within: StepsWithin
    """Each step in a time that everybody had."""
    periods: PeriodFunnel
    sessions: Sessions | None
    """None where orders stand in for events."""

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result that there is, for the file of findings."""
        every = (self.curves, self.within, self.periods, self.sessions, self.influence,
                 self.triggers, self.gaps, self.flaws)  # fmt: skip
        return tuple(r for r in every if r is not None)


def journey_details(
    tables: JourneyTables,
    stages: Sequence[Stage],
    *,
    like: Funnel,
    choices: JourneyChoices = ALL,
    zone: str = "UTC",
) -> JourneyDetails:
    """Compute the details for the same customers and days as the map.

    Parameters
    ----------
    tables : JourneyTables
        The study's tables.
    stages : sequence of Stage
        Stages of the study, in their order.
    like : Funnel
        The report's funnel: its steps, window, confidence and limits are used.
    choices : JourneyChoices
        Segment and end of what was watched.
    zone : str, default "UTC"
        Time zone of days.

    Raises
    ------
    NoDataError
        If there is no journey at all.
    """
    scope = journey_scope(tables, stages, choices=choices)
    events, ids = scope.data.event_stages, [s.id for s in scope.stages]
    until, sure = choices.observed_until, choices.confidence
    gaps: ExpectationGaps | None = None
    try:
        gaps = expectation_gaps(
            scope.data.feedback, events, stages=ids, confidence=sure, limits=like.limits
        )
    except NoDataError:
        gaps = None
    log = journey_log(events, ids, observed_until=until)
    timed = _windowed(log, like)
    stayed = stays(events, ids, observed_until=until)
    return JourneyDetails(
        curves=step_curves(log, like=like),
        influence=touchpoint_influence(stayed, ids, confidence=sure, limits=like.limits),
        triggers=triggers(stayed, ids, confidence=sure, limits=like.limits),
        gaps=gaps and replace(gaps, window=choices.window),
        within=replace(steps_within(timed), window=choices.window),
        periods=replace(period_funnel(log, like=timed, zone=zone), window=choices.window),
        sessions=None if scope.from_orders else sessions(events, ids),
        flaws=log_checks(tables.events, tables.customers, observed_until=until, zone=zone),
    )


def _windowed(log: JourneyLog, like: Funnel) -> Funnel:
    """Return the funnel with a window: without one, who began late had less time than others."""
    if like.within is not None:
        return like
    return funnel(
        log, like.stages, within=PERIOD_WINDOW, order=like.order,
        observed_until=like.observed_until, confidence=like.confidence,
    ).judged(like.limits)  # fmt: skip
