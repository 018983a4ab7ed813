"""What a campaign costs and earns, as a study declares it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cjm_research.study.metric import Id
from cjm_research.study.phrase import Settings

Amount = Annotated[float, Field(ge=0)]


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
    order_value: Annotated[float, Field(gt=0)] | None = None
    """Revenue of one order, where no metric sums revenue."""
    spend: str | None = None
    """Name in `campaign_totals` of what was spent on each arm; it is added to the costs."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    """Of the costs and of the order value; the study's if absent."""
    rate: Annotated[float, Field(gt=0)] = 1.0
    """Units of the study's currency for one unit of `currency`."""
    rollout_units: Annotated[int, Field(ge=1)] | None = None
    """Units that a shipped arm would reach."""
