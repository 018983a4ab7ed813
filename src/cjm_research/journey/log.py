"""Events as arrays of codes: what the kernels of this package work on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError, SchemaError
from cjm_research.journey.coded_events import CodedEvents, coded_events, sequence_of
from cjm_research.journey.ordering import NO_TIME, coded, microseconds, renumbered
from cjm_research.journey.pieces import pieces
from cjm_research.journey.rules import matched_rule, need_events

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.study.plans import Stage

    Codes = NDArray[np.int64]

MICROSECONDS_PER_DAY = 86_400_000_000
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JourneyLog:
    """Timed events of customers, one after the other, each customer's in their order."""

    customer: NDArray[np.int32]
    """Number of the customer in `ids`; rises."""
    stage: NDArray[np.signedinteger]
    """Number of the stage in `stages`; -1 for a stage that was not asked about. Two bytes each
    where that holds them: what stages are made of may have more names than that."""
    time: Codes
    """Microseconds since 1970, UTC; rises within a customer."""
    ids: pd.Index
    stages: tuple[str, ...]
    until: int
    """Microseconds; nothing is known of what happened later."""
    n_without_time: int
    """Events that were left out because they have no time."""
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def n_customers(self) -> int:
        """Customers with at least one timed event."""
        return len(self.ids)

    def kept(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made of the log under a name, or make it."""
        if name not in self._kept:
            self._kept[name] = make()
        made: Made = self._kept[name]
        return made

    def pieces(self) -> Iterator[tuple[slice, Self]]:
        """Give the log of some customers after the other, and which these are."""
        for rows in pieces(self.customer):
            first, last = int(self.customer[rows.start]), int(self.customer[rows.stop - 1])
            yield (
                slice(first, last + 1),
                replace(
                    self,
                    customer=self.customer[rows] - np.int32(first),
                    stage=self.stage[rows],
                    time=self.time[rows],
                    ids=self.ids[first : last + 1],
                ),
            )

    def runs(self) -> Codes:
        """Return the number of each event's run: events in a row of one customer and stage."""
        return np.cumsum(self.run_starts()) - 1

    def run_starts(self) -> NDArray[np.bool_]:
        """Tell which events open a run."""
        starts = np.ones(len(self.customer), dtype=bool)
        starts[1:] = (self.customer[1:] != self.customer[:-1]) | (self.stage[1:] != self.stage[:-1])
        return starts

    def asking(self, stages: Sequence[str]) -> Self:
        """Return the log with its stages numbered as asked; all others become -1.

        Raises
        ------
        ParameterError
            If no stage is named, or one stands twice.
        """
        names = checked_stages(stages)
        if names == self.stages:
            return self
        number = {name: i for i, name in enumerate(names)}
        asked = stage_numbers([number.get(s, -1) for s in self.stages])
        return replace(self, stage=asked[self.stage], stages=names)

    def before(self, until: int) -> Self:
        """Return the log of what happened before a moment, in microseconds."""
        if until >= self.until:
            return self if until == self.until else replace(self, until=until)
        return replace(self.only(self.time < until), until=until)

    def only(self, kept: NDArray[np.bool_]) -> Self:
        """Return the log of some events, and of the customers who have any of them."""
        if kept.all():
            return self
        customer, who = renumbered(self.customer[kept], self.n_customers)
        return replace(
            self,
            customer=customer,
            stage=self.stage[kept],
            time=self.time[kept],
            ids=self.ids[who],
        )


def event_log(
    events: pd.DataFrame,
    stages: Sequence[Stage],
    *,
    observed_until: pd.Timestamp | str | None = None,
) -> JourneyLog:
    """Put the events that belong to a stage into arrays, without a table in between.

    For millions of events: `event_stages` gives the same events as a table, with touchpoints.

    Parameters
    ----------
    events : pandas.DataFrame
        Canonical events, with `customer_id`, `name` and `occurred_at`; equal stamps go by
        `sequence` where there is one, then by their order.
    stages : sequence of Stage
        Stages in the order of the journey, each with its event rules.
    observed_until : pandas.Timestamp or str, optional
        As in `journey_log`.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If no stage is named, or one stands twice.
    """
    names = checked_stages([s.id for s in stages])
    need_events(events, ("occurred_at",))
    until = None if observed_until is None else moment(observed_until)
    with ThreadPoolExecutor(1) as beside:  # half of the work is to number customers and names
        who = beside.submit(coded, events["customer_id"])
        rule = matched_rule(events, stages)
        of_rule = [i for i, stage in enumerate(stages) for _ in stage.events]
        stage = stage_numbers(of_rule)[rule]
        customer, ids = who.result()
    found = CodedEvents(
        customer=customer, time=microseconds(events["occurred_at"]), sequence=sequence_of(events),
        codes={"stage": stage}, names={"stage": names}, ids=ids, columns=(),
    )  # fmt: skip
    known = stage >= 0
    found = found if known.all() else found.only(known)
    log = log_of_codes(found, found.codes["stage"], names)
    return log if until is None else log.before(until)


def journey_log(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
) -> JourneyLog:
    """Put event stages into arrays, ordered by customer and time.

    Parameters
    ----------
    event_stages : pandas.DataFrame or JourneyLog
        With `customer_id`, `occurred_at` and `stage`. Events of one customer with equal
        stamps keep the order that they have in the table. A log is asked about other stages.
    stages : sequence of str
        Stages that are asked about, in their order.
    observed_until : pandas.Timestamp or str, optional
        Events from this time on are left out; a time without a zone is UTC. Just after the
        newest event if absent.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If no stage is named, or one stands twice, or `observed_until` is no time.
    """
    names = checked_stages(stages)
    until = None if observed_until is None else moment(observed_until)
    if isinstance(event_stages, JourneyLog):
        log = event_stages.asking(names)
        return log if until is None else log.before(until)
    for column in ("customer_id", "occurred_at", "stage"):
        if column not in event_stages:
            raise SchemaError.missing_column(
                column, table="event_stages", found=list(event_stages.columns)
            )
    events = coded_events(event_stages)

    def made() -> JourneyLog:
        number = {name: i for i, name in enumerate(names)}
        asked = stage_numbers([number.get(s, -1) for s in events.names["stage"]])
        log = log_of_codes(events, asked[events.codes["stage"]], names)
        return log if until is None else log.before(until)

    return events.kept(("log", names, until), made)


def log_of_codes(
    events: CodedEvents, codes: NDArray[np.signedinteger[Any]], names: Sequence[str]
) -> JourneyLog:
    """Return the events as a log in which numbers of any kind stand for stages.

    Parameters
    ----------
    events : CodedEvents
        Events of no customer are left out, and those without a time are only counted.
    codes : array of int, shape (n_events,)
        Number in `names` of each event; -1 for none.
    names : sequence of str
        What the log's stages are to be.
    """
    order = events.order()
    customer, time, n_without_time = events.customer, events.time, 0
    if order is not None:
        n_without_time = int(((customer >= 0) & (time == NO_TIME)).sum())
        customer, time, codes = customer[order], time[order], codes[order]
    customer, who = renumbered(customer, len(events.ids))
    return JourneyLog(
        customer=customer,
        stage=codes,
        time=time,
        ids=events.ids if len(who) == len(events.ids) else events.ids[who],
        stages=tuple(names),
        until=_after(time),
        n_without_time=n_without_time,
    )


def moment(stamp: pd.Timestamp | str) -> int:
    """Return a time as microseconds since 1970; without a zone it is UTC.

    Raises
    ------
    ParameterError
        If it is no time.
    """
    return int(in_utc(stamp).as_unit("us").to_numpy().astype(np.int64))


def in_utc(stamp: pd.Timestamp | str) -> pd.Timestamp:
    """Return the end of what was watched as a time in UTC; without a zone it is UTC.

    Raises
    ------
    ParameterError
        If it is no time.
    """
    try:
        time = pd.Timestamp(stamp)
    except ValueError:
        raise ParameterError.expected("observed_until", "a time", got=stamp) from None
    if pd.isna(time):
        raise ParameterError.expected("observed_until", "a time", got=stamp)
    return time.tz_localize("UTC") if time.tzinfo is None else time.tz_convert("UTC")


def checked_stages(stages: Sequence[str]) -> tuple[str, ...]:
    """Return the names of stages, one or more and all different."""
    names = tuple(stages)
    if not names or len(set(names)) != len(names):
        raise ParameterError.expected("stages", "different names, one or more", got=list(names))
    return names


def stage_numbers(numbers: Sequence[int]) -> NDArray[np.signedinteger]:
    """Return numbers of stages in as few bytes as they need, with -1 behind them for "none"."""
    is_few = max(numbers, default=0) <= np.iinfo(np.int16).max
    return np.array([*numbers, -1], dtype=np.int16 if is_few else np.int32)


def _after(time: Codes) -> int:
    return int(time.max()) + 1 if len(time) else 0
