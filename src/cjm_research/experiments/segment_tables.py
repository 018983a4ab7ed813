"""Effects by segment as results: tables with units, and findings with guards."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.experiments.effect import Effect
    from cjm_research.results import Status

NAN = float("nan")

_MEASURED = (
    "control_value", "treated_value", "difference", "low", "high",
    "shrunken", "shrunken_low", "shrunken_high",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEffect:
    """The effect in one segment."""

    grouping: str
    segment: str
    effect: Effect
    shrunken: float = NAN
    """The difference drawn towards that of all segments, as far as chance explains it."""
    shrunken_low: float = NAN
    shrunken_high: float = NAN
    p_adjusted: float = NAN
    status: Status = "not_significant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Whether an effect differs between the segments of one grouping."""

    grouping: str
    metric: str
    arm: str
    n_segments: int
    n: int
    q: float
    df: int
    p: float
    p_adjusted: float
    is_reversed: bool = False
    """All units together show an effect one way, the segments on average the other way."""
    verdict: str
    """``differs``, ``not_shown`` or ``not_checked``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interactions(Result):
    """One question per grouping, metric and arm: is the effect the same in all segments."""

    units: ClassVar[Mapping[str, Unit]] = {
        "grouping": Unit.LABEL,
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n_segments": Unit.COUNT,
        "n": Unit.COUNT,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "interaction_verdict": Unit.LABEL,
        "is_reversed": Unit.YES_NO,
    }

    experiment: str
    tests: tuple[Interaction, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per question."""
        rows = [{**asdict(t), "interaction_verdict": t.verdict} for t in self.tests]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the segments themselves are told where an effect differs."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEffects(Result):
    """Effects by segment of one measure, with the guard of the interaction test."""

    units: ClassVar[Mapping[str, Unit]] = {
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n_control": Unit.COUNT,
        "control_value": Unit.SHARE,
        "n_arm": Unit.COUNT,
        "treated_value": Unit.SHARE,
        "difference": Unit.POINTS,
        "low": Unit.POINTS,
        "high": Unit.POINTS,
        "shrunken": Unit.POINTS,
        "shrunken_low": Unit.POINTS,
        "shrunken_high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "segment_verdict": Unit.LABEL,
    }

    experiment: str
    rows: tuple[SegmentEffect, ...]
    confidence: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment, metric and arm; segments that are too small are absent."""
        rows = [_row(r) for r in self.rows if r.status != "hidden_small_n"]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per row; told only where the effect differs between segments."""
        return tuple(self._finding(r) for r in self.rows if not r.effect.problem)

    def _finding(self, row: SegmentEffect) -> Finding:
        effect = row.effect
        subject = {
            "experiment": self.experiment,
            "metric": effect.metric,
            "arm": effect.arm,
            "grouping": row.grouping,
            "segment": row.segment,
        }
        return Finding(
            id="experiments/segment_effect/" + "/".join(f"{k}={v}" for k, v in subject.items()),
            kind="segment_effect",
            subject=subject,
            estimate=effect.difference,
            low=effect.low,
            high=effect.high,
            confidence=self.confidence,
            unit=self.units["difference"],
            n=effect.n,
            se=effect.se,
            p=effect.p,
            p_adjusted=row.p_adjusted,
            family="benjamini_hochberg",
            method=effect.method,
            direction="good" if effect.goodness > 0 else "bad",
            status=row.status,
            values={"control_arm": effect.control_arm, "lift": effect.lift},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMoneyEffects(SegmentEffects):
    """Effects on money by segment."""

    units: ClassVar[Mapping[str, Unit]] = {
        **SegmentEffects.units,
        **dict.fromkeys(_MEASURED, Unit.MONEY),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentNumberEffects(SegmentEffects):
    """Effects on counts by segment."""

    units: ClassVar[Mapping[str, Unit]] = {
        **SegmentEffects.units,
        **dict.fromkeys(_MEASURED, Unit.NUMBER),
    }


def segment_table(effect: Effect) -> type[SegmentEffects]:
    """Return the table that an effect belongs to."""
    if effect.is_share:
        return SegmentEffects
    return SegmentMoneyEffects if effect.is_money else SegmentNumberEffects


def _row(row: SegmentEffect) -> dict[str, object]:
    effect = row.effect
    return {
        "grouping": row.grouping,
        "segment": row.segment,
        "metric": effect.metric,
        "arm": effect.arm,
        "n_control": effect.control.n,
        "control_value": effect.control.mean,
        "n_arm": effect.treated.n,
        "treated_value": effect.treated.mean,
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "shrunken": row.shrunken,
        "shrunken_low": row.shrunken_low,
        "shrunken_high": row.shrunken_high,
        "p": effect.p,
        "p_adjusted": row.p_adjusted,
        "segment_verdict": row.status,
    }
