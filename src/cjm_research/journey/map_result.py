"""The customer journey map as numbers: what is drawn, and its table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.journey.map_parts import NO_CARD
from cjm_research.journey.map_table import map_rows
from cjm_research.results import Finding, Result, Unit
from cjm_research.study.journey_plan import USUAL_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.arrivals import Arrival
    from cjm_research.journey.card_scores import CardScore
    from cjm_research.journey.emotions import EmotionMap, TouchpointEmotion
    from cjm_research.journey.flow import Flow, StageFlow
    from cjm_research.journey.map_parts import Change, MapCard, Quote, Through
    from cjm_research.journey.mood import Mood, MoodPoint
    from cjm_research.journey.opportunities import Opportunities, Opportunity
    from cjm_research.journey.pains import StagePain, StagePains
    from cjm_research.journey.touchpoints import Touchpoint
    from cjm_research.journey.triggers import Trigger
    from cjm_research.study.journey_plan import MapRow
    from cjm_research.study.model import Limits
    from cjm_research.study.phrase import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStage:
    """One column of the map. Texts of the study file are assumed, all else is measured."""

    stage: str
    goal: Phrase | None
    expectation: Phrase | None
    action: Phrase | None
    owner: str
    flow: StageFlow
    touchpoints: tuple[Touchpoint, ...]
    """The most frequent ones, in the order in which they are met."""
    mood: tuple[MoodPoint, ...]
    """At each of these touchpoints; of the stage as a whole if too few spoke at any."""
    pains: tuple[StagePain, ...]
    writers: int
    """Customers who wrote something at the stage."""
    best: Opportunity | None
    actions: Phrase | None = None
    rivals: Phrase | None = None
    rivals_mood: MoodPoint | None = None
    """Mood of answers about other brands; None if there is none."""
    planned_days: float | None = None
    """Assumed: days within which a customer is meant to move on."""
    arrival: Arrival | None = None
    emotions: tuple[TouchpointEmotion, ...] = ()
    """The most frequent one at each touchpoint of the map."""
    quotes: tuple[Quote, ...] = ()
    """One per language."""
    triggers: tuple[Trigger, ...] | None = None
    """What comes before moving on more often than chance, the strongest first; None where it
    was not asked or nobody could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyMap(Result):
    """Stages with reach, touchpoints, mood, pains, flow and opportunities."""

    units: ClassVar[Mapping[str, Unit]] = {
        "map_row": Unit.LABEL,
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "theme": Unit.LABEL,
        "emotion": Unit.LABEL,
        "channel": Unit.LABEL,
        "from_stage": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "mood": Unit.MOOD,
        "mood_low": Unit.MOOD,
        "mood_high": Unit.MOOD,
        "nps": Unit.NPS,
        "nps_low": Unit.NPS,
        "nps_high": Unit.NPS,
        "times": Unit.LIFT,
        "times_low": Unit.LIFT,
        "times_high": Unit.LIFT,
        "days": Unit.DAYS,
        "score": Unit.NUMBER,
        "change": Unit.POINTS,
        "change_low": Unit.POINTS,
        "change_high": Unit.POINTS,
        "mood_change": Unit.MOOD,
        "mood_change_low": Unit.MOOD,
        "mood_change_high": Unit.MOOD,
        "nps_change": Unit.NPS,
        "nps_change_low": Unit.NPS,
        "nps_change_high": Unit.NPS,
    }

    stages: tuple[MapStage, ...]
    segment: str
    n_customers: int
    n_events: int
    window: tuple[str, str] | None
    """First and last day."""
    flow: Flow
    pains: StagePains
    mood: Mood
    """By stage."""
    touchpoint_mood: Mood
    opportunities: Opportunities
    quotes: tuple[Quote, ...]
    lost_mood: tuple[MoodPoint, ...]
    """Mood of the customers who left, at the same places as the curve; empty if not known."""
    confidence: float
    limits: Limits
    rows: tuple[MapRow, ...] = USUAL_ROWS
    """What the study shows, from top to bottom."""
    card: MapCard = NO_CARD
    scores: tuple[CardScore, ...] = ()
    """NPS and CSAT, where the answers allow them."""
    through: Through | None = None
    """None for a map without its funnel."""
    emotions: EmotionMap | None = None
    changes: tuple[Change, ...] = ()
    """Against the period before; empty if none was compared."""
    changed_days: int = 0
    """Length of the two periods."""

    def over(self, window: tuple[str, str] | None) -> JourneyMap:
        """Return the map with the days of its data, which findings of what was said carry."""
        return replace(
            self,
            mood=replace(self.mood, window=window),
            touchpoint_mood=replace(self.touchpoint_mood, window=window),
            pains=replace(self.pains, window=window),
            emotions=self.emotions and replace(self.emotions, window=window),
        )

    def is_shown(self, n: float) -> bool:
        """Tell whether an estimate that rests on so many customers is drawn."""
        return self.limits.level(n) in ("estimates", "claims")

    def points(self) -> tuple[MoodPoint, ...]:
        """Return all points of the mood curve, in the order of the journey."""
        return tuple(p for s in self.stages for p in s.mood)

    def low_point(self) -> MoodPoint | None:
        """Return the touchpoint, else the stage, that is clearly the lowest; None if none is."""
        return self._told_point("low")

    def high_point(self) -> MoodPoint | None:
        """Return the touchpoint, else the stage, that is clearly the highest."""
        return self._told_point("high")

    def worst_pain(self) -> StagePain | None:
        """Return the most frequent pain of the map."""
        pains = [p for s in self.stages for p in s.pains if self.is_shown(p.n)]
        return max(pains, key=lambda p: p.share, default=None)

    def to_frame(self) -> pd.DataFrame:
        """Return every number of the map: one row per mark, with what its row is."""
        return pd.DataFrame(list(map_rows(self)), columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the lowest and highest point of the mood, and the first opportunity.

        A touchpoint that is clearly the end of the curve stands for its stage.
        """
        ends = []
        for end in ("mood_low_point", "mood_high_point"):
            whole = [f for f in self.mood.findings() if f.kind == end]
            finer = [f for f in self.touchpoint_mood.findings() if f.kind == f"touchpoint_{end}"]
            ends += finer if any(f.status == "shown" for f in finer) else whole
        return (*ends, *self.opportunities.findings())

    def told(self, kind: str) -> Finding | None:
        """Return the finding of a kind that may be told, if there is one."""
        return next((f for f in self.findings() if f.kind == kind and f.status == "shown"), None)

    def _told_point(self, end: str) -> MoodPoint | None:
        for mood, kind in ((self.touchpoint_mood, f"touchpoint_mood_{end}_point"),
                           (self.mood, f"mood_{end}_point")):  # fmt: skip
            found = self.told(kind)
            if found is not None:
                place = found.subject.get("touchpoint", "")
                return next(p for p in mood.of(found.subject["stage"]) if p.touchpoint == place)
        return None
