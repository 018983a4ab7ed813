"""Ideas that wait for a test, in the order of their scores."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.study.ideas import Hypothesis, Ice, Rice

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """One idea with its scores; NaN where a score was not given."""

    hypothesis: str
    experiment: str | None
    ice: float
    ice_place: float
    """1 is the best; ideas of equal score share a place."""
    rice: float
    rice_place: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog(Result):
    """Ideas by score. Scores are judgements that the study file states, not measurements."""

    units: ClassVar[Mapping[str, Unit]] = {
        "hypothesis": Unit.LABEL,
        "rice": Unit.NUMBER,
        "rice_place": Unit.COUNT,
        "ice": Unit.NUMBER,
        "ice_place": Unit.COUNT,
        "experiment": Unit.LABEL,
    }

    ideas: tuple[Idea, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per idea, the best first."""
        return pd.DataFrame([asdict(i) for i in self.ideas], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a judgement is no finding."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades(Result):
    """What the scores are computed from, as the study file states it."""

    units: ClassVar[Mapping[str, Unit]] = {
        "hypothesis": Unit.LABEL,
        "ice_impact": Unit.NUMBER,
        "ice_confidence": Unit.NUMBER,
        "ice_ease": Unit.NUMBER,
        "rice_reach": Unit.COUNT,
        "rice_impact": Unit.NUMBER,
        "rice_confidence": Unit.SHARE,
        "rice_effort": Unit.NUMBER,
    }

    ideas: tuple[Hypothesis, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per idea, in the order of the study file."""
        rows = [
            {
                "hypothesis": idea.id,
                **{f"{name}_{k}": v for name, given in (("ice", idea.ice), ("rice", idea.rice))
                   for k, v in (given.model_dump() if given is not None else {}).items()},
            }
            for idea in self.ideas
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: grades are given, not found."""
        return ()


def ice_score(grades: Ice) -> float:
    """Return the mean of impact, confidence and ease.

    References
    ----------
    Ellis S., Brown M. (2017). Hacking Growth. Crown Business, chapter 4.

    Examples
    --------
    >>> from cjm_research.study.ideas import Ice
    >>> ice_score(Ice(impact=8, confidence=5, ease=2))
    5.0
    """
    return (grades.impact + grades.confidence + grades.ease) / 3


def rice_score(grades: Rice) -> float:
    """Return reach times impact times confidence, divided by effort.

    References
    ----------
    McBride S. (2018). RICE: simple prioritization for product managers. Intercom.

    Examples
    --------
    >>> from cjm_research.study.ideas import Rice
    >>> rice_score(Rice(reach=500, impact=3, confidence=0.8, effort=2))
    600.0
    """
    return grades.reach * grades.impact * grades.confidence / grades.effort


def scored(hypotheses: Sequence[Hypothesis]) -> Backlog:
    """Put ideas in the order of their scores.

    By RICE where every idea has it, else by ICE where every idea has that, else by the better
    of both places. Ideas of equal rank keep the order of the study file.

    Parameters
    ----------
    hypotheses : Sequence of Hypothesis
        Ideas of the study file.
    """
    ice = [NAN if h.ice is None else ice_score(h.ice) for h in hypotheses]
    rice = [NAN if h.rice is None else rice_score(h.rice) for h in hypotheses]
    ideas = [
        Idea(
            hypothesis=h.id,
            experiment=h.experiment,
            ice=ice[i],
            ice_place=_place(ice, i),
            rice=rice[i],
            rice_place=_place(rice, i),
        )
        for i, h in enumerate(hypotheses)
    ]
    return Backlog(ideas=tuple(sorted(ideas, key=lambda i: _rank(i, ideas))))


def _place(scores: Sequence[float], i: int) -> float:
    return NAN if scores[i] != scores[i] else 1.0 + sum(s > scores[i] for s in scores)


def _rank(idea: Idea, ideas: Sequence[Idea]) -> float:
    if all(i.rice == i.rice for i in ideas):
        return idea.rice_place
    if all(i.ice == i.ice for i in ideas):
        return idea.ice_place
    return min(p for p in (idea.rice_place, idea.ice_place) if p == p)
