"""Which segments pass a step more or less often than the other customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.journey.grouped import one_group_each
from cjm_research.journey.ordering import coded
from cjm_research.journey.step_groups import attempts_like, steps_of_group
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.store.rows import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentStep:
    """One step of one segment against the same step of the other customers."""

    segment: str
    stage: str
    n: int
    """Customers of the segment at the step before."""
    passed: float
    low: float
    high: float
    rest: float
    """Share of the other customers who pass the step."""
    difference: float
    difference_low: float
    difference_high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFunnel(Result):
    """Every step of a funnel for every segment of one grouping."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "stage": Unit.LABEL,
        "n": Unit.COUNT,
        "passed": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "rest": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    shown: ClassVar[tuple[str, ...]] = (
        "segment", "stage", "n", "passed", "low", "high", "rest", "difference",
    )  # fmt: skip
    """Columns that a page shows."""

    rows: tuple[SegmentStep, ...]
    n_unassigned: int
    """Customers at the start who are in no segment: with the other customers nowhere."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and step."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        estimates = [c for c in self.units if c not in ("segment", "stage", "n")]
        return without_small(frame, self.limits, n="n", columns=estimates)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per segment and step; the family is all of them, by Holm."""
        return tuple(
            Finding(
                id=f"journey/segment_step/segment={r.segment}/stage={r.stage}",
                kind="segment_step",
                subject={"segment": r.segment, "stage": r.stage},
                estimate=r.passed,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                reference=r.rest,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/segment_step",
                unit=Unit.SHARE,
                n=r.n,
                window=self.window,
                method="newcombe, holm",
                direction="good" if r.difference > 0 else "bad",
                status=told(self.limits, r.n, is_clear=r.p_adjusted < 1 - self.confidence),
                values={
                    "difference": r.difference,
                    "difference_low": r.difference_low,
                    "difference_high": r.difference_high,
                },
            )
            for r in self.rows
        )


def segment_funnel(
    event_stages: EventStages, segments: pd.DataFrame, *, like: Funnel
) -> SegmentFunnel:
    """Compare each segment with the customers of all other segments, step by step.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `like` was counted from.
    segments : pandas.DataFrame
        `customer_id` and `segment`; a customer is in one segment at most.
    like : Funnel
        The funnel whose steps, order, window, end, confidence and limits are used.

    Raises
    ------
    SchemaError
        If a column is missing.
    DataError
        If a customer is in two segments: their customers could not be compared.
    ParameterError
        If the funnel is unordered.
    """
    segment_of = one_group_each(segments)
    found = attempts_like(event_stages, like)
    own, names = coded(aligned(segment_of, found.ids).reset_index(drop=True))
    is_known = own >= 0
    rows = [
        SegmentStep(
            segment=name,
            stage=step.stage,
            n=step.n,
            passed=step.passed,
            low=step.low,
            high=step.high,
            rest=step.reference,
            difference=step.difference.estimate,
            difference_low=step.difference.low,
            difference_high=step.difference.high,
            p=step.difference.p,
            p_adjusted=float("nan"),
        )
        for name, i in sorted((str(name), i) for i, name in enumerate(names))
        for step in steps_of_group(found, own == i, is_known & (own != i), like=like)
    ]
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    return SegmentFunnel(
        rows=tuple(replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)),
        n_unassigned=int((~is_known).sum()),
        confidence=like.confidence,
        limits=like.limits,
    )
