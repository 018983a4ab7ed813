"""How much of a text is its beginning."""

from __future__ import annotations

_LINES = 3
"""A header and two rows, however long: a matrix has thousands of columns."""


def end_of_beginning(data: bytes, size: int) -> int:
    r"""Return where the last whole line within `size` bytes ends, after three lines at least.

    Examples
    --------
    >>> [end_of_beginning(b"id,a\n1,2\n3,4\n5,6\n", size) for size in (2, 14, 99)]
    [13, 13, 17]
    """
    for mark in (b"\n", b"\r"):
        if mark in data:
            end = len(data) if len(data) <= size else data.rfind(mark, 0, size) + 1
            for _ in range(_LINES - data.count(mark, 0, end)):
                end = data.find(mark, end) + 1 or len(data)
            return end
    return len(data)
