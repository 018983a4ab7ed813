"""Whether questions that are meant to measure one thing do so."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import DataError
from cjm_research.needs.survey.questions import by_unit, graded, height
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.reliability import cronbach_alpha

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.survey import SurveyPlan

ENOUGH = 0.7
"""Alpha from which a mean of the questions may be read (Nunnally 1978)."""
_KINDS = ("csat", "ces", "rating", "importance", "satisfaction")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleItem:
    """One question of a group."""

    scale: str
    """Id of the group."""
    question: str
    n: int
    """Customers who answered every question of the group."""
    alpha: float
    """Of the whole group."""
    low: float
    high: float
    without: float
    """Alpha of the group without this question; NaN for a group of two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleReliability(Result):
    """Groups of questions with their reliability."""

    units: ClassVar[Mapping[str, Unit]] = {
        "scale": Unit.LABEL,
        "question": Unit.LABEL,
        "n": Unit.COUNT,
        "alpha": Unit.NUMBER,
        "low": Unit.NUMBER,
        "high": Unit.NUMBER,
        "without": Unit.NUMBER,
    }

    rows: tuple[ScaleItem, ...]
    telling: Telling

    def public(self) -> ScaleReliability:
        """Return the groups with enough answers for an estimate."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per question of a group."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the alpha of each group; its own sentence says when it is too low."""
        first = {r.scale: r for r in reversed(self.rows)}
        return tuple(
            Finding(
                id=f"needs/reliability/scale={r.scale}",
                kind="reliability" if r.alpha >= ENOUGH else "reliability_low",
                subject={"scale": r.scale},
                estimate=r.alpha,
                low=r.low,
                high=r.high,
                reference=ENOUGH,
                confidence=self.telling.confidence,
                unit=Unit.NUMBER,
                n=r.n,
                method="Cronbach's alpha, interval of Feldt",
                window=self.telling.window,
                status=self.telling.status(r.n),
            )
            for r in (first[s] for s in dict.fromkeys(r.scale for r in self.rows))
        )


def scale_reliability(
    feedback: pd.DataFrame, plan: SurveyPlan, *, telling: Telling = USUAL
) -> ScaleReliability:
    """Give each declared group of questions its Cronbach's alpha.

    A question whose low grades are the good ones is turned. Customers who skipped a question
    of the group are left out of it.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave.
    plan : SurveyPlan
        Whose questions name a `group`.
    telling : Telling
        Limits, confidence and window.
    """
    every = pd.concat([graded(feedback, kind).answers for kind in _KINDS], ignore_index=True)
    rows: list[ScaleItem] = []
    for group, questions in plan.groups.items():
        own = every.loc[every["question"].isin(questions)]
        table = (
            by_unit(own, np.asarray(height(own), dtype=np.float64)) if len(own) else pd.DataFrame()
        )
        table = table[[q for q in questions if q in table]].dropna()
        try:
            found = cronbach_alpha(table.to_numpy(), confidence=telling.confidence)
        except (DataError, ValueError):  # too few answers or questions to say anything
            continue
        rows += [
            ScaleItem(
                scale=group,
                question=str(question),
                n=found.n,
                alpha=found.alpha,
                low=found.low,
                high=found.high,
                without=float(without),
            )
            for question, without in zip(table.columns, found.without, strict=True)
        ]
    return ScaleReliability(rows=tuple(rows), telling=telling)
