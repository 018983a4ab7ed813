"""Spreadsheets: the sheet with the expected headers, every cell as text."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import python_calamine as calamine

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.grid import Grid, best_match, table_of_grid
from cjm_research.cleaning.reading.raw_table import Choice, Note
from cjm_research.cleaning.reading.workbook_parts import SheetParts, sheet_parts
from cjm_research.errors import SourceError, nearest

if TYPE_CHECKING:
    from cjm_research.cleaning.reading.content import Content, ReadLimits
    from cjm_research.cleaning.reading.raw_table import RawTable
    from cjm_research.cleaning.reading.request import Request

_SHOWN = 5


def read_sheet(content: Content, request: Request, *, limits: ReadLimits) -> RawTable:
    """Read one sheet of a workbook: the named one, else the one with the expected headers.

    Raises
    ------
    SourceError
        If the workbook is damaged, a sheet or a header is not there, or a limit is passed.
    """
    file = content.file
    try:
        book = calamine.load_workbook(io.BytesIO(content.data))
        names = _sheets(book, request, file)
        grids = {n: _grid(book, n) for n in names}
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise SourceError(f"File {file!r} is a damaged or locked workbook: {error}.") from None
    name, grid = max(
        grids.items(), key=lambda g: (best_match(g[1], request.telling), _filled(g[1]))
    )
    if not _filled(grid):
        raise SourceError(f"File {file!r} has an empty sheet {name!r} and no other.")
    parts = sheet_parts(content.data, name)
    for (row, column), error_text in parts.errors.items():
        if row < len(grid) and column < len(grid[row]) and not grid[row][column]:
            grid[row][column] = error_text
    merged = _fill_merged(grid, book, name)
    extra = []
    if request.sheet is None and len(book.sheet_names) > 1:
        extra.append(
            Choice(column="", choice=f"sheet={name}", evidence=str(len(book.sheet_names)),
                   override=f'sheet = "{name}"')
        )  # fmt: skip
    table = table_of_grid(grid, request, content=content, limits=limits, extra=extra)
    notes = (*table.notes, *_notes(parts, merged))
    return replace(table, notes=notes, levels=parts.levels)


def _sheets(book: calamine.CalamineWorkbook, request: Request, file: str) -> list[str]:
    if request.sheet is not None:
        if request.sheet not in book.sheet_names:
            raise SourceError(
                f"File {file!r} has no sheet {request.sheet!r}."
                f"{nearest(request.sheet, book.sheet_names)} Its sheets are {book.sheet_names}."
            )
        return [request.sheet]
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


def _filled(grid: Grid) -> int:
    return sum(any(row) for row in grid)


def _fill_merged(grid: Grid, book: calamine.CalamineWorkbook, name: str) -> int:
    """Write the value of a cell that was merged over rows into each of them; count the rows."""
    filled = 0
    for (top, left), (bottom, _) in book.get_sheet_by_name(name).merged_cell_ranges or ():
        if bottom == top or top >= len(grid) or left >= len(grid[top]) or not grid[top][left]:
            continue
        for row in grid[top + 1 : bottom + 1]:
            if left < len(row) and not row[left]:
                row[left] = grid[top][left]
                filled += 1
    return filled


def _notes(parts: SheetParts, merged: int) -> list[Note]:
    notes = []
    if parts.hidden_rows:
        shown = ", ".join(map(str, parts.hidden_rows[:_SHOWN]))
        notes.append(Note(code=Code.HIDDEN_ROWS, rows=len(parts.hidden_rows), example=shown))
    if parts.errors:
        shown = ", ".join(sorted(set(parts.errors.values()))[:_SHOWN])
        notes.append(Note(code=Code.ERROR_CELL, rows=len(parts.errors), example=shown))
    if merged:
        notes.append(Note(code=Code.MERGED_CELLS, rows=merged))
    return notes


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
