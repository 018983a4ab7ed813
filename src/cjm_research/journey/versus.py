"""Compare the journey of two segments, or of the last days with the days before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import DataError, NoDataError, ParameterError
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.funnel import funnel
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.map_compare import MapComparison, compare_maps
from cjm_research.journey.map_dress import dressed_map, through_of
from cjm_research.journey.scope import ALL, journey_scope, members
from cjm_research.journey.telling import USUAL
from cjm_research.study.journey_plan import USUAL_PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.data import JourneyData
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.scope import JourneyChoices, JourneyScope, JourneyTables
    from cjm_research.study.journey_plan import JourneyPlan
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Stage


def compare_segments(
    tables: JourneyTables,
    stages: Sequence[Stage],
    *,
    segments: tuple[str, str],
    choices: JourneyChoices = ALL,
    plan: JourneyPlan = USUAL_PLAN,
    limits: Limits = USUAL,
) -> MapComparison:
    """Draw up the maps of two segments and what differs between them.

    Parameters
    ----------
    tables : JourneyTables
        With the segments of one grouping.
    stages : sequence of Stage
        Stages of the study.
    segments : tuple of str
        The two segments.
    choices : JourneyChoices
        End of what was watched, confidence; its own segment is not used.
    plan : JourneyPlan
        Rows, people and own brand of the study's map.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    ParameterError
        If a segment is not known, or both are the same.
    DataError
        If a customer is in both.
    NoDataError
        If a segment has no event.
    """
    one, other = segments
    if one == other:
        raise ParameterError.expected("segments", "two different ones", got=one)
    common = set(members(tables.segments, one)) & set(members(tables.segments, other))
    if common:
        raise DataError(
            f"{len(common)} customers are in both segments, {one!r} and {other!r}, so these"
            " cannot be compared. Use a grouping without 'several'."
        )
    scopes = [journey_scope(tables, stages, choices=replace(choices, segment=s)) for s in segments]
    first, second = (
        _map(scope, choices=replace(choices, segment=s), plan=plan, limits=limits)
        for scope, s in zip(scopes, segments, strict=True)
    )
    return compare_maps(first, second)


def compare_periods(
    tables: JourneyTables,
    stages: Sequence[Stage],
    *,
    choices: JourneyChoices = ALL,
    plan: JourneyPlan = USUAL_PLAN,
    limits: Limits = USUAL,
) -> MapComparison:
    """Draw up the map of the last days and that of as many days before, and what differs.

    Each map knows the events and answers of its own days only, so that both have the same
    time to be observed in.

    Parameters
    ----------
    tables : JourneyTables
        The study's tables.
    stages : sequence of Stage
        Stages of the study.
    choices : JourneyChoices
        Segment, end of the last period, confidence.
    plan : JourneyPlan
        `period_days` is the length of each period.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    NoDataError
        If the data do not reach back to the beginning of the earlier period.
    """
    scope = journey_scope(tables, stages, choices=choices)
    window = coded_events(scope.data.event_stages).window
    if window is None:
        raise NoDataError("No event has a time, so no two periods can be compared.")
    oldest, newest = (pd.Timestamp(t, unit="us", tz="UTC") for t in window)
    end = choices.observed_until
    end = newest + pd.Timedelta(1, "us") if end is None else end
    middle, start = (_days_before(end, n * plan.period_days) for n in (1, 2))
    if oldest > start + pd.Timedelta(days=1):
        raise NoDataError(
            f"The data begin on {oldest:%Y-%m-%d}; two periods of {plan.period_days} days"
            f" need events from {start:%Y-%m-%d} on. Set 'period_days' under [journey]."
        )
    maps = [
        _map(
            replace(scope, data=scope.data.between(first, until), n_all=0),
            choices=replace(choices, observed_until=until),
            plan=plan,
            limits=limits,
        )
        for first, until in ((middle, end), (start, middle))
    ]
    return compare_maps(maps[0], maps[1], days=plan.period_days)


def _days_before(end: pd.Timestamp, days: int) -> pd.Timestamp:
    """Return the moment so many calendar days before, by the clocks of the end's zone.

    Examples
    --------
    >>> _days_before(pd.Timestamp("2026-04-30", tz="Europe/Berlin"), 90).isoformat()
    '2026-01-30T00:00:00+01:00'
    """
    there = end.tz_localize(None) - pd.Timedelta(days=days)
    return there.tz_localize(end.tz or "UTC", ambiguous=True, nonexistent="shift_forward")


def with_changes(drawn: JourneyMap, comparison: MapComparison | None) -> JourneyMap:
    """Return a map that shows what changed between two periods beside its numbers.

    Parameters
    ----------
    drawn : JourneyMap
        The map of all days, or of the last ones.
    comparison : MapComparison, optional
        What `compare_periods` gave; the map stays as it is without one.
    """
    if comparison is None:
        return drawn
    return replace(drawn, changes=comparison.changes(), changed_days=comparison.days)


def _map(
    scope: JourneyScope, *, choices: JourneyChoices, plan: JourneyPlan, limits: Limits
) -> JourneyMap:
    own: JourneyData = scope.data.of_brand(plan.brand)
    drawn = journey_map(
        own,
        scope.stages,
        segment=choices.segment,
        observed_until=choices.observed_until,
        confidence=choices.confidence,
        limits=limits,
    )
    steps = funnel(
        own.event_stages,
        [s.id for s in scope.stages],
        within=choices.within_days or None,
        observed_until=choices.observed_until,
        confidence=choices.confidence,
    )
    drawn = dressed_map(drawn, scope.data, scope.stages, plan=plan, n_all=scope.n_all)
    return replace(drawn, through=through_of(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """What a report compares; None where it was not asked for or the data do not reach."""

    periods: MapComparison | None
    segments: MapComparison | None

    @property
    def results(self) -> tuple[MapComparison, ...]:
        """Return those that there are."""
        return tuple(c for c in (self.segments, self.periods) if c is not None)


def compared(
    tables: JourneyTables,
    stages: Sequence[Stage],
    *,
    versus: str = "",
    choices: JourneyChoices = ALL,
    plan: JourneyPlan = USUAL_PLAN,
    limits: Limits = USUAL,
) -> Comparisons:
    """Compare the last days with the days before, and the chosen segment with another.

    Parameters
    ----------
    tables : JourneyTables
        The study's tables.
    stages : sequence of Stage
        Stages of the study.
    versus : str
        Segment to set beside that of `choices`; none if empty.
    choices : JourneyChoices
        Segment, end of what was watched, confidence.
    plan : JourneyPlan
        `period_days` is the length of each period.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    ParameterError
        If `versus` is given without a segment, or is not known.
    """
    if versus and not choices.segment:
        raise ParameterError(f"'versus' {versus!r} needs a 'segment' to be compared with.")
    segments = None
    if versus:
        pair = (choices.segment, versus)
        segments = compare_segments(
            tables, stages, segments=pair, choices=choices, plan=plan, limits=limits
        )
    try:
        periods = compare_periods(tables, stages, choices=choices, plan=plan, limits=limits)
    except NoDataError:  # the data do not reach back so far
        periods = None
    return Comparisons(periods=periods, segments=segments)
