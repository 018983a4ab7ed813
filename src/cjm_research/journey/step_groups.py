"""Steps of a funnel, of one group of its customers against another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.journey.funnel import attempts, funnel_steps
from cjm_research.journey.shares import Difference, difference_of_shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.funnel import Attempts
    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.log import JourneyLog

NAN = float("nan")
NOBODY = Difference(NAN, NAN, NAN, NAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOfGroup:
    """One step of one group, against the same step of another."""

    stage: str
    n: int
    """Customers of the group at the step before."""
    passed: float
    low: float
    high: float
    reference: float
    """Share of the others who pass the step; NaN if there are none."""
    difference: Difference


def attempts_like(event_stages: EventStages | JourneyLog, like: Funnel) -> Attempts:
    """Find each customer's way as a funnel did that was counted from the same events.

    Raises
    ------
    ParameterError
        If the funnel is unordered: its rows are numbers of stages, not steps.
    """
    if like.order == "unordered":
        raise ParameterError.expected("like", "a funnel whose steps have an order", got=like.order)
    return attempts(
        event_stages,
        like.stages,
        within=like.within,
        order=like.order,
        observed_until=like.observed_until,
    )


def steps_of_group(
    found: Attempts, own: NDArray[np.bool_], others: NDArray[np.bool_], *, like: Funnel
) -> tuple[StepOfGroup, ...]:
    """Return the steps after the first of some customers, against those of others.

    Parameters
    ----------
    found : Attempts
        What `attempts_like` gave.
    own, others : array of bool, shape (n_customers,)
        The customers of both groups; nobody is in both.
    like : Funnel
        Names its steps and its confidence.
    """
    first, second = (
        funnel_steps(found.took[:, group], like.stages, confidence=like.confidence)
        for group in (own, others)
    )
    rows = []
    for (before, step), (before_other, other) in zip(
        pairwise(first), pairwise(second), strict=True
    ):
        gap = NOBODY
        if before.reached and before_other.reached:
            gap = difference_of_shares(
                (step.reached, before.reached),
                (other.reached, before_other.reached),
                confidence=like.confidence,
            )
        rows.append(
            StepOfGroup(
                stage=step.stage,
                n=before.reached,
                passed=step.passed,
                low=step.passed_low,
                high=step.passed_high,
                reference=other.passed,
                difference=gap,
            )
        )
    return tuple(rows)
