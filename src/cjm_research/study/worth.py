"""What a campaign costs and earns, and which ideas wait for a test, as a study declares it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from cjm_research.study.phrase import Phrase, Settings

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Grade = Annotated[float, Field(ge=1, le=10)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")]


class ArmCosts(Settings):
    """What one arm costs, in the currency of the experiment's money."""

    fixed: Amount = 0.0
    """Once: design, set-up, a fee."""
    per_unit: Amount = 0.0
    """For each unit of the arm: a letter, a call."""
    per_order: Amount = 0.0
    """For each order of the arm: a delivery that the shop pays."""


class Economics(Settings):
    """How the effects of an experiment become money."""

    margin: Annotated[float, Field(gt=0, le=1)]
    """Share of the revenue that is left after the costs of what was sold."""
    orders: Id | None = None
    """Metric that counts orders; the first success metric that is no money if absent."""
    revenue: Id | None = None
    """Metric that sums revenue; the first mean of money if absent."""
    order_value: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Revenue of one order, where no metric sums revenue."""
    spend: str | None = None
    """Name in `campaign_totals` of what was spent on each arm; it is added to the costs."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    """Of the costs and of the order value; the study's if absent."""
    rate: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """Units of the study's currency for one unit of `currency`."""
    rollout_units: Annotated[int, Field(ge=1)] | None = None
    """Units that a shipped arm would reach."""


class Ice(Settings):
    """Impact, confidence and ease, each a grade of 1 to 10."""

    impact: Grade
    confidence: Grade
    ease: Grade


class Rice(Settings):
    """Reach, impact, confidence and effort, in the scales of the method's authors."""

    reach: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """Customers in a period; one period for all ideas."""
    impact: Annotated[float, Field(gt=0, le=3)]
    """3 massive, 2 high, 1 medium, 0.5 low, 0.25 minimal."""
    confidence: Annotated[float, Field(gt=0, le=1)]
    """Share: 1 high, 0.8 medium, 0.5 low."""
    effort: Annotated[float, Field(gt=0, allow_inf_nan=False)]
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
