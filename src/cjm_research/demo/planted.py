"""What was planted in a demo business, so that tests can look for it at the other end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A value that is over-represented in a segment."""

    column: str
    value: str
    share: float
    """Share of the segment's customers with this value."""
    elsewhere: float
    """Share of all other customers with it; the most it can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedSegment:
    """A group of customers that the study declares, with what sets it apart."""

    grouping: str
    segment: str
    share: float
    """Share of the customers who belong to it, before blanks hide some of them."""
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedTheme:
    """How often feedback of a stage speaks of a theme."""

    theme: str
    kind: str
    stage: str
    rate: float
    """Share of the stage's texts, for customers of no segment named in `raised`."""
    grouping: str = ""
    raised: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Segments with another rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedEffect:
    """What an arm does to a metric, against the control."""

    experiment: str
    arm: str
    metric: str
    effect: float
    """Difference of means (for a conversion: of shares); 0 where there is truly none, NaN
    where it follows from other planted numbers."""
    direction: Literal["up", "none", "down"] = "none"
    segment: str = ""
    """Empty: over all units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSplit:
    """An experiment whose arms lost rows unequally, so that it must be refused."""

    experiment: str
    expected: tuple[float, ...]
    actual: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnCause:
    """What makes customers leave."""

    cause: str
    churn_with: float
    churn_without: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedSurvey:
    """What the answers to a questionnaire were drawn to show."""

    underserved: Mapping[str, tuple[str, ...]] = field(hash=False)
    """Important and unmet needs of everybody (``""``) and of segments; no others are."""
    grouping: str
    driver: str
    """The part of the service that the overall grade goes with the most."""
    kano: Mapping[str, str] = field(hash=False)
    """Class of each feature."""
    choice: tuple[str, str, str]
    """Question, segment, and the option that it chooses more often than the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedRivals:
    """What people say about us and about others."""

    own: str
    rates: Mapping[str, Mapping[str, float]] = field(hash=False)
    """Share of a brand's writers who name each theme."""
    sides: frozenset[tuple[str, str, str]]
    """Strengths, weaknesses, opportunities and threats: side, brand, theme; no others are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCoding:
    """How well the people did who sorted sentences into themes by hand."""

    texts: int
    coders: tuple[str, ...]
    missed: float
    """Of the sentences with a theme, the share in which a coder does not see it."""
    added: float
    """Share of the sentences to which a coder adds one of the themes at random."""
    missed_of: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Themes that are hard to see, with a rate of their own."""
    also_meant: Mapping[tuple[str, str], float] = field(default_factory=dict, hash=False)
    """A theme, another one that its sentences mean too without a word that a rule knows, and
    in which share of them they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirt:
    """Spoiled rows of one raw file."""

    file: str
    kind: str
    """doubled, bad_date, unknown_customer, impossible_value, blank_key, blank_text."""
    rows: int
    column: str = ""
    is_added: bool = True
    """The rows come on top of the clean ones; else cells of clean rows were spoiled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All that is planted; whatever is not named here is truly null."""

    name: str
    first_day: str
    last_day: str
    sizes: Mapping[str, int] = field(hash=False)
    """Clean rows of each raw file, without the spoiled rows that were added."""
    segments: tuple[PlantedSegment, ...]
    themes: tuple[PlantedTheme, ...]
    effects: tuple[PlantedEffect, ...]
    broken_splits: tuple[BrokenSplit, ...]
    churn_causes: tuple[ChurnCause, ...]
    step_rates: Mapping[str, float] = field(hash=False)
    """Share of a stage's customers who are seen at the next stage, by stage."""
    weakest_step: str
    """Stage after which the largest share of customers is lost."""
    low_mood_stage: str
    dirt: tuple[Dirt, ...]
    interviews: Mapping[str, int] = field(default_factory=dict, hash=False)
    """In how many interviews each theme is spoken of."""
    survey: PlantedSurvey | None = None
    rivals: PlantedRivals | None = None
    coding: PlantedCoding | None = None

    def dirty_rows(self, file: str) -> int:
        """Count the spoiled rows that were added to a file."""
        return sum(d.rows for d in self.dirt if d.file == file and d.is_added)
