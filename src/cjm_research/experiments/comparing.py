"""Samples of two arms compared: one test, one interval, one p-value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from cjm_research.experiments.effect import NAN, Effect
from cjm_research.stats.adjusted import compare_pair
from cjm_research.stats.fieller import MeanPair, lift_of_means
from cjm_research.stats.means import welch_df
from cjm_research.stats.two_proportions import (
    compare_proportions,
    proportion_ratio_interval,
    score_p_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cjm_research.experiments.effect import Method, Problem
    from cjm_research.experiments.samples import ArmSample
    from cjm_research.stats.two_proportions import Alternative
    from cjm_research.study.metric import Metric

    _Beyond = Callable[[float, float], float]


def compare_arms(
    metric: Metric, samples: Mapping[str, ArmSample], control: str, *, confidence: float
) -> list[Effect]:
    """Compare each arm's sample of a metric with the control's, without a verdict yet."""
    return [
        _compared(blank_effect(metric, (arm, control), pair=(sample, samples[control])), confidence)
        for arm, sample in samples.items()
        if arm != control
    ]


def blank_effect(
    metric: Metric, arms: tuple[str, str], *, pair: tuple[ArmSample, ArmSample]
) -> Effect:
    """Return the row of a metric and two arms with their samples, nothing compared yet."""
    arm, control = arms
    return Effect(
        metric=metric.id,
        arm=arm,
        control_arm=control,
        kind=metric.kind,
        role=metric.role,
        better=metric.better,
        is_money=metric.is_money,
        is_share=metric.kind == "conversion" or metric.is_share,
        treated=pair[0],
        control=pair[1],
        margin=metric.margin,
    )


def compared_means(row: Effect, pair: MeanPair, *, confidence: float) -> Effect:
    """Fill a row with the difference, the lift and the margins of two estimated means."""
    result = compare_pair(pair, confidence=confidence)
    lift = lift_of_means(pair, confidence=confidence)
    shape = str(lift.shape)
    problem: Problem = ""
    if result.p != result.p:
        problem = "one_value" if row.smaller_n < 2 else "no_variance"
        if (
            problem == "no_variance"
            and np.isnan([row.treated.variance, row.control.variance]).any()
        ):
            problem = "unknown_variance"

    def beyond(by: float, side: float) -> float:
        """One-sided p of a difference that is not on this side of a value."""
        distance = side * (float(result.estimate) - by) / float(result.se)
        return float(special.stdtr(pair.df, -distance))

    return replace(
        row,
        difference=float(result.estimate),
        low=float(result.low),
        high=float(result.high),
        se=float(result.se),
        df=float(np.asarray(pair.df)),
        p=float(result.p),
        problem=problem,
        p_margin=_p_margin(row, beyond) if not problem else NAN,
        lift=float(lift.estimate) if shape == "bounded" else NAN,
        lift_low=float(lift.low) if shape == "bounded" else NAN,
        lift_high=float(lift.high) if shape == "bounded" else NAN,
        lift_shape=shape,
    )


def _compared(row: Effect, confidence: float) -> Effect:
    if not (row.treated.n and row.control.n):
        return replace(row, problem="no_values")
    if row.kind == "conversion":
        return _conversion(row, confidence)
    one, none = row.treated.sample, row.control.sample
    square1, square0 = (s.variance / s.n for s in (row.treated, row.control))
    df = welch_df(one, none)
    if np.isnan(df):
        square1 = square0 = NAN
    pair = MeanPair(one.mean, none.mean, square1, square0, df=df)
    method: Method = "linearised" if row.kind == "ratio" else "welch"
    return compared_means(replace(row, method=method), pair, confidence=confidence)


def _conversion(row: Effect, confidence: float) -> Effect:
    counts = tuple((s.successes, s.n) for s in (row.treated, row.control))
    result = compare_proportions(*counts, confidence=confidence)
    low, high = proportion_ratio_interval(*counts, confidence=confidence)
    has_base = row.control.successes > 0

    def beyond(by: float, side: float) -> float:
        alternative: Alternative = "greater" if side > 0 else "less"
        return float(score_p_value(*counts, difference=by, alternative=alternative))

    return replace(
        row,
        method="score_test",
        difference=float(result.estimate),
        low=float(result.low),
        high=float(result.high),
        se=float(result.se),
        p=float(result.p),
        lift=row.treated.mean / row.control.mean - 1 if has_base else NAN,
        lift_low=float(low) - 1 if has_base else NAN,
        lift_high=float(high) - 1 if has_base else NAN,
        lift_shape="bounded" if has_base else "unknown",
        p_margin=_p_margin(row, beyond),
    )


def _p_margin(row: Effect, beyond: _Beyond) -> float:
    """Return the p of the margin by the row's own test.

    A guardrail must not be harmed by more than the margin; of another metric the difference
    must lie within it on both sides (two one-sided tests, Schuirmann 1987,
    doi:10.1007/BF01068419).
    """
    margin = row.margin
    if margin is None or (margin > 1 and row.kind == "conversion"):
        return NAN
    above, below = beyond(-margin, 1.0), beyond(margin, -1.0)
    if row.role == "guardrail":
        return above if row.better == "up" else below
    return max(above, below)
