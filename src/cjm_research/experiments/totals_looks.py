"""Looks at an experiment of which only cumulative sums are known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.look_tables import Look, Looks
from cjm_research.experiments.looks import Seen, looks_at
from cjm_research.experiments.samples import ArmSample, arm_total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjm_research.experiments.effect import Effect
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment


def look_days(rows: pd.DataFrame) -> list[pd.Timestamp]:
    """Return when cumulative sums were looked at; nothing where they are not cumulative."""
    if "is_cumulative" not in rows or "looked_at" not in rows:
        return []
    own = rows.loc[rows["is_cumulative"].fillna(value=False).astype(bool), "looked_at"].dropna()
    return sorted(pd.Timestamp(t) for t in own.unique())


def total_looks(
    experiment: Experiment, rows: pd.DataFrame, *, confidence: float = 0.95
) -> Looks | None:
    """Judge every look at the success metrics by the bound that counts all before it.

    Parameters
    ----------
    experiment : Experiment
        With the number of looks that were planned.
    rows : pandas.DataFrame
        Cumulative totals of the experiment: `arm`, `metric`, `n`, `total`, `variance`,
        `looked_at`.
    confidence : float, default 0.95
        Of all looks together.

    Returns
    -------
    Looks or None
        None where one look was planned or none is recorded. The share of the information at a
        look is its share of the units of the newest one, which stands for the end of the test
        when as many looks were taken as planned.
    """
    days = look_days(rows)
    if experiment.looks == 1 or not days:
        return None
    found = [
        look
        for metric in experiment.metrics
        if metric.role == "success"
        for look in _of_metric(experiment, metric, rows, days, confidence)
    ]
    ordered = sorted(found, key=lambda r: (r.metric, r.arm, r.look))
    return Looks(
        experiment=experiment.id,
        stopping=experiment.stopping,
        rows=tuple(ordered),
        confidence=confidence,
    )


def _of_metric(
    experiment: Experiment,
    metric: Metric,
    rows: pd.DataFrame,
    days: list[pd.Timestamp],
    confidence: float,
) -> Iterator[Look]:
    seen: list[tuple[int, str, dict[str, ArmSample]]] = []
    for day in days:
        at = rows[rows["looked_at"] == day]
        samples = {a: arm_total(at[at["arm"] == a], metric) for a in experiment.arms}
        n = sum(s.n for s in samples.values())
        if all(s.n for s in samples.values()) and (not seen or n > seen[-1][0]):
            seen.append((n, day.strftime("%Y-%m-%d"), samples))
    done = min(len(seen) / experiment.looks, 1.0)
    times = [done * n / seen[-1][0] for n, _, _ in seen]
    for k, (_, day_name, samples) in enumerate(seen, start=1):
        compare = partial(_compare, metric, samples, experiment.control)
        look = Seen(compare, times[:k], day_name, is_newest=k == len(seen))
        yield from looks_at(look, experiment, confidence=confidence)


def _compare(
    metric: Metric, samples: dict[str, ArmSample], control: str, confidence: float
) -> list[Effect]:
    return compare_arms(metric, samples, control, confidence=confidence)
