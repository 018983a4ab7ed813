"""What gaps in the data mean for the later reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["enough", "partly", "absent"]
ENOUGH = 0.9
"""Share of filled rows from which a report is not held back."""


@dataclass(frozen=True, slots=True)
class Need:
    """A column that a report cannot do without, or does worse without."""

    report: str
    table: str
    column: str


NEEDS = (
    Need("segment_portraits", "orders", "ordered_at"),
    Need("pains_and_needs", "feedback", "text"),
    Need("pains_and_needs", "feedback", "customer_id"),
    Need("pains_and_needs", "feedback", "given_at"),
    Need("journey_map", "events", "occurred_at"),
    Need("journey_map", "feedback", "touchpoint"),
    Need("campaign_results", "exposures", "arm"),
    Need("campaign_results", "exposures", "exposed_at"),
    Need("customer_matrix", "orders", "amount"),
    Need("customer_matrix", "orders", "ordered_at"),
    Need("customer_matrix", "care_contacts", "made_at"),
)
"""What each report stands on, the most important first."""
_MADE_FROM = {"journey_map": ("events", "orders")}
"""Tables of which a report needs one; without them it is skipped, and its gaps are no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far one need of one report is met."""

    report: str
    table: str
    column: str
    state: State
    rows: int
    share: float
    is_made: bool = True
    """Whether the report can be made at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGaps(Result):
    """Which reports the data carry, and which they carry in part or not at all."""

    units: ClassVar[Mapping[str, Unit]] = {
        "report": Unit.LABEL,
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "state": Unit.LABEL,
        "rows": Unit.COUNT,
        "share": Unit.SHARE,
    }

    gaps: tuple[Gap, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per need, in reading order of the reports."""
        return pd.DataFrame([asdict(g) for g in self.gaps], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per need that is not met in full, of reports that can be made."""
        return tuple(
            Finding(
                id=f"quality/gap/report={g.report}/table={g.table}/column={g.column}",
                kind=f"gap_{g.state}",
                subject={"report": g.report, "table": g.table, "column": g.column},
                estimate=g.share, reference=1.0, unit=Unit.SHARE, n=g.rows, method="count",
                direction="bad", values={"empty": round(g.rows * (1 - g.share))},
            )
            for g in self.gaps
            if g.is_made and (g.state == "partly" or (g.state == "absent" and g.rows))
        )  # fmt: skip


def report_gaps(tables: Mapping[str, pd.DataFrame]) -> ReportGaps:
    """Say for each report how much of what it stands on is there.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables by name.

    Examples
    --------
    >>> frame = report_gaps(
    ...     {"events": pd.DataFrame({"occurred_at": [None, "2026-01-01"]})}
    ... ).to_frame()
    >>> frame.loc[frame["table"] == "events", ["state", "share"]].values.tolist()
    [['partly', 0.5]]
    """
    gaps = []
    for need in NEEDS:
        frame = tables.get(need.table, pd.DataFrame())
        filled = int(frame[need.column].notna().sum()) if need.column in frame else 0
        share = filled / len(frame) if len(frame) else float("nan")
        state: State = "enough" if share >= ENOUGH else "partly" if filled else "absent"
        made_from = _MADE_FROM.get(need.report, (need.table,))
        gaps.append(
            Gap(report=need.report, table=need.table, column=need.column, state=state,
                rows=len(frame), share=share,
                is_made=any(len(tables.get(name, ())) for name in made_from))
        )  # fmt: skip
    return ReportGaps(gaps=tuple(gaps))
