"""Read a damaged delimited text line by line: every row is kept or set aside with its reason."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Literal

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.layout import BLANKS, Layout
from cjm_research.cleaning.reading.raw_table import Note, RejectedRow, Rows, named_apart

_LONGEST_RECORD = 200
"""Lines that a quoted cell may span before its quote counts as a stray one."""
_HABIT = 0.2
"""Share of short rows from which a file is taken to leave out its last empty cells."""
_SHOWN = 500

Quotes = Literal["closed", "open", "broken"]


def quotes_after(line: str, delimiter: str, *, before: Quotes = "closed") -> Quotes:
    """Tell how the quotes of a line leave its last cell.

    A quote opens a cell only at the cell's beginning, and closes it only at its end; any other
    in an open cell is ``broken`` unless it is doubled.

    Examples
    --------
    >>> [quotes_after(t, ",") for t in ('a,"b, c",d', 'a,"b', 'a,"b" c', 'a,5" x', '"a ""b"" c"')]
    ['closed', 'open', 'broken', 'closed', 'closed']
    """
    is_open = before == "open"
    at = line.find('"')
    while at >= 0:
        following = line[at + 1 : at + 2]
        if not is_open:
            is_open = at == 0 or line[at - 1] == delimiter
        elif following == '"':
            at += 1
        elif following in ("", delimiter):
            is_open = False
        else:
            return "broken"
        at = line.find('"', at + 1)
    return "open" if is_open else "closed"


@dataclass(slots=True)
class _Reader:
    """Goes through the lines and joins those that one quoted cell spans."""

    lines: list[str]
    delimiter: str
    width: int
    at: int = 0
    stray: list[int] = field(default_factory=list)

    def record(self) -> tuple[list[str], str, int]:
        """Return the cells, the text and the first line (from 0) of the next record."""
        start, text = self.at, self.lines[self.at]
        self.at += 1
        if self.delimiter == BLANKS:
            return text.split(), text, start
        if '"' not in text:
            return text.split(self.delimiter), text, start
        joined = self._joined(text)
        cells = _cells(joined, self.delimiter) if joined is not None else []
        if joined is None or (joined != text and len(cells) != self.width):
            self.stray.append(start)
            self.at = start + 1
            return text.split(self.delimiter), text, start
        return cells, joined, start

    def _joined(self, text: str) -> str | None:
        """Join lines until the quotes close; None when they do not, or not as quotes do."""
        state = quotes_after(text, self.delimiter)
        pieces = [text]
        while state == "open":
            if self.at >= len(self.lines) or len(pieces) > _LONGEST_RECORD:
                return None
            pieces.append(self.lines[self.at])
            state = quotes_after(pieces[-1], self.delimiter, before=state)
            self.at += 1
        return "\n".join(pieces) if state == "closed" else None


def read_tolerantly(data: bytes, layout: Layout, *, max_cell: int) -> tuple[Rows, tuple[Note, ...]]:
    """Return the rows whose width fits the header; the others are rejected with their line.

    A row with more cells than the header has shifted somewhere, and one with fewer was cut,
    unless the whole file leaves out its last empty cells.
    """
    lines = [t.removesuffix("\r") for t in data.decode("utf-8", errors="replace").split("\n")]
    width = len(layout.header)
    reader = _Reader(lines, layout.delimiter, width, at=layout.first_line - 1)
    rows = Rows(header=named_apart(layout.header))
    found: list[tuple[list[str], str, int]] = []
    while reader.at < len(lines):
        cells, text, start = reader.record()
        for piece in _at_returns(text, layout.delimiter, width):
            cells = cells if piece is text else piece.split(layout.delimiter)
            if any(c.strip() for c in cells):
                found.append((cells, piece, start))
    short = sum(len(cells) < width and sum(map(bool, cells)) > 1 for cells, _, _ in found)
    pads = short > _HABIT * max(1, len(found))
    for cells, text, start in found:
        _sort_row(rows, cells, text, line=start + 1, pads=pads, max_cell=max_cell)
    notes = []
    if reader.stray:
        notes.append(Note(code=Code.STRAY_QUOTE, rows=len(reader.stray)))
    return rows, tuple(notes)


def _at_returns(text: str, delimiter: str, width: int) -> list[str]:
    """Split a line at lone carriage returns, where that gives whole rows."""
    if "\r" not in text or '"' in text or delimiter == BLANKS:
        return [text]
    pieces = text.split("\r")
    is_whole = width > 1 and all(p.count(delimiter) == width - 1 for p in pieces)
    return pieces if is_whole else [text]


def _sort_row(
    rows: Rows, cells: list[str], text: str, *, line: int, pads: bool, max_cell: int
) -> None:
    width = len(rows.header)
    code = None
    if len(cells) < width and (not pads or (width > 2 and sum(map(bool, cells)) < 2)):
        code = Code.SHORT_ROW
    elif any(c.strip() for c in cells[width:]) or len(text) > max_cell:
        code = Code.LONG_ROW
    if code:
        rows.rejected.append(RejectedRow(line=line, code=code, text=text[:_SHOWN]))
        return
    rows.cells.append([*cells, *[""] * (width - len(cells))][:width])
    rows.lines.append(line)


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:  # a cell above the standard library's limit
        return text.split(delimiter)
