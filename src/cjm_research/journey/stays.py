"""What customers met while they were at a stage, before they moved on from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.kernel import opens
from cjm_research.journey.log import log_of_codes, moment, stage_numbers
from cjm_research.journey.pieces import pairs
from cjm_research.journey.placing import need
from cjm_research.journey.stage_moves import on_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import CodedEvents, EventStages
    from cjm_research.journey.log import JourneyLog

    Codes = NDArray[np.int64]
    Few = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stays:
    """What customers met at one stage, from the first event until they were seen at a later one.

    One row for each customer and touchpoint.
    """

    customer: NDArray[np.int32]
    """Rises."""
    touchpoint: Few
    """Number in `names`."""
    times: NDArray[np.int32]
    """Events of the customer with this touchpoint."""
    events: NDArray[np.int32]
    """Events of the customer in all."""
    has_moved: NDArray[np.bool_]
    """Whether the customer was seen at a later stage afterwards."""
    is_last: NDArray[np.bool_]
    """Whether the touchpoint is that of the customer's last event of these."""
    names: tuple[str, ...]


def stays(
    event_stages: EventStages,
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
) -> dict[str, Stays]:
    """Return, for each stage, what customers met before they moved on from it.

    Parameters
    ----------
    event_stages : pandas.DataFrame or CodedEvents
        What `event_stages` gave. An event without a touchpoint is left out.
    stages : sequence of str
        Stages in the order of the journey.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    need(event_stages, ("customer_id", "occurred_at", "stage", "touchpoint"), table="event_stages")
    events = coded_events(event_stages)
    until = None if observed_until is None else moment(observed_until)
    if until is not None and (events.window is None or events.window[1] < until):
        until = None  # nothing is later
    return events.kept(("stays", tuple(stages), until), lambda: _stays(events, stages, until))


def _stays(events: CodedEvents, stages: Sequence[str], until: int | None) -> dict[str, Stays]:
    names = events.names["touchpoint"]
    log = log_of_codes(events, _cells(events, stages), stages)
    log = log if until is None else log.before(until)
    log = on_stages(log)  # of a stage and a touchpoint that are known
    if not len(log.stage):
        return {}
    found: list[list[Stays]] = [[] for _ in stages]
    for who, part in log.pieces():
        stage, touchpoint = np.divmod(part.stage, part.stage.dtype.type(len(names)))
        for i, parts in enumerate(found):
            own = _at(i, part, (stage, touchpoint), names)
            parts.append(replace(own, customer=own.customer + np.int32(who.start)))
    return {name: _joined(parts) for name, parts in zip(stages, found, strict=True)}


def _cells(events: CodedEvents, stages: Sequence[str]) -> Few:
    """Return the number of stage and touchpoint of each event; -1 where one is not known."""
    n_points = len(events.names["touchpoint"])
    number = {name: i for i, name in enumerate(stages)}
    asked = stage_numbers([number.get(s, -1) for s in events.names["stage"]])
    few = np.int16 if len(stages) * n_points < 32_768 else np.int32
    stage, point = asked[events.codes["stage"]], events.codes["touchpoint"]
    cell: Few = stage.astype(few)
    cell *= few(n_points)
    cell += point
    cell[(stage < 0) | (point < 0)] = -1
    return cell


def _at(i: int, log: JourneyLog, where: tuple[Few, Few], names: tuple[str, ...]) -> Stays:
    stage, touchpoint = where
    customer = log.customer
    here = np.flatnonzero(stage == i)
    first = _earliest(log, here)
    beyond = np.flatnonzero(stage > i)
    later = _earliest(log, beyond[beyond > first[customer[beyond]]])
    kept = here[here < later[customer[here]]]
    who, met = customer[kept], touchpoint[kept]
    at, times = pairs(who, met, n_what=len(names))
    last = np.zeros(log.n_customers, dtype=met.dtype)
    last[who] = met  # of several the last stays
    events = np.bincount(who, minlength=log.n_customers).astype(np.int32)
    who, met = who[at], met[at]
    return Stays(
        customer=who,
        touchpoint=met,
        times=times,
        events=events[who],
        has_moved=later[who] < len(customer),
        is_last=last[who] == met,
        names=names,
    )


def _earliest(log: JourneyLog, places: Codes) -> Codes:
    """Return each customer's first of some places, which rise; the number of all if none."""
    first = np.full(log.n_customers, len(log.customer), dtype=np.int64)
    who = log.customer[places]
    opening = opens(who)
    first[who[opening]] = places[opening]
    return first


def _joined(parts: list[Stays]) -> Stays:
    columns = ("customer", "touchpoint", "times", "events", "has_moved", "is_last")
    whole: dict[str, Any] = {c: np.concatenate([getattr(p, c) for p in parts]) for c in columns}
    return replace(parts[0], **whole)
