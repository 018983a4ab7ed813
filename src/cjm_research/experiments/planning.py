"""How large a test must be, from units of the past: covariates, ratios, arms, guardrails, looks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize, special

from cjm_research.errors import DataError, ParameterError
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.grouping import day_codes
from cjm_research.experiments.participants import Participants
from cjm_research.experiments.power_tables import NAN, PowerCurve, PowerPlan, PowerPoint, PowerRow
from cjm_research.stats.power import (
    ArmSizes,
    detectable_mean_difference,
    detectable_proportion_difference,
    mean_power,
    mean_sample_size,
    proportion_power,
    proportion_sample_size,
)
from cjm_research.stats.quantiles import quantile_law
from cjm_research.stats.sequential import always_valid_width, crossing_chance, look_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

_SIZES = np.geomspace(0.1, 4.0, 25)
"""Sizes of the curve, as shares of what is needed."""


class History(NamedTuple):
    """Units of the past, and how many come each day."""

    units: pd.DataFrame
    units_per_day: float | None = None


class Baseline(NamedTuple):
    """One metric of the past units."""

    mean: float
    variance: float
    """Of one unit, with what covariates explain left out."""
    saved: float
    is_rate: bool
    """Whether the variance follows from the mean, as of a conversion that is not adjusted."""


class Question(NamedTuple):
    """What is asked of one metric and arm."""

    metric: Metric
    arm: str
    base: Baseline
    difference: float
    confidence: float
    power: float
    control_share: float
    """Of the units of both arms."""
    pair_share: float
    """Of both arms among all units."""


def power_plan(
    experiment: Experiment,
    history: History,
    *,
    target_change: float,
    power: float,
    confidence: float,
) -> PowerPlan:
    """Return how many units a test needs; see `Plan.power`.

    Success metrics share the chance of error evenly over metrics and arms, a guardrail keeps it
    whole; the chance of missing is shared over the success metric and the guardrails, since a
    rollout needs them all (Schultzberg, Ankargren and Franberg 2024, arXiv:2402.11609).

    Raises
    ------
    ParameterError
        If `target_change`, `power` or the pace is out of range.
    DataError
        If the history has fewer than two units.
    DesignError
        If no arm is the control.
    """
    need_control(experiment)
    if not target_change > 0:
        raise ParameterError.expected("target_change", "larger than 0", got=target_change)
    if not 1 - confidence < power < 1:
        allowed = f"above the chance of error, {1 - confidence:g}, and below 1"
        raise ParameterError.expected("power", allowed, got=power)
    if history.units_per_day is not None and not history.units_per_day > 0:
        raise ParameterError.expected("units_per_day", "larger than 0", got=history.units_per_day)
    if len(history.units) < 2:
        raise DataError(f"A history of {len(history.units)} units has no spread to plan by.")
    past = Participants(history.units, np.zeros(len(history.units), dtype=np.int8), experiment)
    pace = history.units_per_day or _pace(past)
    factor = look_factor(experiment, power=power, confidence=confidence)
    asked = list(_questions(experiment, past, target_change, power, confidence))
    rows = tuple(_row(q, pace, factor) for q in asked)
    needed = max((r.needed_units for r in rows if r.needed_units == r.needed_units), default=NAN)
    points = tuple(
        p for q in asked if q.metric.role == "success" for p in _curve(q, needed, pace, factor)
    )
    return PowerPlan(
        experiment=experiment.id,
        target_change=target_change,
        power=power,
        confidence=confidence,
        n_history=len(past),
        look_factor=factor,
        rows=rows,
        curve=PowerCurve(experiment=experiment.id, points=points),
    )


def look_factor(experiment: Experiment, *, power: float, confidence: float) -> float:
    """Return how many times as many units the planned looks ask for."""
    if experiment.looks == 1:
        return 1.0
    fixed = float(special.ndtri((1 + confidence) / 2) + special.ndtri(power))
    if power <= 2 * (1 - confidence):
        return 1.0  # so small a chance is had by error alone
    if experiment.stopping == "always_valid":
        width = float(always_valid_width(1.0, planned=1.0, confidence=confidence))
        return ((width + float(special.ndtri(power))) / fixed) ** 2
    times = [k / experiment.looks for k in range(1, experiment.looks + 1)]
    bounds = look_bounds(times, spending=experiment.stopping, confidence=confidence)

    def missing(drift: float) -> float:
        return crossing_chance(times, bounds.tolist(), drift=drift) - power

    drift = optimize.brentq(missing, fixed * 0.9, fixed * 2, xtol=1e-8)
    return float((drift / fixed) ** 2)


def baseline(metric: Metric, past: Participants) -> Baseline:
    """Return mean and spread of a metric over past units, with its covariates' help.

    Raises
    ------
    DataError
        If the metric is known of fewer than two units.
    """
    if metric.kind == "quantile":
        values = past.values(metric)
        law = quantile_law(values[~np.isnan(values)], metric.quantile or 0.5)
        if law.n < 2:
            raise DataError(f"The history knows {metric.id!r} of {law.n} units.")
        return Baseline(law.estimate, law.variance * law.n, 0.0, is_rate=False)
    arm = past.arms[0]
    is_ratio = metric.kind == "ratio"
    plain = past.moments(metric)[0][arm].sample(is_ratio=is_ratio)
    if plain.n < 2:
        raise DataError(f"The history knows {metric.id!r} of {plain.n} units.")
    if not metric.adjusted_for:
        return Baseline(plain.mean, plain.variance, 0.0, is_rate=metric.kind == "conversion")
    full = past.moments(metric, is_adjusted=True)[0][arm].outcome(is_ratio=is_ratio)
    # What covariates explain cancels in a difference: only what is left counts.
    slopes, *_ = np.linalg.lstsq(full.cross[1:, 1:], full.cross[1:, 0], rcond=1e-12)
    left = float(full.cross[0, 0] - slopes @ full.cross[1:, 0]) / max(full.n - len(full.mean), 1)
    variance = min(left, plain.variance)
    return Baseline(plain.mean, variance, 1 - variance / plain.variance, is_rate=False)


def _questions(
    experiment: Experiment, past: Participants, target: float, power: float, confidence: float
) -> Iterator[Question]:
    success = [m for m in experiment.metrics if m.role == "success"]
    guards = [m for m in experiment.metrics if m.role == "guardrail" and m.margin]
    treated = [a for a in experiment.arms if a != experiment.control]
    k = max(len(success) * len(treated), 1)
    share0 = experiment.arms[experiment.control].share
    own_power = 1 - (1 - power) / (len(guards) + 1)
    for metric in (*success, *guards):
        base = baseline(metric, past)
        is_guard = metric.role == "guardrail"
        difference = float(metric.margin or 0) if is_guard else abs(base.mean) * target
        for arm in treated:
            share1 = experiment.arms[arm].share
            yield Question(
                metric=metric,
                arm=arm,
                base=base,
                difference=difference,
                confidence=confidence if is_guard else 1 - (1 - confidence) / k,
                power=own_power,
                control_share=share0 / (share0 + share1),
                pair_share=share0 + share1,
            )


def _row(asked: Question, pace: float | None, factor: float) -> PowerRow:
    alone = _needed(asked)
    looks = factor if asked.metric.role == "success" else 1.0
    needed = float(math.ceil(alone * looks)) if alone == alone else NAN
    return PowerRow(
        metric=asked.metric.id,
        role=asked.metric.role,
        arm=asked.arm,
        baseline=asked.base.mean,
        spread=math.sqrt(asked.base.variance),
        variance_saved=asked.base.saved,
        target_difference=asked.difference,
        power=asked.power,
        confidence=asked.confidence,
        needed_units=needed,
        needed_days=math.ceil(needed / pace) if pace and needed == needed else NAN,
    )


def _needed(asked: Question) -> float:
    """Return the units of all arms; NaN where the base does not vary or cannot change so far."""
    base = asked.base
    if not (base.variance > 0 and asked.difference > 0):
        return NAN
    sizes = {"power": asked.power, "confidence": asked.confidence,
             "control_share": asked.control_share}  # fmt: skip
    if base.is_rate and asked.metric.role == "success":
        if base.mean + asked.difference > 1:
            return NAN
        pair = proportion_sample_size(base.mean, asked.difference, **sizes)
    else:
        pair = mean_sample_size(asked.difference, variance=base.variance, **sizes)
    return float(math.ceil(sum(pair) / asked.pair_share))


def _curve(
    asked: Question, needed: float, pace: float | None, factor: float
) -> Iterator[PowerPoint]:
    if needed != needed or not asked.base.mean:
        return
    for total in np.unique(np.ceil(needed * _SIZES)).astype(int):
        pair = total * asked.pair_share / factor
        sizes = ArmSizes(pair * (1 - asked.control_share), pair * asked.control_share)
        if min(sizes) < 2:
            continue
        seen, chance = _seen(asked, sizes)
        yield PowerPoint(
            metric=asked.metric.id,
            arm=asked.arm,
            n=int(total),
            days=total / pace if pace else NAN,
            detectable_change=seen / abs(asked.base.mean),
            target_power=chance,
        )


def _seen(asked: Question, sizes: ArmSizes) -> tuple[float, float]:
    base, wanted, level = asked.base, asked.power, asked.confidence
    if base.is_rate:
        seen = detectable_proportion_difference(
            base.mean, sizes=sizes, power=wanted, confidence=level
        )
        is_possible = base.mean + asked.difference <= 1
        chance = (
            proportion_power(base.mean, asked.difference, sizes=sizes, confidence=level)
            if is_possible
            else NAN
        )
        return seen, chance
    seen = detectable_mean_difference(base.variance, sizes=sizes, power=wanted, confidence=level)
    chance = mean_power(asked.difference, variance=base.variance, sizes=sizes, confidence=level)
    return seen, chance


def _pace(past: Participants) -> float | None:
    """Return the units that came each day of the history."""
    codes, days = day_codes(past, "UTC")
    return float((codes >= 0).sum()) / len(days) if len(days) > 1 else None
