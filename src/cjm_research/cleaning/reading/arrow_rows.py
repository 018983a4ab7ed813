"""Rows of a delimited text that is whole: read by arrow, and proved by the count of its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from cjm_research.cleaning.reading.bytes_of_letters import in_utf8
from cjm_research.cleaning.reading.raw_table import find_headers, named_apart
from cjm_research.cleaning.reading.record_lines import plain_lines, quotes_are_sound, record_lines
from cjm_research.cleaning.reading.text_bytes import text_bytes
from cjm_research.cleaning.threads import each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.layout import Layout

_BLOCK = 1 << 22
_LARGE, _SAMPLE, _FEW = 1 << 23, 1 << 20, 0.5
_SMALL_PLACES = 1 << 29
"""Bytes of a text whose columns surely stay below 2 GB each in UTF-8: four bytes say a place."""
_NOTHING = re.compile(rb"[;,|\t\r\" ]")
_LARGEST = 1 << 30
Quotes = Literal["none", "cells", "lines"]
"""What quotes may hold: there are none, a cell each, or cells of several lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which columns of a text are read, and how they are kept apart."""

    delimiter: str
    names: tuple[str, ...]
    """A name for every column of the text: its place."""
    places: dict[str, int]
    """Place of each wanted header."""
    texts: pa.DataType
    """With four bytes to say a place, where the text is small enough for that."""

    @classmethod
    def of(cls, layout: Layout, wanted: Sequence[str], *, delimiter: str, size: int) -> Self:
        """Return what is read of a text.

        Parameters
        ----------
        layout : Layout
            Where its cells are.
        wanted : sequence of str
            Headers.
        delimiter : str
            As it stands in the text.
        size : int
            Bytes of the text; see `_SMALL_PLACES`.
        """
        return cls(
            delimiter=delimiter,
            names=tuple(str(i) for i in range(len(layout.header))),
            places=find_headers(named_apart(layout.header), wanted),
            texts=pa.string() if size < _SMALL_PLACES else pa.large_string(),
        )

    @property
    def kept(self) -> list[str]:
        """Names of the columns that are read: one at least, to count the rows."""
        return [self.names[p] for p in self.places.values()] or list(self.names[:1])


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of a text, or of a part of it."""

    table: pa.Table
    lines: NDArray[np.int64]
    """Line of each row, from 1."""
    spans_lines: bool
    """A cell holds a line end."""


def read_rows(body: memoryview, asked: Asked, *, few: Sequence[str] | None = None) -> Found | None:
    """Return the rows and the line of each; None where the two do not agree.

    Parameters
    ----------
    body : memoryview
        The text behind its header.
    asked : Asked
        Which columns.
    few : sequence of str, optional
        Names of columns of few texts; judged by the first rows if absent.
    """
    table, spans_lines = None, False
    lines = plain_lines(body)
    if lines is not None:
        table = _arrow_table(body, asked, quotes="none", few=few)
    if lines is None or (table is not None and table.num_rows != len(lines)):
        lines, spans_lines = record_lines(body)
        if spans_lines and not quotes_are_sound(body, asked.delimiter):
            return None
        if not len(lines):
            none = pa.table({n: pa.array([], asked.texts) for n in asked.kept})
            return Found(none, lines, spans_lines)
        if table is None:
            quotes: Quotes = "lines" if spans_lines else "cells"
            table = _arrow_table(body, asked, quotes=quotes, few=few)
    if table is None or table.num_rows != len(lines):
        return None
    return Found(table, lines, spans_lines)


def columns_of(
    tables: list[pa.Table], asked: Asked, *, encoding: str = "utf-8"
) -> dict[str, pa.Array]:
    """Return the wanted columns of the parts of a text in UTF-8, each in one piece.

    The list is emptied, so that each column is let go as soon as it is turned.
    """
    whole = pa.concat_tables(tables)
    is_huge = len(tables) > 1 and whole.nbytes >= _LARGEST
    rows = 0 if is_huge else whole.num_rows  # huge parts are put together one column at a time
    tables.clear()
    cells = {p: _with_room(whole[asked.names[p]]) for p in asked.places.values()}
    del whole
    turned = each(lambda p, _: in_utf8(cells.pop(p), encoding), dict.fromkeys(cells), rows=rows)
    return {h: turned[p] for h, p in asked.places.items()}


def _with_room(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Let eight bytes say a place in a column that is too large for four."""
    if cells.nbytes < _LARGEST:
        return cells
    return pa.chunked_array([_wide(piece) for piece in cells.chunks])


def _wide(cells: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(cells.type):
        return pa.DictionaryArray.from_arrays(
            cells.indices, cells.dictionary.cast(pa.large_string())
        )
    return cells.cast(pa.large_string())


def few_texts(body: memoryview, asked: Asked, *, quotes: Quotes) -> list[str]:
    """Return the names of the columns of few texts, to judge by the first rows."""
    end = bytes(body[:_SAMPLE]).rfind(b"\n") + 1
    first = _read_csv(body[:end], asked, quotes=quotes)
    if first is None:
        return []
    return [n for n in asked.kept if len(first[n].unique()) < _FEW * first.num_rows]


def _arrow_table(
    body: memoryview, asked: Asked, *, quotes: Quotes, few: Sequence[str] | None
) -> pa.Table | None:
    """Read texts; a column of few texts as a dictionary of them."""
    if few is None:
        few = few_texts(body, asked, quotes=quotes) if len(body) > _LARGE else ()
    return _read_csv(body, asked, quotes=quotes, few=few)


def _read_csv(
    body: memoryview, asked: Asked, *, quotes: Quotes, few: Sequence[str] = ()
) -> pa.Table | None:
    types = dict.fromkeys(asked.names, asked.texts)
    types |= dict.fromkeys(few, pa.dictionary(pa.int32(), asked.texts))
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=asked.names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=asked.delimiter,
                quote_char=False if quotes == "none" else '"',
                newlines_in_values=quotes == "lines",
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types,
                strings_can_be_null=False,
                check_utf8=False,
                include_columns=list(dict.fromkeys(asked.kept)),
            ),
        )
    except pa.ArrowInvalid:
        return None


def offset_of_line(data: bytes, line: int) -> int:
    """Return where a line, from 1, begins; the end where there is none such."""
    offset = 0
    for _ in range(line - 1):
        offset = data.find(b"\n", offset) + 1
        if not offset:
            return len(data)
    return offset


def without_blank_rows(
    columns: dict[str, pa.Array],
    lines: NDArray[np.int64],
    texts_of: Callable[[NDArray[np.int64]], Sequence[bytes]],
) -> tuple[dict[str, pa.Array], NDArray[np.int64]]:
    """Drop records that hold separators and blanks only; they are no rows.

    Parameters
    ----------
    columns : dict of str to pyarrow array
        The wanted columns.
    lines : numpy.ndarray of int64, shape (rows,)
        Line of each record.
    texts_of : callable
        Gives the first line of each of some records, by their places.
    """
    blank = np.ones(len(lines), dtype=bool)
    for cells in columns.values():
        blank &= _may_be_blank(cells)
        if not blank.any():
            return columns, lines
    places = np.flatnonzero(blank)
    for cells in columns.values() if len(places) else ():
        texts = cells.take(pa.array(places)).cast(pa.large_string())
        lengths = pc.utf8_length(pc.utf8_trim_whitespace(texts))
        blank[places] &= lengths.to_numpy(zero_copy_only=False) == 0
    places = np.flatnonzero(blank)
    if len(places):
        blank[places] = [not _NOTHING.sub(b"", line) for line in texts_of(places)]
    if not blank.any():
        return columns, lines
    keep = pa.array(~blank)
    return {h: c.filter(keep) for h, c in columns.items()}, lines[~blank]


def _may_be_blank(cells: pa.Array) -> NDArray[np.bool_]:
    if pa.types.is_dictionary(cells.type):
        of_texts = text_bytes(cells.dictionary).may_begin_blank()
        found: NDArray[np.bool_] = of_texts[cells.indices.to_numpy()]
        return found
    return text_bytes(cells).may_begin_blank()
