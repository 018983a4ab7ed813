"""What was said in interviews: counted, never taken for shares of the customers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.needs.telling import USUAL, Telling
from cjm_research.needs.voices import interviews
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEWEST = 2  # one interview alone is an anecdote, and its words give the person away


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewTheme:
    """In how many interviews a theme came up."""

    theme: str
    theme_kind: str
    stage: str | None
    interviews: int
    n: int
    """Interviews that were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewThemes(Result):
    """Themes of the interviews, the most frequent first. Qualitative: no interval."""

    units: ClassVar[Mapping[str, Unit]] = {
        "theme": Unit.LABEL,
        "theme_kind": Unit.LABEL,
        "stage": Unit.LABEL,
        "interviews": Unit.COUNT,
        "n": Unit.COUNT,
    }

    rows: tuple[InterviewTheme, ...]
    n: int
    telling: Telling

    def public(self) -> InterviewThemes:
        """Return the themes of two interviews or more."""
        return replace(self, rows=tuple(r for r in self.rows if r.interviews >= _FEWEST))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per theme."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return in how many interviews each theme came up, from two on."""
        return tuple(
            Finding(
                id=f"needs/interview_theme/theme={r.theme}",
                kind="interview_theme",
                subject={"theme": r.theme} | ({"stage": r.stage} if r.stage else {}),
                estimate=float(r.interviews),
                unit=Unit.COUNT,
                n=r.n,
                method="counted, qualitative",
                confidence=self.telling.confidence,
                window=self.telling.window,
                direction="bad" if r.theme_kind == "pain" else "neutral",
                status="not_reliable" if r.theme in self.telling.unreliable else "shown",
                customers=r.interviews,
                values={"theme_kind": r.theme_kind},
            )
            for r in self.public().rows
        )


def interview_themes(codes: pd.DataFrame, *, telling: Telling = USUAL) -> InterviewThemes:
    """Count the interviews in which each theme came up.

    Remarks (feedback of kind ``interview``) belong to the interview that their declared column
    `interview` names, else to that of their customer, else to one of their own.

    Parameters
    ----------
    codes : pandas.DataFrame
        What `feedback_codes` gave.
    telling : Telling
        Confidence and window; limits of size do not hold for interviews.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    heard = interviews(codes)
    said = heard.said.loc[heard.said["theme"].notna().to_numpy()]
    rows = []
    for (theme, kind), own in said.groupby(["theme", "theme_kind"], observed=True, sort=True):
        stages = own["stage"].dropna() if "stage" in own else own["theme"].iloc[:0]
        rows.append(
            InterviewTheme(
                theme=str(theme),
                theme_kind=str(kind),
                stage=str(stages.mode().iloc[0]) if len(stages) else None,
                interviews=int(own["unit"].nunique()),
                n=len(heard.units),
            )
        )
    rows.sort(key=lambda r: (-r.interviews, r.theme))
    return InterviewThemes(rows=tuple(rows), n=len(heard.units), telling=telling)
