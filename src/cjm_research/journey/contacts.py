"""Who was seen at which stage and touchpoint: what maps, moods and reach are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.kernel import opens
from cjm_research.journey.pieces import firsts, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import CodedEvents, EventStages

    Place = tuple[str, str]
    Who = NDArray[np.int32]

ANYWHERE = ""
"""In place of a touchpoint: the stage as a whole."""
_NOBODY = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contacts:
    """Customers and events by stage and touchpoint; events without a time count too."""

    visitors: dict[Place, Who]
    """Numbers of the customers seen at a place, each once; `ANYWHERE` for a whole stage."""
    events: dict[Place, int]
    """Events at each stage and touchpoint that has any."""
    rank: dict[Place, float]
    """How much else of the stage customers had met before a touchpoint, on average; NaN where
    nobody is known to have met it."""

    def at(self, stage: str, touchpoint: str = ANYWHERE) -> Who:
        """Return the customers seen at a place, each once."""
        return self.visitors.get((stage, touchpoint), _NOBODY)

    def touchpoints(self, stage: str) -> list[str]:
        """Return the touchpoints of a stage that have events, by name."""
        return sorted(t for s, t in self.events if s == stage)


def contacts(event_stages: EventStages) -> Contacts:
    """Count who was seen where; made once of coded events.

    Parameters
    ----------
    event_stages : pandas.DataFrame or CodedEvents
        With `stage` and `touchpoint`; without `customer_id` the events alone are counted.
    """
    events = coded_events(event_stages)
    return events.kept("contacts", lambda: _contacts(events))


def _contacts(events: CodedEvents) -> Contacts:
    stages, points = events.names["stage"], events.names["touchpoint"]
    width = len(points) + 1  # the last is "no touchpoint"
    counts = np.zeros(len(stages) * width, dtype=np.int64)
    met: list[tuple[Who, NDArray[np.int32]]] = []
    for who, cell in _cells(events, width):
        counts += np.bincount(cell, minlength=len(counts))
        first = firsts(who, cell, n_what=len(counts))
        met.append((who[first], cell[first]))
    who = np.concatenate([w for w, _ in met]) if met else _NOBODY
    cell = np.concatenate([c for _, c in met]) if met else _NOBODY
    out = Contacts(visitors={}, events={}, rank={})
    for i, stage in enumerate(stages):
        here = np.flatnonzero((cell // width == i) & (who >= 0))
        _note_stage(out, stage, (who[here], cell[here] - i * width), points)
        own = counts[i * width : (i + 1) * width - 1]
        out.events.update({(stage, points[k]): int(own[k]) for k in np.flatnonzero(own).tolist()})
    return out


def customers_of_channels(events: CodedEvents) -> dict[str, int]:
    """Return how many customers came through each channel that any did."""
    names = events.names["channel"]
    counts = np.zeros(len(names), dtype=np.int64)
    for who, rows in _by_customer(events):
        channel = events.codes["channel"][rows]
        known = np.flatnonzero((channel >= 0) & (who >= 0))
        first = known[firsts(who[known], channel[known], n_what=len(names))]
        counts += np.bincount(channel[first], minlength=len(names))
    return {name: n for name, n in zip(names, counts.tolist(), strict=True) if n}


def _cells(events: CodedEvents, width: int) -> Iterator[tuple[Who, NDArray[np.int32]]]:
    """Give customers, which rise, and the number of stage and touchpoint, some after the other."""
    for who, rows in _by_customer(events):
        stage, point = (events.codes[c][rows].astype(np.int32) for c in ("stage", "touchpoint"))
        cell = stage * width + np.where(point < 0, width - 1, point)
        known = np.flatnonzero(stage >= 0)
        yield (who, cell) if len(known) == len(who) else (who[known], cell[known])


def _by_customer(events: CodedEvents) -> Iterator[tuple[Who, slice | NDArray[np.int64]]]:
    """Give customers, which rise, and their rows as they stand in the table."""
    order = None
    if not (events.customer[1:] >= events.customer[:-1]).all():
        order = np.argsort(events.customer, kind="stable")
    customer = events.customer if order is None else events.customer[order]
    for rows in pieces(customer):
        yield customer[rows], rows if order is None else order[rows]


def _note_stage(
    out: Contacts, stage: str, met: tuple[Who, NDArray[np.int32]], points: tuple[str, ...]
) -> None:
    """Note the customers of a stage; each touchpoint stands once for each, in their order."""
    who, point = met
    opening = opens(who)
    out.visitors[stage, ANYWHERE] = who[opening]
    start = np.flatnonzero(opening)
    rank = np.arange(len(who)) - start[np.cumsum(opening) - 1] if len(who) else start
    n = np.bincount(point, minlength=len(points) + 1)
    total = np.bincount(point, rank, minlength=len(points) + 1)
    grouped = np.split(who[np.argsort(point, kind="stable")], np.cumsum(n)[:-1])
    for k in np.flatnonzero(n[:-1]).tolist():
        out.visitors[stage, points[k]] = grouped[k]
        out.rank[stage, points[k]] = float(total[k] / n[k])
