"""Lines that hold more than ASCII: only they tell one encoding from another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIGH = re.compile(rb"[\x80-\xff]")


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
    while found := _HIGH.search(data, at, last):
        begin = max(start, data.rfind(b"\n", at, found.start()) + 1, at)
        end = data.find(b"\n", found.end(), last)
        end = last if end < 0 else end
        yield begin, end
        at = end
