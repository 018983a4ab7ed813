"""How a text is laid out: its separator, the line of its header, where its rows begin."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.cleaning.reading.beginning import end_of_beginning
from cjm_research.cleaning.reading.header import Header, find_header, header_at
from cjm_research.cleaning.reading.raw_table import find_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

SEPARATORS = (";", "\t", ",", "|")
_RARE = ("\x01", "\x1f", "^", "~", "¦", "，")
"""Of databases, and a comma of full width: tried where the usual ones give no known header."""
BLANKS = " "
"""Stands for any run of blanks between the columns."""
_SAMPLE = 200_000
_RECORDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the cells of a text are."""

    delimiter: str
    header: tuple[str, ...]
    header_line: int
    """From 1; 0 when the file has none."""
    first_line: int
    """Line of the first row, from 1."""
    header_rows: int = 1


@dataclass(frozen=True, slots=True)
class _Record:
    cells: list[str]
    line: int
    next_line: int


def find_layout(
    data: bytes,
    wanted: Sequence[str],
    *,
    delimiter: str | None = None,
    header_row: int | None = None,
    header_rows: int | None = None,
    encoding: str = "utf-8",
) -> Layout:
    r"""Find separator and header, most of all by the headers that the study expects.

    Parameters
    ----------
    data : bytes
        The text.
    wanted : sequence of str
        Headers that the study maps.
    delimiter, header_row, header_rows
        As the study gives them; found when absent.
    encoding : str
        Of `data`.

    Examples
    --------
    >>> text = "Отчёт за май\n\nКлиент;Сумма\n7;1,5\n8;2,5\n".encode()
    >>> find_layout(text, ["Клиент", "Сумма"])
    Layout(delimiter=';', header=('Клиент', 'Сумма'), header_line=3, first_line=4, header_rows=1)
    """
    sample = data[: end_of_beginning(data, _SAMPLE)]
    lines = sample.decode(encoding, errors="replace").split("\n")
    said = _said_separator(lines[0])
    if said and delimiter in (None, said):
        lines[0] = ""
        delimiter = said
    candidates = (delimiter,) if delimiter else SEPARATORS
    found = [
        _layout(_records(lines, c), c, wanted, header_row=header_row, header_rows=header_rows)
        for c in candidates
    ]
    best, (matched, *_) = max(found, key=lambda pair: pair[1])
    if delimiter or matched:
        return best
    rare = [
        _layout(_records(lines, c), c, wanted, header_row=header_row, header_rows=header_rows)
        for c in (*_RARE, BLANKS)  # a run of blanks last: it stands in texts as well
    ]
    return max((*found, *rare), key=lambda pair: pair[1])[0]


def _said_separator(first: str) -> str | None:
    """Read Excel's own ``sep=;`` line."""
    text = first.strip().strip('"')
    return text[4] if text[:4].lower() == "sep=" and len(text) == 5 else None


def split_blanks(line: str) -> list[str]:
    """Split at any run of blanks."""
    return line.split()


def _records(lines: list[str], delimiter: str) -> list[_Record]:
    if delimiter == BLANKS:
        return [
            _Record(split_blanks(t), i, i + 1) for i, t in enumerate(lines, start=1) if t.strip()
        ][:_RECORDS]
    reader = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter)
    records: list[_Record] = []
    try:
        before = 0
        for cells in reader:
            if any(c.strip() for c in cells):
                records.append(_Record(cells, before + 1, reader.line_num + 1))
            before = reader.line_num
            if len(records) >= _RECORDS:
                break
    except csv.Error:  # an endless cell: what was read so far has to do
        pass
    return records


def _layout(
    records: list[_Record],
    delimiter: str,
    telling: Sequence[str],
    *,
    header_row: int | None,
    header_rows: int | None,
) -> tuple[Layout, tuple[float, ...]]:
    widths = Counter(len(r.cells) for r in records)
    usual, count = max(widths.items(), key=lambda w: (w[1] * (w[0] > 1), w[0]), default=(1, 0))
    steady = count / max(1, len(records))
    header = _header(records, telling, header_row, header_rows, usual=usual)
    if header is None:
        names = tuple(str(i) for i in range(1, usual + 1))
        layout = Layout(delimiter=delimiter, header=names, header_line=0, first_line=1)
    else:
        layout = Layout(
            delimiter=delimiter,
            header=header.names,
            header_line=records[header.first].line,
            header_rows=header.rows,
            first_line=records[header.first + header.rows - 1].next_line,
        )
    matched = len(find_headers(layout.header, telling))
    blanks_last = delimiter != BLANKS
    return layout, (matched, usual > 1 and steady, blanks_last, usual)


def _header(
    records: list[_Record],
    telling: Sequence[str],
    header_row: int | None,
    header_rows: int | None,
    *,
    usual: int,
) -> Header | None:
    """Return the header that is named, else the one with most of the expected names."""
    if not records or header_row == 0:
        return None
    rows = [r.cells for r in records]
    if header_row is None:
        return find_header(rows, telling, header_rows=header_rows, usual=usual)
    place = next((i for i, r in enumerate(records) if r.line >= header_row), None)
    return None if place is None else header_at(rows, place, header_rows)
