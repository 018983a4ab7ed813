"""Lines that hold more than ASCII: only they tell one encoding from another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIGH = re.compile(rb"[\x80-\xff]")
_BLOCK = 1 << 16


def high_lines(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int]]:
    r"""Yield where each line with a byte above 127 begins and ends, its line end left out.

    The time is linear in the data, however long a line is.

    Examples
    --------
    >>> list(high_lines(b"ab\nc\xe9d\nef\n\xe9"))
    [(3, 6), (10, 11)]
    """
    last = len(data) if stop is None else stop
    at = start
    while (found := _first_high(data, at, last)) is not None:
        begin = max(start, data.rfind(b"\n", at, found) + 1, at)
        end = data.find(b"\n", found, last)
        end = last if end < 0 else end
        yield begin, end
        at = end


def _first_high(data: bytes, start: int, stop: int) -> int | None:
    """Return the place of the first byte above 127; blocks of ASCII are told at a glance."""
    for begin in range(start, stop, _BLOCK):
        end = min(begin + _BLOCK, stop)
        found = _HIGH.search(data, begin, min(begin + _NEAR, end))
        if found is None and not data[begin + _NEAR : end].isascii():
            found = _HIGH.search(data, begin + _NEAR, end)
        if found is not None:
            return found.start()
    return None


_NEAR = 1 << 10
"""Bytes that are searched one by one: most often the next such line is near."""
