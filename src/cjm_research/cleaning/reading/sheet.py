"""Spreadsheets and HTML tables that are named as spreadsheets."""

from __future__ import annotations

import datetime as dt
import io
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import python_calamine as calamine

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.raw_table import (
    Choice,
    RawTable,
    RejectedRow,
    Rows,
    find_headers,
    named_apart,
    require_headers,
    without_repeats,
)
from cjm_research.errors import SourceError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.cleaning.reading.content import Content, ReadLimits
    from cjm_research.study.sources import Source

_HEADER_WITHIN = 50
"""Rows at the top in which the header is looked for."""

Grid = list[list[str]]


def read_sheet(content: Content, source: Source, *, limits: ReadLimits) -> RawTable:
    """Read one sheet of a workbook: the named one, else the one with the expected headers.

    Raises
    ------
    SourceError
        If the workbook is damaged, a sheet or a header is not there, or a limit is passed.
    """
    file = content.file
    try:
        book = calamine.load_workbook(io.BytesIO(content.data))
        names = _sheets(book, source, file)
        grids = {n: _grid(book, n) for n in names}
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise SourceError(f"File {file!r} is a damaged or locked workbook: {error}.") from None
    name, grid = max(grids.items(), key=lambda g: _best_match(g[1], source.headers))
    extra = []
    if source.sheet is None and len(book.sheet_names) > 1:
        extra.append(
            Choice(column="", choice=f"sheet={name}", evidence=str(len(book.sheet_names)),
                   override=f'sheet = "{name}"')
        )  # fmt: skip
    return table_of_grid(grid, source, content=content, limits=limits, extra=extra)


def read_html(text: str, content: Content, source: Source, *, limits: ReadLimits) -> RawTable:
    """Read the table of a page that has the expected headers, as CRMs save "Excel" files."""
    reader = _Tables()
    reader.feed(text)
    if not reader.tables:
        raise SourceError(f"File {content.file!r} is a page without a table.")
    grid = max(reader.tables, key=lambda g: _best_match(g, source.headers))
    return table_of_grid(grid, source, content=content, limits=limits)


def table_of_grid(
    grid: Grid,
    source: Source,
    *,
    content: Content,
    limits: ReadLimits,
    extra: Sequence[Choice] = (),
) -> RawTable:
    """Find the header of a grid of cells and return the rows under it."""
    wanted = source.headers
    place = _header_place(grid, wanted, source.header_row)
    width = max((len(r) for r in grid), default=0)
    if width > limits.max_columns:
        raise SourceError(
            f"File {content.file!r} has {width:,} columns; at most {limits.max_columns:,} are read."
        )
    cells = grid[place] if place is not None else [str(i) for i in range(1, width + 1)]
    header = named_apart([*cells, *[""] * (width - len(cells))])
    require_headers(content.file, header, wanted)
    rows = Rows(header=header)
    for line, row in enumerate(grid, start=1):
        if (place is not None and line <= place + 1) or not any(c.strip() for c in row):
            continue
        if max(map(len, row)) > limits.max_cell:
            rows.rejected.append(RejectedRow(line=line, code=Code.LONG_ROW, text=""))
            continue
        rows.cells.append([*row, *[""] * (width - len(row))])
        rows.lines.append(line)
    lines = np.asarray(rows.lines, dtype=np.int64)
    columns, lines, repeats = without_repeats(rows.columns(wanted), lines)
    choices = list(extra)
    if source.header_row is None and place:
        choices.append(
            Choice(column="", choice=f"header_row={place + 1}", evidence=" | ".join(header[:4]),
                   override=f"header_row = {place + 1}")
        )  # fmt: skip
    return RawTable(
        file=content.file, columns=columns, headers=header, lines=lines, sha256=content.sha256,
        encoding="", rejected=(*rows.rejected, *repeats), choices=tuple(choices),
        typed=content.kind == "sheet",
    )  # fmt: skip


def _sheets(book: calamine.CalamineWorkbook, source: Source, file: str) -> list[str]:
    if source.sheet is not None:
        if source.sheet not in book.sheet_names:
            raise SourceError(
                f"File {file!r} has no sheet {source.sheet!r}."
                f"{nearest(source.sheet, book.sheet_names)} Its sheets are {book.sheet_names}."
            )
        return [source.sheet]
    visible = [
        s.name
        for s in book.sheets_metadata
        if s.visible == calamine.SheetVisibleEnum.Visible
        and s.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not (visible or book.sheet_names):
        raise SourceError(f"File {file!r} has no sheet.")
    return visible or list(book.sheet_names)


def _grid(book: calamine.CalamineWorkbook, name: str) -> Grid:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """Write a typed cell as text that reads back as the same value."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case dt.datetime():
            return _to_second(cell).isoformat(sep=" ")
        case dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)


def _to_second(stamp: dt.datetime) -> dt.datetime:
    """Excel keeps a time as a fraction of a day, which is a few hundredths of a second off."""
    return (stamp + dt.timedelta(milliseconds=500)).replace(microsecond=0)


def _best_match(grid: Grid, wanted: Sequence[str]) -> int:
    return max((len(find_headers(row, wanted)) for row in grid[:_HEADER_WITHIN]), default=0)


def _header_place(grid: Grid, wanted: Sequence[str], header_row: int | None) -> int | None:
    if header_row is not None:
        return header_row - 1 if 0 < header_row <= len(grid) else None
    matched = [len(find_headers(row, wanted)) for row in grid[:_HEADER_WITHIN]]
    if max(matched, default=0):
        return matched.index(max(matched))
    filled = [sum(bool(c.strip()) for c in row) for row in grid[:_HEADER_WITHIN]]
    return filled.index(max(filled)) if filled else None


class _Tables(HTMLParser):
    """Collects the cells of every table of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Grid] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        _ = attrs

    def handle_data(self, data: str) -> None:
        """Keep the text of the cell that is open."""
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip())
            self._cell = None
