"""What each customer met before a stage that counts as a conversion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.kernel import FOREVER, first_time, opens
from cjm_research.journey.log import MICROSECONDS_PER_DAY, log_of_codes, moment
from cjm_research.journey.pieces import firsts, pieces
from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import CodedEvents, EventStages
    from cjm_research.journey.log import JourneyLog

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

Touch = Literal["channel", "touchpoint"]
"""What a touch is told apart by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TouchPaths:
    """Touches of customers, one customer's after the other's, each in their order."""

    journey: NDArray[np.int32]
    """Number of the journey of each touch; rises, without gaps."""
    touch: NDArray[np.int32]
    """What was met: number in `names`."""
    days_before: Floats
    """Days from each touch to the conversion; to the end of what was watched without one."""
    converted: NDArray[np.bool_]
    """For each journey."""
    names: tuple[str, ...]
    n_untouched: int
    """Conversions of customers of whom no touch is known before: nothing shares their credit."""

    @property
    def n_journeys(self) -> int:
        """Journeys with at least one touch."""
        return len(self.converted)

    @property
    def n_conversions(self) -> int:
        """Journeys that converted."""
        return int(self.converted.sum())

    def of(self, journeys: Codes) -> Self:
        """Return some of the journeys, whose numbers rise."""
        is_asked = np.zeros(self.n_journeys, dtype=bool)
        is_asked[journeys] = True
        rows = np.flatnonzero(is_asked[self.journey])
        number = np.cumsum(is_asked, dtype=np.int32) - np.int32(1)
        return replace(
            self,
            journey=number[self.journey[rows]],
            touch=self.touch[rows],
            days_before=self.days_before[rows],
            converted=self.converted[is_asked],
        )

    @property
    def first_of_each(self) -> Codes:
        """Positions at which each journey met a kind of touch for the first time."""
        own = [rows.start + firsts(self.journey[rows], self.touch[rows], n_what=len(self.names))
               for rows in pieces(self.journey)]  # fmt: skip
        return np.concatenate(own) if own else np.empty(0, dtype=np.int64)

    @property
    def starts(self) -> Codes:
        """Position of each journey's first touch."""
        return np.flatnonzero(opens(self.journey))


def touch_paths(
    event_stages: EventStages,
    conversion: str,
    *,
    by: Touch = "channel",
    left_out: Sequence[str] = (),
    lookback_days: float | None = None,
    observed_until: pd.Timestamp | str | None = None,
) -> TouchPaths:
    """Return what customers met before they first came to a stage.

    A customer is one journey, and converts once: with the first event of the stage. Touches
    are the earlier events, of other stages; those without a name for what was met are left
    out.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave.
    conversion : str
        Stage that counts as a conversion.
    by : {"channel", "touchpoint"}
        Column that tells what was met.
    left_out : sequence of str
        Kinds that are no touch, such as a visit by a typed address.
    lookback_days : float, optional
        Older touches are left out; all count if absent.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If no event is of that stage, or another value is not allowed.
    NoDataError
        If no event has a name for what was met.
    """
    need(event_stages, ("customer_id", "occurred_at", "stage"), table="event_stages")
    if lookback_days is not None and not lookback_days > 0:
        raise ParameterError.expected("lookback_days", "days above zero", got=lookback_days)
    events = coded_events(event_stages)
    kind, names = _met(events, conversion, by=by, left_out=left_out)
    # A conversion is one more kind of touch, so that one log tells the order of all.
    goal = len(names)
    log = log_of_codes(events, kind, names)
    log = log if observed_until is None else log.before(moment(observed_until))
    end = first_time(log, is_asked=lambda s: s == goal)
    until = np.where(end < FOREVER, end, log.until)
    found: list[tuple[NDArray[np.int32], NDArray[np.int32], Floats]] = []
    for who, part in log.pieces():
        counts = np.flatnonzero((part.stage >= 0) & _before(part, goal))
        customer = part.customer[counts]
        days = (until[who][customer] - part.time[counts]) / MICROSECONDS_PER_DAY
        if lookback_days is not None:
            near = days <= lookback_days
            counts, customer, days = counts[near], customer[near], days[near]
        found.append((customer + np.int32(who.start), part.stage[counts].astype(np.int32), days))
    customer, touch, days = (np.concatenate(c) for c in zip(*found, strict=True)) if found else (
        np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), np.empty(0))  # fmt: skip
    opening = opens(customer)
    converted = end[customer[opening]] < FOREVER
    kinds = np.flatnonzero(np.bincount(touch, minlength=goal))
    number = np.zeros(goal, dtype=np.int32)
    number[kinds] = np.arange(len(kinds))
    return TouchPaths(
        journey=np.cumsum(opening, dtype=np.int32) - np.int32(1),
        touch=number[touch],
        days_before=days,
        converted=converted,
        names=tuple(names[k] for k in kinds.tolist()),
        n_untouched=int((end < FOREVER).sum() - converted.sum()),
    )


def _met(
    events: CodedEvents, conversion: str, *, by: Touch, left_out: Sequence[str]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return what was met with each event, and the names of all kinds that count.

    A kind that does not count is -1, a conversion one more than the last name.
    """
    if by not in ("channel", "touchpoint"):
        raise ParameterError.expected("by", "'channel' or 'touchpoint'", got=by)
    need(events, (by,), table="event_stages")
    stages = events.met("stage")
    if conversion not in stages:
        raise ParameterError.unknown("conversion", conversion, known=sorted(stages))
    kinds = set(kinds_met(events, conversion, by=by))
    unknown = [name for name in left_out if name not in kinds]
    if unknown:
        raise ParameterError.unknown("left_out", unknown[0], known=sorted(kinds))
    names = tuple(sorted(kinds - set(left_out)))
    if not names:
        raise NoDataError(f"No event before the stage {conversion!r} names its {by}.")
    number = {name: i for i, name in enumerate(names)}
    kind = np.array([*(number.get(n, -1) for n in events.names[by]), -1], dtype=np.int32)
    met = kind[events.codes[by]]
    met[events.codes["stage"] == events.names["stage"].index(conversion)] = len(names)
    return met, names


def kinds_met(events: CodedEvents, conversion: str, *, by: Touch) -> tuple[str, ...]:
    """Return the names of what was met at any other stage than a conversion's."""
    number = {name: i for i, name in enumerate(events.names["stage"])}
    return events.met(by, events.codes["stage"] != number.get(conversion, len(number)))


def _before(log: JourneyLog, goal: int) -> NDArray[np.bool_]:
    """Tell which events come before their customer's first one of a kind."""
    first = np.full(log.n_customers, len(log.stage), dtype=np.int64)
    found = np.flatnonzero(log.stage == goal)[::-1]
    first[log.customer[found]] = found
    return np.asarray(np.arange(len(log.stage)) < first[log.customer])
