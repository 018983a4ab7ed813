"""One source to one canonical table, with everything that did not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.checks import apply_checks
from cjm_research.cleaning.ledger import Ledger
from cjm_research.cleaning.mapping import Mapped, kinds_of, map_columns
from cjm_research.cleaning.parsing.columns import parse_columns
from cjm_research.cleaning.parsing.contacts import REGIONS
from cjm_research.cleaning.parsing.hints import Hints
from cjm_research.cleaning.parsing.typed import as_kind, missing
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits
from cjm_research.cleaning.reading.read import read_raw
from cjm_research.cleaning.row_rules import add_computed, apply_rules
from cjm_research.cleaning.unreadable import without_unreadable
from cjm_research.errors import DataError
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.sources import LINE_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.raw_table import RawTable
    from cjm_research.study.sources import Source

    Mask = NDArray[np.bool_]

INFO = ("source_file", "table", "rows_in", "rows_kept", "rows_quarantined", "encoding",
        "delimiter", "sha256")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one source gave: rows in = rows of `table` + rows of `quarantine`."""

    table: pd.DataFrame
    """Canonical columns with their types, all of them, and the study's own."""
    quarantine: pd.DataFrame
    """Rows that were set aside, each with file, line, code, column and value."""
    issues: pd.DataFrame
    """All that was found, counted by file, code and column, with what followed from it."""
    changes: pd.DataFrame
    """Values that were left out of rows that were kept."""
    choices: pd.DataFrame
    """Decisions by evidence, each with the line of the study file that overrides it."""
    info: pd.DataFrame
    """One row per file: rows in, kept and set aside, encoding, separator, content hash."""


def load(
    path: Path,
    source: Source,
    *,
    study_zone: str = "UTC",
    currency: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> Loaded:
    """Read one file as a source describes it.

    Parameters
    ----------
    path : Path
        The file; `source.file` is not looked at.
    source : Source
        Which headers fill which columns, and what else the study says.
    study_zone : str
        Zone of stamps that name none, unless the source has its own.
    currency : str, optional
        Fills the column `currency` where the table has one and the source does not; also says
        of which country a telephone number is that names none.
    limits : ReadLimits
        How much a file may hold.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a mapped header.
    DataError
        If a row was lost: rows in must equal rows kept and set aside.
    """
    return load_files(
        {path.name: path}, source, study_zone=study_zone, currency=currency, limits=limits
    )


def load_files(
    paths: Mapping[str, Path],
    source: Source,
    *,
    study_zone: str = "UTC",
    currency: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> Loaded:
    """Read all files of a source together: one day order, one decimal mark for all of them.

    Parameters
    ----------
    paths : mapping of str to Path
        Files by the name that rows and messages carry.
    source, study_zone, currency, limits
        As in `load`.
    """
    tables = [read_raw(path, source, name=name, limits=limits) for name, path in paths.items()]
    ledger = Ledger(source.table)
    label = next(iter(paths)) if len(paths) == 1 else source.file
    for raw in tables:
        _report_reading(raw, ledger)
    mapped = map_columns(tables, source)
    hints = Hints(
        zone=source.zone or study_zone,
        decimal=source.decimal,
        day_first=source.day_first,
        region=REGIONS.get(currency or ""),
    )
    frame = _parsed(mapped, source, ledger=ledger, label=label, hints=hints)
    frame = apply_checks(apply_rules(add_computed(frame, source), source, ledger), ledger)
    frame = _with_every_column(frame, source.table, currency)
    return Loaded(
        table=frame,
        quarantine=ledger.quarantine,
        issues=ledger.issues,
        changes=ledger.changes,
        choices=ledger.choices,
        info=balance(_files(tables, mapped, source), frame, ledger.quarantine),
    )


def balance(files: pd.DataFrame, frame: pd.DataFrame, quarantine: pd.DataFrame) -> pd.DataFrame:
    """Count rows kept and set aside per file, and prove that none was lost.

    Raises
    ------
    DataError
        If rows in are not rows kept + rows set aside.
    """
    names = files["source_file"]
    kept = names.map(frame["source_file"].value_counts()).fillna(0).astype("int64")
    aside = names.map(quarantine["source_file"].value_counts()).fillna(0).astype("int64")
    lost = (files["rows_in"] != kept + aside).to_numpy()
    if lost.any():
        i = int(np.flatnonzero(lost)[0])
        raise DataError(
            f"Rows of {names[i]!r} do not add up: {files['rows_in'][i]:,} in,"
            f" {kept[i]:,} kept, {aside[i]:,} set aside."
        )
    return files.assign(rows_kept=kept, rows_quarantined=aside)[list(INFO)]


def _report_reading(raw: RawTable, ledger: Ledger) -> None:
    ledger.reject(raw.file, raw.rejected)
    for note in raw.notes:
        ledger.note(raw.file, note.code, rows=note.rows, example=note.example)
    for choice in raw.choices:
        ledger.choose(raw.file, choice)


def _parsed(
    mapped: Mapped, source: Source, *, ledger: Ledger, label: str, hints: Hints
) -> pd.DataFrame:
    """Parse all columns; set aside or leave out what cannot be read."""
    declared = TABLES[source.table]
    parsed = parse_columns(
        mapped.columns,
        kinds_of(mapped, source),
        choices={c.name: c.choices for c in declared.columns},
        hints=hints,
    )
    for name, column in parsed.items():
        for note in column.notes:
            ledger.note(label, note.code, column=name, rows=note.rows, example=note.example)
        for choice in column.choices:
            ledger.choose(label, choice)
    frame = pd.DataFrame({name: column.cells for name, column in parsed.items()})
    frame["source_file"] = pd.Series(pd.arrays.ArrowStringArray(mapped.source_files))
    frame["source_line"] = as_kind(mapped.lines, Kind.INTEGER)
    frame = _with_keys(frame, mapped, source)
    return without_unreadable(frame, mapped, parsed, ledger=ledger)


def _with_keys(frame: pd.DataFrame, mapped: Mapped, source: Source) -> pd.DataFrame:
    """Make the keys that the source lacks, of file and line."""
    declared = TABLES[source.table]
    by_line = [c for c, header in source.columns.items() if header == LINE_KEY]
    key = declared.key
    made = np.full(len(frame), bool(by_line))
    blank = np.zeros(len(frame), dtype=bool)
    if key is not None and key not in frame:
        by_line.append(key)
        made[:] = True
    elif key is not None and key not in declared.required:
        blank = frame[key].isna().to_numpy()
        made |= blank
    if made.any():
        keys = pd.Series(pd.arrays.ArrowStringArray(mapped.line_keys))
        frame = frame.assign(**dict.fromkeys(by_line, keys))
        if blank.any():
            frame[key] = frame[key].mask(blank, keys)
    frame["id_is_generated"] = as_kind(made, Kind.BOOLEAN)
    return frame


def _with_every_column(frame: pd.DataFrame, table: str, currency: str | None) -> pd.DataFrame:
    """Put the schema's columns first, in its order, each with its type."""
    declared = TABLES[table]
    columns = {}
    for column in declared.columns:
        if column.name in frame:
            columns[column.name] = frame[column.name]
        elif column.name == "currency" and currency is not None:
            columns[column.name] = as_kind([currency] * len(frame), column.kind)
        else:
            columns[column.name] = missing(len(frame), column.kind)
    own = [c for c in frame if c not in columns]
    return pd.concat([pd.DataFrame(columns, index=frame.index), frame[own]], axis=1)


def _files(tables: list[RawTable], mapped: Mapped, source: Source) -> pd.DataFrame:
    per_row = max(1, len(source.unpivot))
    return pd.DataFrame(
        {
            "source_file": pd.Series([t.file for t in tables], dtype="string[pyarrow]"),
            "table": pd.Series([source.table] * len(tables), dtype="string[pyarrow]"),
            "rows_in": [
                len(t) * per_row - int(unfilled) + len(t.rejected)
                for t, unfilled in zip(tables, mapped.unfilled, strict=True)
            ],
            "encoding": pd.Series([t.encoding for t in tables], dtype="string[pyarrow]"),
            "delimiter": pd.Series([t.delimiter for t in tables], dtype="string[pyarrow]"),
            "sha256": pd.Series([t.sha256 for t in tables], dtype="string[pyarrow]"),
        }
    )
