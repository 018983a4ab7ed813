"""What a spreadsheet ruined, restored from a clean copy; what cannot be is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.ledger import Ledger
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.sources import Source

if TYPE_CHECKING:
    from cjm_research.cleaning.loaded import Loaded

_SURE_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""


def copy_source(source: Source) -> Source:
    """Return the clean copy as a source: what rows are matched by, and what is restored."""
    repair = source.repair
    assert repair is not None  # noqa: S101  # asked by the caller
    columns = {**repair.by, **{_restored(c): h for c, h in repair.restore.items()}}
    declared = TABLES[source.table]
    constants = {c: v for c, v in source.constants.items() if c not in columns}
    lacking = [c for c in declared.required if c not in columns and c not in constants]
    headers = {c: repair.restore[c] for c in lacking if c in repair.restore}
    kinds = {_restored(c): _kind(source, c) for c in repair.restore}
    return Source(
        table=source.table, file=repair.file, columns={**columns, **headers},
        constants=constants, kinds=kinds, zone=source.zone,
    )  # fmt: skip


def repaired(loaded: Loaded, copy: Loaded, source: Source) -> Loaded:
    """Give rows the values that a clean copy of the file has.

    A row and its copy are found by what a spreadsheet cannot ruin: the first fifteen digits of a
    number, the minute of a time, the letters and digits of a text. A value is restored when all
    copies of a row agree on it. Rows without a copy, or with copies that differ, stay as they
    are and are counted.

    Parameters
    ----------
    loaded : Loaded
        What the ruined file gave.
    copy : Loaded
        What the clean copy gave, as `copy_source` describes it.
    source : Source
        The ruined file's, with its `repair`.
    """
    repair = source.repair
    assert repair is not None  # noqa: S101  # asked by the caller
    by = list(repair.by)
    ours, theirs = _marks(loaded.table, by), _marks(copy.table, by)
    ledger = Ledger(source.table)
    frame = loaded.table
    for column in repair.restore:
        values = copy.table[_restored(column)].astype("string[pyarrow]")
        known = pd.DataFrame({"mark": theirs, "value": values}).dropna()
        agreed = known.groupby("mark")["value"].agg(["first", "nunique"])
        found = ours.map(agreed.loc[agreed["nunique"] == 1, "first"])
        frame = _with_restored(frame, column, found.astype("string[pyarrow]"), ledger)
    return replace(
        loaded,
        table=frame,
        issues=_joined(loaded.issues, ledger.issues),
        changes=_joined(loaded.changes, ledger.changes),
        flags=_joined(loaded.flags, ledger.flags),
    )


def _with_restored(
    frame: pd.DataFrame, column: str, found: pd.Series, ledger: Ledger
) -> pd.DataFrame:
    before = frame[column]
    plain = before.astype("string[pyarrow]")
    is_lost = found.isna().to_numpy()
    differs = ~is_lost & (plain.isna() | (plain != found).fillna(value=True)).to_numpy(dtype=bool)
    ledger.flag(frame, is_lost, Code.NOT_RESTORED, column=column)
    ledger.restore(frame, differs, Code.RESTORED, column=column)
    return frame.assign(**{column: before.mask(differs, found.astype(before.dtype))})


def _marks(frame: pd.DataFrame, by: list[str]) -> pd.Series:
    """Return what a row is found by, as one text; missing where any part is."""
    parts = [_mark(frame[c]) for c in by]
    whole: pd.Series = parts[0]
    for part in parts[1:]:
        whole = whole + "\0" + part
    return whole


def _mark(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(cells):
        minutes: pd.Series = cells.dt.strftime("%Y%m%d%H%M").astype("string[pyarrow]")
        return minutes
    texts = cells.astype("string[pyarrow]").str.casefold()
    plain = texts.str.replace(r"[\W_]+", "", regex=True)
    is_number = texts.str.fullmatch(rf"\d{{{_SURE_DIGITS + 1},}}").fillna(value=False)
    return plain.mask(is_number.to_numpy(dtype=bool), texts.str.slice(0, _SURE_DIGITS))


def _restored(column: str) -> str:
    """Name the column of the copy that a value comes from."""
    return f"restored_{column}"


def _kind(source: Source, column: str) -> Kind:
    declared = TABLES[source.table].column(column)
    if declared is None:
        return source.kinds.get(column, Kind.TEXT)
    return Kind.TEXT if declared.kind is Kind.CHOICE else declared.kind


def _joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    filled = [f for f in (first, second) if len(f)]
    return pd.concat(filled, ignore_index=True) if filled else first
