"""What the first days of those who left and of those who stayed say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlySign:
    """One thing that can be met in the first days."""

    kind: str
    stage: str
    touchpoint: str
    theme: str
    n_left: int
    """Customers who left, of whom it could be seen: of a pain, those who wrote."""
    n_stayed: int
    left: float
    """Share of those who left that met it."""
    stayed: float
    difference: float
    difference_low: float
    difference_high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlySigns(Result):
    """First days of those who left and of those who stayed. What goes together, not why."""

    units: ClassVar[Mapping[str, Unit]] = {
        "sign_kind": Unit.LABEL,
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "theme": Unit.LABEL,
        "n_left": Unit.COUNT,
        "n_stayed": Unit.COUNT,
        "left": Unit.SHARE,
        "stayed": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "sign_kind", "stage", "touchpoint", "theme", "left", "stayed", "difference",
        "difference_low", "difference_high",
    )  # fmt: skip

    rows: tuple[EarlySign, ...]
    """Largest difference first."""
    n_left: int
    n_stayed: int
    n_too_new: int
    """Customers who were not watched long enough, or had left within the first days."""
    is_known: bool
    """Whether records say who left; else silence does."""
    days: float
    quiet_days: float
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per sign."""
        plain = [
            {"sign_kind": r.kind, **{c: getattr(r, c) for c in self.units if c != "sign_kind"}}
            for r in self.rows
        ]
        frame = pd.DataFrame(plain, columns=list(self.units))
        texts = ["stage", "touchpoint", "theme"]
        frame[texts] = frame[texts].replace("", None)
        return frame

    def findings(self) -> tuple[Finding, ...]:
        """Return each sign; told when the groups differ after Holm's correction."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: EarlySign) -> Finding:
        places = {"stage": row.stage, "touchpoint": row.touchpoint, "theme": row.theme}
        subject = {k: v for k, v in places.items() if v}
        where = "/".join(f"{k}={v}" for k, v in subject.items())
        n = min(row.n_left, row.n_stayed)
        return Finding(
            id=f"journey/early_sign/{row.kind}/{where}",
            kind=f"early_{row.kind}",
            subject=subject,
            estimate=row.difference,
            low=row.difference_low,
            high=row.difference_high,
            confidence=self.confidence,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family="journey/early_sign",
            unit=Unit.POINTS,
            n=row.n_left + row.n_stayed,
            method="newcombe, holm; landmark",
            direction="bad" if row.difference > 0 else "good",
            status=told(self.limits, n, is_clear=row.p_adjusted < 1 - self.confidence),
            values={
                "left": row.left,
                "stayed": row.stayed,
                "days": self.days,
                "n_left": row.n_left,
                "n_stayed": row.n_stayed,
            },
        )
