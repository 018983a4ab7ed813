"""How an effect settled while units came in: cumulative by day of exposure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.grouping import day_codes
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.samples import merged_arms
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import CellMoments
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

NAN = float("nan")
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
    daily_n: int = 0
    """Units exposed on this day alone."""
    daily_change: float = NAN
    """Their effect; NaN where they are too few."""
    daily_low: float = NAN
    daily_high: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Result):
    """Effects by day of exposure: of all up to a day, and of the day alone."""

    units: ClassVar[Mapping[str, Unit]] = {
        "exposed_on": Unit.DATE,
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n": Unit.COUNT,
        "relative_change": Unit.SHARE,
        "relative_low": Unit.SHARE,
        "relative_high": Unit.SHARE,
        "daily_n": Unit.COUNT,
        "daily_change": Unit.SHARE,
        "daily_low": Unit.SHARE,
        "daily_high": Unit.SHARE,
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
    followed = (m for m in experiment.metrics if m.role == "success" and m.kind != "quantile")
    metric = next(followed, None)
    groups, days = day_codes(part, zone)
    if metric is None or len(days) < FEWEST_DAYS:
        return None
    by_day = part.moments(metric, groups=groups, n_groups=len(days))
    points = [
        _point(day, both, own)
        for day, cells, alone in zip(days, accumulate(by_day, merged_arms), by_day, strict=True)
        for both, own in zip(
            _compared(metric, cells, experiment.control, confidence=confidence),
            _compared(metric, alone, experiment.control, confidence=confidence),
            strict=True,
        )
        if both.smaller_n >= FEWEST_UNITS
    ]
    if len({p.exposed_on for p in points}) < FEWEST_DAYS:
        return None
    return Timeline(experiment=experiment.id, points=tuple(points), confidence=confidence)


def _point(day: str, so_far: Effect, alone: Effect) -> TimelinePoint:
    is_enough = alone.smaller_n >= FEWEST_UNITS
    return TimelinePoint(
        exposed_on=day,
        metric=so_far.metric,
        arm=so_far.arm,
        n=so_far.n,
        relative_change=so_far.lift,
        relative_low=so_far.lift_low,
        relative_high=so_far.lift_high,
        daily_n=alone.n,
        daily_change=alone.lift if is_enough else NAN,
        daily_low=alone.lift_low if is_enough else NAN,
        daily_high=alone.lift_high if is_enough else NAN,
    )


def _compared(
    metric: Metric, cells: dict[str, CellMoments], control: str, *, confidence: float
) -> list[Effect]:
    is_ratio = metric.kind == "ratio"
    samples = {arm: cell.sample(is_ratio=is_ratio) for arm, cell in cells.items()}
    return compare_arms(metric, samples, control, confidence=confidence)
