"""Which customers, days and stages the journey report is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.data import JourneyData
from cjm_research.journey.left import has_left
from cjm_research.journey.order_path import ORDER_STAGES, order_stages, purchases
from cjm_research.study.days import begin_of
from cjm_research.study.phrase import Phrase
from cjm_research.study.plans import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.order_path import BoughtOrders
    from cjm_research.journey.rules import EventBuckets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JourneyTables:
    """The tables of a study that the journey is made of."""

    events: pd.DataFrame | EventBuckets
    event_stages: EventStages
    orders: pd.DataFrame
    feedback: pd.DataFrame
    feedback_codes: pd.DataFrame
    customers: pd.DataFrame | None = None
    """Tells who is known to have left; None if nobody knows."""
    segments: pd.DataFrame | None = None
    """`customer_id` and `segment` of the grouping to compare; None compares none."""
    deals: pd.DataFrame | None = None
    """Leads and deals, where the study has them."""
    bought: BoughtOrders | None = None
    """What `bought_orders` gave of the same orders, made once; None: made where it is needed."""


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
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO: findings that reports may compare carry it."""


ALL = JourneyChoices()
"""All customers, no window, all days."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JourneyScope:
    """The customers and days that a map is about."""

    data: JourneyData
    stages: tuple[Stage, ...]
    n_all: int
    """Customers of the whole journey where a segment was chosen; else 0."""
    from_orders: bool
    """Whether the stages are first, second and third order, for want of events."""


def journey_scope(
    tables: JourneyTables, stages: Sequence[Stage], *, choices: JourneyChoices = ALL
) -> JourneyScope:
    """Return the data of the customers and days that were chosen.

    Parameters
    ----------
    tables : JourneyTables
        Where no event has a stage, the orders are the journey: first, second, third.
    stages : sequence of Stage
        Stages of the study, in their order.
    choices : JourneyChoices
        Segment and end of what was watched.

    Raises
    ------
    NoDataError
        If there is neither an event with a stage nor an order with a time, or less than two
        stages, or nothing is left of the segment.
    ParameterError
        If there is no such segment.
    """
    events, used = coded_events(tables.event_stages), stages
    from_orders = events.empty
    if from_orders:
        events = coded_events(order_stages(tables.orders))
        used = [Stage(id=name, label=Phrase.model_validate(name)) for name in ORDER_STAGES]
    if events.empty:
        raise NoDataError(
            "The journey has nothing to show: no event belongs to a stage, and no order has a"
            " time. Declare the stages with their events in the study file."
        )
    if len(used) < 2:
        raise NoDataError("A journey has two stages or more; the study file declares one.")
    bought = tables.orders if tables.bought is None else tables.bought
    data = JourneyData(
        event_stages=events,
        feedback=tables.feedback,
        feedback_codes=tables.feedback_codes,
        lost=lost_customers(tables.customers),
        purchases=None if from_orders else purchases(bought),
    )
    if choices.observed_until is not None:
        data = data.before(choices.observed_until)
    n_all = 0
    if choices.segment:
        n_all = coded_events(data.event_stages).n_customers
        data = data.of(members(tables.segments, choices.segment))
    if data.event_stages.empty:
        raise NoDataError("No event of the journey is left for this segment up to this day.")
    return JourneyScope(data=data, stages=tuple(used), n_all=n_all, from_orders=from_orders)


def members(segments: pd.DataFrame | None, segment: str) -> list[object]:
    """Return the customers of a segment.

    Raises
    ------
    ParameterError
        If there is no such segment; the nearest one is named.
    """
    if segments is None:
        raise ParameterError(f"There is no segment {segment!r}: the study has no grouping.")
    known = sorted({str(s) for s in segments["segment"].dropna()})
    if segment not in known:
        raise ParameterError.unknown("segment", segment, known=known)
    return segments.loc[segments["segment"] == segment, "customer_id"].tolist()


def end_of(day: pd.Timestamp, zone: str) -> pd.Timestamp:
    """Return the moment at which a calendar day ends.

    Examples
    --------
    >>> end_of(pd.Timestamp("2026-06-30"), "Europe/Moscow").isoformat()
    '2026-07-01T00:00:00+03:00'
    """
    return begin_of(day.tz_localize(None) + pd.Timedelta(days=1), zone)


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
    return frozenset(str(c) for c in customers.loc[has_left(customers), "customer_id"].dropna())
