"""When customers came to each stage, and when they moved on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.journey.kernel import FOREVER, opens

if TYPE_CHECKING:
    from cjm_research.journey.log import Codes, JourneyLog


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageMoves:
    """When each customer came to each stage, and moved on; shape (n_stages, n_customers)."""

    came: Codes
    """Microseconds of the first event of the stage; `FOREVER` for none."""
    moved: Codes
    """Microseconds of the first event of a later stage after that; `FOREVER` for none."""


def on_stages(log: JourneyLog) -> JourneyLog:
    """Return the log without the events, and customers, of no stage that was asked about."""
    if log.kept("asks of all", lambda: bool((log.stage >= 0).all())):
        return log
    return log.kept("asked about", lambda: log.only(log.stage >= 0))


def stage_moves(log: JourneyLog) -> StageMoves:
    """Find when customers came to the stages and moved on from them; made once of a log."""
    return log.kept("moves", lambda: _stage_moves(log))


def moved_on(log: JourneyLog, stage: int) -> tuple[Codes, Codes]:
    """Return the customers of a stage who moved on from it, and those who did not."""
    moves = stage_moves(log)
    came = np.flatnonzero(moves.came[stage] < FOREVER)
    moved = moves.moved[stage, came] < FOREVER
    return came[moved], came[~moved]


def _stage_moves(log: JourneyLog) -> StageMoves:
    shape = len(log.stages), log.n_customers
    out = StageMoves(came=np.full(shape, FOREVER), moved=np.full(shape, FOREVER))
    for who, part in log.pieces():
        for stage in range(len(log.stages)):
            first = np.full(part.n_customers, -1, dtype=np.int64)
            _note_first(first, part, np.flatnonzero(part.stage == stage))
            onward = _first_after(part, first, later_than=stage)
            for found, times in ((first, out.came), (onward, out.moved)):
                known = np.flatnonzero(found >= 0)
                times[stage, who][known] = part.time[found[known]]
    return out


def _first_after(log: JourneyLog, since: Codes, *, later_than: int) -> Codes:
    """Position of each customer's first event of a later stage after `since`; -1 for none."""
    position = np.flatnonzero(log.stage > later_than)
    start = since[log.customer[position]]
    position = position[(start >= 0) & (position > start)]
    out = np.full(log.n_customers, -1, dtype=np.int64)
    _note_first(out, log, position)
    return out


def _note_first(row: Codes, log: JourneyLog, position: Codes) -> None:
    who = log.customer[position]
    first = opens(who)
    row[who[first]] = position[first]
