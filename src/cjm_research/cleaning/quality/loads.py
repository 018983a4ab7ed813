"""Rows read, kept and set aside, by source; what was found in them; what was decided."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.cleaning.codes import Code
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_MANY = 0.05
"""Share of rows set aside from which a source deserves a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLoad:
    """One raw file that fills one table."""

    source_file: str
    table: str
    rows_in: int
    rows_kept: int
    rows_quarantined: int

    @property
    def share(self) -> float:
        """Share of the rows that was set aside."""
        return self.rows_quarantined / self.rows_in if self.rows_in else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLoads(Result):
    """What became of every row that was read."""

    units: ClassVar[Mapping[str, Unit]] = {
        "source_file": Unit.TEXT,
        "table": Unit.LABEL,
        "rows_in": Unit.COUNT,
        "rows_kept": Unit.COUNT,
        "rows_quarantined": Unit.COUNT,
        "quarantined_share": Unit.SHARE,
    }

    loads: tuple[SourceLoad, ...]

    @property
    def rows_in(self) -> int:
        """Rows read, over all sources."""
        return sum(s.rows_in for s in self.loads)

    @property
    def rows_quarantined(self) -> int:
        """Rows set aside, over all sources."""
        return sum(s.rows_quarantined for s in self.loads)

    @property
    def n_files(self) -> int:
        """Files that were read; one that fills two tables counts once."""
        return len({s.source_file for s in self.loads})

    @property
    def share(self) -> float:
        """Share of all rows that was set aside."""
        return self.rows_quarantined / self.rows_in if self.rows_in else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per file and table, in the order of the study file."""
        rows = [{**asdict(s), "quarantined_share": s.share} for s in self.loads]
        return pd.DataFrame(rows, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the sum over all sources, and each source that lost more than a few rows."""
        if not self.rows_in:
            return ()
        total = Finding(
            id="quality/rows_set_aside", kind="rows_set_aside", subject={},
            estimate=self.share, unit=Unit.SHARE, n=self.rows_in, method="count",
            values={
                "rows": self.rows_quarantined,
                "files": self.n_files,
            },
        )  # fmt: skip
        large = tuple(
            Finding(
                id=f"quality/source_set_aside/table={s.table}/file={s.source_file}",
                kind="source_set_aside", subject={"table": s.table},
                estimate=s.share, unit=Unit.SHARE, n=s.rows_in, method="count", direction="bad",
                values={"rows": s.rows_quarantined, "source_file": s.source_file},
            )
            for s in self.loads
            if s.share >= _MANY
        )  # fmt: skip
        return (total, *large)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCount:
    """One kind of flaw in one column of one table."""

    code: str
    table: str
    column: str
    outcome: str
    rows: int
    share: float
    """Of the rows that were read for the table."""
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues(Result):
    """What was found in the rows, the most frequent first; rows set aside before others."""

    units: ClassVar[Mapping[str, Unit]] = {
        "code": Unit.LABEL,
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "outcome": Unit.LABEL,
        "rows": Unit.COUNT,
        "share": Unit.SHARE,
        "example": Unit.TEXT,
    }

    issues: tuple[IssueCount, ...]

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result."""
        return "quality.issues" if self.issues else "quality.issues_none"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per kind of flaw, table and column."""
        frame = pd.DataFrame([asdict(i) for i in self.issues], columns=list(self.units))
        return frame.assign(column=frame["column"].replace("", None))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per kind of flaw in a table."""
        return tuple(
            Finding(
                id=f"quality/issue/table={i.table}/code={i.code}/column={i.column}",
                kind=f"issue_{i.outcome}" if i.column else f"issue_{i.outcome}_row",
                subject={"table": i.table, "code": i.code, "column": i.column},
                estimate=i.share, unit=Unit.SHARE, n=i.rows, method="count",
                direction="good" if i.outcome == "restored" else "bad",
                values={"rows": i.rows},
            )
            for i in self.issues
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceMade:
    """A decision by evidence."""

    source_file: str
    table: str
    column: str
    choice: str
    evidence: str
    override: str

    @property
    def parts(self) -> tuple[str, str]:
        """What was decided and how: ``decimal=','`` is the mark, and the comma."""
        kind, _, value = self.choice.partition("=")
        if kind == "day_first":
            return ("day_first" if value == "True" else "month_first"), ""
        return kind, value.strip("'")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesMade(Result):
    """How the files were read where nobody said how, with the line that overrides it."""

    units: ClassVar[Mapping[str, Unit]] = {
        "source_file": Unit.TEXT,
        "column": Unit.LABEL,
        "choice": Unit.LABEL,
        "chosen": Unit.TEXT,
        "evidence": Unit.TEXT,
        "override": Unit.TEXT,
    }

    choices: tuple[ChoiceMade, ...]

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result."""
        return "quality.choices" if self.choices else "quality.choices_none"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per decision."""
        rows = [asdict(c) | dict(zip(("choice", "chosen"), c.parts, strict=True))
                for c in self.choices]  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(self.units))
        return frame.assign(
            column=frame["column"].replace("", None), chosen=frame["chosen"].replace("", None)
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: a decision is no statement about the business."""
        return ()


def source_loads(loads: pd.DataFrame) -> SourceLoads:
    """Return what became of every row that was read.

    Parameters
    ----------
    loads : pandas.DataFrame
        As the cleaning leaves it.
    """
    fields = ("source_file", "table", "rows_in", "rows_kept", "rows_quarantined")
    rows = loads[list(fields)].to_dict("records")
    return SourceLoads(loads=tuple(SourceLoad(**{str(k): v for k, v in r.items()}) for r in rows))


def issue_counts(issues: pd.DataFrame, loads: pd.DataFrame) -> Issues:
    """Return what was found in the rows, summed over files.

    Parameters
    ----------
    issues, loads : pandas.DataFrame
        As the cleaning leaves them.
    """
    rows_in = loads.groupby("table")["rows_in"].sum()
    summed = _still_rounded(
        issues.fillna({"column": "", "example": ""})
        .groupby(["code", "table", "column", "outcome"], as_index=False)
        .agg(rows=("rows", "sum"), example=("example", "first"))
    )
    rank = summed["outcome"].map({"set_aside": 0, "left_out": 1, "restored": 2, "flagged": 3})
    ordered = summed.assign(rank=rank).sort_values(
        ["rank", "rows", "table", "code"], ascending=[True, False, True, True]
    )
    counted = ordered.assign(share=ordered["rows"] / ordered["table"].map(rows_in).astype(float))
    rows = counted.drop(columns="rank").to_dict("records")
    return Issues(issues=tuple(IssueCount(**{str(k): v for k, v in r.items()}) for r in rows))


def _still_rounded(summed: pd.DataFrame) -> pd.DataFrame:
    """Count as rounded what a clean copy has not restored since."""
    place = ["table", "column"]
    restored = summed.loc[summed["code"] == Code.RESTORED, [*place, "rows"]]
    mended = summed[place].merge(restored, on=place, how="left")["rows"].fillna(0)
    is_rounded = (summed["code"] == Code.ROUNDED_ID).to_numpy()
    left = summed.assign(rows=summed["rows"] - mended.to_numpy(np.int64) * is_rounded)
    return left[left["rows"] > 0]


def choices_made(choices: pd.DataFrame) -> ChoicesMade:
    """Return the decisions of the cleaning.

    Parameters
    ----------
    choices : pandas.DataFrame
        As the cleaning leaves it.
    """
    rows = choices.fillna("").to_dict("records")
    return ChoicesMade(choices=tuple(ChoiceMade(**{str(k): v for k, v in r.items()}) for r in rows))
