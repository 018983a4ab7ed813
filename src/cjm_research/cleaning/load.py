"""One source to one canonical table, with everything that did not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from cjm_research.cleaning.adapters.filled import adapter_shape, filled_sources, mapping_evidence
from cjm_research.cleaning.adapters.find import find_sources
from cjm_research.cleaning.checks import apply_checks
from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.ledger import Ledger
from cjm_research.cleaning.loaded import Loaded, balance, joined_loads
from cjm_research.cleaning.made_keys import with_keys
from cjm_research.cleaning.mapping import Mapped, double_headers, kinds_of, map_columns
from cjm_research.cleaning.parsing.columns import parse_columns
from cjm_research.cleaning.parsing.contacts import REGIONS
from cjm_research.cleaning.parsing.hints import Hints
from cjm_research.cleaning.parsing.typed import constant_column, missing, whole_numbers
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits
from cjm_research.cleaning.reading.read import read_raw
from cjm_research.cleaning.reading.request import Shape, request_of
from cjm_research.cleaning.row_rules import add_computed, apply_rules
from cjm_research.cleaning.threads import each
from cjm_research.cleaning.unreadable import readable_rows
from cjm_research.errors import ParameterError, SourceError
from cjm_research.schema.tables import TABLES
from cjm_research.study.sources import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.raw_table import RawTable

    Mask = NDArray[np.bool_]

_MANY = 1_000_000
"""Rows from which what reading took is given back at once."""


def load(
    path: Path,
    table: str | Source = "",
    *,
    adapter: str | None = None,
    hints: Mapping[str, Any] | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> Loaded:
    """Read one file into a canonical table, with everything that did not fit.

    Parameters
    ----------
    path : Path
        The file, of any kind: delimited text, spreadsheet, HTML, JSON, XML, parquet; packed or not.
    table : str or Source
        The canonical table that it fills, found by its headers if empty; or a source of a study
        file, which says itself what fills which column.
    adapter : str, optional
        Layout of a known system (``"bitrix24"``); found by the headers if absent.
    hints : mapping of str to any, optional
        What is known better than it can be found: any setting of a source
        (``{"day_first": True, "columns": {"amount": "Итого"}}``) and ``currency``, which fills
        that column and says of which country a telephone number is that names none; ``adapters``
        is a folder of layouts of one's own.
    limits : ReadLimits
        How much a file may hold.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a column that the table needs.
    ParameterError
        If there is no such table, adapter or hint.
    DataError
        If a row was lost: rows in must equal rows kept and set aside.
    """
    given = dict(hints or {})
    currency = given.pop("currency", None)
    folder = given.pop("adapters", None)
    known = set(Source.model_fields) - {"table", "file", "adapter"}
    for name in given:
        if name not in known:
            raise ParameterError.unknown("hint", name, known={*known, "currency", "adapters"})
    if isinstance(table, Source):
        source = Source.model_validate({**table.model_dump(exclude_defaults=True), **given})
        return load_files({path.name: path}, source, currency=currency, limits=limits,
                          adapters=folder)  # fmt: skip
    found = find_sources(
        path, table, adapter_name=adapter, hints=given, folder=folder, limits=limits
    )
    pieces = [
        load_files({path.name: path}, source, currency=currency, limits=limits, adapters=folder)
        for source in found.sources
    ]
    mapped = mapping_evidence(found, path.name, given.get("columns", {}))
    return _with_evidence(joined_loads(pieces), mapped)


def load_files(
    paths: Mapping[str, Path],
    source: Source,
    *,
    study_zone: str = "UTC",
    currency: str | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
    adapters: Path | None = None,
) -> Loaded:
    """Read all files of a source together: one day order, one decimal mark for all of them.

    Parameters
    ----------
    paths : mapping of str to Path
        Files by the name that rows and messages carry.
    source : Source
        Which headers fill which columns; all that its adapter finds if it maps none.
    study_zone : str
        Zone of stamps that name none, unless the source has its own.
    currency, limits
        As in `load`.
    adapters : Path, optional
        Folder of the project's own layouts.
    """
    if source.adapter is not None and not source.columns:
        pieces = [
            load_files(paths, s, study_zone=study_zone, currency=currency, limits=limits,
                       adapters=adapters)
            for s in filled_sources(
                source, next(iter(paths.values())), folder=adapters, limits=limits
            )
        ]  # fmt: skip
        return joined_loads(pieces)
    shape = Shape() if source.adapter is None else adapter_shape(source.adapter, adapters)
    request = request_of(source, shape)
    tables = [read_raw(path, request, name=name, limits=limits) for name, path in paths.items()]
    label = next(iter(paths)) if len(paths) == 1 else source.file
    if not any(t.rows_in for t in tables):
        raise SourceError(f"File {label!r} has a header and no rows.")
    ledger = Ledger(source.table)
    for raw in tables:
        _report_reading(raw, ledger)
        for column, header in double_headers(raw, source).items():
            ledger.note(raw.file, Code.DOUBLE_HEADER, column=column, rows=len(raw), example=header)
    mapped = map_columns(tables, source)
    tables = [replace(t, columns={}) for t in tables]  # what they hold is in `mapped`
    hints = Hints(
        zone=source.zone or study_zone,
        decimal=source.decimal,
        day_first=source.day_first,
        region=REGIONS.get(currency or ""),
        units=source.units,
        times=source.times,
        headers=source.columns,
    )
    frame = _parsed(mapped, source, ledger=ledger, label=label, hints=hints, currency=currency)
    frame = _in_units(frame, source)
    frame = apply_checks(apply_rules(add_computed(frame, source), source, ledger), ledger)
    frame = _with_every_column(frame, source.table, currency)
    return Loaded(
        table=frame, quarantine=ledger.quarantine, issues=ledger.issues, changes=ledger.changes,
        flags=ledger.flags, evidence=ledger.choices,
        info=balance(_files(tables, mapped, source), frame, ledger.quarantine),
    )  # fmt: skip


def _with_evidence(loaded: Loaded, mapped: pd.DataFrame) -> Loaded:
    evidence = pd.concat([mapped.astype("string[pyarrow]"), loaded.evidence], ignore_index=True)
    return replace(loaded, evidence=evidence)


def _report_reading(raw: RawTable, ledger: Ledger) -> None:
    ledger.reject(raw.file, raw.rejected)
    for note in raw.notes:
        ledger.note(raw.file, note.code, rows=note.rows, example=note.example)
    for choice in raw.choices:
        ledger.choose(raw.file, choice)


def _parsed(
    mapped: Mapped,
    source: Source,
    *,
    ledger: Ledger,
    label: str,
    hints: Hints,
    currency: str | None,
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
    named = next((c.currency for c in parsed.values() if c.currency is not None), None)

    def written(rows: Mask) -> pd.DataFrame:
        return of_cells(each(lambda _, c: c.rows(rows), parsed, rows=len(mapped)), rows)

    def of_cells(cells: dict[str, pd.Series], rows: Mask) -> pd.DataFrame:
        here = mapped.rows(rows)
        frame = pd.DataFrame(cells, copy=False)
        if named is not None and "currency" not in frame and declared.column("currency"):
            frame["currency"] = named.rows(rows).fillna(currency or pd.NA)
        frame["source_file"] = here.source_files
        frame["source_line"] = whole_numbers(here.lines)
        return with_keys(frame, here, source)

    required = () if source.rules else declared.required  # a rule may yet fill a cell
    kept = readable_rows(mapped, parsed, ledger=ledger, required=required, written=written)
    mapped.columns.clear()  # what they hold is in `parsed`, and is let go column by column
    if len(mapped) > _MANY:
        pa.default_memory_pool().release_unused()
    last = each(lambda n, _: parsed.pop(n).rows(kept), dict.fromkeys(parsed), rows=len(mapped))
    return of_cells(last, kept)


def _in_units(frame: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Multiply the values of unpivoted columns that have a unit of their own."""
    if not source.into:
        return frame
    name, value = source.into
    for metric in source.unpivot.values():
        if metric in source.units:
            scaled = frame[value] * source.units[metric]
            frame = frame.assign(**{value: frame[value].mask(frame[name] == metric, scaled)})
    return frame


def _with_every_column(frame: pd.DataFrame, table: str, currency: str | None) -> pd.DataFrame:
    """Put the schema's columns first, in its order, each with its type."""
    declared = TABLES[table]
    columns = {}
    for column in declared.columns:
        if column.name in frame:
            columns[column.name] = frame[column.name]
        elif column.name == "currency" and currency is not None:
            columns[column.name] = constant_column(currency, len(frame))
        else:
            columns[column.name] = missing(len(frame), column.kind)
    columns |= {str(c): frame[c] for c in frame if c not in columns}
    return pd.DataFrame(columns, index=frame.index, copy=False)


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
