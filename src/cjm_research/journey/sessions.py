"""Visits: events of one customer with no long pause between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.log import journey_log
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import JourneyLog

MICROSECONDS_PER_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions(Result):
    """How many visits the events make, and how long they are."""

    units: ClassVar[Mapping[str, Unit]] = {
        "n_sessions": Unit.COUNT,
        "n_customers": Unit.COUNT,
        "n_events": Unit.COUNT,
        "per_customer": Unit.NUMBER,
        "events_each": Unit.NUMBER,
        "single_share": Unit.SHARE,
        "median_minutes": Unit.NUMBER,
    }

    n_sessions: int
    n_customers: int
    n_events: int
    single_share: float
    """Share of the sessions that are one event only."""
    median_minutes: float
    """From the first to the last event, of the sessions with more than one; NaN without any."""
    pause_minutes: float

    @property
    def per_customer(self) -> float:
        """Sessions of a customer, on average."""
        return self.n_sessions / self.n_customers if self.n_customers else float("nan")

    @property
    def events_each(self) -> float:
        """Events of a session, on average."""
        return self.n_events / self.n_sessions if self.n_sessions else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row."""
        return pd.DataFrame([{c: getattr(self, c) for c in self.units}], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: visits alone are nothing to act on."""
        return ()


def session_starts(log: JourneyLog, *, pause_minutes: float = 30) -> NDArray[np.bool_]:
    """Tell which events open a session: a new customer, or a pause longer than allowed.

    Parameters
    ----------
    log : JourneyLog
        Events in the order of the journey.
    pause_minutes : float, default 30
        A longer pause ends a session.

    Raises
    ------
    ParameterError
        If the pause is not above zero.
    """
    if not 0 < pause_minutes < float("inf"):
        raise ParameterError.expected("pause_minutes", "minutes above zero", got=pause_minutes)
    starts = np.ones(len(log.time), dtype=bool)
    np.greater(np.diff(log.time), pause_minutes * MICROSECONDS_PER_MINUTE, out=starts[1:])
    starts[1:] |= log.customer[1:] != log.customer[:-1]
    return starts


def sessions(
    event_stages: EventStages | JourneyLog, stages: Sequence[str], *, pause_minutes: float = 30
) -> Sessions:
    """Count the sessions that events make, for sources that tell none of their own.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey; events of others count too.
    pause_minutes : float, default 30
        A longer pause ends a session; 30 is what web analytics use.

    Examples
    --------
    >>> times = pd.to_datetime(["2026-01-01 10:00", "2026-01-01 10:20", "2026-01-01 11:00"])
    >>> log = pd.DataFrame({"customer_id": "a", "occurred_at": times, "stage": "visit"})
    >>> found = sessions(log, ["visit"])
    >>> found.n_sessions, found.median_minutes
    (2, 20.0)
    """
    log = journey_log(event_stages, stages)
    first = np.flatnonzero(session_starts(log, pause_minutes=pause_minutes))
    last = np.append(first[1:], len(log.time)) - 1 if len(first) else first
    longer = last > first
    took = (log.time[last[longer]] - log.time[first[longer]]) / MICROSECONDS_PER_MINUTE
    return Sessions(
        n_sessions=len(first),
        n_customers=log.n_customers,
        n_events=len(log.time),
        single_share=float((~longer).mean()) if len(first) else float("nan"),
        median_minutes=float(np.median(took)) if len(took) else float("nan"),
        pause_minutes=pause_minutes,
    )
