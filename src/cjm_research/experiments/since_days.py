"""What units did on each day after their exposure, added up by arm."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.experiments.outcomes import metric_rows
from cjm_research.experiments.samples import ArmSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.experiments.ledger import Ledger
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

DAY = 86_400_000_000
"""Microseconds."""


class Deeds(NamedTuple):
    """What units did: one entry per unit and day on which it did anything."""

    place: Codes
    day: Codes
    value: Floats
    arm: Codes
    """Of every unit; -1 for those that were not followed long enough."""
    n_days: int


def units_deeds(metric: Metric, ledger: Ledger, *, arm: Codes, n_days: int) -> Deeds:
    """Return what each unit did on each day; a conversion is at most one a day."""
    rows = metric_rows(metric, ledger)
    inside = (rows.since >= 0) & (rows.since < n_days * DAY)
    inside &= arm[rows.place] >= 0
    key = rows.place[inside] * n_days + (rows.since[inside] // DAY).astype(np.int64)
    keys, where = np.unique(key, return_inverse=True)
    value: Floats = np.ones(len(keys))
    if metric.kind != "conversion":
        value = np.bincount(where, weights=rows.value[inside], minlength=len(keys)).astype(float)
    place, day = np.divmod(keys, n_days)
    return Deeds(place, day, value, arm, n_days)


def day_samples(
    experiment: Experiment, metric: Metric, deeds: Deeds, *, is_so_far: bool
) -> list[dict[str, ArmSample]]:
    """Return the sample of each arm on each day, or of all days up to it."""
    n_arms, n_days = len(experiment.arms), deeds.n_days
    sizes = np.bincount(deeds.arm[deeds.arm >= 0], minlength=n_arms)
    after = deeds.value
    before = np.zeros(len(after))
    if is_so_far:
        # Entries stand unit by unit, day by day: each takes over the sum of those before it.
        first = np.r_[True, deeds.place[1:] != deeds.place[:-1]][: len(after)]
        total = np.cumsum(after)
        at_start = (total - after)[first]
        after = total - np.repeat(at_start, np.diff(np.r_[np.flatnonzero(first), len(total)]))
        before = after - deeds.value
        if metric.kind == "conversion":
            after, before = np.ones(len(after)), np.minimum(before, 1.0)
    cell = deeds.day * n_arms + deeds.arm[deeds.place]
    sums, squares = (
        np.bincount(cell, weights=after**k - before**k, minlength=n_days * n_arms).reshape(
            n_days, n_arms
        )
        for k in (1, 2)
    )
    if is_so_far:
        sums, squares = sums.cumsum(axis=0), squares.cumsum(axis=0)
    means = sums / sizes
    spread = np.maximum(squares - sizes * means**2, 0.0) / (sizes - 1)
    return [
        {
            name: ArmSample(n=int(sizes[a]), n_null=0, mean=float(means[d, a]),
                            variance=float(spread[d, a]))
            for a, name in enumerate(experiment.arms)
        }
        for d in range(n_days)
    ]  # fmt: skip
