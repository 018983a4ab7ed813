"""Tests without an effect on the user's own data: do the methods keep their promise there."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.experiments.arms import need_control
from cjm_research.experiments.effects import arm_effects
from cjm_research.experiments.participants import Participants, taking_part
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from cjm_research.study.plans import Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class NullRow:
    """How often one method found an effect where there was none."""

    metric: str
    calculation: str
    method: str
    n_runs: int
    n_found: int
    rate: float
    low: float
    high: float

    def verdict(self, level: float) -> str:
        """``too_many`` or ``too_few`` where the interval leaves the level out, else ``kept``."""
        if self.low > level:
            return "too_many"
        return "too_few" if self.high < level else "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class NullSimulation(Result):
    """False positives of each metric and method, with the interval of the simulation."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "calculation": Unit.LABEL,
        "n_runs": Unit.COUNT,
        "n_found": Unit.COUNT,
        "rate": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "promise": Unit.LABEL,
    }

    experiment: str
    rows: tuple[NullRow, ...]
    confidence: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric and calculation."""
        level = 1 - self.confidence
        rows = [{**asdict(r), "promise": r.verdict(level)} for r in self.rows]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: it speaks of methods, not of customers."""
        return ()


def simulate_nulls(
    units: pd.DataFrame | Participants,
    experiment: Experiment,
    *,
    n_runs: int = 500,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> NullSimulation:
    """Deal the arms anew many times and count how often an effect is found that cannot be.

    Parameters
    ----------
    units : pandas.DataFrame
        The units of an experiment, or of the past with any arms of the plan.
    experiment : Experiment
        Arms and metrics. Arms are dealt with the sizes that they have.
    n_runs : int, default 500
        Deals; the interval of the rate narrows with their root.
    rng : numpy.random.Generator
        Source of the deals.
    confidence : float, default 0.95
        Of the tests; they promise to be wrong in one less this of the deals.

    Raises
    ------
    ParameterError
        If `n_runs` is not positive.
    DesignError
        If no arm is the control.
    """
    if n_runs < 1:
        raise ParameterError.expected("n_runs", "at least 1", got=n_runs)
    need_control(experiment)
    part = taking_part(units, experiment)
    first = next(a for a in experiment.arms if a != experiment.control)
    asked: Counter[tuple[str, str, str]] = Counter()
    found: Counter[tuple[str, str, str]] = Counter()
    for _ in range(n_runs):
        dealt = part.dealt(rng.permutation(part.codes))
        for row in arm_effects(dealt, experiment, confidence=confidence):
            if row.arm == first and row.p == row.p:
                key: tuple[str, str, str] = (row.metric, row.calculation, row.method)
                asked[key] += 1
                found[key] += row.p < 1 - confidence
    rows = []
    for which, n in asked.items():
        low, high = wilson_interval(found[which], n, confidence=0.99)
        rows.append(
            NullRow(
                metric=which[0],
                calculation=which[1],
                method=which[2],
                n_runs=n,
                n_found=found[which],
                rate=found[which] / n,
                low=float(low),
                high=float(high),
            )
        )
    return NullSimulation(experiment=experiment.id, rows=tuple(rows), confidence=confidence)
