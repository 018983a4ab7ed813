"""What the overall grade goes with: relative weights and LMG of the questions about parts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.needs.answers import answers_of
from cjm_research.needs.survey.questions import by_unit, graded, height, unit_weights
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.bootstrap import cluster_draws, spread_of
from cjm_research.stats.drivers import (
    MOST_EXACT,
    condition_number,
    correlations,
    explained,
    lmg,
    relative_weights,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.study.survey import SurveyPlan

    Floats = NDArray[np.float64]

OUTCOMES = ("nps", "csat", "rating")
"""Kinds that are taken for the outcome, the first that has answers."""
SHAKY, ALIKE = 10.0, 30.0
"""Condition numbers from which weights are shaky, and from which they tell nothing."""
_SEED, _DRAWS = 20_260_102, 500
_TINY = 1e-9


class DriverData(NamedTuple):
    """One row per customer who answered everything."""

    outcome: Floats
    drivers: Floats
    """Shape (n, k), 0..1 of the scale."""
    weights: Floats
    names: tuple[str, ...]
    outcome_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One question about a part of the service."""

    question: str
    n: int
    importance: float
    """Share of the explained variance by relative weights; all add up to 1."""
    low: float
    high: float
    lmg: float
    """The same share by LMG."""
    mean: float
    """Mean grade, 0..1 of its scale."""
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDrivers(Result):
    """Drivers, the most important first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "question": Unit.LABEL,
        "n": Unit.COUNT,
        "importance": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "lmg": Unit.SHARE,
        "mean": Unit.SHARE,
        "correlation": Unit.NUMBER,
    }

    rows: tuple[Driver, ...]
    outcome: str
    """Kind of feedback or question that was explained."""
    r_squared: float
    condition: float
    """Of the drivers' correlations."""
    telling: Telling

    @property
    def is_shaky(self) -> bool:
        """Whether the drivers are so alike that their order may be chance."""
        return self.condition >= SHAKY

    def public(self) -> KeyDrivers:
        """Return the drivers if there are enough answers for an estimate, else none."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per driver."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return each driver: clear where it weighs more than an equal share."""
        equal = 1 / len(self.rows) if self.rows else 0.0
        found = []
        for row in self.rows:
            status = self.telling.status(row.n, is_clear=row.low > equal)
            if status == "shown" and self.condition >= ALIKE:
                status = "not_reliable"
            found.append(
                Finding(
                    id=f"needs/driver/question={row.question}",
                    kind="key_driver",
                    subject={"question": row.question, "kind": self.outcome},
                    estimate=row.importance,
                    low=row.low,
                    high=row.high,
                    reference=equal,
                    confidence=self.telling.confidence,
                    unit=Unit.SHARE,
                    n=row.n,
                    method="relative weights (Johnson 2000), bootstrap of customers",
                    window=self.telling.window,
                    status=status,
                    values={"mean": row.mean, "r_squared": self.r_squared},
                )
            )
        return tuple(found)


def driver_data(feedback: pd.DataFrame, plan: SurveyPlan) -> DriverData | None:
    """Collect the outcome and the drivers of every customer who answered all of them.

    A customer who skipped a question, or to whom it does not apply, is left out: nothing is
    filled in. None if there are not two drivers that vary, or nobody is left.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave.
    plan : SurveyPlan
        With `outcome` and `drivers`, or the usual ones.
    """
    outcome, name = _outcome(feedback, plan)
    if outcome.empty:
        return None
    parts = [graded(feedback, kind).answers for kind in ("satisfaction", "csat", "ces", "rating")]
    every = pd.concat(parts, ignore_index=True)
    asked = plan.drivers or sorted(set(parts[0]["question"]))
    every = every.loc[every["question"].isin([q for q in asked if q != name])]
    if every.empty:
        return None
    table = by_unit(every, np.asarray(height(every), dtype=np.float64))
    overall = height(outcome).groupby(outcome["unit"]).mean()
    both = table.assign(_outcome=overall.reindex(table.index)).dropna()
    names = [c for c in table.columns if both[c].std(ddof=0) > _TINY] if len(both) else []
    if len(names) < 2 or both["_outcome"].std(ddof=0) <= _TINY:
        return None
    weights = unit_weights(every).reindex(both.index).to_numpy()
    return DriverData(
        both["_outcome"].to_numpy(),
        both[names].to_numpy(),
        weights / weights.mean(),
        tuple(map(str, names)),
        name,
    )


def key_drivers(
    feedback: pd.DataFrame, plan: SurveyPlan, *, telling: Telling = USUAL
) -> KeyDrivers:
    """Share out what the overall grade has in common with the grades of its parts.

    An importance is what goes along with the overall grade, never a proof that changing a
    part would change it.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave.
    plan : SurveyPlan
        With `outcome` and `drivers`.
    telling : Telling
        Limits, confidence and window.

    Returns
    -------
    KeyDrivers
        Relative weights as shares of R squared with percentile intervals over 500 draws of
        customers, the same in every run; LMG beside them (up to 12 drivers, else NaN); the
        condition number that warns of drivers too alike.
    """
    data = driver_data(feedback, plan)
    if data is None or len(data.outcome) <= len(data.names) + 2:
        return KeyDrivers(rows=(), outcome="", r_squared=np.nan, condition=np.nan, telling=telling)
    found = correlations(data.drivers, data.outcome, weights=data.weights)
    r2 = max(explained(found), _TINY)
    importance = relative_weights(found) / r2
    exact = lmg(found) / r2 if len(data.names) <= MOST_EXACT else np.full(len(data.names), np.nan)
    ends = spread_of(drawn_shares(data), importance, confidence=telling.confidence)
    rows = [
        Driver(
            question=name,
            n=len(data.outcome),
            importance=float(importance[i]),
            low=float(ends.low[i]),
            high=float(ends.high[i]),
            lmg=float(exact[i]),
            mean=float(np.average(data.drivers[:, i], weights=data.weights)),
            correlation=float(found.outcome[i]),
        )
        for i, name in enumerate(data.names)
    ]
    rows.sort(key=lambda r: (-r.importance, r.question))
    return KeyDrivers(
        rows=tuple(rows),
        outcome=data.outcome_name,
        r_squared=r2,
        condition=condition_number(found),
        telling=telling,
    )


def _outcome(feedback: pd.DataFrame, plan: SurveyPlan) -> tuple[pd.DataFrame, str]:
    """Return the answers to the overall question: of a kind, or of a question by its id."""
    for kind in (
        [plan.outcome] if plan.outcome in OUTCOMES else OUTCOMES if not plan.outcome else ()
    ):
        scale = (0.0, 10.0) if kind == "nps" else None
        answers, _ = answers_of(feedback, kind, scale=scale)
        if not answers.empty:
            return answers, kind
    if plan.outcome:
        for kind in ("nps", "csat", "ces", "rating", "satisfaction"):
            answers, _ = graded(feedback, kind)
            own = answers.loc[answers["question"] == plan.outcome]
            if not own.empty:
                return own, plan.outcome
    return answers_of(feedback.iloc[:0], "nps")[0], ""


def drawn_shares(data: DriverData) -> Floats:
    """Return each driver's share of what is explained in 500 draws of customers, shape (500, k)."""
    n = len(data.outcome)
    batches = cluster_draws(n, np.random.default_rng(_SEED), draws=_DRAWS)
    return np.array([_share(data, counts) for batch in batches for counts in batch])


def _share(data: DriverData, counts: Floats) -> Floats:
    """Return the shares in one draw; NaN where a column came out constant."""
    drawn = counts > 0
    table = np.column_stack([data.drivers[drawn], data.outcome[drawn]])
    if (table.std(axis=0) <= _TINY).any():
        return np.full(len(data.names), np.nan)
    own = correlations(table[:, :-1], table[:, -1], weights=(counts * data.weights)[drawn])
    parts = relative_weights(own)
    shares: Floats = parts / parts.sum()
    return shares
