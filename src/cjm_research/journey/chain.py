"""The journey as a chain: from each stage, the chance to come to a goal, and how many visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.kernel import FOREVER, first_time, opens
from cjm_research.journey.log import checked_stages, journey_log
from cjm_research.journey.rounds import visits
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import JourneyLog

    Floats = NDArray[np.float64]

START = "start"
"""The row of all customers, before their first visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChance:
    """What a chain says of one stage."""

    stage: str
    visits: int
    chance: float
    """To come to the goal from here."""
    steps: float
    """Visits still to come, this one not counted, until the goal or the end of the journey."""
    steps_to_goal: float
    """The same for those who do come to the goal; NaN where nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalChances(Result):
    """Chances in a chain without memory: it looks at where a customer is, not where from."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "visits": Unit.COUNT,
        "chance": Unit.SHARE,
        "steps": Unit.NUMBER,
        "steps_to_goal": Unit.NUMBER,
    }

    rows: tuple[StageChance, ...]
    """The first is `START`; the goal has none."""
    goal: str
    n_customers: int
    n_reached: int
    """Customers who came to the goal; their share is the chance of `START`, exactly."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row for the start and one per stage but the goal."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the chances are of a model, and the funnel counts."""
        return ()


def goal_chances(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    goal: str = "",
    observed_until: pd.Timestamp | str | None = None,
) -> GoalChances:
    """Solve the chain of visits for the chance to come to a goal and the visits until then.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey.
    goal : str
        Stage to come to; the last if empty. A journey ends with its first visit of it.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.

    Raises
    ------
    ParameterError
        If `goal` is no stage, no stage is named, or one stands twice.

    References
    ----------
    Kemeny J. G., Snell J. L. (1960). Finite Markov Chains, chapter III: absorbing chains.
    """
    names = list(checked_stages(stages))
    if goal and goal not in names:
        raise ParameterError.unknown("goal", goal, known=names)
    k, end = len(names), names.index(goal or names[-1])
    log = journey_log(event_stages, stages, observed_until=observed_until)
    log = log.only(log.stage >= 0)
    reached = first_time(log, is_asked=lambda s: s == end)
    seen = visits(log)
    at_goal = np.where(seen.stage == end, np.arange(len(seen.stage)), len(seen.stage))
    first_goal = np.full(seen.n_customers, len(seen.stage), dtype=np.int64)
    np.minimum.at(first_goal, seen.customer, at_goal)
    kept = np.arange(len(seen.stage)) <= first_goal[seen.customer]
    counts = _counts(seen.customer[kept], seen.stage[kept], k)
    others = [i for i in range(k + 1) if i != end + 1]
    chance, steps, to_goal = _solved(counts, others, end + 1)
    return GoalChances(
        rows=tuple(
            StageChance(
                stage=(START, *names)[i],
                visits=int(counts[i].sum()),
                chance=float(chance[j]),
                steps=float(steps[j]),
                steps_to_goal=float(to_goal[j]),
            )
            for j, i in enumerate(others)
        ),
        goal=names[end],
        n_customers=log.n_customers,
        n_reached=int((reached < FOREVER).sum()),
    )


def _counts(customer: NDArray[np.int32], stage: NDArray[np.int64], k: int) -> Floats:
    """Return the moves between start, stages and (last column) the end of the journey."""
    first = opens(customer)
    came_from = np.zeros(len(stage), dtype=np.int64)
    came_from[1:] = np.where(first[1:], 0, stage[:-1] + 1)
    last = np.append(first[1:], True) if len(first) else first
    counts = np.zeros((k + 1, k + 2))
    np.add.at(counts, (came_from, stage + 1), 1)
    counts[:, k + 1] = np.bincount(stage[last] + 1, minlength=k + 1)
    return counts


def _solved(counts: Floats, others: list[int], goal: int) -> tuple[Floats, Floats, Floats]:
    """Return chance of the goal, expected visits, and expected visits given the goal."""
    out = counts.sum(axis=1, keepdims=True)
    move = np.divide(counts, out, out=np.zeros_like(counts), where=out > 0)
    onward, won = move[np.ix_(others, others)], move[others, goal]
    fundamental = np.linalg.inv(np.eye(len(others)) - onward)
    chance = fundamental @ won
    # A visit follows unless the journey ends here.
    goes_on = onward.sum(axis=1) + won
    steps = fundamental @ goes_on
    # Given the goal, each move is weighted by the chance of where it leads (Doob's transform).
    with np.errstate(invalid="ignore", divide="ignore"):
        steps_given = np.where(chance > 0, (fundamental @ chance) / chance, np.nan)
    nobody = out[others, 0] == 0
    return (np.where(nobody, np.nan, chance), np.where(nobody, np.nan, steps),
            np.where(nobody, np.nan, steps_given))  # fmt: skip
