"""How much of each column is filled, for all rows and for each segment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Status, Unit
from cjm_research.schema.tables import TABLES
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.two_proportions import compare_proportions
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

ASIDE = ("source_file", "source_line", "id_is_generated")
CONDITIONAL = ("lost_reason", "churned_on", "referred_by", "contract_type", "contract_until",
               "last_contact_at", "updated_at", "is_churned")  # fmt: skip
"""Columns that are empty for good reason: only who left has a reason for leaving."""
_FILLED = 0.95
"""Share from which a column counts as filled."""
_EMPTIEST = 8
"""Columns that are compared by segment unless others are named."""
_FAR = 0.1
"""Distance of a segment from the others from which it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How much of one column is filled."""

    table: str
    column: str
    rows: int
    filled: int

    @property
    def share(self) -> float:
        """Share of the rows that have a value."""
        return self.filled / self.rows if self.rows else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness(Result):
    """How much is filled of every column that a source gives, the emptiest first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "rows": Unit.COUNT,
        "filled": Unit.COUNT,
        "share": Unit.SHARE,
    }

    columns: tuple[Filled, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per column."""
        rows = [{**asdict(c), "share": c.share} for c in self.columns]
        return pd.DataFrame(rows, columns=list(self.units))

    @property
    def main(self) -> Completeness:
        """The customers' columns; of a study without customers, those of its first table.

        Columns that are empty for good reason are left out.
        """
        first = self.columns[0].table if self.columns else ""
        name = "customers" if any(c.table == "customers" for c in self.columns) else first
        return Completeness(
            columns=tuple(
                c for c in self.columns if c.table == name and c.column not in CONDITIONAL
            )
        )

    @property
    def partly(self) -> Completeness:
        """The columns that are not filled in every row."""
        return Completeness(columns=tuple(c for c in self.columns if c.filled < c.rows))

    @property
    def table(self) -> str:
        """The table of the first column; empty when there is none."""
        return self.columns[0].table if self.columns else ""

    @property
    def mean(self) -> float:
        """Share of filled cells over all columns."""
        cells = sum(c.rows for c in self.columns)
        return sum(c.filled for c in self.columns) / cells if cells else float("nan")

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per column of the customers that is far from filled.

        In other tables an empty cell is mostly no gap: not every event has a value.
        """
        return tuple(
            Finding(
                id=f"quality/completeness/table={c.table}/column={c.column}",
                kind="column_filled", subject={"table": c.table, "column": c.column},
                estimate=c.share, unit=Unit.SHARE, n=c.rows, reference=1.0, method="count",
                direction="bad", values={"filled": c.filled, "empty": c.rows - c.filled},
            )
            for c in self.columns
            if c.table == "customers" and c.column not in CONDITIONAL and c.share < _FILLED
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFilled:
    """How much of one column is filled in one segment, against all other customers."""

    grouping: str
    segment: str
    column: str
    n: int
    share: float
    elsewhere: float
    difference: float
    low: float
    high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCompleteness(Result):
    """Which segments are known worse than the rest: their portraits rest on less."""

    units: ClassVar[Mapping[str, Unit]] = {
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "column": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "elsewhere": Unit.SHARE,
        "difference": Unit.POINTS,
        "low": Unit.POINTS,
        "high": Unit.POINTS,
    }

    cells: tuple[SegmentFilled, ...]
    confidence: float
    claims_from: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and column, the largest gap first."""
        frame = pd.DataFrame([asdict(c) for c in self.cells], columns=[*self.units, "p"])
        return frame.sort_values("difference", kind="stable")[list(self.units)]

    def matrix(self) -> pd.DataFrame:
        """Return shares with a row per segment and a column per column of the customers."""
        frame = self.to_frame()
        ordered = list(dict.fromkeys(c.column for c in self.cells))
        return frame.pivot_table(
            index=["grouping", "segment"], columns="column", values="share", sort=False
        ).reindex(columns=ordered)

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per segment that is known clearly worse than the rest."""
        return tuple(
            Finding(
                id=f"quality/segment_filled/grouping={c.grouping}/segment={c.segment}"
                f"/column={c.column}",
                kind="segment_filled",
                subject={"grouping": c.grouping, "segment": c.segment, "column": c.column},
                estimate=c.difference, low=c.low, high=c.high, unit=Unit.POINTS, n=c.n,
                confidence=self.confidence, p=c.p, p_adjusted=c.p_adjusted,
                family="completeness by segment", method="score", direction="bad",
                status=self._status(c), values={"share": c.share, "elsewhere": c.elsewhere},
            )
            for c in self.cells
            if c.difference <= -_FAR
        )  # fmt: skip

    def _status(self, cell: SegmentFilled) -> Status:
        if cell.n < self.claims_from:
            return "hidden_small_n"
        return "shown" if cell.p_adjusted < 1 - self.confidence else "not_significant"


def completeness(tables: Mapping[str, pd.DataFrame]) -> Completeness:
    """Count the filled cells of every column that has at least one.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables by name.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b"], "city": ["Omsk", None]})
    >>> completeness({"customers": customers}).to_frame()["share"].tolist()
    [0.5, 1.0]
    """
    found = [
        Filled(table=name, column=str(c), rows=len(frame), filled=int(frame[c].notna().sum()))
        for name, frame in tables.items()
        if name in TABLES and len(frame)
        for c in frame
        if c not in ASIDE
    ]
    given = [c for c in found if c.filled]
    place = {name: i for i, name in enumerate(tables)}
    return Completeness(
        columns=tuple(sorted(given, key=lambda c: (place[c.table], c.share, c.column)))
    )


def segment_completeness(
    customers: pd.DataFrame,
    memberships: pd.DataFrame,
    *,
    columns: Sequence[str] | None = None,
    limits: Limits,
    confidence: float = 0.95,
) -> SegmentCompleteness:
    """Compare how much is known of each segment with how much is known of all others.

    Parameters
    ----------
    customers : pandas.DataFrame
        The canonical table.
    memberships : pandas.DataFrame
        Columns `customer_id`, `grouping`, `segment`.
    columns : sequence of str, optional
        Columns of `customers`; the emptiest of those filled in part if absent.
    limits : Limits
        Segments with fewer customers are left out or not told.
    confidence : float, default 0.95
        Of the intervals of the differences.

    Notes
    -----
    One family of tests: every segment with every column, corrected by Benjamini-Hochberg.
    """
    known = customers.drop(columns=[c for c in ASIDE if c in customers]).notna()
    if columns is None:
        shares = known.mean()
        partly = shares[(shares > 0) & (shares < 1)].sort_values(kind="stable").index
        columns = [str(c) for c in partly if c not in CONDITIONAL][:_EMPTIEST]
    filled = {c: known[c].to_numpy() for c in columns}
    own = positions_of(memberships["customer_id"], pd.Index(customers["customer_id"]))
    rows = memberships[["grouping", "segment"]].assign(own=own)
    cells = [
        cell
        for (grouping, segment), part in rows.groupby(["grouping", "segment"], sort=False)
        if (inside := _members(part["own"].to_numpy(), len(customers))).sum() >= limits.hidden_below
        for cell in _cells(filled, inside, (str(grouping), str(segment)), confidence)
    ]
    adjusted = adjust_p_values([c.p for c in cells], correction="benjamini_hochberg")
    return SegmentCompleteness(
        cells=tuple(
            SegmentFilled(**{**asdict(c), "p_adjusted": float(p)})
            for c, p in zip(cells, adjusted, strict=True)
        ),
        confidence=confidence,
        claims_from=limits.claims_from,
    )


def _members(own: NDArray[np.int64], n_customers: int) -> NDArray[np.bool_]:
    """Tell who is at one of the positions; -1 is nobody."""
    inside = np.zeros(n_customers, dtype=bool)
    inside[own[own >= 0]] = True
    return inside


def _cells(
    filled: Mapping[str, NDArray[np.bool_]],
    inside: NDArray[np.bool_],
    name: tuple[str, str],
    confidence: float,
) -> list[SegmentFilled]:
    n = int(inside.sum())
    rest = len(inside) - n
    if not rest or not filled:
        return []
    here = np.array([(of & inside).sum() for of in filled.values()])
    there = np.array([of.sum() for of in filled.values()]) - here
    compared = compare_proportions((here, n), (there, rest), confidence=confidence)
    estimate, low, high, p = (
        np.atleast_1d(x) for x in (compared.estimate, compared.low, compared.high, compared.p)
    )
    return [
        SegmentFilled(
            grouping=name[0], segment=name[1], column=str(c), n=n, share=here[i] / n,
            elsewhere=there[i] / rest, difference=float(estimate[i]), low=float(low[i]),
            high=float(high[i]), p=float(p[i]), p_adjusted=float("nan"),
        )
        for i, c in enumerate(filled)
    ]  # fmt: skip
