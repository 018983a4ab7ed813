"""Planned against actual: whether customers come to a stage from the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.log import journey_log
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import JourneyLog
    from cjm_research.study.model import Limits

START = "start"
"""In place of a stage: the customer was first seen here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How customers first came to a stage."""

    stage: str
    n: int
    """Customers who came to the stage."""
    planned: int
    """Of these, customers who came straight from the stage before it in the plan."""
    share: float
    low: float
    high: float
    other: str
    """The most frequent other way: a stage, or `START`; empty if there is none."""
    other_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals(Result):
    """How many come to each stage as the order of the stages has it."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "n": Unit.COUNT,
        "planned": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "other_stage": Unit.LABEL,
        "other_share": Unit.SHARE,
    }

    rows: tuple[Arrival, ...]
    """One per stage but the first."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def of(self, stage: str) -> Arrival | None:
        """Return the row of a stage; None for the first."""
        return next((r for r in self.rows if r.stage == stage), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage but the first."""
        plain = [
            (r.stage, r.n, r.planned, r.share, r.low, r.high, r.other or None, r.other_share)
            for r in self.rows
        ]
        frame = pd.DataFrame(plain, columns=list(self.units))
        shares = ("share", "low", "high", "other_share")
        return without_small(frame, self.limits, n="n", columns=shares)

    def findings(self) -> tuple[Finding, ...]:
        """Return the stage that the fewest come to as planned, if these are less than half."""
        known = [r for r in self.rows if r.n and r.high < 0.5]
        lowest = sorted(known, key=lambda r: (r.share, r.stage))[:1]
        return tuple(
            Finding(
                id=f"journey/came_otherwise/stage={r.stage}",
                kind="came_otherwise",
                subject={"stage": r.stage, "other_stage": r.other},
                estimate=1 - r.share,
                low=1 - r.high,
                high=1 - r.low,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=r.n,
                window=self.window,
                method="wilson",
                customers=r.n - r.planned,
                status=told(self.limits, r.n),
                values={"other_share": r.other_share},
            )
            for r in lowest
        )


def arrivals(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Arrivals:
    """Tell where customers were directly before they first came to each stage.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` gave.
    stages : sequence of str
        Stages in the order that is planned.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "b"],
    ...         "stage": ["look", "buy", "buy"],
    ...         "occurred_at": pd.date_range("2026-01-01", periods=3, tz="UTC"),
    ...     }
    ... )
    >>> (row,) = arrivals(log, ["look", "buy"]).rows
    >>> row.n, row.planned, row.other
    (2, 1, 'start')
    """
    log = journey_log(event_stages, stages, observed_until=observed_until)
    opens = np.flatnonzero(log.run_starts() & (log.stage >= 0))
    customer, stage = log.customer[opens], log.stage[opens].astype(np.int64)
    came_from = np.full(len(stage), -1, dtype=np.int64)
    same = customer[1:] == customer[:-1] if len(customer) else np.zeros(0, dtype=bool)
    came_from[1:] = np.where(same, stage[:-1], -1)
    _, first = np.unique(customer.astype(np.int64) * len(log.stages) + stage, return_index=True)
    counts = np.zeros((len(log.stages), len(log.stages) + 1), dtype=np.int64)
    np.add.at(counts, (stage[first], came_from[first] + 1), 1)
    rows = [
        _arrival(i, counts[i], log.stages, confidence=confidence) for i in range(1, len(log.stages))
    ]
    return Arrivals(rows=tuple(rows), confidence=confidence, limits=limits)


def _arrival(i: int, counts: np.ndarray, stages: tuple[str, ...], *, confidence: float) -> Arrival:
    n, planned = int(counts.sum()), int(counts[i])  # column 0 is the start
    low, high = wilson_interval(planned, n, confidence=confidence)
    others = counts.copy()
    others[i] = 0
    most = int(others.argmax())
    name = (START, *stages)[most] if others[most] else ""
    return Arrival(
        stage=stages[i],
        n=n,
        planned=planned,
        share=planned / n if n else float("nan"),
        low=float(low),
        high=float(high),
        other=name,
        other_share=float(others[most]) / n if n else float("nan"),
    )
