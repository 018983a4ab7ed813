"""Delimited text to columns: the fast way where the file is whole, line by line where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from cjm_research.cleaning.reading.grid import check_cell, check_width, header_choices
from cjm_research.cleaning.reading.header import Header
from cjm_research.cleaning.reading.layout import BLANKS, Layout, find_layout
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
from cjm_research.cleaning.reading.tolerant import read_tolerantly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.content import ReadLimits
    from cjm_research.cleaning.reading.encoding import Decoded
    from cjm_research.cleaning.reading.request import Request

_BLOCK = 1 << 24
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


def read_delimited(
    text: Decoded, request: Request, *, file: str, sha256: str, limits: ReadLimits
) -> RawTable:
    """Read the mapped columns of a delimited text, with the line of every row.

    Raises
    ------
    SourceError
        If a mapped header is not there, or a limit is passed.
    """
    data = _with_newlines(text.data)
    _check_cells(data, file, limits)
    layout = find_layout(
        data, request.telling, delimiter=request.delimiter, header_row=request.header_row,
        header_rows=request.header_rows,
    )  # fmt: skip
    header = named_apart(layout.header)
    wanted = request.of(header)
    check_width(file, len(header), limits)
    require_headers(file, header, wanted)
    read = _read_fast(data, layout, wanted) or _read_slow(data, layout, wanted, limits)
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


def _check_cells(data: bytes, file: str, limits: ReadLimits) -> None:
    """Refuse a text with a cell above the limit before anything is made of it."""
    line = start = 0
    while len(data) - start > limits.max_cell:
        last = data.rfind(b"\n", start, start + limits.max_cell)
        if last >= 0:  # no line up to there is longer than the limit
            line += data.count(b"\n", start, last + 1)
            start = last + 1
            continue
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        cell = max(re.split(rb"[;,|\t]", data[start:end]), key=len)
        check_cell(file, len(cell.decode("utf-8", "replace")), line=line + 1, limits=limits)
        line, start = line + 1, end + 1


def _with_newlines(data: bytes) -> bytes:
    """Old Macintosh files end their lines with a carriage return alone."""
    if b"\r" in data and b"\n" not in data:
        return data.replace(b"\r", b"\n")
    return data


def _read_fast(data: bytes, layout: Layout, wanted: Sequence[str]) -> _Read | None:
    """Read with arrow and prove by the count of rows that nothing shifted; else give up."""
    body = memoryview(data)[_offset_of_line(data, layout.first_line) :]
    delimiter = layout.delimiter
    if delimiter == BLANKS:
        trimmed = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", body)
        body, delimiter = memoryview(re.sub(rb"[ \t]+", b"\t", trimmed)), "\t"
    lines, spans_lines = _record_lines(body)
    places = find_headers(named_apart(layout.header), wanted)
    names = [str(i) for i in range(len(layout.header))]
    if not delimiter.isascii() or (spans_lines and not _quotes_are_sound(body, delimiter)):
        return None
    if not len(lines):
        return {h: pa.array([], pa.string()) for h in places}, lines, (), ()
    kept = [names[p] for p in places.values()] or names[:1]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=spans_lines
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
                include_columns=list(dict.fromkeys(kept)),
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != len(lines):
        return None
    columns = {h: _whole(table[names[p]]) for h, p in places.items()}
    return _without_blank_rows(columns, lines + layout.first_line - 1, body, lines)


def _read_slow(data: bytes, layout: Layout, wanted: Sequence[str], limits: ReadLimits) -> _Read:
    rows, notes = read_tolerantly(data, layout, max_cell=limits.max_cell)
    lines = np.asarray(rows.lines, dtype=np.int64)
    return rows.columns(wanted), lines, tuple(rows.rejected), notes


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return one piece; texts of more than 2 GiB need the large type."""
    if column.nbytes > 1 << 30:
        column = column.cast(pa.large_string())
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _offset_of_line(data: bytes, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = data.find(b"\n", offset) + 1
        if not offset:
            return len(data)
    return offset


def _record_lines(body: memoryview) -> tuple[NDArray[np.int64], bool]:
    """Return the line, from 1, on which each record starts, and whether one spans lines.

    A newline inside quotes ends no record; a line without a character is none.
    """
    if not body:
        return np.zeros(0, dtype=np.int64), False
    pieces: list[NDArray[np.int64]] = []
    inside: list[NDArray[np.bool_]] = []
    carry = 0
    for start in range(0, len(body), _BLOCK):
        block = np.frombuffer(
            body, dtype=np.uint8, offset=start, count=min(_BLOCK, len(body) - start)
        )
        ends = np.flatnonzero(block == _NEWLINE)
        quotes = block == _QUOTE
        if carry or quotes.any():
            parity = np.cumsum(quotes, dtype=np.uint8) + np.uint8(carry)
            inside.append((parity[ends] & 1).astype(bool))
            carry = int(parity[-1] & 1)
        else:
            inside.append(np.zeros(len(ends), dtype=bool))
        pieces.append(ends + start)
    newlines, held = np.concatenate(pieces), np.concatenate(inside)
    if not len(newlines) or newlines[-1] != len(body) - 1:
        newlines, held = np.append(newlines, len(body)), np.append(held, False)
    outer = np.flatnonzero(~held)
    first = np.concatenate([[0], outer[:-1] + 1]) if len(outer) else outer
    starts = np.where(first > 0, newlines[first - 1] + 1, 0)
    ends = newlines[outer]
    data = np.frombuffer(body, dtype=np.uint8)
    returns = (ends > starts) & (data[np.maximum(ends - 1, 0)] == _RETURN)
    is_record = ends - starts - returns > 0
    return first[is_record] + 1, bool(held.any())


def _quotes_are_sound(body: memoryview, delimiter: str) -> bool:
    """Tell whether quotes open cells at their beginning and close them at their end.

    Two stray quotes would else make one cell of all the rows between them, without a trace.
    """
    data = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    opens, closes = quotes[0::2], quotes[1::2]
    if len(opens) != len(closes):
        return False
    edges = np.array([ord(delimiter), _NEWLINE, _RETURN], dtype=np.uint8)
    before = data[np.maximum(opens - 1, 0)]
    after = data[np.minimum(closes + 1, len(data) - 1)]
    starts = (opens == 0) | np.isin(before, edges) | (before == _QUOTE)
    ends = (closes == len(data) - 1) | np.isin(after, edges) | (after == _QUOTE)
    return bool(starts.all() and ends.all())


def _without_blank_rows(
    columns: dict[str, pa.Array],
    lines: NDArray[np.int64],
    body: memoryview,
    body_lines: NDArray[np.int64],
) -> _Read:
    """Drop records that hold separators and blanks only; they are no rows."""
    blank = np.ones(len(lines), dtype=bool)
    for cells in columns.values():
        if not blank.any():
            break
        lengths = pc.utf8_length(pc.utf8_trim_whitespace(cells))
        blank &= lengths.to_numpy(zero_copy_only=False) == 0
    if blank.any():
        texts = bytes(body).split(b"\n")
        for i in np.flatnonzero(blank):
            blank[i] = not re.sub(rb"[;,|\t\r\" ]", b"", texts[body_lines[i] - 1])
    if not blank.any():
        return columns, lines, (), ()
    keep = pa.array(~blank)
    return {h: c.filter(keep) for h, c in columns.items()}, lines[~blank], (), ()


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
