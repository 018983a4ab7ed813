"""A grid of cells, as spreadsheets and pages have it, to a table of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjm_research.cleaning.reading.header import find_header, header_at
from cjm_research.cleaning.reading.raw_table import (
    Choice,
    RawTable,
    Rows,
    find_headers,
    named_apart,
    require_headers,
    without_repeats,
)
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.cleaning.reading.content import Content, ReadLimits
    from cjm_research.cleaning.reading.header import Header
    from cjm_research.cleaning.reading.request import Request

_WITHIN = 50

Grid = list[list[str]]


def table_of_grid(
    grid: Grid,
    request: Request,
    *,
    content: Content,
    limits: ReadLimits,
    extra: Sequence[Choice] = (),
) -> RawTable:
    """Find the header of a grid of cells and return the rows under it."""
    width = max((len(r) for r in grid), default=0)
    check_width(content.file, width, limits)
    found = _header(grid, request)
    names = found.names if found is not None else tuple(str(i) for i in range(1, width + 1))
    header = named_apart([*names, *[""] * (width - len(names))])
    wanted = request.of(header)
    require_headers(content.file, header, wanted)
    rows = Rows(header=header)
    first = 0 if found is None else found.first + found.rows
    for line, row in enumerate(grid[first:], start=first + 1):
        if not any(c.strip() for c in row):
            continue
        check_cell(content.file, max(map(len, row)), line=line, limits=limits)
        rows.cells.append([*row, *[""] * (width - len(row))])
        rows.lines.append(line)
    lines = np.asarray(rows.lines, dtype=np.int64)
    columns, lines, repeats = without_repeats(rows.columns(wanted), lines)
    return RawTable(
        file=content.file, columns=columns, headers=header, lines=lines, sha256=content.sha256,
        encoding="", rejected=(*rows.rejected, *repeats),
        choices=(*extra, *header_choices(request, found, header)),
        typed=content.kind == "sheet",
    )  # fmt: skip


def header_choices(
    request: Request, found: Header | None, header: Sequence[str], *, line: int | None = None
) -> tuple[Choice, ...]:
    """Report where the header was found, if it is not simply the first row."""
    if found is None:
        return ()
    line = line if line is not None else found.first + 1
    shown, choices = " | ".join(header[:4]), []
    if request.header_row is None and line > 1:
        choices.append(Choice(column="", choice=f"header_row={line}", evidence=shown,
                              override=f"header_row = {line}"))  # fmt: skip
    if request.header_rows is None and found.rows > 1:
        choices.append(Choice(column="", choice=f"header_rows={found.rows}", evidence=shown,
                              override=f"header_rows = {found.rows}"))  # fmt: skip
    return tuple(choices)


def best_match(grid: Grid, telling: Sequence[str]) -> int:
    """Count the headers of the row that has most of those that are looked for."""
    return max((len(find_headers(row, telling)) for row in grid[:_WITHIN]), default=0)


def check_width(file: str, width: int, limits: ReadLimits) -> None:
    """Refuse a file with more columns than the limit.

    Raises
    ------
    SourceError
        With the limit and its setting.
    """
    if width > limits.max_columns:
        raise SourceError(
            f"File {file!r} has {width:,} columns; at most {limits.max_columns:,} are read"
            " (setting max_columns)."
        )


def check_cell(file: str, size: int, *, line: int, limits: ReadLimits) -> None:
    """Refuse a file with a larger cell than the limit.

    Raises
    ------
    SourceError
        With line, limit and setting.
    """
    if size > limits.max_cell:
        raise SourceError(
            f"File {file!r} has a cell of {size:,} characters in line {line:,}; at most"
            f" {limits.max_cell:,} are read (setting max_cell)."
        )


def _header(grid: Grid, request: Request) -> Header | None:
    place = request.header_row
    if place is None:
        top = grid[:_WITHIN]
        return find_header(top, request.telling, header_rows=request.header_rows)
    return header_at(grid, place - 1, request.header_rows) if 0 < place <= len(grid) else None
