"""What the units of a campaign did, and what the campaign cost: facts, no effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.experiments.samples import ArmSample
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.comparison import two_sided_quantile
from cjm_research.stats.proportions import wilson_interval
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

NAN = float("nan")

Samples = Mapping[str, Mapping[str, ArmSample]]
"""Metric, arm, sums."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One metric of the units of one arm."""

    arm: str
    metric: str
    is_money: bool
    is_share: bool
    n: int
    total: float
    value: float
    low: float
    high: float


def _units(value: Unit, total: Unit) -> dict[str, Unit]:
    return {
        "arm": Unit.LABEL,
        "metric": Unit.LABEL,
        "n": Unit.COUNT,
        "total": total,
        "value": value,
        "low": value,
        "high": value,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(Result):
    """Shares of the units that a campaign reached."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.SHARE, Unit.COUNT)

    experiment: str
    rows: tuple[Reached, ...]
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm and metric."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per row: what was seen after the campaign, not because of it."""
        return tuple(self._finding(r) for r in self.rows if r.n)

    def _finding(self, row: Reached) -> Finding:
        subject = {"experiment": self.experiment, "arm": row.arm, "metric": row.metric}
        return Finding(
            id="experiments/reach/" + "/".join(f"{k}={v}" for k, v in subject.items()),
            kind="campaign_reach",
            subject=subject,
            estimate=row.value,
            low=row.low,
            high=row.high,
            confidence=self.confidence,
            unit=self.units["value"],
            n=row.n,
            method="wilson" if row.is_share else "student",
            status="shown" if self.limits.level(row.n) == "claims" else "hidden_small_n",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachMoney(Reach):
    """Means of money of the units that a campaign reached."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.MONEY, Unit.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachNumber(Reach):
    """Means of counts of the units that a campaign reached."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.NUMBER, Unit.NUMBER)


def campaign_reach(
    experiment: Experiment, samples: Samples, *, confidence: float, limits: Limits
) -> tuple[Reach, ...]:
    """Return what the units did, one table per measure."""
    rows = [
        reached(metric, arm, sample, confidence=confidence)
        for metric in experiment.metrics
        for arm, sample in samples.get(metric.id, {}).items()
    ]
    measures = (
        (Reach, [r for r in rows if r.is_share]),
        (ReachMoney, [r for r in rows if r.is_money and not r.is_share]),
        (ReachNumber, [r for r in rows if not r.is_money and not r.is_share]),
    )
    return tuple(
        kind(experiment=experiment.id, rows=tuple(own), confidence=confidence, limits=limits)
        for kind, own in measures
        if own
    )


def reached(metric: Metric, arm: str, sample: ArmSample, *, confidence: float) -> Reached:
    """Return one metric of one arm with the interval of its rate or mean.

    Wilson's interval for a share, Student's for a mean; NaN where there are no values, or one.
    """
    is_share = metric.kind == "conversion"
    low = high = NAN
    if is_share and sample.n:
        low, high = (
            float(x) for x in wilson_interval(sample.successes, sample.n, confidence=confidence)
        )
    elif sample.n > 1:
        error = (sample.variance / sample.n) ** 0.5
        half = float(two_sided_quantile(confidence, sample.n - 1)) * error
        low, high = sample.mean - half, sample.mean + half
    return Reached(
        arm=arm,
        metric=metric.id,
        is_money=metric.is_money,
        is_share=is_share,
        n=sample.n,
        total=sample.total,
        value=sample.mean,
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCost:
    """What one arm cost, per unit and per deed of its units."""

    arm: str
    metric: str
    n: int
    total: float
    cost: float
    cost_per_unit: float
    cost_per_deed: float
    """Cost divided by all that the units did, extra or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs(Result):
    """Cost per unit reached and per deed: a click, an order. None of them is extra."""

    units: ClassVar[Mapping[str, Unit]] = {
        "arm": Unit.LABEL,
        "metric": Unit.LABEL,
        "n": Unit.COUNT,
        "total": Unit.COUNT,
        "cost": Unit.MONEY,
        "cost_per_unit": Unit.MONEY,
        "cost_per_deed": Unit.MONEY,
    }

    experiment: str
    rows: tuple[ArmCost, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm and counted metric."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a cost per order of all orders invites a wrong conclusion."""
        return ()


def campaign_costs(
    experiment: Experiment, samples: Samples, *, spend: Mapping[str, float] | None = None
) -> Costs | None:
    """Return what every arm cost per unit and per deed; None where no cost is known."""
    plan = experiment.money
    rate, named = (plan.rate, plan.orders) if plan is not None else (1.0, None)
    counted = [m for m in experiment.metrics if not m.is_money and m.id in samples]
    orders = next((m.id for m in counted if named in {None, m.id}), None)
    rows = []
    for arm, spent in experiment.arms.items():
        n = max((samples[m.id][arm].n for m in counted), default=0)
        made = samples[orders][arm].total if orders is not None else 0.0
        costs = spent.costs
        own = rate * (costs.fixed + costs.per_unit * n + costs.per_order * made)
        cost = own + (spend or {}).get(arm, 0.0)
        rows += [_cost(m.id, arm, samples[m.id][arm], cost) for m in counted if cost > 0]
    return Costs(experiment=experiment.id, rows=tuple(rows)) if rows else None


def _cost(metric: str, arm: str, sample: ArmSample, cost: float) -> ArmCost:
    return ArmCost(
        arm=arm,
        metric=metric,
        n=sample.n,
        total=sample.total,
        cost=cost,
        cost_per_unit=cost / sample.n if sample.n else NAN,
        cost_per_deed=cost / sample.total if sample.total > 0 else NAN,
    )
