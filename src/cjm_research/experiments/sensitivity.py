"""How small an effect this base can show, and how large the next test must be."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.power import (
    ArmSizes,
    detectable_mean_difference,
    detectable_proportion_difference,
    expected_exaggeration,
    mean_power,
    mean_sample_size,
    proportion_power,
    proportion_sample_size,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.experiments.effect import Effect

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSensitivity:
    """What the units of one arm and the control can show of one metric."""

    metric: str
    arm: str
    n: int
    """Units of both arms."""
    detectable_change: float
    """Smallest relative change that is seen with the wanted chance; NaN where none is."""
    target_change: float
    needed_units: float
    """Units of both arms, split as these are, that the target change needs."""
    needed_days: float = NAN
    """Days in which so many units come, at the pace of this test; NaN where it is not known."""
    target_power: float = NAN
    """Chance that a test of this size sees the target change."""
    exaggeration: float = NAN
    """How many times too large an effect that shows is on average, were the target true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity(Result):
    """Smallest effects that a test of this size sees, and the size of the next test."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n": Unit.COUNT,
        "detectable_change": Unit.SHARE,
        "target_change": Unit.SHARE,
        "needed_units": Unit.COUNT,
        "needed_days": Unit.DAYS,
        "target_power": Unit.SHARE,
        "exaggeration": Unit.LIFT,
    }

    experiment: str
    rows: tuple[MetricSensitivity, ...]
    power: float
    confidence: float
    is_leading: bool = False
    """Whether the page opens with it: a base of companies shows large effects only."""

    def of(self, metric: str | None, arm: str) -> MetricSensitivity | None:
        """Return the row of one metric and arm."""
        return next((r for r in self.rows if (r.metric, r.arm) == (metric, arm)), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per success metric and arm."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the smallest effect of the first metric where the page opens with it."""
        known = [r for r in self.rows if r.detectable_change == r.detectable_change]
        if not self.is_leading or not known:
            return ()
        own = [r for r in known if r.metric == known[0].metric]
        row = min(own, key=lambda r: r.detectable_change)
        return (
            Finding(
                id=f"experiments/smallest_effect/experiment={self.experiment}/metric={row.metric}",
                kind="smallest_effect",
                subject={"experiment": self.experiment, "metric": row.metric},
                estimate=row.detectable_change,
                unit=Unit.SHARE,
                n=row.n,
                method="power",
                values={
                    "needed": row.needed_units,
                    "target": row.target_change,
                    "power": self.power,
                },
            ),
        )


def detectable_effects(
    found: Sequence[Effect],
    *,
    experiment: str,
    target_change: float = 0.05,
    power: float = 0.8,
    confidence: float = 0.95,
    days: float | None = None,
) -> Sensitivity:
    """Return what the units at hand can show, from the control's rate or mean and variance.

    The observed effect takes no part: it would promise too much.

    Parameters
    ----------
    found : Sequence of Effect
        As `arm_effects` gives them; success metrics are looked at.
    experiment : str
        Id of the experiment.
    target_change : float, default 0.05
        Relative change that the next test should see.
    power : float, default 0.8
        Chance of seeing it.
    confidence : float, default 0.95
        Of the tests.
    days : float, optional
        Days over which the units came; without them no duration is known.

    Raises
    ------
    ParameterError
        If `target_change` is not positive or `power` is not between 0 and 1.
    """
    if not target_change > 0:
        raise ParameterError.expected("target_change", "larger than 0", got=target_change)
    if not 0 < power < 1:
        raise ParameterError.expected("power", "between 0 and 1", got=power)
    rows = [
        _row(effect, target_change, power=power, confidence=confidence, days=days)
        for effect in found
        if effect.role == "success" and effect.is_main
    ]
    return Sensitivity(experiment=experiment, rows=tuple(rows), power=power, confidence=confidence)


def _row(
    effect: Effect, target: float, *, power: float, confidence: float, days: float | None
) -> MetricSensitivity:
    lift, needed = _limits(effect, target, power=power, confidence=confidence)
    chance, exaggeration = _of_target(effect, target, confidence)
    return MetricSensitivity(
        metric=effect.metric,
        arm=effect.arm,
        n=effect.n,
        detectable_change=lift,
        target_change=target,
        needed_units=needed,
        needed_days=days * needed / effect.n if days and effect.n else NAN,
        target_power=chance,
        exaggeration=exaggeration,
    )


def _of_target(effect: Effect, target: float, confidence: float) -> tuple[float, float]:
    """Return the chance to see a true change of `target`, and by how much it would be overdone."""
    base, variance = abs(effect.control.mean), effect.control.variance
    sizes = ArmSizes(effect.treated.n, effect.control.n)
    if effect.smaller_n < 2 or not base > 0 or not variance > 0:
        return NAN, NAN
    difference = base * target
    if effect.method != "score_test":
        se = math.sqrt(variance * (1 / sizes.treated + 1 / sizes.control))
        chance = mean_power(difference, variance=variance, sizes=sizes, confidence=confidence)
        return chance, expected_exaggeration(difference, se=se, confidence=confidence)
    rate = base + difference
    if rate >= 1:
        return NAN, NAN
    se = math.sqrt(rate * (1 - rate) / sizes.treated + base * (1 - base) / sizes.control)
    chance = proportion_power(base, difference, sizes=sizes, confidence=confidence)
    return chance, expected_exaggeration(difference, se=se, confidence=confidence)


def _limits(
    effect: Effect, target: float, *, power: float, confidence: float
) -> tuple[float, float]:
    base, variance = abs(effect.control.mean), effect.control.variance
    sizes = ArmSizes(effect.treated.n, effect.control.n)
    if effect.smaller_n < 2 or not base > 0 or not variance > 0:
        return NAN, NAN
    share = effect.control.n / effect.n
    if effect.method == "score_test":
        seen = detectable_proportion_difference(
            base, sizes=sizes, power=power, confidence=confidence
        )
        if base * (1 + target) > 1:
            return seen / base, NAN
        needed = proportion_sample_size(
            base, base * target, power=power, confidence=confidence, control_share=share
        )
    else:
        seen = detectable_mean_difference(variance, sizes=sizes, power=power, confidence=confidence)
        needed = mean_sample_size(
            base * target,
            variance=variance,
            power=power,
            confidence=confidence,
            control_share=share,
        )
    return seen / base, float(sum(needed))
