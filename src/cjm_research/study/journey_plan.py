"""What a study declares for its journey map: the rows, the people it is about, its own brand."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from cjm_research.errors import nearest
from cjm_research.study.phrase import Phrase, Settings

MapRow = Literal[
    "goal", "expectation", "actions", "touchpoints", "triggers", "mood", "emotions", "quotes",
    "pains", "rivals", "flow", "planned", "opportunities",
]  # fmt: skip
MAP_ROWS: tuple[MapRow, ...] = get_args(MapRow)
USUAL_ROWS: tuple[MapRow, ...] = (
    "goal", "expectation", "touchpoints", "mood", "pains", "flow", "opportunities",
)  # fmt: skip
"""Rows of a map whose study lists none."""


class MapPersona(Settings):
    """An illustrated customer at the head of a map: written by the team, drawn as assumed."""

    name: Phrase
    about: Annotated[list[Phrase], Field(max_length=4)] = []
    """Age, occupation, family, circumstances: up to four short facts."""
    quote: Phrase | None = None
    """In place of a customer's sentence from the data."""


class JourneyPlan(Settings):
    """How the journey is shown; ``[journey]`` of the study file."""

    rows: Annotated[list[MapRow], Field(min_length=1)] = list(USUAL_ROWS)
    """Rows of the map, from top to bottom; title, card and stages always stand above them."""
    personas: dict[str, MapPersona] = {}
    """By segment id; ``all`` for the map of all customers."""
    brand: str | None = None
    """The study's own name in `feedback.brand`; answers about any other brand are of rivals."""
    conversion: str | None = None
    """Stage that counts as a conversion; ``purchase``, else the last, if absent."""
    no_touch: list[str] = []
    """Channels (or touchpoints) that get no credit for a conversion, such as a typed address."""
    period_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """Length of the two periods that are compared."""

    @field_validator("rows", mode="before")
    @classmethod
    def _rows_are_known(cls, rows: object) -> object:
        if isinstance(rows, list):
            for row in rows:
                if row not in MAP_ROWS:
                    raise ValueError(
                        f"there is no row {row!r}.{nearest(str(row), MAP_ROWS)}"
                        f" Rows are {list(MAP_ROWS)}"
                    )
        return rows

    @model_validator(mode="after")
    def _rows_stand_once(self) -> Self:
        doubled = [row for row, n in Counter(self.rows).items() if n > 1]
        if doubled:
            raise ValueError(f"row {doubled[0]!r} stands twice in 'rows'")
        return self


USUAL_PLAN = JourneyPlan()
"""Of a study without a journey section."""
