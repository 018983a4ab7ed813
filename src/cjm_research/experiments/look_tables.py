"""Looks at a running test as a result: every look with the bound that it had to pass."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.experiments.effect import NAN
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one metric of one arm."""

    metric: str
    arm: str
    look: int
    n_looks: int
    looked_on: str | None
    """Last day of the look, ISO."""
    information: float
    """Share of the whole test that was over."""
    n: int
    difference: float
    low: float
    """Ends of the interval that holds at all looks together."""
    high: float
    relative_change: float
    relative_low: float
    relative_high: float
    z: float
    z_bound: float
    p_look: float
    """The p at this look, with all looks before it counted."""
    is_share: bool = False
    is_good: bool = True
    """Whether the difference goes where it is wanted."""

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` beyond the bound, else ``open``."""
        if not abs(self.z) > self.z_bound:
            return "open"
        return "better" if self.is_good else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks(Result):
    """All looks so far: intervals that hold together, however many looks were planned."""

    units: ClassVar[Mapping[str, Unit]] = {
        "metric": Unit.LABEL,
        "arm": Unit.LABEL,
        "look": Unit.COUNT,
        "n_looks": Unit.COUNT,
        "looked_on": Unit.DATE,
        "information": Unit.SHARE,
        "n": Unit.COUNT,
        "relative_change": Unit.SHARE,
        "relative_low": Unit.SHARE,
        "relative_high": Unit.SHARE,
        "z": Unit.NUMBER,
        "z_bound": Unit.NUMBER,
        "p_look": Unit.P_VALUE,
        "look_verdict": Unit.LABEL,
    }

    experiment: str
    stopping: str
    """``obrien_fleming``, ``pocock`` or ``always_valid``."""
    rows: tuple[Look, ...]
    confidence: float = 0.95

    @property
    def newest(self) -> tuple[Look, ...]:
        """The last look of each metric and arm."""
        last = {(r.metric, r.arm): r for r in self.rows}
        return tuple(last.values())

    def p_of(self, metric: str, arm: str) -> float:
        """Return the p of the newest look at a metric of an arm; NaN where there is none."""
        found = (r.p_look for r in self.newest if (r.metric, r.arm) == (metric, arm))
        return next(found, NAN)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric, arm and look."""
        rows = [{**asdict(r), "look_verdict": r.verdict} for r in self.rows]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per metric and arm: what the newest look says."""
        return tuple(self._finding(r) for r in self.newest)

    def _finding(self, row: Look) -> Finding:
        directions = {"better": "good", "worse": "bad"}
        return Finding(
            id=f"experiments/look/experiment={self.experiment}/metric={row.metric}/arm={row.arm}",
            kind="look_open" if row.verdict == "open" else "look_passed",
            subject={"experiment": self.experiment, "metric": row.metric, "arm": row.arm},
            estimate=row.relative_change,
            low=row.relative_low,
            high=row.relative_high,
            confidence=self.confidence,
            unit=Unit.SHARE,
            n=row.n,
            p=row.p_look,
            method=self.stopping,
            direction=directions.get(row.verdict, "neutral"),  # type: ignore[arg-type]
            status="not_significant" if row.verdict == "open" else "shown",
            values={"look": row.look, "n_looks": row.n_looks},
        )
