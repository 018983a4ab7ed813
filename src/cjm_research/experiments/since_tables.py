"""Effects by days since exposure as a result: does the effect wear off, or grow."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.results import Status

NAN = float("nan")

Course = Literal["fades", "grows", "not_after_correction", "steady", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SincePoint:
    """The effect on one day after exposure, and up to its end."""

    since_day: int
    """1 is the first day: the 24 hours after exposure."""
    metric: str
    arm: str
    n: int
    daily_control: float
    """What a unit of the control did on this day: the share of units, or their mean."""
    daily_treated: float
    daily_difference: float
    daily_low: float
    daily_high: float
    so_far_difference: float
    """Up to the end of the day."""
    so_far_low: float
    so_far_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """The relative effect of one arm in the first days after exposure and in the days behind."""

    arm: str
    n: int
    early_control: float
    early_treated: float
    late_control: float
    late_treated: float
    p: float
    """Of the same relative effect in both halves; NaN where too few did anything."""
    p_adjusted: float = NAN
    n_questions: int = 1
    course: Course = "unknown"

    @property
    def early_lift(self) -> float:
        """Relative difference in the first half of the days."""
        return self.early_treated / self.early_control - 1 if self.early_control > 0 else NAN

    @property
    def late_lift(self) -> float:
        """Relative difference in the second half of the days."""
        return self.late_treated / self.late_control - 1 if self.late_control > 0 else NAN


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceHalves(Result):
    """The first days after exposure against those behind, arm by arm."""

    units: ClassVar[Mapping[str, Unit]] = {
        "arm": Unit.LABEL,
        "n": Unit.COUNT,
        "early_control": Unit.SHARE,
        "early_treated": Unit.SHARE,
        "early_lift": Unit.SHARE,
        "late_control": Unit.SHARE,
        "late_treated": Unit.SHARE,
        "late_lift": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "course": Unit.LABEL,
    }

    experiment: str
    metric: str
    first_days: int
    """Days of the first half."""
    n_days: int
    """Days of both."""
    rows: tuple[Halves, ...]
    is_reliable: bool = True
    limits: Limits = field(default_factory=Limits)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm."""
        rows = [{**asdict(r), "early_lift": r.early_lift, "late_lift": r.late_lift}
                for r in self.rows]  # fmt: skip
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per arm whose course can be told."""
        return tuple(self._finding(r) for r in self.rows if r.course != "unknown")

    def _finding(self, row: Halves) -> Finding:
        told = {"fades": "bad", "grows": "good"}
        return Finding(
            id=f"experiments/since/experiment={self.experiment}/arm={row.arm}",
            kind=f"effect_{row.course}",
            subject={"experiment": self.experiment, "arm": row.arm, "metric": self.metric},
            estimate=row.late_lift - row.early_lift,
            unit=Unit.POINTS,
            n=row.n,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="holm" if row.n_questions > 1 else None,
            method="log_ratio_of_halves",
            direction=told.get(row.course, "neutral"),  # type: ignore[arg-type]
            status=self._status(row, is_told=row.course in told),
            values={
                "early": row.early_lift,
                "late": row.late_lift,
                "first_days": self.first_days,
                "n_days": self.n_days,
                "n_questions": row.n_questions,
            },
        )

    def _status(self, row: Halves, *, is_told: bool) -> Status:
        if not self.is_reliable:
            return "not_reliable"
        if self.limits.level(row.n // 2) != "claims":
            return "hidden_small_n"
        return "shown" if is_told else "not_significant"


_MEANS = ("early_control", "early_treated", "late_control", "late_treated")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySinceHalves(SinceHalves):
    """The same for money."""

    units: ClassVar[Mapping[str, Unit]] = {
        **SinceHalves.units,
        **dict.fromkeys(_MEANS, Unit.MONEY),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSinceHalves(SinceHalves):
    """The same for counts."""

    units: ClassVar[Mapping[str, Unit]] = {
        **SinceHalves.units,
        **dict.fromkeys(_MEANS, Unit.NUMBER),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceExposure(Result):
    """Effects by day after exposure: of each day alone, and of all days up to it."""

    units: ClassVar[Mapping[str, Unit]] = {
        "since_day": Unit.COUNT,
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "n": Unit.COUNT,
        "daily_control": Unit.SHARE,
        "daily_treated": Unit.SHARE,
        "daily_difference": Unit.POINTS,
        "daily_low": Unit.POINTS,
        "daily_high": Unit.POINTS,
        "so_far_difference": Unit.POINTS,
        "so_far_low": Unit.POINTS,
        "so_far_high": Unit.POINTS,
    }

    experiment: str
    points: tuple[SincePoint, ...]
    halves: SinceHalves
    """The test of whether the effect changes with the days."""
    n_left_out: int = 0
    """Units that were not followed over all days."""
    confidence: float = 0.95

    @property
    def unit(self) -> Unit:
        """Measure of the differences."""
        return self.units["daily_difference"]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm and day."""
        return pd.DataFrame([asdict(p) for p in self.points], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return what the halves say; single days are too many to tell."""
        return self.halves.findings()


_DIFFERENCES = ("daily_difference", "daily_low", "daily_high", "so_far_difference", "so_far_low",
                "so_far_high", "daily_control", "daily_treated")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySinceExposure(SinceExposure):
    """The same for money."""

    units: ClassVar[Mapping[str, Unit]] = {
        **SinceExposure.units,
        **dict.fromkeys(_DIFFERENCES, Unit.MONEY),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSinceExposure(SinceExposure):
    """The same for counts."""

    units: ClassVar[Mapping[str, Unit]] = {
        **SinceExposure.units,
        **dict.fromkeys(_DIFFERENCES, Unit.NUMBER),
    }
