"""How an effect settled while units came in: cumulative by day of exposure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.grouping import day_codes
from cjm_research.experiments.participants import taking_part
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import ArmSample
    from cjm_research.study.plans import Experiment

FEWEST_DAYS, FEWEST_UNITS = 3, 100
"""Days of exposure that can be followed; units in the smaller arm from which a day counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    """The effect of all units exposed up to the end of one day."""

    exposed_on: str
    """The day, ISO."""
    metric: str
    arm: str
    n: int
    relative_change: float
    relative_low: float
    relative_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Result):
    """Cumulative effects by day of exposure. Intervals are of single days, not of all together."""

    units: ClassVar[Mapping[str, Unit]] = {
        "exposed_on": Unit.DATE,
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n": Unit.COUNT,
        "relative_change": Unit.SHARE,
        "relative_low": Unit.SHARE,
        "relative_high": Unit.SHARE,
    }

    experiment: str
    points: tuple[TimelinePoint, ...]
    confidence: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric, arm and day."""
        return pd.DataFrame([asdict(p) for p in self.points], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a look before the end is no result."""
        return ()


def timeline(
    units: pd.DataFrame | Participants,
    experiment: Experiment,
    *,
    zone: tzinfo | str = "UTC",
    confidence: float = 0.95,
) -> Timeline | None:
    """Follow the first success metric as units came in.

    Parameters
    ----------
    units : pandas.DataFrame
        Units as `unit_metrics` gives them, with `exposed_at`.
    experiment : Experiment
        Arms, control and metrics.
    zone : tzinfo or str, default UTC
        Where a day is a day.
    confidence : float, default 0.95
        Of each day's interval.

    Returns
    -------
    Timeline or None
        None where units have no times, all came within a few days, or nothing is a success.
    """
    part = taking_part(units, experiment)
    metric = next((m for m in experiment.metrics if m.role == "success"), None)
    groups, days = day_codes(part, zone)
    if metric is None or len(days) < FEWEST_DAYS:
        return None
    by_day = part.samples_by(metric, groups, n_groups=len(days))
    points = [
        TimelinePoint(
            exposed_on=day,
            metric=metric.id,
            arm=effect.arm,
            n=effect.n,
            relative_change=effect.lift,
            relative_low=effect.lift_low,
            relative_high=effect.lift_high,
        )
        for day, samples in zip(days, _cumulative(by_day), strict=True)
        for effect in compare_arms(metric, samples, experiment.control, confidence=confidence)
        if effect.smaller_n >= FEWEST_UNITS
    ]
    if len({p.exposed_on for p in points}) < FEWEST_DAYS:
        return None
    return Timeline(experiment=experiment.id, points=tuple(points), confidence=confidence)


def _cumulative(by_day: Sequence[dict[str, ArmSample]]) -> Iterator[dict[str, ArmSample]]:
    """Merge each day's samples with those of all days before it."""
    so_far: dict[str, ArmSample] = {}
    for samples in by_day:
        so_far = {
            arm: so_far[arm].merge(sample) if arm in so_far else sample
            for arm, sample in samples.items()
        }
        yield so_far
