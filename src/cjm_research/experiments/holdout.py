"""How many units the next campaign must leave out, so that its effect can be measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.experiments.samples import merged
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.power import (
    ArmSizes,
    detectable_mean_difference,
    detectable_proportion_difference,
    mean_sample_size,
    proportion_sample_size,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.experiments.descriptive_tables import Samples
    from cjm_research.experiments.samples import ArmSample
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

NAN = float("nan")
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of the units that a hold-out may take."""
POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """One way to hold units back: what it would show of one metric."""

    metric: str
    holdout_share: float
    held_units: int
    n: int
    """Units of a campaign of the same reach, those held back counted."""
    detectable_change: float
    target_change: float
    needed_units: float
    """Units of campaign and hold-out together that the target change needs at this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutPlan(Result):
    """Ways to hold units back, and the smallest one that is enough."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "holdout_share": Unit.SHARE,
        "held_units": Unit.COUNT,
        "n": Unit.COUNT,
        "detectable_change": Unit.SHARE,
        "target_change": Unit.SHARE,
        "needed_units": Unit.COUNT,
    }

    experiment: str
    rows: tuple[Holdout, ...]
    n: int
    power: float
    confidence: float

    @property
    def advised(self) -> Holdout | None:
        """The smallest hold-out that shows the target change of the first metric, else a half."""
        own = [r for r in self.rows if r.metric == self.rows[0].metric]
        known = [r for r in own if r.detectable_change == r.detectable_change]
        enough = [r for r in known if r.detectable_change <= r.target_change]
        return next(iter(enough), known[-1] if known else None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric and share held back."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return that no effect can be told, and how to learn it next time."""
        none = Finding(
            id=f"experiments/no_control/experiment={self.experiment}",
            kind="no_control",
            subject={"experiment": self.experiment},
            estimate=float(self.n),
            unit=Unit.COUNT,
            n=self.n,
            method="count",
            direction="bad",
        )
        advised = self.advised
        return (none,) if advised is None else (none, self._finding(advised))

    def _finding(self, row: Holdout) -> Finding:
        is_enough = row.detectable_change <= row.target_change
        return Finding(
            id=f"experiments/holdout/experiment={self.experiment}/metric={row.metric}",
            kind="holdout_enough" if is_enough else "holdout_small",
            subject={"experiment": self.experiment, "metric": row.metric},
            estimate=row.holdout_share,
            unit=Unit.SHARE,
            n=row.n,
            method="power",
            values={
                "held": row.held_units,
                "detectable": row.detectable_change,
                "target": row.target_change,
                "needed": row.needed_units,
                "power": self.power,
            },
        )


def plan_holdout(
    experiment: Experiment, samples: Samples, *, power: float = POWER, confidence: float = 0.95
) -> HoldoutPlan:
    """Return what a hold-out of each size would show, were the next campaign like this one.

    Parameters
    ----------
    experiment : Experiment
        The plan; its success metrics are planned for, with its target change.
    samples : Mapping of str to Mapping of str to ArmSample
        What the units did this time stands in for what they would do without the campaign.
    power : float, default 0.8
        Chance of seeing the change.
    confidence : float, default 0.95
        Of the test.
    """
    rows = []
    n = 0
    for metric in (m for m in experiment.metrics if m.role == "success" and m.id in samples):
        whole = merged([*samples[metric.id].values()])
        n = max(n, whole.n)
        if whole.n >= 4 and abs(whole.mean) > 0 and whole.variance > 0:
            settings = {"power": power, "confidence": confidence}
            rows += [
                _holdout(metric, whole, share, experiment.target_change, settings)
                for share in SHARES
                if round(share * whole.n) >= 2
            ]
    return HoldoutPlan(
        experiment=experiment.id, rows=tuple(rows), n=n, power=power, confidence=confidence
    )


def _holdout(
    metric: Metric, whole: ArmSample, share: float, target: float, settings: Mapping[str, float]
) -> Holdout:
    power, confidence = settings["power"], settings["confidence"]
    held = round(share * whole.n)
    sizes, base = ArmSizes(whole.n - held, held), abs(whole.mean)
    needed: float = NAN
    if metric.kind == "conversion":
        seen = detectable_proportion_difference(
            base, sizes=sizes, power=power, confidence=confidence
        )
        if base * (1 + target) <= 1:
            needed = sum(
                proportion_sample_size(
                    base, base * target, power=power, confidence=confidence, control_share=share
                )
            )
    else:
        variance = whole.variance
        seen = detectable_mean_difference(variance, sizes=sizes, power=power, confidence=confidence)
        needed = sum(
            mean_sample_size(
                base * target,
                variance=variance,
                power=power,
                confidence=confidence,
                control_share=share,
            )
        )
    return Holdout(
        metric=metric.id,
        holdout_share=share,
        held_units=held,
        n=whole.n,
        detectable_change=seen / base,
        target_change=target,
        needed_units=needed,
    )
