"""The tables of an HTML page, as systems save them under the name of a workbook."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from cjm_research.cleaning.reading.grid import Grid, best_match, table_of_grid
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from cjm_research.cleaning.reading.content import Content, ReadLimits
    from cjm_research.cleaning.reading.raw_table import RawTable
    from cjm_research.cleaning.reading.request import Request

_LONGEST_SPAN = 1_000


def read_html(text: str, content: Content, request: Request, *, limits: ReadLimits) -> RawTable:
    """Read the table of a page that has the expected headers, else its largest one."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    tables = [placed(t) for t in reader.tables if any(t)]
    if not tables:
        raise SourceError(f"File {content.file!r} is a page without a table.")
    grid = max(tables, key=lambda g: (best_match(g, request.telling), sum(map(len, g))))
    return table_of_grid(grid, request, content=content, limits=limits)


_Cell = tuple[str, int, int]
"""Text, columns and rows that it spans."""


def placed(rows: list[list[_Cell]]) -> Grid:
    """Put cells where they stand; one that spans rows stands in each of them.

    Examples
    --------
    >>> placed([[("a", 1, 2), ("b", 2, 1)], [("c", 1, 1), ("d", 1, 1)]])
    [['a', 'b', ''], ['a', 'c', 'd']]
    """
    grid: Grid = []
    hanging: dict[int, tuple[str, int]] = {}
    for cells in rows:
        row: list[str] = []
        waiting = list(reversed(cells))
        below: dict[int, tuple[str, int]] = {}
        while waiting or hanging:
            at = len(row)
            if at in hanging:
                text, left = hanging.pop(at)
                row.append(text)
                if left > 1:
                    below[at] = (text, left - 1)
            elif waiting:
                text, across, down = waiting.pop()
                if down > 1:
                    below[at] = (text, down - 1)
                row += [text, *[""] * (across - 1)]
            else:
                row.append("")
        hanging = below
        grid.append(row)
    return grid


class _Tables(HTMLParser):
    """Collects the cells of every table of a page; a table inside a cell stands for itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[_Cell]]] = []
        self._open: list[list[list[_Cell]]] = []
        self._text: list[str] | None = None
        self._spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self._end_cell()
            self.tables.append([])
            self._open.append(self.tables[-1])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open and self._open[-1]:
            self._end_cell()
            self._text = []
            given = dict(attrs)
            self._spans = (_span(given.get("colspan")), _span(given.get("rowspan")))
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep the text of the cell that is open."""
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a table."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def _end_cell(self) -> None:
        if self._text is not None and self._open and self._open[-1]:
            self._open[-1][-1].append(("".join(self._text).strip(), *self._spans))
        self._text = None


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _LONGEST_SPAN) if text and text.isdecimal() else 1
