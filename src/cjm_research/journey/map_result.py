"""The customer journey map as numbers: what is drawn, and its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjm_research.journey.flow import Flow, StageFlow
    from cjm_research.journey.mood import Mood, MoodPoint
    from cjm_research.journey.opportunities import Opportunities, Opportunity
    from cjm_research.journey.pains import StagePain, StagePains
    from cjm_research.journey.touchpoints import Touchpoint
    from cjm_research.study.model import Limits
    from cjm_research.study.phrase import Phrase

SHOWN = 3
"""Touchpoints and pains of a stage that the map has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A customer's own sentence."""

    language: str
    text: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyMap(Result):
    """Stages with reach, touchpoints, mood, pains, flow and opportunities."""

    units: ClassVar[Mapping[str, Unit]] = {
        "map_row": Unit.LABEL,
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "theme": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "mood": Unit.MOOD,
        "mood_low": Unit.MOOD,
        "mood_high": Unit.MOOD,
        "days": Unit.DAYS,
        "score": Unit.NUMBER,
    }

    stages: tuple[MapStage, ...]
    segment: str
    n_customers: int
    n_events: int
    window: tuple[str, str] | None
    """First and last day, UTC."""
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
        rows = [row for s in self.stages for row in self._rows(s)]
        return pd.DataFrame(rows, columns=list(self.units))

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

    def _rows(self, s: MapStage) -> Iterator[dict[str, object]]:
        here = {"stage": s.stage}
        yield {**here, "map_row": "reach", "n": s.flow.customers, "share": s.flow.share}
        for t in s.touchpoints:
            yield {**here, "map_row": "touchpoint", "touchpoint": t.touchpoint,
                   "n": t.customers, "share": t.share, "low": t.low, "high": t.high}  # fmt: skip
        for m in s.mood:
            row = {**here, "map_row": "mood", "touchpoint": m.touchpoint, "n": m.n}
            known = {"mood": m.mood, "mood_low": m.low, "mood_high": m.high}
            yield row | known if self.is_shown(m.n) else row
        lost = [m for m in self.lost_mood if m.stage == s.stage and self.is_shown(m.n)]
        for m in lost:
            yield {**here, "map_row": "mood_lost", "touchpoint": m.touchpoint, "n": m.n,
                   "mood": m.mood, "mood_low": m.low, "mood_high": m.high}  # fmt: skip
        for p in (p for p in s.pains[:SHOWN] if self.is_shown(p.n)):
            yield {**here, "map_row": "pain", "theme": p.theme,
                   "n": p.n, "share": p.share, "low": p.low, "high": p.high}  # fmt: skip
        if self.is_shown(s.flow.customers):
            yield from self._flow_rows(s)
        if s.best is not None:
            yield {**here, "map_row": "opportunity", "theme": s.best.theme, "score": s.best.score,
                   "n": round(s.best.affected), "mood": s.best.loss,
                   "mood_low": s.best.loss_low, "mood_high": s.best.loss_high}  # fmt: skip

    def _flow_rows(self, s: MapStage) -> Iterator[dict[str, object]]:
        here = {"stage": s.stage, "n": s.flow.customers}
        if s is not self.stages[-1]:
            yield {**here, "map_row": "on", "share": s.flow.on, "low": s.flow.on_low,
                   "high": s.flow.on_high, "days": s.flow.half_moved_days}  # fmt: skip
        if s is not self.stages[0]:
            yield {**here, "map_row": "back", "share": s.flow.back, "low": s.flow.back_low,
                   "high": s.flow.back_high}  # fmt: skip
