"""On which line of a delimited text each record starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_PART = 1 << 18
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


def plain_lines(body: memoryview) -> NDArray[np.int64] | None:
    """Return the line of each record, from 1, of a text that has a record on every line.

    None where a quote may hide a line end, or a carriage return is one of its own. Lines without
    a character are found out by the number of rows that are read: there are fewer.
    """
    data = cast("bytes", body.obj)
    start = len(data) - len(body)
    if data.find(b'"', start) >= 0:
        return None
    if data.find(b"\r", start) >= 0 and data.count(b"\r", start) != data.count(b"\r\n", start):
        return None
    n = sum(int(np.count_nonzero(block == _NEWLINE)) for block in _blocks(body))
    n += int(len(body) > 0 and not data.endswith(b"\n"))
    return np.arange(1, n + 1, dtype=np.int64)


def _blocks(body: memoryview) -> Iterator[NDArray[np.uint8]]:
    whole = np.frombuffer(body, dtype=np.uint8)
    return (whole[start : start + _PART] for start in range(0, len(whole), _PART))


def record_lines(body: memoryview) -> tuple[NDArray[np.int64], bool]:
    """Return the line, from 1, on which each record starts, and whether one spans lines.

    A newline inside quotes ends no record; a line without a character is none.
    """
    begun = _Begun()
    pieces = [begun.records(block) for block in _blocks(body)]
    if begun.is_open:
        pieces.append(begun.last())
    return np.concatenate(pieces or [np.zeros(0, dtype=np.int64)]), begun.spans_lines


@dataclass(slots=True)
class _Begun:
    """The record that a block of a text begins in."""

    line: int = 0
    """Newlines before the block."""
    record: int = 0
    """Newlines before the record."""
    size: int = 0
    """Bytes of the record before the block."""
    quotes: int = 0
    """1 inside quotes."""
    before: int = 0
    """The byte before the block."""
    spans_lines: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the text goes on behind its last newline."""
        return self.size > 0 and self.before != _NEWLINE

    def records(self, block: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the lines of the records that end in a block."""
        is_newline = block == _NEWLINE
        places = np.flatnonzero(is_newline | (block == _QUOTE))
        is_end = is_newline[places]
        inside = (np.cumsum(~is_end) + self.quotes) & 1
        held = inside[is_end].astype(bool)
        ends = places[is_end]
        outer = np.flatnonzero(~held)
        found = self._lines(block, ends[outer], outer)
        self.spans_lines |= bool(held.any())
        self.line += len(ends)
        if len(outer):
            self.record = self.line - len(ends) + int(outer[-1]) + 1
            self.size = len(block) - int(ends[outer[-1]]) - 1
        else:
            self.size += len(block)
        self.quotes = int(inside[-1]) if len(inside) else self.quotes
        self.before = int(block[-1])
        return found

    def last(self) -> NDArray[np.int64]:
        """Return the line of the record that nothing ends but the text."""
        empty = self.size - (self.before == _RETURN) <= 0
        return np.array([] if empty else [self.record + 1], dtype=np.int64)

    def _lines(
        self, block: NDArray[np.uint8], ends: NDArray[np.int64], outer: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        if not len(ends):
            return np.zeros(0, dtype=np.int64)
        sizes = np.diff(ends, prepend=-1 - self.size) - 1
        last = block[np.maximum(ends - 1, 0)]
        if ends[0] == 0:
            last[0] = self.before
        is_record = sizes - ((last == _RETURN) & (sizes > 0)) > 0
        lines = outer + (self.line + 2)  # from 1, and behind the newline before
        lines[1:] = lines[:-1].copy()
        lines[0] = self.record + 1
        found: NDArray[np.int64] = lines[is_record]
        return found


def quotes_are_sound(body: memoryview, delimiter: str) -> bool:
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
