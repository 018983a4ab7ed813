"""Small parts of the journey map: its card, quotes, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cjm_research.study.journey_plan import MapPersona

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A customer's own sentence."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCard:
    """Who the map is about."""

    persona: MapPersona | None = None
    """Written by the team: assumed."""
    share: float = NAN
    """Customers of the segment, of all customers of the journey; NaN for the map of all."""
    n_all: int = 0
    channel: str = ""
    """Channel that most of them were seen in; empty if no event names one."""
    channel_share: float = NAN


NO_CARD = MapCard()
"""Of a map that says no more of its customers than how many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """Customers who came through all stages in their order: the end of the report's funnel."""

    started: int
    """At the first stage, and watched long enough."""
    reached: int
    """Of these, at the last stage after all others."""
    share: float
    low: float
    high: float
    within_days: float = 0
    """Days from the start within which the last stage counts; 0 for no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a number of the map differs from another period or segment."""

    map_row: str
    stage: str = ""
    name: str = ""
    """Touchpoint or theme."""
    difference: float
    """This map less the other: of shares, moods or Net Promoter Scores."""
    low: float
    high: float
    is_clear: bool
    """Whether it stands after the correction for all questions of the comparison."""
