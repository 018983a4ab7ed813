"""A campaign without a control group: what was done and seen, and how to measure the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjm_research.errors import NoDataError
from cjm_research.experiments.checks import TrustChecks
from cjm_research.experiments.descriptive_tables import Costs, Reach, campaign_costs, campaign_reach
from cjm_research.experiments.grouping import segment_codes
from cjm_research.experiments.holdout import HoldoutPlan, plan_holdout
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.segment_rates import SegmentRates, segment_rates
from cjm_research.experiments.trust import trust_checks
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjm_research.experiments.descriptive_tables import Samples
    from cjm_research.results import Finding, Result
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

_SPLIT_CHECKS = {"sample_ratio", "segment_ratio", "day_ratio", "empty_arm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """All that can be known of a campaign that left nobody out."""

    experiment: Experiment
    checks: TrustChecks
    reach: tuple[Reach, ...]
    """One table per measure: shares, money, counts."""
    costs: Costs | None
    holdout: HoldoutPlan
    by_segment: tuple[SegmentRates, ...] = ()
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)
    is_from_units: bool = True

    @property
    def n(self) -> int:
        """Units that the campaign reached."""
        return self.checks.n_units

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the study's tables that the description rests on."""
        if not self.is_from_units:
            return ("campaign_totals",)
        return ("exposures", *dict.fromkeys(m.table for m in self.experiment.metrics))

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result in reading order, for a page's findings."""
        costs = (self.costs,) if self.costs is not None else ()
        return (self.holdout, self.checks, *self.reach, *costs, *self.by_segment)

    def findings(self) -> tuple[Finding, ...]:
        """Return every finding: first that there is no effect to be told."""
        return tuple(f for r in self.results for f in r.findings())


def describe_campaign(
    experiment: Experiment,
    units: pd.DataFrame,
    *,
    segments: pd.DataFrame | None = None,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Description:
    """Describe a campaign of which no unit was left without it.

    What units did afterwards is told with intervals and called by its name: no effect, since
    nobody knows what they would have done anyway.

    Parameters
    ----------
    experiment : Experiment
        The plan, without a control.
    units : pandas.DataFrame
        One row per unit, as `unit_metrics` gives them.
    segments : pandas.DataFrame, optional
        `unit_id` and a text column per way to divide the units.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a statement needs.

    Raises
    ------
    NoDataError
        If the campaign reached nobody.
    """
    part = taking_part(units, experiment)
    if not len(part):
        raise NoDataError(f"The campaign {experiment.id!r} reached nobody of its arms.")
    found = trust_checks(units, _as_met(experiment, part.counts), part=part)
    checks = tuple(c for c in found.checks if c.check not in _SPLIT_CHECKS)
    samples = {m.id: part.samples(m) for m in described_metrics(experiment)}
    rates: tuple[SegmentRates, ...] = ()
    if segments is not None:
        groupings = [str(c) for c in segments if c != "unit_id"]
        coded = {g: segment_codes(part, segments, g) for g in groupings}
        rates = segment_rates(part, experiment, coded, confidence=confidence, limits=limits)
    return Description(
        experiment=experiment,
        checks=TrustChecks(experiment=experiment.id, checks=checks, n_units=len(part)),
        reach=campaign_reach(experiment, samples, confidence=confidence, limits=limits),
        costs=campaign_costs(experiment, samples),
        holdout=plan_holdout(experiment, samples, confidence=confidence),
        by_segment=rates,
        confidence=confidence,
        limits=limits,
    )


def describe_totals(
    experiment: Experiment,
    samples: Samples,
    *,
    spend: Mapping[str, float],
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Description:
    """Describe a campaign of which only sums are known, as advertising exports give them.

    Parameters
    ----------
    experiment : Experiment
        The plan, without a control.
    samples : Mapping of str to Mapping of str to ArmSample
        Each metric's sums per arm.
    spend : Mapping of str to float
        What was spent on each arm.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a statement needs.
    """
    known = {m.id: samples[m.id] for m in described_metrics(experiment)}
    n = sum(max((s[a].n for s in known.values()), default=0) for a in experiment.arms)
    return Description(
        experiment=experiment,
        checks=TrustChecks(experiment=experiment.id, checks=(), n_units=n),
        reach=campaign_reach(experiment, known, confidence=confidence, limits=limits),
        costs=campaign_costs(experiment, known, spend=spend),
        holdout=plan_holdout(experiment, known, confidence=confidence),
        confidence=confidence,
        limits=limits,
        is_from_units=False,
    )


def described_metrics(experiment: Experiment) -> list[Metric]:
    """Return the metrics that a single arm can be described by: shares and means."""
    return [m for m in experiment.metrics if m.kind in {"conversion", "mean"}]


def _as_met(experiment: Experiment, counts: Mapping[str, int]) -> Experiment:
    """Return the plan with the shares that were met: there is no split to be checked."""
    seen = {a: max(n, 1) for a, n in counts.items()}
    total = sum(seen.values())
    arms = {
        a: arm.model_copy(update={"share": seen[a] / total}) for a, arm in experiment.arms.items()
    }
    return experiment.model_copy(update={"arms": arms})
