"""Delimited text to columns: the fast way where the file is whole, line by line where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cjm_research.cleaning.reading.arrow_rows import (
    Asked,
    columns_of,
    offset_of_line,
    read_rows,
    without_blank_rows,
)
from cjm_research.cleaning.reading.grid import check_cell, check_width, header_choices
from cjm_research.cleaning.reading.header import Header
from cjm_research.cleaning.reading.layout import BLANKS, Layout, find_layout
from cjm_research.cleaning.reading.odd_quotes import plain_quotes
from cjm_research.cleaning.reading.raw_table import (
    Choice,
    Note,
    RawTable,
    RejectedRow,
    named_apart,
    require_headers,
    without_repeats,
)
from cjm_research.cleaning.reading.tolerant import read_tolerantly
from cjm_research.cleaning.reading.wrapped_lines import unwrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.content import ReadLimits
    from cjm_research.cleaning.reading.encoding import Decoded
    from cjm_research.cleaning.reading.request import Request


def read_delimited(
    text: Decoded, request: Request, *, file: str, sha256: str, limits: ReadLimits
) -> RawTable:
    """Read the mapped columns of a delimited text, with the line of every row.

    Raises
    ------
    SourceError
        If a mapped header is not there, or a limit is passed.
    """
    data = tidied(text.data)
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
        tidied(text.in_utf8().data), layout, wanted, limits
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
        choices=choices_of(text, layout, request),
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


def tidied(data: bytes) -> bytes:
    """Return a text with lines and quotes as tables have them."""
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
    body = memoryview(data)[offset_of_line(data, layout.first_line) :]
    delimiter = layout.delimiter
    if delimiter == BLANKS:
        trimmed = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", body)
        body, delimiter = memoryview(re.sub(rb"[ \t]+", b"\t", trimmed)), "\t"
    if not delimiter.isascii():
        return None
    asked = Asked.of(layout, wanted, delimiter=delimiter, size=len(body))
    found = read_rows(body, asked)
    if found is None:
        return None
    lines, tables = found.lines, [found.table]
    del found  # each column is let go as soon as it is turned
    columns = columns_of(tables, asked, encoding=encoding)

    def texts_of(places: NDArray[np.int64]) -> list[bytes]:
        rows = bytes(body).split(b"\n")
        return [rows[i] for i in lines[places] - 1]

    places = lines + layout.first_line - 1
    return (*without_blank_rows(columns, places, texts_of), (), ())


def _read_slow(data: bytes, layout: Layout, wanted: Sequence[str], limits: ReadLimits) -> _Read:
    rows, notes = read_tolerantly(data, layout, max_cell=limits.max_cell)
    lines = np.asarray(rows.lines, dtype=np.int64)
    return rows.columns(wanted), lines, tuple(rows.rejected), notes


def choices_of(text: Decoded, layout: Layout, request: Request) -> tuple[Choice, ...]:
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
