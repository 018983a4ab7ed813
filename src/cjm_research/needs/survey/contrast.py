"""What a bad grade of a part costs, and what a good one brings: penalty and reward."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import DataError
from cjm_research.needs.survey.key_drivers import driver_data
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.least_squares import clustered_fit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.study.survey import SurveyPlan

_LOW, _HIGH = 1 / 3, 2 / 3
_FEWEST = 10
"""Customers with a low and with a high grade of a part, so that it can be compared."""
SCALE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEffect:
    """One part of the service."""

    question: str
    n: int
    penalty: float
    """What a low grade of the part takes from the overall grade, on 0..10; negative."""
    penalty_low: float
    penalty_high: float
    reward: float
    """What a high grade of the part adds, on 0..10."""
    reward_low: float
    reward_high: float
    p_penalty: float
    p_reward: float
    """Both corrected for the whole family."""
    factor: str
    """``basic`` (only a penalty), ``excitement`` (only a reward), ``performance``, ``none``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyReward(Result):
    """Parts of the service, the largest penalty first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "question": Unit.LABEL,
        "n": Unit.COUNT,
        "penalty": Unit.NUMBER,
        "penalty_low": Unit.NUMBER,
        "penalty_high": Unit.NUMBER,
        "reward": Unit.NUMBER,
        "reward_low": Unit.NUMBER,
        "reward_high": Unit.NUMBER,
        "p_penalty": Unit.P_VALUE,
        "p_reward": Unit.P_VALUE,
        "factor": Unit.LABEL,
    }

    rows: tuple[PartEffect, ...]
    outcome: str
    telling: Telling

    def public(self) -> PenaltyReward:
        """Return the parts with enough answers for an estimate."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per part."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the factor of each part: told where a penalty or a reward is clear."""
        return tuple(
            Finding(
                id=f"needs/penalty_reward/question={r.question}",
                kind=f"factor_{r.factor}" if r.factor != "none" else "factor_performance",
                subject={"question": r.question, "kind": self.outcome},
                estimate=r.reward if r.factor == "excitement" else r.penalty,
                low=r.reward_low if r.factor == "excitement" else r.penalty_low,
                high=r.reward_high if r.factor == "excitement" else r.penalty_high,
                p_adjusted=min(r.p_penalty, r.p_reward),
                family="needs/penalty_reward",
                confidence=self.telling.confidence,
                unit=Unit.NUMBER,
                n=r.n,
                method="penalty-reward contrast, clustered, benjamini-hochberg",
                window=self.telling.window,
                direction="good" if r.factor == "excitement" else "bad",
                status=self.telling.status(r.n, is_clear=r.factor != "none"),
                values={"penalty": r.penalty, "reward": r.reward},
            )
            for r in self.rows
        )


def penalty_reward(
    feedback: pd.DataFrame, plan: SurveyPlan, *, telling: Telling = USUAL
) -> PenaltyReward:
    """Compare customers with a low and with a high grade of each part with those in between.

    All parts stand in one regression of the overall grade: a low grade is in the lowest third
    of the scale, a high one in the highest. It says what Kano's questions say, where they were
    not asked; penalties and rewards are one family (Benjamini-Hochberg).

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave.
    plan : SurveyPlan
        With `outcome` and `drivers`.
    telling : Telling
        Limits, confidence and window.

    References
    ----------
    Brandt D. R. (1987). A procedure for identifying value-enhancing service components using
    customer satisfaction survey data. In: Add Value to Your Service, 61-65.
    Mikulic J., Prebezac D. (2011). A critical review of techniques for classifying quality
    attributes in the Kano model. Managing Service Quality 21(1), 46-66.
    doi:10.1108/09604521111100243
    """
    nothing = PenaltyReward(rows=(), outcome="", telling=telling)
    data = driver_data(feedback, plan)
    if data is None:
        return nothing
    low, high = data.drivers < _LOW, data.drivers > _HIGH
    enough = (low.sum(axis=0) >= _FEWEST) & (high.sum(axis=0) >= _FEWEST)
    if not enough.any():
        return nothing
    at = np.flatnonzero(enough)
    design = np.column_stack([np.ones(len(data.outcome)), low[:, at], high[:, at]])
    try:
        fit = clustered_fit(
            design,
            data.outcome * SCALE,
            np.arange(len(data.outcome)),
            weights=data.weights,
            confidence=telling.confidence,
        )
    except DataError:  # parts that are graded alike cannot be told apart
        return nothing
    p = adjust_p_values(fit.p[1:], correction="benjamini_hochberg")
    k = len(at)
    rows = [
        PartEffect(
            question=data.names[column],
            n=len(data.outcome),
            penalty=float(fit.coefficient[1 + i]),
            penalty_low=float(fit.low[1 + i]),
            penalty_high=float(fit.high[1 + i]),
            reward=float(fit.coefficient[1 + k + i]),
            reward_low=float(fit.low[1 + k + i]),
            reward_high=float(fit.high[1 + k + i]),
            p_penalty=float(p[i]),
            p_reward=float(p[k + i]),
            factor=_factor(fit.coefficient[[1 + i, 1 + k + i]], p[[i, k + i]], telling),
        )
        for i, column in enumerate(at)
    ]
    rows.sort(key=lambda r: (r.penalty, r.question))
    return PenaltyReward(rows=tuple(rows), outcome=data.outcome_name, telling=telling)


def _factor(effect: NDArray[np.float64], p: NDArray[np.float64], telling: Telling) -> str:
    level = 1 - telling.confidence
    has_penalty, has_reward = effect[0] < 0 and p[0] < level, effect[1] > 0 and p[1] < level
    if has_penalty and has_reward:
        return "performance"
    if has_penalty:
        return "basic"
    return "excitement" if has_reward else "none"
