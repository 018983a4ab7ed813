"""Effects adjusted for what was known of the units before: covariates and strata."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.experiments.comparing import blank_effect, compare_arms, compared_means
from cjm_research.experiments.grouping import stratum_codes
from cjm_research.experiments.samples import ArmSample
from cjm_research.stats.adjusted import Stratum, adjusted_pair, pooled_moments, stratified_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import CellMoments
    from cjm_research.stats.fieller import MeanPair
    from cjm_research.stats.moments import Moments
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

FEWEST = 20
"""Units of each arm, for every parameter of its line, below which nothing is adjusted."""


def with_adjusted(
    rows: Sequence[Effect],
    part: Participants,
    *,
    metric: Metric,
    is_stratified: bool,
    confidence: float,
) -> list[Effect]:
    """Return the adjusted rows of a metric with the unadjusted beside; these alone if none can be.

    Parameters
    ----------
    rows : sequence of Effect
        The unadjusted rows, one per arm.
    part : Participants
        The units.
    metric : Metric
        With its covariates.
    is_stratified : bool
        Whether strata are weighed as they occur among all units.
    confidence : float
        Of every interval.
    """
    if not (metric.adjusted_for or is_stratified):
        return [*rows]
    cells = _cells(part, metric, is_stratified=is_stratified)
    adjusted = [
        _adjusted(row, metric, cells, is_stratified=len(cells) > 1, confidence=confidence)
        for row in rows
    ]
    if not all(adjusted):
        return [*rows]
    beside = [replace(row, calculation="unadjusted", is_main=False) for row in rows]
    return [*(row for row in adjusted if row is not None), *beside]


def compare_two(
    part: Participants, experiment: Experiment, *, row: Effect, other: str, confidence: float
) -> Effect:
    """Compare the arm of an adjusted row with another arm than the control.

    Both are moved to the covariates of all units, which they share: what is common to both
    means is no part of the error of their difference.
    """
    metric = next(m for m in experiment.metrics if m.id == row.metric)
    samples = part.samples(metric)
    own = {a: samples[a] for a in (other, row.arm)}
    plain = compare_arms(metric, own, other, confidence=confidence)[0]
    cells = _cells(part, metric, is_stratified=experiment.is_stratified)
    found = _adjusted(plain, metric, cells, is_stratified=len(cells) > 1, confidence=confidence)
    return plain if found is None else found


def _cells(
    part: Participants, metric: Metric, *, is_stratified: bool
) -> list[dict[str, CellMoments]]:
    groups, names = _strata(part) if is_stratified else (None, ())
    return part.moments(
        metric, groups=groups, n_groups=max(len(names), 1), is_adjusted=bool(metric.adjusted_for)
    )


def compare_cells(
    metric: Metric, cells: dict[str, CellMoments], control: str, *, confidence: float
) -> list[Effect]:
    """Compare the arms of one group of units, adjusted where the metric has covariates."""
    is_ratio = metric.kind == "ratio"
    samples = {arm: cell.sample(is_ratio=is_ratio) for arm, cell in cells.items()}
    rows = compare_arms(metric, samples, control, confidence=confidence)
    if not metric.adjusted_for:
        return rows
    adjusted = [
        _adjusted(row, metric, [cells], is_stratified=False, confidence=confidence) for row in rows
    ]
    return [row or plain for row, plain in zip(adjusted, rows, strict=True)]


def _adjusted(
    row: Effect,
    metric: Metric,
    cells: Sequence[dict[str, CellMoments]],
    *,
    is_stratified: bool,
    confidence: float,
) -> Effect | None:
    pair = _pair(metric, cells, row.arm, row.control_arm)
    if row.problem or pair is None:
        return None
    n_null = [sum(c[arm].n_null for c in cells) for arm in (row.arm, row.control_arm)]
    n = [sum(c[arm].moments.n for c in cells) for arm in (row.arm, row.control_arm)]
    treated, control = (
        ArmSample(
            n=k,
            n_null=missing,
            mean=float(np.asarray(mean)),
            variance=float(np.asarray(square)) * k,
            base=sample.base,
        )
        for k, missing, mean, square, sample in (
            (n[0], n_null[0], pair.treated, pair.treated_square, row.treated),
            (n[1], n_null[1], pair.control, pair.control_square, row.control),
        )
    )
    blank = blank_effect(metric, (row.arm, row.control_arm), pair=(treated, control))
    found = compared_means(blank, pair, confidence=confidence)
    if found.problem:
        return None
    own = ("stratum",) if is_stratified else ()
    return replace(
        found,
        calculation="adjusted",
        method="post_stratified" if is_stratified else "regression",
        adjusted_for=(*own, *metric.adjusted_for),
        variance_saved=1 - (found.se / row.se) ** 2 if row.se > 0 else float("nan"),
    )


def _pair(
    metric: Metric, cells: Sequence[dict[str, CellMoments]], arm: str, control: str
) -> MeanPair | None:
    """Return both adjusted means; None where an arm has too few units for its line."""
    is_ratio = metric.kind == "ratio"
    strata = []
    for group in cells:
        arms = {a: c.outcome(is_ratio=is_ratio) for a, c in group.items()}
        strata.append(Stratum(arms[arm], arms[control], pooled_moments([*arms.values()])))
    if not all(_has_enough(m) for s in strata for m in (s.treated, s.control)):
        return None
    if len(strata) == 1:
        return adjusted_pair(strata[0].treated, strata[0].control, everyone=strata[0].everyone)
    return stratified_pair(strata)


def _has_enough(arm: Moments) -> bool:
    return arm.n >= FEWEST * len(arm.mean)


def _strata(part: Participants) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Return the number of each unit's stratum; small ones, and units of none, are one."""
    codes, names = stratum_codes(part)
    if len(names) < 2:
        return None, ()
    n_arms = len(part.arms)
    of = np.where(codes < 0, len(names), codes)
    sizes = np.bincount(of * n_arms + part.codes, minlength=(len(names) + 1) * n_arms)
    smallest = sizes.reshape(-1, n_arms).min(axis=1)
    is_small = smallest < 2 * FEWEST
    kept = np.flatnonzero(~is_small)
    if len(kept) == 0:
        return None, ()
    rest = sizes.reshape(-1, n_arms)[is_small].sum(axis=0)
    place = np.full(len(names) + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    # What is left over is a stratum of its own where it is large enough, else joins the smallest.
    is_own = bool(rest.min() >= 2 * FEWEST)
    place[is_small] = len(kept) if is_own else int(np.argmin(smallest[kept]))
    labels = tuple(str(i) for i in range(len(kept) + is_own))
    return (place[of], labels) if len(labels) > 1 else (None, ())
