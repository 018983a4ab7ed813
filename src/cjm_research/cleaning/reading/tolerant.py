"""Read a damaged delimited text line by line: every row is kept or set aside with its reason."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.layout import BLANKS, Layout
from cjm_research.cleaning.reading.raw_table import Note, RejectedRow, Rows, named_apart

_LONGEST_RECORD = 200
"""Lines that a quoted cell may span before its quote counts as a stray one."""
_HABIT = 0.2
"""Share of short rows from which a file is taken to leave out its last empty cells."""
_SHOWN = 500


@dataclass(slots=True)
class _Reader:
    """Goes through the lines and joins those that one quoted cell spans."""

    lines: list[str]
    delimiter: str
    width: int
    at: int = 0
    stray: list[int] = field(default_factory=list)
    open_cell: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        d = re.escape(self.delimiter)
        self.open_cell = re.compile(rf'(?:^|{d})"(?:[^"]|"")*$')

    def record(self) -> tuple[list[str], str, int]:
        """Return the cells, the text and the first line (from 0) of the next record."""
        start, text = self.at, self.lines[self.at]
        self.at += 1
        if self.delimiter == BLANKS:
            return text.split(), text, start
        if '"' not in text:
            return text.split(self.delimiter), text, start
        joined = self._joined(text)
        if joined is not None:
            return joined[0], joined[1], start
        self.stray.append(start)
        return text.split(self.delimiter), text, start

    def _joined(self, text: str) -> tuple[list[str], str] | None:
        """Join lines until the quotes close and the width fits; None when they never do."""
        last = min(len(self.lines), self.at + _LONGEST_RECORD)
        at = self.at
        while self.open_cell.search(text):
            if at >= last:
                return None
            text = f"{text}\n{self.lines[at]}"
            at += 1
        cells = _cells(text, self.delimiter)
        if at > self.at and len(cells) != self.width:
            return None
        self.at = at
        return cells, text


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
        if any(c.strip() for c in cells):
            found.append((cells, text, start))
    widths = Counter(len(cells) for cells, _, _ in found)
    short = sum(n for w, n in widths.items() if w < width)
    pads = short > _HABIT * max(1, len(found))
    for cells, text, start in found:
        _sort_row(rows, cells, text, line=start + 1, pads=pads, max_cell=max_cell)
    notes = []
    if reader.stray:
        notes.append(Note(code=Code.STRAY_QUOTE, rows=len(reader.stray)))
    return rows, tuple(notes)


def _sort_row(
    rows: Rows, cells: list[str], text: str, *, line: int, pads: bool, max_cell: int
) -> None:
    width = len(rows.header)
    code = None
    if len(cells) < width and not pads:
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
