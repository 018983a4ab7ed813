"""Delimited text to columns: the fast way where the file is whole, line by line where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from cjm_research.cleaning.reading.bytes_of_letters import in_utf8
from cjm_research.cleaning.reading.grid import check_cell, check_width, header_choices
from cjm_research.cleaning.reading.header import Header
from cjm_research.cleaning.reading.layout import BLANKS, Layout, find_layout
from cjm_research.cleaning.reading.odd_quotes import plain_quotes
from cjm_research.cleaning.reading.raw_table import (
    Choice,
    Note,
    RawTable,
    RejectedRow,
    find_headers,
    named_apart,
    require_headers,
    without_repeats,
)
from cjm_research.cleaning.reading.record_lines import plain_lines, quotes_are_sound, record_lines
from cjm_research.cleaning.reading.text_bytes import text_bytes
from cjm_research.cleaning.reading.tolerant import read_tolerantly
from cjm_research.cleaning.reading.wrapped_lines import unwrapped
from cjm_research.cleaning.threads import each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.content import ReadLimits
    from cjm_research.cleaning.reading.encoding import Decoded
    from cjm_research.cleaning.reading.request import Request

_BLOCK = 1 << 22
_LARGE, _SAMPLE, _FEW = 1 << 23, 1 << 20, 0.5
_SMALL_PLACES = 1 << 29
"""Bytes of a text whose columns surely stay below 2 GB each in UTF-8: four bytes say a place."""
Quotes = Literal["none", "cells", "lines"]
"""What quotes may hold: there are none, a cell each, or cells of several lines."""


def read_delimited(
    text: Decoded, request: Request, *, file: str, sha256: str, limits: ReadLimits
) -> RawTable:
    """Read the mapped columns of a delimited text, with the line of every row.

    Raises
    ------
    SourceError
        If a mapped header is not there, or a limit is passed.
    """
    data = _tidied(text.data)
    _check_cells(data, text.written, file=file, limits=limits)
    layout = find_layout(
        data, request.telling, delimiter=request.delimiter, header_row=request.header_row,
        header_rows=request.header_rows, encoding=text.written,
    )  # fmt: skip
    header = named_apart(layout.header)
    wanted = request.of(header)
    check_width(file, len(header), limits)
    require_headers(file, header, wanted)
    read = _read_fast(data, layout, wanted, encoding=text.written) or _read_slow(
        _tidied(text.in_utf8().data), layout, wanted, limits
    )
    columns, lines, rejected, notes = read
    columns, lines, repeats = without_repeats(columns, lines)
    return RawTable(
        file=file,
        columns=columns,
        headers=header,
        lines=lines,
        sha256=sha256,
        encoding=text.encoding,
        delimiter=layout.delimiter,
        rejected=(*rejected, *repeats),
        notes=notes,
        choices=_choices(text, layout, request),
    )


_Read = tuple[dict[str, pa.Array], "NDArray[np.int64]", tuple[RejectedRow, ...], tuple[Note, ...]]


def _check_cells(data: bytes, encoding: str, *, file: str, limits: ReadLimits) -> None:
    """Refuse a text with a cell above the limit before anything is made of it."""
    start = 0
    while len(data) - start > limits.max_cell:
        last = data.rfind(b"\n", start, start + limits.max_cell)
        if last >= 0:  # no line up to there is longer than the limit
            start = last + 1
            continue
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        cell = max(re.split(rb"[;,|\t]", data[start:end]), key=len)
        if len(cell) > limits.max_cell:
            line = data.count(b"\n", 0, start) + 1
            check_cell(file, len(cell.decode(encoding, "replace")), line=line, limits=limits)
        start = end + 1


def _tidied(data: bytes) -> bytes:
    return plain_quotes(unwrapped(_with_newlines(data)))


def _with_newlines(data: bytes) -> bytes:
    """Old Macintosh files end their lines with a carriage return alone."""
    if b"\n" not in data and b"\r" in data:
        return data.replace(b"\r", b"\n")
    return data


def _read_fast(
    data: bytes, layout: Layout, wanted: Sequence[str], *, encoding: str
) -> _Read | None:
    """Read with arrow and prove by the count of rows that nothing shifted; else give up."""
    body = memoryview(data)[_offset_of_line(data, layout.first_line) :]
    delimiter = layout.delimiter
    if delimiter == BLANKS:
        trimmed = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", body)
        body, delimiter = memoryview(re.sub(rb"[ \t]+", b"\t", trimmed)), "\t"
    places = find_headers(named_apart(layout.header), wanted)
    names = [str(i) for i in range(len(layout.header))]
    kept = [names[p] for p in places.values()] or names[:1]
    if not delimiter.isascii():
        return None
    read = _read_rows(body, names, kept, delimiter=delimiter)
    if read is None:
        return None
    table, lines = read
    cells = {p: table[names[p]] for p in places.values()}
    del read, table  # each column is let go as soon as it is turned
    turned = each(
        lambda p, _: in_utf8(cells.pop(p), encoding), dict.fromkeys(cells), rows=len(lines)
    )
    columns = {h: turned[p] for h, p in places.items()}
    return _without_blank_rows(columns, lines + layout.first_line - 1, body, lines)


def _read_rows(
    body: memoryview, names: Sequence[str], kept: Sequence[str], *, delimiter: str
) -> tuple[pa.Table, NDArray[np.int64]] | None:
    """Return the rows and the line of each, from 1; None where the two do not agree."""
    table, spans_lines = None, False
    lines = plain_lines(body)
    if lines is not None:
        table = _arrow_table(body, names, kept, delimiter=delimiter, quotes="none")
    if lines is None or (table is not None and table.num_rows != len(lines)):
        lines, spans_lines = record_lines(body)
        if spans_lines and not quotes_are_sound(body, delimiter):
            return None
        if not len(lines):
            return pa.table({n: pa.array([], pa.large_string()) for n in kept}), lines
        if table is None:
            quotes: Quotes = "lines" if spans_lines else "cells"
            table = _arrow_table(body, names, kept, delimiter=delimiter, quotes=quotes)
    return None if table is None or table.num_rows != len(lines) else (table, lines)


def _arrow_table(
    body: memoryview, names: Sequence[str], kept: Sequence[str], *,
    delimiter: str, quotes: Quotes,
) -> pa.Table | None:  # fmt: skip
    """Read texts; a column of few texts, to judge by the first rows, as a dictionary of them."""
    few: list[str] = []
    if len(body) > _LARGE:
        end = bytes(body[:_SAMPLE]).rfind(b"\n") + 1
        first = _read_csv(body[:end], names, kept, delimiter=delimiter, quotes=quotes)
        if first is not None:
            few = [n for n in kept if len(first[n].unique()) < _FEW * first.num_rows]
    return _read_csv(body, names, kept, delimiter=delimiter, quotes=quotes, few=few)


def _read_csv(
    body: memoryview, names: Sequence[str], kept: Sequence[str], *,
    delimiter: str, quotes: Quotes, few: Sequence[str] = (),
) -> pa.Table | None:  # fmt: skip
    plain = pa.string() if len(body) < _SMALL_PLACES else pa.large_string()
    types = dict.fromkeys(names, plain) | dict.fromkeys(few, pa.dictionary(pa.int32(), plain))
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char=False if quotes == "none" else '"',
                newlines_in_values=quotes == "lines",
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types,
                strings_can_be_null=False,
                check_utf8=False,
                include_columns=list(dict.fromkeys(kept)),
            ),
        )
    except pa.ArrowInvalid:
        return None


def _read_slow(data: bytes, layout: Layout, wanted: Sequence[str], limits: ReadLimits) -> _Read:
    rows, notes = read_tolerantly(data, layout, max_cell=limits.max_cell)
    lines = np.asarray(rows.lines, dtype=np.int64)
    return rows.columns(wanted), lines, tuple(rows.rejected), notes


def _offset_of_line(data: bytes, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = data.find(b"\n", offset) + 1
        if not offset:
            return len(data)
    return offset


def _without_blank_rows(
    columns: dict[str, pa.Array],
    lines: NDArray[np.int64],
    body: memoryview,
    body_lines: NDArray[np.int64],
) -> _Read:
    """Drop records that hold separators and blanks only; they are no rows."""
    blank = np.ones(len(lines), dtype=bool)
    for cells in columns.values():
        blank &= _may_be_blank(cells)
        if not blank.any():
            break
    places = np.flatnonzero(blank)
    for cells in columns.values() if len(places) else ():
        texts = cells.take(pa.array(places)).cast(pa.large_string())
        lengths = pc.utf8_length(pc.utf8_trim_whitespace(texts))
        blank[places] &= lengths.to_numpy(zero_copy_only=False) == 0
    if blank.any():
        rows = bytes(body).split(b"\n")
        for i in np.flatnonzero(blank):
            blank[i] = not re.sub(rb"[;,|\t\r\" ]", b"", rows[body_lines[i] - 1])
    if not blank.any():
        return columns, lines, (), ()
    keep = pa.array(~blank)
    return {h: c.filter(keep) for h, c in columns.items()}, lines[~blank], (), ()


def _may_be_blank(cells: pa.Array) -> NDArray[np.bool_]:
    if pa.types.is_dictionary(cells.type):
        of_texts = text_bytes(cells.dictionary).may_begin_blank()
        found: NDArray[np.bool_] = of_texts[cells.indices.to_numpy()]
        return found
    return text_bytes(cells).may_begin_blank()


def _choices(text: Decoded, layout: Layout, request: Request) -> tuple[Choice, ...]:
    """Report what was found rather than given."""
    found = []
    if request.encoding is None and text.encoding != "utf-8":
        found.append(
            Choice(
                column="",
                choice=f"encoding={text.encoding}",
                evidence=f"{text.confidence:.2f}",
                override=f'encoding = "{text.encoding}"',
            )
        )
    place = Header(names=layout.header, first=layout.header_line - 1, rows=layout.header_rows)
    is_there = place if layout.header_line else None
    return (*found, *header_choices(request, is_there, layout.header, line=layout.header_line))
