"""Where those go who do not move on from a stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.log import MICROSECONDS_PER_DAY, JourneyLog, journey_log
from cjm_research.journey.stage_moves import moved_on, on_stages
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import Codes
    from cjm_research.study.model import Limits

SILENT, RECENT = "silent", "recent"
"""Not seen again for long; not seen again, but only lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTo:
    """Customers who did not move on from a stage, by what was seen of them afterwards."""

    stage: str
    then_stage: str
    """An earlier stage, ``silent`` or ``recent``."""
    customers: int
    share: float
    """Of those who did not move on."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Result):
    """Where the customers of each stage went who never moved on."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "then_stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[LostTo, ...]
    quiet_days: float
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage and what came then."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        # The shares of a stage are of all its customers who did not move on.
        frame["n"] = frame.groupby("stage")["customers"].transform("sum")
        hidden = without_small(frame, self.limits, n="n", columns=["share", "low", "high"])
        return hidden[list(self.units)]

    def findings(self) -> tuple[Finding, ...]:
        """Return, per stage, how many of those who did not move on fell silent."""
        size = self.to_frame().groupby("stage")["customers"].sum()
        return tuple(
            Finding(
                id=f"journey/lost_silent/stage={r.stage}",
                kind="lost_silent",
                subject={"stage": r.stage},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=int(size[r.stage]),
                method="wilson",
                direction="bad",
                customers=r.customers,
                status=told(self.limits, int(size[r.stage])),
                values={"days": self.quiet_days},
            )
            for r in self.rows
            if r.then_stage == SILENT
        )


def lost(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    quiet_days: float = 30,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Lost:
    """Say what was last seen of the customers who did not move on from each stage.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey; the last one has nothing to move on to.
    quiet_days : float, default 30
        Who was not seen for so many days at the end is silent, else recent.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.
    """
    if not quiet_days > 0:
        raise ParameterError.expected("quiet_days", "days above zero", got=quiet_days)
    log = on_stages(journey_log(event_stages, stages, observed_until=observed_until))
    rows = []
    for i, name in enumerate(log.stages[:-1]):
        _, stayed = moved_on(log, i)
        after = np.empty(log.n_customers, dtype=np.int64)
        for who, part in log.pieces():
            after[who] = _next_after_last(part, stage=i, quiet=quiet_days * MICROSECONDS_PER_DAY)
        after = after[stayed]
        steps, counts = np.unique(after, return_counts=True)
        low, high = wilson_interval(counts, len(stayed), confidence=confidence)
        rows += [
            LostTo(
                stage=name,
                then_stage=_step_name(int(step), log.stages),
                customers=int(counts[k]),
                share=float(counts[k] / len(stayed)),
                low=float(low[k]),
                high=float(high[k]),
            )
            for k, step in enumerate(steps)
        ]
    return Lost(rows=tuple(rows), quiet_days=quiet_days, confidence=confidence, limits=limits)


def _next_after_last(log: JourneyLog, *, stage: int, quiet: float) -> Codes:
    """Stage that followed each customer's last event of `stage`; -1 silent, -2 recent.

    Of a customer without such an event it says nothing.
    """
    at = np.full(log.n_customers, -1, dtype=np.int64)
    position = np.flatnonzero(log.stage == stage)
    at[log.customer[position]] = position
    after = np.minimum(at + 1, len(log.stage) - 1)
    follows = (after > at) & (log.customer[after] == np.arange(log.n_customers))
    rests = np.where(log.until - log.time[at] >= quiet, -1, -2)
    return np.where(follows, log.stage[after], rests).astype(np.int64)


def _step_name(step: int, stages: Sequence[str]) -> str:
    return {-1: SILENT, -2: RECENT}.get(step) or stages[step]
