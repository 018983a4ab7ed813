"""What each arm does to each metric, against the control."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.experiments.adjusting import with_adjusted
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.columns import cap_value
from cjm_research.experiments.comparing import compare_arms
from cjm_research.experiments.judging import judge
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.quantile_effects import quantile_effects

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.participants import Participants
    from cjm_research.study.plans import Experiment


def arm_effects(
    units: pd.DataFrame | Participants, experiment: Experiment, *, confidence: float = 0.95
) -> tuple[Effect, ...]:
    """Compare every arm with the control on every metric.

    Conversions by the score test with the interval that inverts it, means by Welch's test with
    Fieller's interval of the lift, ratios linearised, quantiles by the exact bootstrap. A metric
    with covariates, or of a stratified experiment, is adjusted for them, and the unadjusted row
    stands beside; a metric with a `cap` has a second, capped row. Only the first of a metric's
    rows is a member of a family.

    Parameters
    ----------
    units : pandas.DataFrame
        One row per unit: `unit_id`, `arm` and one column per metric.
    experiment : Experiment
        Arms, control and metrics.
    confidence : float, default 0.95
        Of every interval; the level of the tests is one less this.

    Returns
    -------
    tuple of Effect
        In the order of metrics, then calculations, then arms.

    Raises
    ------
    DesignError
        If no arm is the control.
    SchemaError, DataError
        If a metric has no column, or holds what it may not.
    """
    need_control(experiment)
    part = taking_part(units, experiment)
    found: list[Effect] = []
    for metric in experiment.metrics:
        if metric.kind == "quantile":
            found += quantile_effects(metric, part, experiment.control, confidence=confidence)
            continue
        rows = compare_arms(metric, part.samples(metric), experiment.control, confidence=confidence)
        found += with_adjusted(
            rows, part, metric=metric, is_stratified=experiment.is_stratified, confidence=confidence
        )
        cap = cap_value(part.frame, metric)
        if cap is not None:
            capped = part.samples(metric, cap=cap)
            rows = compare_arms(metric, capped, experiment.control, confidence=confidence)
            found += [replace(row, cap=cap, calculation="capped", is_main=False) for row in rows]
    return judge(found, confidence=confidence)
