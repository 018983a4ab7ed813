"""How customers feel at each stage and touchpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.contacts import contacts
from cjm_research.journey.mood_findings import mood_findings
from cjm_research.journey.telling import USUAL, without_small
from cjm_research.journey.touchpoints import as_met
from cjm_research.results import Result, Unit
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.contacts import Contacts
    from cjm_research.results import Finding
    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodPoint:
    """Mean mood at one stage, or at one touchpoint of it."""

    stage: str
    touchpoint: str
    """Empty for the stage as a whole."""
    mood: float
    low: float
    high: float
    n: int
    """Customers who answered; each counts once, with the mean of their answers."""
    answers: int
    graded_share: float
    """Share of the answers whose mood is a grade; the others' is the tone of the text."""
    response_share: float
    """Customers who answered, of all customers seen here; NaN where nobody was seen."""
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood(Result):
    """Mood from -1 (as bad as can be) to 1, in the order of the journey."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "mood": Unit.MOOD,
        "low": Unit.MOOD,
        "high": Unit.MOOD,
        "n": Unit.COUNT,
        "answers": Unit.COUNT,
        "graded_share": Unit.SHARE,
        "response_share": Unit.SHARE,
    }

    shown: ClassVar[tuple[str, ...]] = (
        "stage", "touchpoint", "mood", "low", "high", "n", "response_share",
    )  # fmt: skip
    """Columns that a page shows."""

    points: tuple[MoodPoint, ...]
    by_touchpoint: bool
    overall: float
    """Mean over all customers who answered anywhere; NaN if they are too few."""
    overall_low: float
    overall_high: float
    n: int
    n_answers: int
    n_unplaced: int
    """Answers that name no touchpoint or stage: in `overall` only."""
    confidence: float
    limits: Limits = USUAL
    overall_sd: float = float("nan")
    """Standard deviation between customers, of what `overall` averages."""
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def of(self, stage: str) -> tuple[MoodPoint, ...]:
        """Return the points of one stage."""
        return tuple(p for p in self.points if p.stage == stage)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per point."""
        plain = [[getattr(p, c) for c in self.units] for p in self.points]
        frame = pd.DataFrame(plain, columns=list(self.units))
        frame["touchpoint"] = frame["touchpoint"].replace("", None)
        estimates = ("mood", "low", "high", "graded_share")
        return without_small(frame, self.limits, n="n", columns=estimates)

    def findings(self) -> tuple[Finding, ...]:
        """Return the lowest and the highest point, and each point against the others."""
        return mood_findings(self)


def mood_by_stage(
    answers: pd.DataFrame,
    event_stages: EventStages,
    *,
    stages: Sequence[str],
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Mood:
    """Average the mood at each stage.

    A customer's answers are averaged first, so that one who writes often counts once. The
    interval is Student's, over customers, kept within -1 to 1.

    Parameters
    ----------
    answers : pandas.DataFrame
        What `mood_answers` gave.
    event_stages : pandas.DataFrame
        What `event_stages` gave; tells how many could have answered.
    stages : sequence of str
        Stages in the order of the journey.
    confidence : float, default 0.95
        Of the intervals.
    limits : Limits
        How many customers a statement needs.
    """
    asked = _Asked.of(answers, event_stages)
    points = tuple(_point(asked, at=(stage, ""), confidence=confidence) for stage in stages)
    everyone = mean_mood(answers, confidence=confidence)
    is_enough = limits.level(everyone.n) in ("estimates", "claims")
    overall = everyone[:3] if is_enough else (float("nan"),) * 3
    return Mood(
        points=points,
        by_touchpoint=False,
        overall=overall[0],
        overall_low=overall[1],
        overall_high=overall[2],
        overall_sd=everyone.sd,
        n=everyone.n,
        n_answers=len(answers),
        n_unplaced=int((~answers["stage"].isin(list(stages))).sum()),
        confidence=confidence,
        limits=limits,
    )


def mood_by_touchpoint(
    answers: pd.DataFrame,
    event_stages: EventStages,
    *,
    stages: Sequence[str],
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Mood:
    """Average the mood at each touchpoint, as `mood_by_stage` does at each stage.

    Within a stage, touchpoints stand in the order in which customers mostly meet them first.
    """
    events = coded_events(event_stages)
    whole = mood_by_stage(answers, events, stages=stages, confidence=confidence, limits=limits)
    asked = _Asked.of(answers, events)
    points = tuple(
        _point(asked, at=(stage, touchpoint), confidence=confidence)
        for stage in stages
        for touchpoint in _touchpoints(events, answers, stage)
    )
    return replace(whole, points=points, by_touchpoint=True)


def mood_at(
    answers: pd.DataFrame,
    event_stages: EventStages,
    *,
    places: Sequence[tuple[str, str]],
    confidence: float = 0.95,
) -> tuple[MoodPoint, ...]:
    """Average the mood at some places: stage and touchpoint, or stage and an empty text."""
    if answers.empty:
        return ()
    asked = _Asked.of(answers, event_stages)
    return tuple(_point(asked, at=place, confidence=confidence) for place in places)


class MeanMood(NamedTuple):
    """Mean over customers of their own means; NaN where too few answered."""

    mood: float
    low: float
    high: float
    n: int
    sd: float


def mean_mood(answers: pd.DataFrame, *, confidence: float) -> MeanMood:
    """Average mood over customers, with Student's interval kept within -1 to 1.

    Parameters
    ----------
    answers : pandas.DataFrame
        With `customer_id` and `mood`.
    confidence : float
        Coverage aimed at.
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    means = answers.groupby("customer_id", observed=True)["mood"].mean().to_numpy()
    n = len(means)
    nan = float("nan")
    if n < 2:
        return MeanMood(float(means[0]) if n else nan, nan, nan, n, nan)
    mean, sd = float(np.mean(means)), float(np.std(means, ddof=1))
    margin = float(special.stdtrit(n - 1, (1 + confidence) / 2)) * sd / n**0.5
    return MeanMood(mean, max(mean - margin, -1.0), min(mean + margin, 1.0), n, sd)


def _touchpoints(event_stages: EventStages, answers: pd.DataFrame, stage: str) -> list[str]:
    """Return a stage's touchpoints with answers, in the order in which they are met."""
    told = answers.loc[answers["stage"] == stage, "touchpoint"].dropna()
    found = {str(t) for t in told.unique()}
    met = as_met(event_stages, stage)
    return [t for t in met if t in found] + sorted(found - set(met))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """Answers, and who was seen where."""

    answers: pd.DataFrame
    who: NDArray[np.int64]
    """Number of the customer of each answer among those of the events; -1 for no such."""
    contacts: Contacts

    @classmethod
    def of(cls, answers: pd.DataFrame, event_stages: EventStages) -> _Asked:
        events = coded_events(event_stages)
        who = positions_of(answers["customer_id"], events.ids)
        return cls(answers=answers, who=who, contacts=contacts(events))


def _point(asked: _Asked, *, at: tuple[str, str], confidence: float) -> MoodPoint:
    stage, touchpoint = at
    here = asked.answers["stage"] == stage
    if touchpoint:
        here &= asked.answers["touchpoint"] == touchpoint
    is_here = here.fillna(value=False).to_numpy(dtype=bool)
    told = asked.answers.loc[is_here]
    mean = mean_mood(told, confidence=confidence)
    met = asked.contacts.at(stage, touchpoint)
    n_met = len(met)
    answered = int(np.isin(np.unique(asked.who[is_here]), met).sum())
    return MoodPoint(
        stage=stage,
        touchpoint=touchpoint,
        mood=mean.mood,
        low=mean.low,
        high=mean.high,
        n=mean.n,
        answers=len(told),
        graded_share=float(told["is_graded"].mean()) if len(told) else float("nan"),
        response_share=answered / n_met if n_met else float("nan"),
        sd=mean.sd,
    )
