"""Quantiles of arms compared: what nine of ten units stay below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.experiments.comparing import blank_effect
from cjm_research.experiments.effect import NAN
from cjm_research.experiments.samples import ArmSample
from cjm_research.stats.quantiles import compare_quantiles, quantile_law

if TYPE_CHECKING:
    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.stats.quantiles import QuantileLaw
    from cjm_research.study.metric import Metric


def quantile_effects(
    metric: Metric, part: Participants, control: str, *, confidence: float
) -> list[Effect]:
    """Compare a quantile of each arm with the control's by the exact bootstrap."""
    values = part.values(metric)
    known = ~np.isnan(values)
    laws, samples = {}, {}
    for code, arm in enumerate(part.arms):
        own = part.codes == code
        laws[arm] = quantile_law(values[own & known], metric.quantile or 0.5)
        samples[arm] = _sample(laws[arm], int((own & ~known).sum()))
    return [
        _compared(
            blank_effect(metric, (arm, control), pair=(samples[arm], samples[control])),
            (laws[arm], laws[control]),
            confidence,
        )
        for arm in part.arms
        if arm != control
    ]


def _sample(law: QuantileLaw, n_null: int) -> ArmSample:
    """Return the quantile as a sample whose variance over n is its squared error."""
    variance = law.variance * law.n
    return ArmSample(n=law.n, n_null=n_null, mean=law.estimate, variance=variance, base=NAN)


def _compared(row: Effect, laws: tuple[QuantileLaw, QuantileLaw], confidence: float) -> Effect:
    row = replace(row, method="exact_bootstrap")
    if not (row.treated.n and row.control.n):
        return replace(row, problem="no_values")
    found = compare_quantiles(*laws, confidence=confidence)
    if found.p != found.p:
        return replace(row, problem="one_value")
    return replace(
        row,
        difference=found.estimate,
        low=found.low,
        high=found.high,
        se=found.se,
        p=found.p,
        lift=found.lift,
        lift_low=found.lift_low,
        lift_high=found.lift_high,
        lift_shape="bounded" if found.lift == found.lift else "unknown",
    )
