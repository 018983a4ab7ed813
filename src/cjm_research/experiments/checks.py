"""Checks of an experiment as a result: what was asked, and how it came out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAN = float("nan")

CheckVerdict = Literal["passed", "warning", "failed", "not_checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of one thing."""

    check: str
    verdict: CheckVerdict
    metric: str | None = None
    grouping: str | None = None
    segment: str | None = None
    arm: str | None = None
    covariate: str | None = None
    count: int | None = None
    """Units that the check is about: in two arms, without a value."""
    n: int | None = None
    """Units that were looked at."""
    share: float = NAN
    """`count` of `n`; for a sample ratio the largest distance from a planned share."""
    p: float = NAN
    log10_p: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChecks(Result):
    """All checks of an experiment, the failed ones first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "trust_check": Unit.LABEL,
        "check_verdict": Unit.LABEL,
        "metric": Unit.LABEL,
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "arm": Unit.LABEL,
        "covariate": Unit.TEXT,
        "count": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "p": Unit.P_VALUE,
    }

    experiment: str
    checks: tuple[Check, ...]
    n_units: int

    @property
    def broken(self) -> tuple[Check, ...]:
        """Failed checks of the experiment as a whole: with one of them there is no winner."""
        return tuple(c for c in self.checks if c.verdict == "failed" and c.metric is None)

    @property
    def is_broken(self) -> bool:
        """Whether the numbers must not be read."""
        return bool(self.broken)

    @property
    def unusable(self) -> frozenset[str]:
        """Metrics that failed a check of their own."""
        return frozenset(c.metric for c in self.checks if c.verdict == "failed" and c.metric)

    def told(self) -> tuple[Check, ...]:
        """Return every check that warns or fails, and one of each kind that does not."""
        kinds: set[str] = set()
        found = []
        for check in self.checks:
            if check.verdict in {"failed", "warning"} or check.check not in kinds:
                found.append(check)
            kinds.add(check.check)
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per check."""
        return pd.DataFrame(
            [
                {**asdict(c), "trust_check": c.check, "check_verdict": c.verdict}
                for c in self.checks
            ],
            columns=list(self.units),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per check that warns or fails."""
        return tuple(self._finding(c) for c in self.checks if c.verdict in {"failed", "warning"})

    def _finding(self, check: Check) -> Finding:
        subject = {"experiment": self.experiment, "check": check.check}
        parts = ("metric", "grouping", "segment", "arm", "covariate")
        subject |= {k: v for k in parts if (v := getattr(check, k)) is not None}
        has_share = check.share == check.share
        return Finding(
            id="experiments/check/" + "/".join(f"{k}={v}" for k, v in subject.items()),
            kind=f"check_{check.check}",
            subject=subject,
            estimate=check.share if has_share else float(check.count or 0),
            unit=Unit.SHARE if has_share else Unit.COUNT,
            n=check.n if check.n is not None else self.n_units,
            method="chi_square" if check.p == check.p else "count",
            p=check.p if check.p == check.p else None,
            direction="bad",
            status="shown",
            values={"count": check.count or 0},
        )


def in_order(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Put what failed first, what was passed last."""
    order = {"failed": 0, "warning": 1, "not_checked": 2, "passed": 3}
    return tuple(sorted(checks, key=lambda c: order[c.verdict]))
