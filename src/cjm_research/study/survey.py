"""What a study says of its questionnaire: questions, their scales and options, its population."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from cjm_research.errors import nearest
from cjm_research.study.metric import Id
from cjm_research.study.phrase import Phrase, Settings

_ROUNDING = 0.005


class Question(Settings):
    """A question of the questionnaire, by the id that its answers carry."""

    label: Phrase
    scale: tuple[float, float] | None = None
    """Lowest and highest grade, where the answers do not name them: scales are never guessed."""
    low_is_good: bool = False
    """A low grade is the good one: effort from 1 (very little) to 5 (very much)."""
    options: dict[str, Phrase] = {}
    """Words for the options of a choice, in the order in which they were offered."""
    several: bool = False
    """Several options may be chosen, in one cell or in several rows."""
    separator: Annotated[str, Field(min_length=1, max_length=3)] = ";"
    """Between the options of one cell."""
    group: Id | None = None
    """Questions of one group are meant to measure one thing; their reliability is shown."""
    need: Id | None = None
    """Theme of the codebook that the question asks about."""

    @field_validator("scale")
    @classmethod
    def _scale_rises(cls, scale: tuple[float, float] | None) -> tuple[float, float] | None:
        if scale is not None and scale[0] >= scale[1]:
            raise ValueError(f"a scale goes from its lowest to its highest grade; got {scale}")
        return scale


class Occasion(Settings):
    """Days of a promotion or a holiday, when people may buy for its sake."""

    id: Id
    label: Phrase
    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError(f"occasion {self.id!r} ends before it starts")
        return self


class SurveyPlan(Settings):
    """The questionnaire of a study; ``[survey]`` of the study file."""

    questions: dict[str, Question] = {}
    not_applicable: list[float] = []
    """Numbers that stand for "not applicable" or "do not know": 99, -1. They are no grade."""
    outcome: str = ""
    """Kind of feedback or question that drivers are asked for; the first of nps, csat, rating
    that has answers if empty."""
    drivers: list[str] = []
    """Questions that may drive it; those of kind ``satisfaction`` if absent."""
    purchase_question: str = ""
    """Choice that asks why the last purchase was made: its options are the reasons."""
    occasions: list[Occasion] = []
    """Calendar of promotions and holidays, for why people bought."""
    population: dict[str, dict[str, float]] = {}
    """For a column of customers, the known share of each value: answers are weighted to it."""
    trim: tuple[float, float] = (0.3, 3.0)
    """Least and largest weight of an answer, where the mean is 1."""

    @field_validator("trim")
    @classmethod
    def _trim_holds_one(cls, trim: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= trim[0] < 1 < trim[1]:
            raise ValueError(f"'trim' needs an end from 0 to 1 and one above 1; got {trim}")
        return trim

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Self:
        for column, shares in self.population.items():
            if not shares or any(not s > 0 for s in shares.values()):
                raise ValueError(f"population.{column}: every share must be above 0")
            total = sum(shares.values())
            if abs(total - 1) > _ROUNDING:
                raise ValueError(f"population.{column}: shares add up to {total:.4g}, not to 1")
        return self

    @model_validator(mode="after")
    def _drivers_are_questions(self) -> Self:
        for name in self.drivers if self.questions else []:
            if name not in self.questions:
                raise ValueError(
                    f"drivers: there is no question {name!r}.{nearest(name, self.questions)}"
                    f" Questions are {sorted(self.questions)}"
                )
        return self

    @model_validator(mode="after")
    def _reasons_are_a_question(self) -> Self:
        name = self.purchase_question
        if name and self.questions and name not in self.questions:
            raise ValueError(
                f"purchase_question: there is no question {name!r}.{nearest(name, self.questions)}"
                f" Questions are {sorted(self.questions)}"
            )
        return self

    @property
    def groups(self) -> dict[str, list[str]]:
        """Questions of each group, in the order of the file."""
        found: dict[str, list[str]] = {}
        for name, question in self.questions.items():
            if question.group is not None:
                found.setdefault(question.group, []).append(name)
        return found
