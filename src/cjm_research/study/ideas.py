"""Ideas that wait for a test, with the grades that a team gives them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from cjm_research.study.metric import Id
from cjm_research.study.phrase import Phrase, Settings

Grade = Annotated[float, Field(ge=1, le=10)]


class Ice(Settings):
    """Impact, confidence and ease, each a grade of 1 to 10."""

    impact: Grade
    confidence: Grade
    ease: Grade


class Rice(Settings):
    """Reach, impact, confidence and effort, in the scales of the method's authors."""

    reach: Annotated[float, Field(gt=0)]
    """Customers in a period; one period for all ideas."""
    impact: Annotated[float, Field(gt=0, le=3)]
    """3 massive, 2 high, 1 medium, 0.5 low, 0.25 minimal."""
    confidence: Annotated[float, Field(gt=0, le=1)]
    """Share: 1 high, 0.8 medium, 0.5 low."""
    effort: Annotated[float, Field(gt=0)]
    """Months of work of one person."""


class Hypothesis(Settings):
    """An idea that waits for its test."""

    id: Id
    label: Phrase
    """What is done, for whom, and what is expected."""
    ice: Ice | None = None
    rice: Rice | None = None
    experiment: Id | None = None
    """The experiment that tests it."""
    theme: Id | None = None
    """Pain of the codebook that it should ease; opportunities then name it as their test."""

    @model_validator(mode="after")
    def _is_scored(self) -> Self:
        if self.ice is None and self.rice is None:
            raise ValueError(f"hypothesis {self.id!r} needs 'ice', 'rice' or both")
        return self
