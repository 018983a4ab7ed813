"""From the headers of raw files to the columns of a canonical table, still as texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.columns import kind_of
from cjm_research.cleaning.parsing.distinct import Distinct, as_text, distinct_texts
from cjm_research.cleaning.parsing.typed import constant_column, text_column
from cjm_research.cleaning.reading.raw_table import normalised
from cjm_research.cleaning.threads import each
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES
from cjm_research.study.arithmetic import parse_sum
from cjm_research.study.sources import LINE_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pandas import Series

    from cjm_research.cleaning.reading.raw_table import RawTable
    from cjm_research.study.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The rows of all files of one source, under canonical names."""

    columns: dict[str, Distinct]
    files: tuple[str, ...]
    file_of_row: NDArray[np.int64]
    lines: NDArray[np.int64]
    unfilled: NDArray[np.int64]
    """For each file, cells that an unpivoted source left empty: they make no row."""

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self, mask: NDArray[np.bool_]) -> Mapped:
        """Return files and lines of some rows, without the columns."""
        if mask.all():
            return self
        lines = self.lines[mask]
        files = self.file_of_row[mask] if len(self.files) > 1 else np.zeros(len(lines), np.int64)
        return replace(self, columns={}, file_of_row=files, lines=lines)

    @property
    def source_files(self) -> Series:
        """File of each row."""
        if len(self.files) == 1:
            return constant_column(self.files[0], len(self))
        return text_column(pa.array(list(self.files), pa.string()), self.file_of_row)

    @property
    def line_keys(self) -> pa.Array:
        """Key of each row made of file and line."""
        lines = pa.array(self.lines).cast(pa.string())
        files = pa.array(list(self.files), pa.string()).take(pa.array(self.file_of_row))
        return pc.binary_join_element_wise(files, lines, "#")


def map_columns(tables: Sequence[RawTable], source: Source) -> Mapped:
    """Join the files of a source, name the columns, translate values, add constants.

    With `unpivot` every row becomes one row per named header that has a value in it.
    """
    sizes = [len(t) for t in tables]
    files = np.repeat(np.arange(len(tables)), sizes) if len(tables) > 1 else np.zeros(sizes[0], int)
    lines = np.concatenate([t.lines for t in tables]) if len(tables) > 1 else tables[0].lines
    places = np.arange(len(lines))
    asked: dict[str, str | list[str]] = {
        n: h for n, h in source.columns.items() if h != LINE_KEY
    } | dict(source.joined)

    def texts(name: str, headers: str | list[str]) -> Distinct:
        if isinstance(headers, str):
            found = _column(tables, headers, places)
            for header in source.otherwise.get(name, ()):
                found = _filled(found, _column(tables, header, places))
        else:
            found = _joined(tables, headers)
        return found.mapped(source.values.get(name, {}))  # noqa: PD011  # the study's words

    mapped = Mapped(
        columns=each(texts, asked, rows=sum(sizes)),
        files=tuple(t.file for t in tables),
        file_of_row=files,
        lines=lines,
        unfilled=np.zeros(len(tables), dtype=np.int64),
    )
    if source.unpivot:
        mapped = _unpivoted(mapped, tables, source)
    fixed = {c: _text_of(v) for c, v in source.constants.items() if c not in mapped.columns}
    for column, text in fixed.items():
        mapped.columns[column] = Distinct(
            texts=pa.array([text]), index=np.zeros(len(mapped), dtype=np.int64)
        )
    return mapped


def double_headers(table: RawTable, source: Source) -> dict[str, str]:
    """Return the canonical columns whose header another column has as well: the first is taken."""
    seconds = {normalised(h).removesuffix(" (2)") for h in table.headers if h.endswith(" (2)")}
    return {n: h for n, h in source.columns.items() if normalised(h) in seconds}


def kinds_of(mapped: Mapped, source: Source) -> dict[str, Kind]:
    """Say what each column holds: the schema's word, the study's, else the column's own."""
    declared = TABLES[source.table]
    in_sums = {n for text in source.computed.values() for n in parse_sum(text)[1]}
    kinds = {}
    for name, found in mapped.columns.items():
        column = declared.column(name)
        if column is not None:
            kinds[name] = column.kind
        elif name in source.kinds:
            kinds[name] = source.kinds[name]
        else:
            kinds[name] = Kind.NUMBER if name in in_sums else kind_of(found)
    return kinds


def _column(tables: Sequence[RawTable], header: str, places: NDArray[np.int64]) -> Distinct:
    typed = all(t.typed for t in tables)
    if len(tables) == 1:
        return distinct_texts(tables[0].columns[header], typed=typed, places=places)
    pieces = [_plain(t.columns[header]) for t in tables]
    return distinct_texts(pa.concat_arrays(pieces), typed=typed, places=places)


def _filled(found: Distinct, other: Distinct) -> Distinct:
    """Take the other column's text where the first says nothing."""
    taken = (found.index < 0) & (other.index >= 0)
    if not taken.any():
        return found
    parts = [d.texts.cast(pa.large_string()) for d in (found, other)]
    index = np.where(taken, other.index.astype(np.int64) + len(found.texts), found.index)
    typed = found.typed and other.typed
    return Distinct(texts=pa.concat_arrays(parts), index=index, typed=typed)


def _joined(tables: Sequence[RawTable], headers: Sequence[str]) -> Distinct:
    """Join the texts of several headers by a blank; an empty one leaves no trace."""
    parts = [
        pc.utf8_trim_whitespace(
            pa.concat_arrays([_plain(t.columns[h]) for t in tables]).fill_null("")
        )
        for h in headers
    ]
    joined = pc.binary_join_element_wise(*parts, " ")
    return distinct_texts(pc.replace_substring_regex(joined, r"\s+", " "))


def _plain(cells: pa.Array) -> pa.Array:
    """Return texts, whatever type the file gave the column."""
    if pa.types.is_string(cells.type):
        return cells
    if pa.types.is_null(cells.type):
        return cells.cast(pa.string())
    encoded = cells.dictionary_encode()
    return as_text(encoded.dictionary).cast(pa.string()).take(encoded.indices)


def _unpivoted(mapped: Mapped, tables: Sequence[RawTable], source: Source) -> Mapped:
    name_column, value_column = source.into
    headers, names = list(source.unpivot), list(source.unpivot.values())
    n, k = len(mapped), len(headers)
    cells = pa.concat_arrays([_plain(t.columns[h]) for h in headers for t in tables])
    values = distinct_texts(cells, typed=all(t.typed for t in tables))
    values = values.mapped(source.values.get(value_column, {}))  # noqa: PD011
    filled = values.index >= 0
    of_header = np.repeat(np.arange(k), n)
    columns = {
        c: Distinct(
            texts=d.texts, index=np.tile(d.index, k)[filled], typed=d.typed, in_file=d.proof
        )
        for c, d in mapped.columns.items()
    }
    columns[name_column] = Distinct(texts=pa.array(names), index=of_header[filled])
    columns[value_column] = Distinct(
        texts=values.texts, index=values.index[filled], typed=values.typed
    )
    files = np.tile(mapped.file_of_row, k)
    return Mapped(
        columns=columns,
        files=mapped.files,
        file_of_row=files[filled],
        lines=np.tile(mapped.lines, k)[filled],
        unfilled=np.bincount(files[~filled], minlength=len(mapped.files)),
    )


def _text_of(value: str | float | bool) -> str:  # noqa: FBT001  # a value, not a switch
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.15g}"
