"""What is asked of a raw file: which headers, and what is known about how it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.study.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a system lays out its files, beyond rows and columns."""

    records: str = ""
    """Of JSON: the keys that lead to the list of records, joined by dots (several ways: joined
    by ``|``); the longest list of records if empty."""
    pairs: tuple[tuple[str, str, str], ...] = ()
    """Of JSON: lists that become a column per entry: name of the list, where in an entry its key
    stands (several: the first that is there, joined by ``|``), and its value."""
    header_rows: int | None = None
    groups: str = ""
    """Header of the column in which the names of groups stand above the rows of the group."""
    missing: tuple[str, ...] = ()
    """Words that the system writes for "not known"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which columns of a file are wanted, and what is known about the file."""

    wanted: tuple[str, ...] = ()
    """Headers that must be there."""
    everything: bool = False
    """Every column is wanted."""
    expected: tuple[str, ...] = ()
    """Further headers that tell which row is the header."""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    shape: Shape = Shape()

    @property
    def telling(self) -> tuple[str, ...]:
        """Headers by which the row of the header is known."""
        return (*self.wanted, *self.expected)

    def of(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return the headers that are wanted of those that there are."""
        return tuple(header) if self.everything else self.wanted


def request_of(source: Source, shape: Shape = Shape()) -> Request:  # frozen
    """Return what a source of the study asks of its files."""
    return Request(
        wanted=source.headers,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        header_row=source.header_row,
        header_rows=source.header_rows or shape.header_rows,
        shape=shape,
    )
