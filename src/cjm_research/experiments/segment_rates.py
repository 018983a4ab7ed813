"""How the units of a campaign without a control differ between segments: whom it met."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.experiments.descriptive_tables import reached
from cjm_research.experiments.samples import merged
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.means import compare_means
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.two_proportions import compare_proportions
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.experiments.descriptive_tables import Reached
    from cjm_research.experiments.participants import Participants
    from cjm_research.experiments.samples import ArmSample
    from cjm_research.results import Status
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

    Coded = Mapping[str, tuple[NDArray[np.int64], tuple[str, ...]]]

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRate:
    """One metric of the units of one segment, beside that of all other units."""

    grouping: str
    segment: str
    reached: Reached
    elsewhere: float
    p: float = NAN
    p_adjusted: float = NAN
    n_questions: int = 1
    status: Status = "not_significant"


def _units(value: Unit) -> dict[str, Unit]:
    return {
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "metric": Unit.LABEL,
        "n": Unit.COUNT,
        "value": value,
        "low": value,
        "high": value,
        "elsewhere": value,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "segment_verdict": Unit.LABEL,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRates(Result):
    """Shares by segment; differences between segments are no effects of the campaign."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.SHARE)

    experiment: str
    rows: tuple[SegmentRate, ...]
    confidence: float = 0.95
    limits: Limits = field(default_factory=Limits)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and metric; segments that are too small are absent."""
        rows = [_row(r) for r in self.rows if r.status != "hidden_small_n"]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per segment that differs from the others."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: SegmentRate) -> Finding:
        seen = row.reached
        subject = {"experiment": self.experiment, "metric": seen.metric,
                   "grouping": row.grouping, "segment": row.segment}  # fmt: skip
        return Finding(
            id="experiments/segment_rate/" + "/".join(f"{k}={v}" for k, v in subject.items()),
            kind="segment_rate",
            subject=subject,
            estimate=seen.value,
            low=seen.low,
            high=seen.high,
            confidence=self.confidence,
            unit=self.units["value"],
            n=seen.n,
            reference=row.elsewhere,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="benjamini_hochberg",
            method="score_test" if seen.is_share else "welch",
            status=row.status,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMoneyRates(SegmentRates):
    """Means of money by segment."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentNumberRates(SegmentRates):
    """Means of counts by segment."""

    units: ClassVar[Mapping[str, Unit]] = _units(Unit.NUMBER)


def segment_rates(
    part: Participants,
    experiment: Experiment,
    coded: Coded,
    *,
    confidence: float = 0.95,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> tuple[SegmentRates, ...]:
    """Set each segment's rate or mean beside that of all other units.

    Benjamini-Hochberg over all segments, groupings and success metrics.

    Parameters
    ----------
    part : Participants
        The units.
    experiment : Experiment
        Its success metrics are compared.
    coded : Mapping of str to pair
        For each grouping the number of each unit's segment and the segments' names.
    confidence : float, default 0.95
        Of every interval.
    limits : Limits
        Units that a segment needs.
    """
    metrics = [m for m in experiment.metrics
               if m.role == "success" and m.kind in {"conversion", "mean"}]  # fmt: skip
    rows = [
        row
        for grouping, (groups, names) in coded.items()
        for metric in metrics
        for row in _rows(part, metric, grouping, (groups, names), confidence)
    ]
    judged = _judged(rows, 1 - confidence, limits)
    kinds = (
        (SegmentRates, [r for r in judged if r.reached.is_share]),
        (SegmentMoneyRates, [r for r in judged if not r.reached.is_share and r.reached.is_money]),
        (SegmentNumberRates,
         [r for r in judged if not r.reached.is_share and not r.reached.is_money]),
    )  # fmt: skip
    return tuple(
        kind(experiment=experiment.id, rows=tuple(own), confidence=confidence, limits=limits)
        for kind, own in kinds
        if own
    )


def _rows(
    part: Participants,
    metric: Metric,
    grouping: str,
    coded: tuple[NDArray[np.int64], tuple[str, ...]],
    confidence: float,
) -> list[SegmentRate]:
    groups, names = coded
    by_segment = [
        merged([*arms.values()]) for arms in part.samples_by(metric, groups, n_groups=len(names))
    ]
    rows = []
    for i, (name, own) in enumerate(zip(names, by_segment, strict=True)):
        others = [s for j, s in enumerate(by_segment) if j != i]
        if not own.n or not others:
            continue
        rest = merged(others)
        rows.append(
            SegmentRate(
                grouping=grouping,
                segment=name,
                reached=reached(metric, "", own, confidence=confidence),
                elsewhere=rest.mean,
                p=_p(metric, own, rest),
            )
        )
    return rows


def _p(metric: Metric, own: ArmSample, rest: ArmSample) -> float:
    if not rest.n:
        return NAN
    if metric.kind == "conversion":
        return float(compare_proportions((own.successes, own.n), (rest.successes, rest.n)).p)
    return float(compare_means(own.sample, rest.sample).p)


def _judged(rows: Sequence[SegmentRate], level: float, limits: Limits) -> list[SegmentRate]:
    levels = [limits.level(r.reached.n) for r in rows]
    asked = [NAN if at == "hidden" else r.p for r, at in zip(rows, levels, strict=True)]
    adjusted = adjust_p_values(asked, correction="benjamini_hochberg")
    n = int(np.isfinite(asked).sum())
    judged = []
    for row, at, p in zip(rows, levels, adjusted, strict=True):
        status: Status = "shown" if p < level and at == "claims" else "not_significant"
        if at in {"hidden", "facts"}:
            status = "hidden_small_n"
        judged.append(replace(row, p_adjusted=float(p), n_questions=n, status=status))
    return judged


def _row(row: SegmentRate) -> dict[str, object]:
    seen = row.reached
    return {
        "grouping": row.grouping,
        "segment": row.segment,
        "metric": seen.metric,
        "n": seen.n,
        "value": seen.value,
        "low": seen.low,
        "high": seen.high,
        "elsewhere": row.elsewhere,
        "p": row.p,
        "p_adjusted": row.p_adjusted,
        "segment_verdict": row.status,
    }
