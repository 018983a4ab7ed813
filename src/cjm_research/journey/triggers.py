"""Which touchpoints come right before customers move on from a stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.journey.coded_events import CodedEvents
from cjm_research.journey.stays import Stays, stays
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.study.model import Limits

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A touchpoint as the last one before a move."""

    stage: str
    touchpoint: str
    moves: int
    """Moves on from the stage that it came right before."""
    expected: float
    """The same, were the last event before the move like any other of the customer's there."""
    n: int
    """Customers who moved on and met it and something else at the stage."""
    times: float
    """Moves over expected."""
    low: float
    high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers(Result):
    """Touchpoints that come right before a move more often than by the customer's own rate."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "moves": Unit.COUNT,
        "expected": Unit.NUMBER,
        "n": Unit.COUNT,
        "times": Unit.LIFT,
        "low": Unit.LIFT,
        "high": Unit.LIFT,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "stage", "touchpoint", "moves", "expected", "times", "low", "high", "n",
    )  # fmt: skip

    rows: tuple[Trigger, ...]
    """In the order of the stages, the highest ratio first."""
    confidence: float
    limits: Limits = USUAL

    def of(self, stage: str) -> tuple[Trigger, ...]:
        """Return the clear triggers of a stage, the highest ratio first."""
        return tuple(
            r
            for r in self.rows
            if r.stage == stage and r.times > 1 and r.p_adjusted < 1 - self.confidence
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage and touchpoint."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return what comes before a move more often than its base rate."""
        return tuple(
            Finding(
                id=f"journey/trigger/stage={r.stage}/touchpoint={r.touchpoint}",
                kind="trigger",
                subject={"stage": r.stage, "touchpoint": r.touchpoint},
                estimate=r.times,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                reference=1.0,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/trigger",
                unit=Unit.LIFT,
                n=r.n,
                method="stratified by customer; normal, holm",
                direction="good",
                customers=r.moves,
                status=told(self.limits, r.n, is_clear=r.p_adjusted < 1 - self.confidence),
                values={"moves": r.moves},
            )
            for r in self.rows
            if r.times > 1
        )


def triggers(
    event_stages: EventStages | Mapping[str, Stays],
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Triggers:
    """Find what customers met right before they moved on, more often than chance has it.

    Each customer is compared with themselves: of k events of a touchpoint among m at the
    stage, the last before the move would be one of the k with chance k / m. Whoever met one
    thing only says nothing. What comes before a move need not bring it about.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or mapping of str to Stays
        What `event_stages` gave, or `stays` made of it.
    stages : sequence of str
        Stages in the order of the journey.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the intervals.
    limits : Limits
        How many customers a touchpoint needs to be listed.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If `confidence` is out of range.

    Notes
    -----
    A method of our own, on Mantel's principle of adding up strata: with every customer a
    stratum, the sum of (was last) less (k / m) has mean zero and variance of the sum of
    k / m (1 - k / m) where the order within a stage is chance. Its level is checked by
    simulation (``tests/journey/test_influence.py``).
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    found: Mapping[str, Stays] = (
        stays(event_stages, stages, observed_until=observed_until)
        if isinstance(event_stages, pd.DataFrame | CodedEvents)
        else event_stages
    )
    rows = [
        row
        for stage in list(stages)[:-1]
        if stage in found
        for row in _triggers(stage, found[stage], limits, confidence)
    ]
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    return Triggers(
        rows=tuple(replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)),
        confidence=confidence,
        limits=limits,
    )


def _triggers(stage: str, here: Stays, limits: Limits, confidence: float) -> list[Trigger]:
    tells = np.flatnonzero(here.has_moved & (here.times < here.events))
    touchpoint, is_last = here.touchpoint[tells], here.is_last[tells]
    chance = here.times[tells] / here.events[tells]
    rows = []
    for i, n in enumerate(np.bincount(touchpoint, minlength=len(here.names)).tolist()):
        if limits.level(n) not in ("estimates", "claims"):
            continue
        own = touchpoint == i
        moves, expected = int((own & is_last).sum()), chance[own].sum()
        se = float(np.sqrt((chance[own] * (1 - chance[own])).sum()))
        margin = float(special.ndtri((1 + confidence) / 2)) * se
        rows.append(
            Trigger(
                stage=stage,
                touchpoint=here.names[i],
                moves=moves,
                expected=float(expected),
                n=n,
                times=float(moves / expected),
                low=max(float((moves - margin) / expected), 0.0),
                high=float((moves + margin) / expected),
                p=float(2 * special.ndtr(-abs(moves - expected) / se)),
                p_adjusted=NAN,
            )
        )
    return sorted(rows, key=lambda r: (-r.times, r.touchpoint))
