"""A whole experiment: checks first, then effects, segments and the decision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.experiments.arms import ArmSizes, need_control, sizes_of
from cjm_research.experiments.bayes import BayesEffects, bayes_effects
from cjm_research.experiments.checks import in_order
from cjm_research.experiments.clusters import as_clusters
from cjm_research.experiments.decision import decide, with_adjusted_rivals, with_outlook
from cjm_research.experiments.effect_tables import (
    ConversionEffects,
    MoneyEffects,
    NumberEffects,
    measure,
)
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.judging import judge
from cjm_research.experiments.looks import campaign_looks, with_looks
from cjm_research.experiments.money import campaign_money
from cjm_research.experiments.more_checks import calendar_checks, effect_checks, reversed_checks
from cjm_research.experiments.other_tests import OtherTests, other_tests
from cjm_research.experiments.participants import taking_part
from cjm_research.experiments.segments import BySegment, segment_effects
from cjm_research.experiments.sensitivity import Sensitivity, detectable_effects
from cjm_research.experiments.timeline import Timeline, timeline
from cjm_research.experiments.trust import trust_checks
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.experiments.checks import TrustChecks
    from cjm_research.experiments.decision_result import Decision
    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.look_tables import Looks
    from cjm_research.experiments.money_result import CampaignMoney
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.since_tables import SinceExposure
    from cjm_research.results import Finding, Result
    from cjm_research.study.plans import Experiment

_TABLES = (ConversionEffects, MoneyEffects, NumberEffects)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResult:
    """All that is known of one experiment. Read `checks` and `decision` first."""

    experiment: Experiment
    checks: TrustChecks
    arms: ArmSizes
    decision: Decision
    effects: tuple[ConversionEffects, ...]
    """One table per measure: shares, money, counts."""
    sensitivity: Sensitivity
    by_segment: BySegment | None = None
    timeline: Timeline | None = None
    since: SinceExposure | None = None
    """The effect by days since exposure; None where nothing tells the days."""
    looks: Looks | None = None
    """Every look so far; None where one look was planned."""
    bayes: BayesEffects | None = None
    """Beside the tests, where the plan asks for it."""
    other_tests: OtherTests | None = None
    """Exact and rank tests, where the metrics ask for them."""
    money: CampaignMoney | None = None
    """What the arms cost and brought; None where the plan has no `money`."""
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)
    is_from_units: bool = True
    """False where only the sums of the arms are known."""

    @property
    def rows(self) -> tuple[Effect, ...]:
        """Every effect, in the order of metrics, then arms."""
        order = [m.id for m in self.experiment.metrics]
        rows = [r for table in self.effects for r in table.rows]
        return tuple(sorted(rows, key=lambda r: order.index(r.metric)))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the study's tables that the result rests on."""
        if not self.is_from_units:
            return ("campaign_totals",)
        used = dict.fromkeys(m.table for m in self.experiment.metrics)
        return ("exposures", *used)

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result in reading order, for a page's findings."""
        segments: tuple[Result, ...] = ()
        if self.by_segment is not None:
            segments = (self.by_segment.interactions, *self.by_segment.effects)
        days = tuple(
            r
            for r in (self.looks, self.timeline, self.since, self.bayes, self.other_tests)
            if r is not None
        )
        money = (self.money,) if self.money is not None else ()
        sized = (self.arms, *self.effects, *money, self.sensitivity)
        return (self.decision, self.checks, *sized, *segments, *days)

    @property
    def summary(self) -> tuple[Result, ...]:
        """The results without the effects that the decision names already."""
        named = {(a.metric, a.arm) for a in self.decision.arms}
        beside = (
            replace(t, rows=tuple(r for r in t.rows if (r.metric, r.arm) not in named))
            for t in self.effects
        )
        segments = self.by_segment.effects if self.by_segment is not None else ()
        money = (self.money,) if self.money is not None else ()
        since = (self.since,) if self.since is not None else ()
        return (self.sensitivity, self.decision, self.checks, *money, *beside, *segments, *since)

    def findings(self) -> tuple[Finding, ...]:
        """Return every finding: the decision first, then checks, effects and segments."""
        return tuple(f for r in self.results for f in r.findings())


def analyse(
    experiment: Experiment,
    units: pd.DataFrame,
    *,
    segments: pd.DataFrame | None = None,
    until: pd.Timestamp | None = None,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> CampaignResult:
    """Analyse an experiment from its units.

    Parameters
    ----------
    experiment : Experiment
        The plan: arms with shares, control, metrics with roles.
    units : pandas.DataFrame
        One row per unit, as `unit_metrics` gives them: `unit_id`, `arm`, a column per metric.
    segments : pandas.DataFrame, optional
        `unit_id` and a text column per way to divide the units, as `unit_segments` gives them.
    until : pandas.Timestamp, optional
        Last day of the data, in the zone that days are counted in: a test that ends later
        runs on.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a statement needs.

    Returns
    -------
    CampaignResult
        Where a check failed every effect is still in the tables and none is a finding.

    Raises
    ------
    ParameterError
        If `confidence` is not between 0 and 1.
    DesignError
        If a unit stands in two rows, or no arm is the control.
    SchemaError, DataError
        If a metric's column is missing or holds what it may not.
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    need_control(experiment)
    if experiment.is_clustered:
        units, experiment = as_clusters(units, experiment)
        segments = None  # units of a cluster may be of several
    part = taking_part(units, experiment)
    zone = (until.tzinfo if until is not None else None) or "UTC"
    checks = trust_checks(units, experiment, segments=segments, part=part, zone=zone)
    found = arm_effects(part, experiment, confidence=confidence)
    looks = campaign_looks(part, experiment, until=until, zone=zone, confidence=confidence)
    found = judge(with_looks(found, looks, experiment, until=until), confidence=confidence)
    by_segment = None
    if segments is not None and not checks.is_broken:
        by_segment = segment_effects(
            part, experiment, segments, confidence=confidence, limits=limits
        )
    more = (
        *effect_checks(found),
        *(reversed_checks(by_segment.interactions) if by_segment is not None else ()),
        *calendar_checks(part, experiment, until=until, zone=zone),
    )
    checks = replace(checks, checks=in_order((*checks.checks, *more)))
    basis = Basis(
        experiment=experiment,
        found=found,
        checks=checks,
        counts=part.counts,
        days=days_of_exposure(part),
        until=until,
        confidence=confidence,
        limits=limits,
    )
    whole = concluded(basis)
    return replace(
        whole,
        decision=with_adjusted_rivals(whole.decision, part, experiment, confidence=confidence),
        by_segment=by_segment,
        looks=looks,
        other_tests=other_tests(part, experiment, confidence=confidence),
        bayes=bayes_effects(found, experiment=experiment.id) if experiment.has_bayes else None,
        timeline=timeline(part, experiment, zone=zone, confidence=confidence),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the end of every analysis is drawn from, wherever its numbers came from."""

    experiment: Experiment
    found: tuple[Effect, ...]
    """Judged, with all looks counted."""
    checks: TrustChecks
    counts: Mapping[str, int]
    """Units of each arm."""
    days: float | None = None
    """Over which the units came; None where that is not known."""
    spend: Mapping[str, float] | None = None
    """What was spent on each arm, where only that is known of its costs."""
    until: pd.Timestamp | None
    """Last day of the data."""
    confidence: float
    limits: Limits


def concluded(basis: Basis) -> CampaignResult:
    """Draw decision, sensitivity and money from the effects, wherever these came from."""
    experiment, found, checks = basis.experiment, basis.found, basis.checks
    confidence, limits = basis.confidence, basis.limits
    decision = decide(
        experiment, found, checks, until=basis.until, confidence=confidence, limits=limits
    )
    sensitivity = detectable_effects(
        found,
        experiment=experiment.id,
        target_change=experiment.target_change,
        confidence=confidence,
        days=basis.days,
    )
    sensitivity = replace(sensitivity, is_leading=experiment.unit == "company")
    money = campaign_money(
        experiment, found, checks, spend=basis.spend, confidence=confidence, limits=limits
    )
    return CampaignResult(
        experiment=experiment,
        checks=checks,
        arms=sizes_of(basis.counts, experiment),
        decision=with_outlook(decision, sensitivity, money=money, limits=limits),
        effects=_effect_results(basis),
        sensitivity=sensitivity,
        money=money,
        confidence=confidence,
        limits=limits,
    )


def days_of_exposure(part: Participants) -> float | None:
    """Return the days over which units came; None where they have no times or came in one day."""
    if "exposed_at" not in part.frame or part.frame["exposed_at"].isna().all():
        return None
    at = part.frame["exposed_at"]
    days = (at.max() - at.min()) / pd.Timedelta(days=1)
    return float(days) if days > 1 else None


def _effect_results(basis: Basis) -> tuple[ConversionEffects, ...]:
    """Sort effects into one table per measure; nothing of a broken experiment may be told."""
    tables = []
    for kind in _TABLES:
        rows = tuple(e for e in basis.found if measure(e) is kind)
        if rows:
            table = kind(
                experiment=basis.experiment.id,
                control=basis.experiment.control,
                rows=rows,
                confidence=basis.confidence,
                is_reliable=not basis.checks.is_broken,
                unusable=basis.checks.unusable,
                limits=basis.limits,
            )
            tables.append(table)
    return tuple(tables)
