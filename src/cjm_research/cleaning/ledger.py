"""Keeps the books of a load: what was set aside, left out or flagged, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.cleaning.codes import Code  # noqa: TC001  # part of signatures
from cjm_research.cleaning.threads import each
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.raw_table import Choice, RejectedRow

    Mask = NDArray[np.bool_]

QUARANTINE = ("table", "source_file", "source_line", "code", "column", "value", "customer_id")
FLAGS = QUARANTINE
"""Of rows that are kept."""
_MIDNIGHT = " 00:00:00+00:00"
"""What a day without a clock ends with once it is a time."""
ISSUES = ("source_file", "table", "code", "column", "outcome", "rows", "example")
CHANGES = ("table", "source_file", "source_line", "code", "column", "before")
CHOICES = ("source_file", "table", "column", "choice", "evidence", "override")
_EXAMPLES = 3
_LONGEST = 60


class Outcome(StrEnum):
    """What became of a row that has an issue."""

    SET_ASIDE = "set_aside"
    """The whole row is in quarantine."""
    LEFT_OUT = "left_out"
    """The row is kept and one of its values is taken as not known."""
    RESTORED = "restored"
    """The value was replaced by that of a clean copy of the file."""
    FLAGGED = "flagged"
    """Nothing was changed; a reader should know."""


@dataclass(slots=True)
class Ledger:
    """The books of one table while its rows are checked.

    Every method takes the table as it stands and gives it back without the rows or values
    that were written down; a row is set aside once, for the first reason.
    """

    table: str
    _quarantine: list[pd.DataFrame] = field(default_factory=list)
    _changes: list[pd.DataFrame] = field(default_factory=list)
    _flags: list[pd.DataFrame] = field(default_factory=list)
    _issues: list[pd.DataFrame] = field(default_factory=list)
    _choices: list[dict[str, str]] = field(default_factory=list)

    def set_aside(
        self, frame: pd.DataFrame, mask: Mask, code: Code, *, column: str = "",
        values: pd.Series | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Move rows to the quarantine; `values` are their texts, else the column itself."""
        if not mask.any():
            return frame
        self.write_aside(frame, mask, code, column=column, values=values)
        return without_rows(frame, mask)

    def write_aside(
        self, frame: pd.DataFrame, mask: Mask, code: Code, *, column: str = "",
        values: pd.Series | None = None,
    ) -> None:  # fmt: skip
        """Write rows down as set aside; the caller takes them out (see `without_rows`)."""
        rows = self._note(frame, mask, code, column=column, values=values)
        rows["customer_id"] = self._customers(frame, mask)
        self._quarantine.append(rows.rename(columns={"before": "value"})[list(QUARANTINE)])
        self._count(rows, Outcome.SET_ASIDE)

    def leave_out(
        self, frame: pd.DataFrame, mask: Mask, code: Code, *, column: str,
        values: pd.Series | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Take values as not known and keep what stood there."""
        if not mask.any():
            return frame
        rows = self._note(frame, mask, code, column=column, values=values)
        self._changes.append(rows[list(CHANGES)])
        self._count(rows, Outcome.LEFT_OUT)
        return frame.assign(**{column: frame[column].mask(mask)})

    def restore(self, frame: pd.DataFrame, mask: Mask, code: Code, *, column: str) -> None:
        """Write down values that are about to be replaced by those of a clean copy."""
        if mask.any():
            rows = self._note(frame, mask, code, column=column)
            self._changes.append(rows[list(CHANGES)])
            self._count(rows, Outcome.RESTORED)

    def flag(
        self, frame: pd.DataFrame, mask: Mask, code: Code, *, column: str = ""
    ) -> pd.DataFrame:
        """Write down rows that a reader should know of; nothing is changed."""
        if mask.any():
            rows = self._note(frame, mask, code, column=column)
            rows["customer_id"] = self._customers(frame, mask)
            self._flags.append(rows.rename(columns={"before": "value"})[list(FLAGS)])
            self._count(rows, Outcome.FLAGGED)
        return frame

    def reject(self, file: str, rejected: tuple[RejectedRow, ...]) -> None:
        """Write down rows that could not be read at all."""
        if not rejected:
            return
        rows = pd.DataFrame(
            {
                "table": self.table,
                "source_file": file,
                "source_line": [r.line for r in rejected],
                "code": [str(r.code) for r in rejected],
                "column": "",
                "value": [r.text for r in rejected],
                "customer_id": None,
            }
        )
        self._quarantine.append(rows)
        self._count(rows.assign(before=""), Outcome.SET_ASIDE)

    def note(
        self, file: str, code: Code, *, column: str = "", rows: int, example: str = ""
    ) -> None:
        """Flag something about a whole file or column."""
        shown = example[:_LONGEST] if _may_show(self.table, column) else ""
        self._issues.append(
            pd.DataFrame(
                [(file, self.table, str(code), column, Outcome.FLAGGED, rows, shown)],
                columns=list(ISSUES),
            )
        )

    def choose(self, file: str, choice: Choice) -> None:
        """Write down a decision and what it rests on."""
        evidence, override = choice.evidence, choice.override
        if not _may_show(self.table, choice.column):
            evidence = evidence.split(":")[0]
            override = "" if '"' in override else override
        self._choices.append(
            {
                "source_file": file,
                "table": self.table,
                "column": choice.column,
                "choice": choice.choice,
                "evidence": evidence,
                "override": override,
            }
        )

    @property
    def quarantine(self) -> pd.DataFrame:
        """Rows that were set aside."""
        return _stack(self._quarantine, QUARANTINE)

    @property
    def changes(self) -> pd.DataFrame:
        """Values that were left out, one a row."""
        return _stack(self._changes, CHANGES)

    @property
    def flags(self) -> pd.DataFrame:
        """Rows that are kept and that a reader should know of."""
        return _stack(self._flags, FLAGS)

    @property
    def issues(self) -> pd.DataFrame:
        """Counts of all that was found, by file, code and column."""
        return _stack(self._issues, ISSUES)

    @property
    def choices(self) -> pd.DataFrame:
        """Decisions made by evidence."""
        return pd.DataFrame(self._choices, columns=list(CHOICES)).astype("string[pyarrow]")

    def _note(
        self, frame: pd.DataFrame, mask: Mask, code: Code, *, column: str,
        values: pd.Series | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        found = frame.get(column)
        if values is None and found is not None:
            values = found[mask]
        before = "" if values is None else values.astype("string[pyarrow]").to_numpy()
        return pd.DataFrame(
            {
                "table": self.table,
                "source_file": frame.loc[mask, "source_file"].to_numpy(),
                "source_line": frame.loc[mask, "source_line"].to_numpy(),
                "code": str(code),
                "column": column,
                "before": before,
            }
        )

    def _customers(self, frame: pd.DataFrame, mask: Mask) -> list[str | None]:
        column = TABLES[self.table].customer
        if column is None or column not in frame:
            return [None] * int(mask.sum())
        return frame.loc[mask, column].tolist()

    def _count(self, rows: pd.DataFrame, outcome: Outcome) -> None:
        grouped = rows.groupby(["source_file", "code", "column"], sort=True)
        counted = grouped.size().rename("rows").reset_index()
        counted["example"] = [
            _example(rows, self.table, key) for key in counted[["source_file", "code", "column"]]
            .itertuples(index=False)
        ]  # fmt: skip
        counted["table"], counted["outcome"] = self.table, str(outcome)
        self._issues.append(counted[list(ISSUES)])


def without_rows(frame: pd.DataFrame, mask: Mask) -> pd.DataFrame:
    """Return a table without the rows of a mask."""
    keep = ~mask
    arrays = {str(c): frame[c].array for c in frame}
    kept = each(lambda _, cells: cells[keep], arrays, rows=len(mask))
    return pd.DataFrame(kept, copy=False)


def _example(rows: pd.DataFrame, table: str, key: tuple[str, str, str]) -> str:
    file, code, column = key
    if not _may_show(table, column):
        return ""
    same = (rows["source_file"] == file) & (rows["code"] == code) & (rows["column"] == column)
    texts = rows.loc[same, "before"].dropna().astype(str).drop_duplicates().head(_EXAMPLES)
    return ", ".join(t.removesuffix(_MIDNIGHT)[:_LONGEST] for t in texts)


def _may_show(table: str, column: str) -> bool:
    """Tell whether a page may show values of a column: never those of persons, ids, free text."""
    if not column:
        return True
    declared = TABLES[table].column(column)
    if declared is None or declared.personal:
        return False
    return declared.kind not in (Kind.ID, Kind.TEXT)


def _stack(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    """Join pieces with fixed types, also when there are none."""
    joined = (
        pd.concat([f.astype(object) for f in frames], ignore_index=True)
        if frames
        else pd.DataFrame(columns=list(columns))
    )
    whole = {"source_line": "Int64", "rows": "int64"}
    return joined[list(columns)].astype({c: whole.get(c, "string[pyarrow]") for c in columns})
