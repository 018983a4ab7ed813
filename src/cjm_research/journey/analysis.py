"""All that the journey report tells, computed in one call from a study's tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.journey.funnel import funnel
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.log import journey_log
from cjm_research.journey.lost import Lost, lost
from cjm_research.journey.map_dress import dressed_map, through_of
from cjm_research.journey.moves import Transitions, transitions
from cjm_research.journey.pains import StageProblems, stage_problems
from cjm_research.journey.scope import (
    ALL,
    JourneyChoices,
    JourneyTables,
    journey_scope,
)
from cjm_research.journey.segment_funnel import SegmentFunnel, segment_funnel
from cjm_research.journey.stages import UnmatchedEvents, unmatched_events
from cjm_research.journey.telling import USUAL
from cjm_research.study.journey_plan import USUAL_PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.scope import JourneyChoices, JourneyTables
    from cjm_research.results import Result
    from cjm_research.study.journey_plan import JourneyPlan
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyAnalysis:
    """Results of the journey report."""

    map: JourneyMap
    funnel: Funnel
    segments: SegmentFunnel
    """No rows where there is no grouping, or its segments share customers."""
    moves: Transitions
    lost: Lost
    problems: StageProblems
    unmatched: UnmatchedEvents
    from_orders: bool
    """Whether the stages are first, second and third order, for want of events."""

    @property
    def has_mood(self) -> bool:
        """Whether anybody told a mood."""
        return self.map.mood.n_answers > 0

    @property
    def has_texts(self) -> bool:
        """Whether anybody wrote about a stage."""
        return any(n for _, n in self.map.pains.writers)

    @property
    def main(self) -> tuple[Result, ...]:
        """Results whose findings may head the page."""
        return (self.funnel, self.map, self.problems)

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result, for the file of findings."""
        return (*self.main, self.map.flow, self.map.touchpoint_mood, self.map.mood, self.map.pains,
                self.lost, self.unmatched, self.segments)  # fmt: skip


def analyse_journey(
    tables: JourneyTables,
    stages: Sequence[Stage],
    *,
    choices: JourneyChoices = ALL,
    plan: JourneyPlan = USUAL_PLAN,
    limits: Limits = USUAL,
) -> JourneyAnalysis:
    """Compute the journey map and what stands below it.

    Parameters
    ----------
    tables : JourneyTables
        Where no event has a stage, the orders are the journey: first, second, third.
    stages : sequence of Stage
        Stages of the study, in their order.
    choices : JourneyChoices
        Segment, windows, confidence.
    plan : JourneyPlan
        Rows, people and own brand of the study's map.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    NoDataError
        If there is neither an event with a stage nor an order with a time, or the segment has
        no customer.
    """
    scope = journey_scope(tables, stages, choices=choices)
    data, used = scope.data.of_brand(plan.brand), scope.stages
    ids = [s.id for s in used]
    events, until, confidence = data.event_stages, choices.observed_until, choices.confidence
    log = journey_log(events, ids, observed_until=until)
    drawn = journey_map(
        data, used, segment=choices.segment, observed_until=until, confidence=confidence,
        limits=limits,
    )  # fmt: skip
    steps = funnel(
        log, ids, within=choices.within_days or None, observed_until=until,
        confidence=confidence,
    ).judged(limits).over(choices.window)  # fmt: skip
    dressed = dressed_map(drawn, scope.data, used, plan=plan, n_all=scope.n_all)
    problems = stage_problems(
        data.feedback_codes, events, stages=ids, confidence=confidence, limits=limits
    )
    return JourneyAnalysis(
        map=replace(dressed, through=through_of(steps)).over(choices.window),
        funnel=steps,
        segments=_compared(tables, events, steps),
        moves=transitions(
            log, ids, purchases=data.purchases, observed_until=until, confidence=confidence
        ),
        lost=lost(
            log, ids, quiet_days=choices.quiet_days, observed_until=until,
            confidence=confidence, limits=limits,
        ),
        problems=replace(problems, window=choices.window),
        unmatched=unmatched_events(tables.events, [] if scope.from_orders else used),
        from_orders=scope.from_orders,
    )  # fmt: skip


def _compared(tables: JourneyTables, events: EventStages, steps: Funnel) -> SegmentFunnel:
    """Compare the segments; nothing where there are none, or where they share customers."""
    segments = tables.segments
    if segments is not None and not segments["customer_id"].duplicated().any():
        return replace(segment_funnel(events, segments, like=steps), window=steps.window)
    return SegmentFunnel(rows=(), n_unassigned=steps.n_started, confidence=steps.confidence)
