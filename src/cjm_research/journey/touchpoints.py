"""Which touchpoints customers meet at each stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.journey.contacts import contacts
from cjm_research.journey.placing import need
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """A touchpoint at one stage."""

    stage: str
    touchpoint: str
    customers: int
    share: float
    """Of the customers of the stage."""
    low: float
    high: float
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointReach(Result):
    """Share of each stage's customers who met each touchpoint, most frequent first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "events": Unit.COUNT,
    }

    rows: tuple[Touchpoint, ...]
    confidence: float

    def of(self, stage: str) -> tuple[Touchpoint, ...]:
        """Return the touchpoints of one stage, most frequent first."""
        return tuple(r for r in self.rows if r.stage == stage)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage and touchpoint."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: reach alone is nothing to act on."""
        return ()


def touchpoint_reach(
    event_stages: EventStages, stages: Sequence[str], *, confidence: float = 0.95
) -> TouchpointReach:
    """Count the customers of each stage who met each of its touchpoints.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave; events without a time count too.
    stages : sequence of str
        Stages in the order of the journey.
    confidence : float, default 0.95
        Of the Wilson intervals.
    """
    need(event_stages, ("customer_id", "stage", "touchpoint"), table="event_stages")
    seen = contacts(event_stages)
    rows: list[Touchpoint] = []
    for stage in stages:
        n = len(seen.at(stage))
        met = {name: len(seen.at(stage, name)) for name in seen.touchpoints(stage)}
        found = sorted(met.items(), key=lambda item: -item[1])
        low, high = wilson_interval([n_met for _, n_met in found], n, confidence=confidence)
        rows += [
            Touchpoint(
                stage=stage,
                touchpoint=name,
                customers=customers,
                share=customers / n,
                low=float(low[i]),
                high=float(high[i]),
                events=seen.events[stage, name],
            )
            for i, (name, customers) in enumerate(found)
        ]
    return TouchpointReach(rows=tuple(rows), confidence=confidence)


def as_met(event_stages: EventStages, stage: str) -> list[str]:
    """Return the touchpoints of a stage in the order in which customers mostly meet them.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave: each customer's events in their order.
    stage : str
        Name of the stage.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {"customer_id": ["a", "a"], "stage": "buy", "touchpoint": ["till", "cart"]}
    ... )
    >>> as_met(log, "buy")
    ['till', 'cart']
    """
    seen = contacts(event_stages)
    return sorted(seen.touchpoints(stage), key=lambda t: seen.rank.get((stage, t), float("inf")))
