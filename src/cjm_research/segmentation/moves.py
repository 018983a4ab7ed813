"""Moves between segments: what `history.migration` gives."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Status, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.drift import Drift


NEW, NONE = "(new)", "(none)"
"""Where customers come from who were none of the business's yet, and who were in no segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Customers who were in one segment and are in another."""

    segment_from: str
    segment_to: str
    n: int
    share: float
    """Of those who were in the first."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How one segment changed between two days."""

    segment: str
    were: int
    now: int
    remained: int
    new: int
    """In it now, and no customer of the business before."""
    came: int
    """From another segment, or from none."""
    went: int
    """To another segment, or to none."""
    net: int
    """Came and new, less went."""
    low: float
    high: float
    """Interval of `net`: as many comings and goings could have happened by chance."""
    p: float
    """Of the hypothesis that old customers come and go alike (exact sign test)."""
    p_adjusted: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration(Result):
    """Moves between the segments of a grouping, by the same rules or the same frozen model."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "were": Unit.COUNT,
        "remained": Unit.COUNT,
        "came": Unit.COUNT,
        "new": Unit.COUNT,
        "went": Unit.COUNT,
        "now": Unit.COUNT,
        "net": Unit.NUMBER,
        "low": Unit.NUMBER,
        "high": Unit.NUMBER,
        "p_adjusted": Unit.P_VALUE,
    }

    grouping: str
    since: str
    """The earlier day, ISO."""
    until: str
    flows: tuple[Flow, ...]
    moves: tuple[Move, ...]
    """Empty where a customer may be in several segments at once."""
    drift: Drift
    confidence: float
    window: tuple[str, str] | None = None

    def of(self, segment: str) -> Flow | None:
        """Return the flow of one segment."""
        return next((f for f in self.flows if f.segment == segment), None)

    def out_of(self, segment: str) -> tuple[Move, ...]:
        """Return where the customers of a segment went, most first, the stayers left out."""
        own = (m for m in self.moves if m.segment_from == segment != m.segment_to and m.n)
        return tuple(sorted(own, key=lambda m: (-m.n, m.segment_to)))

    def into(self, segment: str) -> tuple[Move, ...]:
        """Return where the customers of a segment came from, most first."""
        own = (m for m in self.moves if m.segment_to == segment != m.segment_from and m.n)
        return tuple(sorted(own, key=lambda m: (-m.n, m.segment_from)))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment."""
        return pd.DataFrame([asdict(f) for f in self.flows], columns=list(self.units))

    def matrix(self) -> pd.DataFrame:
        """Return the moves as a table: from (rows) to (columns), customers."""
        frame = pd.DataFrame([asdict(m) for m in self.moves])
        if frame.empty:
            return frame
        names = [f.segment for f in self.flows]
        table = frame.pivot_table(
            index="segment_from", columns="segment_to", values="n", aggfunc="sum", fill_value=0
        )
        table = table.loc[table.sum(axis=1) > 0, table.sum(axis=0) > 0]
        rows = [n for n in (*names, NONE, NEW) if n in table.index]
        return table.reindex(index=rows, columns=[n for n in (*names, NONE) if n in table])

    def findings(self) -> tuple[Finding, ...]:
        """Return what each segment gained or lost, and whether the sizes drifted."""
        return (*(self._finding(f) for f in self.flows), *self.drift.findings())

    def _finding(self, flow: Flow) -> Finding:
        sense = "grew" if flow.net > 0 else "shrank"
        return Finding(
            id=f"segmentation/flow/grouping={self.grouping}/segment={flow.segment}",
            kind=f"segment_{sense}",
            subject={"grouping": self.grouping, "segment": flow.segment},
            estimate=float(flow.net),
            low=flow.low,
            high=flow.high,
            confidence=self.confidence,
            reference=0.0,
            unit=Unit.NUMBER,
            n=flow.were,
            customers=float(abs(flow.net)),
            p=flow.p,
            p_adjusted=flow.p_adjusted,
            family=f"segmentation/flow/grouping={self.grouping}",
            method="sign_test_of_moves",
            window=self.window,
            status=flow.status,
            values={
                "since": self.since, "before": flow.were, "now": flow.now,
                "arrived": flow.came + flow.new, "went": flow.went, "change": abs(flow.net),
            },
        )  # fmt: skip
