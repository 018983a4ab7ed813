"""Looks at a running test: what each look saw, and whether its bound was passed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.experiments.adjusting import compare_cells
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.effect import NAN
from cjm_research.experiments.grouping import day_codes
from cjm_research.experiments.look_tables import Look, Looks
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.samples import merged_arms
from cjm_research.stats.sequential import (
    always_valid_p_value,
    always_valid_width,
    look_bounds,
    repeated_p_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import CellMoments
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

FEWEST = 100
"""Units of the smaller arm before a look counts."""
_CERTAIN = 1 - 1e-15


def campaign_looks(
    units: pd.DataFrame | Participants,
    experiment: Experiment,
    *,
    until: pd.Timestamp | None = None,
    zone: tzinfo | str = "UTC",
    confidence: float = 0.95,
) -> Looks | None:
    """Look at the success metrics as often as the plan says.

    The looks are spread evenly over the days of the test; the newest one is the last day of the
    data. Each sees the units that were exposed by its day.

    Parameters
    ----------
    units : pandas.DataFrame
        Units as `unit_metrics` gives them.
    experiment : Experiment
        Dates, looks and how the chance of error is spread over them.
    until : pandas.Timestamp, optional
        Last day of the data; the end of the test if absent.
    zone : tzinfo or str, default UTC
        Where a day is a day.
    confidence : float, default 0.95
        Of all looks together.

    Returns
    -------
    Looks or None
        None where the plan has one look, or units have no times to place a look by.
    """
    need_control(experiment)
    part = taking_part(units, experiment)
    groups, days = day_codes(part, zone)
    if experiment.looks == 1 or not days:
        return None
    ends = _look_days(experiment, days, until)
    if not ends:
        return None
    times = [share for share, _ in ends]
    rows: list[Look] = []
    for metric in experiment.metrics:
        if metric.role != "success" or metric.kind == "quantile":
            continue
        cells = part.moments(
            metric, groups=groups, n_groups=len(days), is_adjusted=bool(metric.adjusted_for)
        )
        so_far = list(accumulate(cells, merged_arms))
        for k, (_, day) in enumerate(ends, start=1):
            before = int(np.searchsorted(days, day, side="right"))
            if before == 0:
                continue
            compare = partial(_compare, metric, so_far[before - 1], experiment.control)
            seen = Seen(compare, times[:k], day, is_newest=k == len(ends))
            rows += looks_at(seen, experiment, confidence=confidence)
    return Looks(
        experiment=experiment.id,
        stopping=experiment.stopping,
        rows=tuple(sorted(rows, key=lambda r: (r.metric, r.arm, r.look))),
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look sees: the arms compared at any confidence, and when the look was."""

    compare: Callable[[float], Sequence[Effect]]
    times: Sequence[float]
    """Shares of the information at this look and at all before it."""
    day: str
    is_newest: bool = True


def looks_at(seen: Seen, experiment: Experiment, *, confidence: float) -> Iterator[Look]:
    """Judge one look at one metric, arm by arm, with all looks before it counted."""
    for row in seen.compare(confidence):
        if row.problem or row.smaller_n < FEWEST:
            continue
        bound = _bound(row, seen.times, experiment, confidence)
        level = min(1 - 2 * float(special.ndtr(-bound)), _CERTAIN)
        wide = next(w for w in seen.compare(level) if w.arm == row.arm)
        yield _look(row, wide, seen, experiment, bound)


def _bound(row: Effect, times: Sequence[float], experiment: Experiment, confidence: float) -> float:
    if experiment.stopping == "always_valid":
        planned = row.n / times[-1]
        return float(always_valid_width(row.n, planned=planned, confidence=confidence))
    return float(look_bounds(times, spending=experiment.stopping, confidence=confidence)[-1])


def _look(row: Effect, wide: Effect, seen: Seen, experiment: Experiment, bound: float) -> Look:
    z = _z(row)
    if experiment.stopping == "always_valid":
        p = float(always_valid_p_value(z, row.n, planned=row.n / seen.times[-1]))
    elif seen.is_newest or len(seen.times) <= 10:
        p = repeated_p_value(z, seen.times, spending=experiment.stopping)
    else:
        p = NAN  # of many looks the newest has its p; the bound says the rest
    return Look(
        metric=row.metric,
        arm=row.arm,
        look=len(seen.times),
        n_looks=experiment.looks,
        looked_on=seen.day,
        information=seen.times[-1],
        n=row.n,
        difference=row.difference,
        low=wide.low,
        high=wide.high,
        relative_change=row.lift,
        relative_low=wide.lift_low,
        relative_high=wide.lift_high,
        z=z,
        z_bound=bound,
        p_look=p,
        is_share=row.is_share,
        is_good=row.goodness > 0,
    )


def _compare(
    metric: Metric, cells: dict[str, CellMoments], control: str, confidence: float
) -> list[Effect]:
    return compare_cells(metric, cells, control, confidence=confidence)


def _look_days(
    experiment: Experiment, days: Sequence[str], until: pd.Timestamp | None
) -> list[tuple[float, str]]:
    """Return the share of the test and the day of each look that has been taken."""
    first = pd.Timestamp(experiment.starts_on or days[0])
    last = pd.Timestamp(experiment.ends_on or days[-1])
    now = last if until is None else min(until.tz_localize(None).normalize(), last)
    total = (last - first).days + 1
    elapsed = (now - first).days + 1
    if elapsed < 1 or total < experiment.looks:
        return []
    marks = [round(k * total / experiment.looks) for k in range(1, experiment.looks + 1)]
    taken = [m for m in marks if m < elapsed] + [elapsed]
    return [
        (m / total, (first + pd.Timedelta(days=m - 1)).strftime("%Y-%m-%d"))
        for m in taken[: experiment.looks]
    ]


def days_left(experiment: Experiment, until: pd.Timestamp | None) -> int | None:
    """Return the days that a test still has to run; None where it is over, or nothing tells."""
    if until is None or experiment.ends_on is None:
        return None
    left = (pd.Timestamp(experiment.ends_on) - until.tz_localize(None).normalize()).days
    return left if left > 0 else None


def with_looks(
    rows: Sequence[Effect],
    looks: Looks | None,
    experiment: Experiment,
    *,
    until: pd.Timestamp | None = None,
) -> list[Effect]:
    """Give the main rows of the success metrics the p that counts all looks.

    Parameters
    ----------
    rows : sequence of Effect
        As `arm_effects` gives them.
    looks : Looks, optional
        The looks that were taken, where the data tell when.
    experiment : Experiment
        The plan. With one look nothing is changed.
    until : pandas.Timestamp, optional
        Last day of the data. Of a test that is over, looks that nothing tells of count as taken as
        planned, evenly; of one that runs on their p stays unknown.
    """
    if experiment.looks == 1:
        return [*rows]
    is_over = days_left(experiment, until) is None

    def counted(row: Effect) -> Effect:
        if not (row.is_main and row.role == "success"):
            return row
        p = NAN if looks is None else looks.p_of(row.metric, row.arm)
        return replace(row, p_look=_as_planned(row, experiment) if p != p and is_over else p)

    return [counted(r) for r in rows]


def _as_planned(row: Effect, experiment: Experiment) -> float:
    """Return the p of the last of all planned looks, evenly spread."""
    z = _z(row)
    if experiment.stopping == "always_valid":
        return float(always_valid_p_value(z, row.n, planned=max(row.n, 1)))
    times = [k / experiment.looks for k in range(1, experiment.looks + 1)]
    return repeated_p_value(z, times, spending=experiment.stopping)


def _z(row: Effect) -> float:
    return float(np.copysign(-special.ndtri(np.maximum(row.p, 1e-300) / 2), row.difference))
