"""On which line of a delimited text each record starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_BLOCK = 1 << 24
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
    if not body:
        return np.zeros(0, dtype=np.int64), False
    pieces: list[NDArray[np.int64]] = []
    inside: list[NDArray[np.bool_]] = []
    carry = 0
    for start in range(0, len(body), _BLOCK):
        block = np.frombuffer(
            body, dtype=np.uint8, offset=start, count=min(_BLOCK, len(body) - start)
        )
        ends = np.flatnonzero(block == _NEWLINE)
        quotes = block == _QUOTE
        if carry or quotes.any():
            parity = np.cumsum(quotes, dtype=np.uint8) + np.uint8(carry)
            inside.append((parity[ends] & 1).astype(bool))
            carry = int(parity[-1] & 1)
        else:
            inside.append(np.zeros(len(ends), dtype=bool))
        pieces.append(ends + start)
    newlines, held = np.concatenate(pieces), np.concatenate(inside)
    if not len(newlines) or newlines[-1] != len(body) - 1:
        newlines, held = np.append(newlines, len(body)), np.append(held, False)
    outer = np.flatnonzero(~held)
    first = np.concatenate([[0], outer[:-1] + 1]) if len(outer) else outer
    starts = np.where(first > 0, newlines[first - 1] + 1, 0)
    ends = newlines[outer]
    data = np.frombuffer(body, dtype=np.uint8)
    returns = (ends > starts) & (data[np.maximum(ends - 1, 0)] == _RETURN)
    is_record = ends - starts - returns > 0
    return first[is_record] + 1, bool(held.any())


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
