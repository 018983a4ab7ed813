"""How large a test must be, as results: a table and a curve."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRow:
    """What one metric of one arm asks of the test."""

    metric: str
    role: str
    arm: str
    baseline: float
    """Mean of the past units."""
    spread: float
    """Their standard deviation, with what covariates explain left out."""
    variance_saved: float
    target_difference: float
    """Difference to be seen; of a guardrail the margin that harm must stay under."""
    power: float
    """Chance that this row is given, so that all together have the one that is wanted."""
    confidence: float
    """Of this row's test, corrected for its family."""
    needed_units: float
    """Units of all arms; NaN where no number is enough."""
    needed_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPoint:
    """What a test of one size can see."""

    metric: str
    arm: str
    n: int
    days: float
    detectable_change: float
    """Smallest relative change that is seen with the wanted chance."""
    target_power: float
    """Chance of seeing the target change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCurve(Result):
    """Smallest change that tests of rising size can see."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n": Unit.COUNT,
        "days": Unit.DAYS,
        "detectable_change": Unit.SHARE,
        "target_power": Unit.SHARE,
    }

    experiment: str
    points: tuple[PowerPoint, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per success metric, arm and size."""
        return pd.DataFrame([asdict(p) for p in self.points], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a plan is not a finding about customers."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPlan(Result):
    """Units and days that a test needs, metric by metric; the largest need decides."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "metric_role": Unit.LABEL,
        "arm": Unit.LABEL,
        "baseline": Unit.NUMBER,
        "spread": Unit.NUMBER,
        "variance_saved": Unit.SHARE,
        "target_difference": Unit.NUMBER,
        "target_power": Unit.SHARE,
        "needed_units": Unit.COUNT,
        "needed_days": Unit.DAYS,
    }

    experiment: str
    target_change: float
    power: float
    confidence: float
    n_history: int
    look_factor: float
    """How many times as many units several looks ask for; 1 with one look."""
    rows: tuple[PowerRow, ...]
    curve: PowerCurve

    @property
    def needed_units(self) -> float:
        """Units of all arms that every metric has enough with; NaN where one never has."""
        return _largest([r.needed_units for r in self.rows])

    @property
    def needed_days(self) -> float:
        """Days in which so many units come; NaN where the pace is not known."""
        return _largest([r.needed_days for r in self.rows])

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric and arm."""
        rows = [{**asdict(r), "metric_role": r.role, "target_power": r.power} for r in self.rows]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a plan is not a finding about customers."""
        return ()


def _largest(numbers: list[float]) -> float:
    return max(numbers, default=NAN) if all(x == x for x in numbers) else NAN
