"""All that the journey report tells, computed in one call from a study's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.funnel import funnel
from cjm_research.journey.journey_map import JourneyData, journey_map
from cjm_research.journey.lost import Lost, lost
from cjm_research.journey.moves import Transitions, transitions
from cjm_research.journey.order_path import ORDER_STAGES, order_stages
from cjm_research.journey.pains import StageProblems, stage_problems
from cjm_research.journey.segment_funnel import SegmentFunnel, segment_funnel
from cjm_research.journey.stages import UnmatchedEvents, unmatched_events
from cjm_research.journey.telling import USUAL
from cjm_research.study.phrase import Phrase
from cjm_research.study.plans import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.results import Result
    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JourneyTables:
    """The tables of a study that the journey is made of."""

    events: pd.DataFrame
    event_stages: pd.DataFrame
    orders: pd.DataFrame
    feedback: pd.DataFrame
    feedback_codes: pd.DataFrame
    customers: pd.DataFrame | None = None
    """Tells who is known to have left; None if nobody knows."""
    segments: pd.DataFrame | None = None
    """`customer_id` and `segment` of the grouping to compare; None compares none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyChoices:
    """What a reader of the report may choose."""

    segment: str = ""
    """Draw the map of this segment only; empty for all customers."""
    within_days: float = 0
    """Days from the start within which a step of the funnel counts; 0 for no limit."""
    quiet_days: float = 30
    """Who was not seen for so many days at the end is silent."""
    observed_until: pd.Timestamp | None = None
    confidence: float = 0.95


ALL = JourneyChoices()
"""All customers, no window, all days."""


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
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    NoDataError
        If there is neither an event with a stage nor an order with a time, or the segment has
        no customer.
    """
    data, used, from_orders = _journey(tables, stages, choices)
    ids = [s.id for s in used]
    events, until, confidence = data.event_stages, choices.observed_until, choices.confidence
    drawn = journey_map(
        data, used, segment=choices.segment, observed_until=until, confidence=confidence,
        limits=limits,
    )  # fmt: skip
    steps = funnel(
        events, ids, within=choices.within_days or None, observed_until=until,
        confidence=confidence,
    ).judged(limits)  # fmt: skip
    return JourneyAnalysis(
        map=drawn,
        funnel=steps,
        segments=_compared(tables, events, steps),
        moves=transitions(events, ids, observed_until=until, confidence=confidence),
        lost=lost(
            events, ids, quiet_days=choices.quiet_days, observed_until=until,
            confidence=confidence, limits=limits,
        ),
        problems=stage_problems(
            data.feedback_codes, events, stages=ids, confidence=confidence, limits=limits
        ),
        unmatched=unmatched_events(tables.events, [] if from_orders else used),
        from_orders=from_orders,
    )  # fmt: skip


def end_of(day: pd.Timestamp, zone: str) -> pd.Timestamp:
    """Return the moment at which a calendar day ends.

    Examples
    --------
    >>> end_of(pd.Timestamp("2026-06-30"), "Europe/Moscow").isoformat()
    '2026-07-01T00:00:00+03:00'
    """
    return (day.tz_localize(None).normalize() + pd.Timedelta(days=1)).tz_localize(zone)


def lost_customers(customers: pd.DataFrame | None) -> frozenset[str]:
    """Return the customers whose status, flag or date says that they left.

    Examples
    --------
    >>> sorted(
    ...     lost_customers(pd.DataFrame({"customer_id": ["a", "b"], "status": ["lost", "lead"]}))
    ... )
    ['a']
    """
    if customers is None or customers.empty:
        return frozenset()
    left = customers["customer_id"].isna()
    if "status" in customers:
        left |= (customers["status"] == "lost").fillna(value=False)
    if "is_churned" in customers:
        left |= customers["is_churned"].fillna(value=False).astype(bool)
    if "churned_on" in customers:
        left |= customers["churned_on"].notna()
    return frozenset(str(c) for c in customers.loc[left, "customer_id"])


def _journey(
    tables: JourneyTables, stages: Sequence[Stage], choices: JourneyChoices
) -> tuple[JourneyData, Sequence[Stage], bool]:
    events, used = tables.event_stages, stages
    from_orders = events.empty
    if from_orders:
        events = order_stages(tables.orders)
        used = [Stage(id=name, label=Phrase.model_validate(name)) for name in ORDER_STAGES]
    if events.empty:
        raise NoDataError(
            "The journey has nothing to show: no event belongs to a stage, and no order has a"
            " time. Declare the stages with their events in the study file."
        )
    if len(used) < 2:
        raise NoDataError("A journey has two stages or more; the study file declares one.")
    data = JourneyData(
        event_stages=events,
        feedback=tables.feedback,
        feedback_codes=tables.feedback_codes,
        lost=lost_customers(tables.customers),
    )
    if choices.observed_until is not None:
        data = data.before(choices.observed_until)
    if choices.segment:
        data = data.of(_members(tables.segments, choices.segment))
    if data.event_stages.empty:
        raise NoDataError("No event of the journey is left for this segment up to this day.")
    return data, used, from_orders


def _members(segments: pd.DataFrame | None, segment: str) -> list[object]:
    if segments is None:
        raise ParameterError(f"There is no segment {segment!r}: the study has no grouping.")
    known = sorted({str(s) for s in segments["segment"].dropna()})
    if segment not in known:
        raise ParameterError.unknown("segment", segment, known=known)
    return segments.loc[segments["segment"] == segment, "customer_id"].tolist()


def _compared(tables: JourneyTables, events: pd.DataFrame, steps: Funnel) -> SegmentFunnel:
    """Compare the segments; nothing where there are none, or where they share customers."""
    segments = tables.segments
    if segments is not None and not segments["customer_id"].duplicated().any():
        return segment_funnel(events, segments, like=steps)
    return SegmentFunnel(rows=(), n_unassigned=steps.n_started, confidence=steps.confidence)
