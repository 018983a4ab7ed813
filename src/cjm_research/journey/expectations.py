"""What customers expect of a stage against what they get: importance and satisfaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.errors import NoDataError
from cjm_research.journey.answers import upright
from cjm_research.journey.placing import need, placed
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.study.model import Limits

EXPECTED, MET = "importance", "satisfaction"
"""Kinds of feedback that say how much is expected, and how well it is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Importance and satisfaction of one stage, over customers who told both."""

    stage: str
    n: int
    expected: float
    """Mean importance, -1..1 by the ends of its scale."""
    met: float
    """Mean satisfaction, the same way."""
    gap: float
    """Importance less satisfaction: above zero, more is expected than is met."""
    low: float
    high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationGaps(Result):
    """Gap of each stage, in the order of the journey."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "n": Unit.COUNT,
        "importance": Unit.MOOD,
        "satisfaction": Unit.MOOD,
        "gap": Unit.NUMBER,
        "low": Unit.NUMBER,
        "high": Unit.NUMBER,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "stage", "n", "importance", "satisfaction", "gap", "low", "high",
    )  # fmt: skip

    rows: tuple[Gap, ...]
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage."""
        plain = [
            (r.stage, r.n, r.expected, r.met, r.gap, r.low, r.high, r.p, r.p_adjusted)
            for r in self.rows
        ]
        frame = pd.DataFrame(plain, columns=list(self.units))
        estimates = ("importance", "satisfaction", "gap", "low", "high", "p", "p_adjusted")
        return without_small(frame, self.limits, n="n", columns=estimates)

    def findings(self) -> tuple[Finding, ...]:
        """Return the gap of each stage; told where it is not zero after Holm's correction."""
        return tuple(
            Finding(
                id=f"journey/expectation_gap/stage={r.stage}",
                kind="expectation_gap",
                subject={"stage": r.stage},
                estimate=r.gap,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                reference=0.0,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/expectation_gap",
                unit=Unit.NUMBER,
                n=r.n,
                window=self.window,
                method="student, paired; holm",
                direction="bad" if r.gap > 0 else "good",
                status=told(self.limits, r.n, is_clear=r.p_adjusted < 1 - self.confidence),
                values={"importance": r.expected, "satisfaction": r.met},
            )
            for r in self.rows
        )


def expectation_gaps(
    feedback: pd.DataFrame,
    event_stages: EventStages,
    *,
    stages: Sequence[str],
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> ExpectationGaps:
    """Compare how important a stage is to customers with how satisfied they are there.

    Parameters
    ----------
    feedback : pandas.DataFrame
        Canonical feedback; answers of kind importance and satisfaction with their scales.
    event_stages : pandas.DataFrame
        Tells the stage of each touchpoint.
    stages : sequence of str
        Stages in the order of the journey.
    confidence : float, default 0.95
        Of the intervals: Student's, over customers who told both, each counted once.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    NoDataError
        If nobody told both of any stage.
    """
    need(feedback, ("feedback_id", "kind"), table="feedback")
    grades = pd.DataFrame()
    if {"score", "scale_min", "scale_max"} <= set(feedback):
        asked = upright(feedback.loc[feedback["kind"].isin([EXPECTED, MET])])
        asked = asked.dropna(subset=["score"])
        rows = placed(asked, event_stages).dropna(subset=["stage"])
        width = rows["scale_max"].astype("float64") - rows["scale_min"].astype("float64")
        height = rows["score"].astype("float64") - rows["scale_min"].astype("float64")
        rows = rows.assign(grade=2 * height / width.where(width > 0) - 1)
        rows = rows.loc[rows["grade"].between(-1, 1)]
        grades = rows.pivot_table(
            index=["stage", "customer_id"], columns="kind", values="grade", observed=True
        ).reindex(columns=[EXPECTED, MET]).dropna()  # fmt: skip
    if grades.empty:
        raise NoDataError("Nobody told both how important a stage is and how satisfied they are.")
    known = grades.index.get_level_values("stage")
    gaps = [_gap(s, grades.loc[known == s], confidence) for s in stages]
    adjusted = adjust_p_values([g.p for g in gaps], correction="holm")
    return ExpectationGaps(
        rows=tuple(replace(g, p_adjusted=float(p)) for g, p in zip(gaps, adjusted, strict=True)),
        confidence=confidence,
        limits=limits,
    )


def _gap(stage: str, rows: pd.DataFrame, confidence: float) -> Gap:
    expected, met = rows[EXPECTED].to_numpy(), rows[MET].to_numpy()
    n, nan = len(rows), float("nan")
    gap = expected - met
    low = high = p = nan
    if n > 1 and np.ptp(gap) > 0:
        se = float(np.std(gap, ddof=1)) / n**0.5
        margin = float(special.stdtrit(n - 1, (1 + confidence) / 2)) * se
        low, high = float(gap.mean()) - margin, float(gap.mean()) + margin
        p = float(2 * special.stdtr(n - 1, -abs(float(gap.mean())) / se))
    return Gap(
        stage=stage,
        n=n,
        expected=float(expected.mean()) if n else nan,
        met=float(met.mean()) if n else nan,
        gap=float(gap.mean()) if n else nan,
        low=low,
        high=high,
        p=p,
        p_adjusted=nan,
    )
