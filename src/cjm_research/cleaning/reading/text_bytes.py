"""The bytes of a column of texts, for questions that need no look at the texts one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.signedinteger[Any]]
    Mask = NDArray[np.bool_]

DIGITS_FROM = ord("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBytes:
    """UTF-8 of all texts, one after the other, and where each begins."""

    data: Bytes
    offsets: Places
    """Shape (texts + 1,), from the beginning of `data`."""

    @property
    def lengths(self) -> Places:
        """Bytes of each text."""
        return np.diff(self.offsets)

    def parts(self) -> Iterator[tuple[int, TextBytes]]:
        """Yield the texts in parts that a processor keeps at hand, each with its first place."""
        for start in range(0, max(1, len(self.offsets) - 1), _ROWS):
            offsets = self.offsets[start : start + _ROWS + 1]
            yield start, TextBytes(data=self.data, offsets=offsets)

    def places(self, wanted: Callable[[TextBytes], Mask]) -> NDArray[np.int64]:
        """Return the places of the texts for which something holds, asked part by part."""
        found = [np.flatnonzero(wanted(part)) + start for start, part in self.parts()]
        return np.concatenate(found)

    def any(self, wanted: Callable[[TextBytes], Mask]) -> bool:
        """Tell whether something holds for any text; no part is looked at after the first such."""
        return any(bool(np.any(wanted(part))) for _, part in self.parts())

    def first(self) -> Bytes:
        """Return the first byte of each text; 0 for an empty one."""
        return self._at(self.offsets[:-1])

    def begin_with(self, *letters: str) -> Mask:
        """Tell which texts may begin with one of a few letters: by two bytes of each.

        Examples
        --------
        >>> text_bytes(pa.array(["total", "Ты", "tz", "это"])).begin_with("t", "э").tolist()
        [True, False, True, True]
        """
        table = _first_two(letters)
        if not len(self.data):
            return np.zeros(len(self.offsets) - 1, dtype=bool)
        seconds = np.minimum(self.offsets[:-1] + 1, self.offsets[1:] - 1)
        pairs = self.first().astype(np.uint16) << 8 | self.data.take(seconds, mode="clip")
        found: Mask = table[pairs]
        return found

    def last(self) -> Bytes:
        """Return the last byte of each text; 0 for an empty one."""
        return self._at(self.offsets[1:] - 1)

    def may_begin_blank(self) -> Mask:
        """Tell which texts may begin with a blank of any kind, or hold nothing."""
        first = self.first()
        found: Mask = (first <= 32) | _LEADS[first]
        return found

    def _at(self, places: Places) -> Bytes:
        """Return a byte of each text; only those of empty texts may lie outside."""
        if not len(self.data):
            return np.zeros(len(places), dtype=np.uint8)
        found: Bytes = self.data.take(places, mode="clip")
        found[self.offsets[1:] == self.offsets[:-1]] = 0
        return found


def text_bytes(texts: pa.Array) -> TextBytes:
    """Look at the bytes of an array of texts without copying them; null is an empty text."""
    _, places, data = texts.buffers()
    wide = pa.types.is_large_string(texts.type)
    kind: type[np.int64 | np.int32] = np.int64 if wide else np.int32
    n = len(texts)
    if places is None or not n:
        return TextBytes(data=np.zeros(0, np.uint8), offsets=np.zeros(n + 1, np.int64))
    whole_offsets: Places = np.frombuffer(places, dtype=kind)
    offsets = whole_offsets[texts.offset : texts.offset + n + 1]
    start, end = int(offsets[0]), int(offsets[-1])
    whole = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    return TextBytes(data=whole[start:end], offsets=offsets - start if start else offsets)


def byte_matrix(known: TextBytes, rows: NDArray[np.int64], width: int) -> Bytes:
    """Return the bytes of texts of one width, a row of the matrix for each place in them."""
    if not len(rows):
        return np.zeros((width, 0), dtype=np.uint8)
    first, last = int(known.offsets[rows[0]]), int(known.offsets[rows[-1]]) + width
    if last - first == len(rows) * width:  # one after the other
        return np.ascontiguousarray(known.data[first:last].reshape(-1, width).T)
    windows = np.lib.stride_tricks.sliding_window_view(known.data, width)
    return np.ascontiguousarray(windows[known.offsets[rows]].T)


def texts_of(data: Bytes, offsets: Places) -> pa.Array:
    """Return texts from their bytes."""
    kind = pa.string() if offsets[-1] < 1 << 31 else pa.large_string()
    places = offsets.astype(np.int32 if kind == pa.string() else np.int64)
    buffers = [None, pa.py_buffer(places), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(kind, len(offsets) - 1, buffers)


def may_have_outer_blanks(found: TextBytes) -> bool:
    """Tell whether a text may begin or end with a blank of any kind."""
    return any(_may_have_outer_blanks(part) for _, part in found.parts())


def _may_have_outer_blanks(found: TextBytes) -> bool:
    first, last = found.first(), found.last()
    if any(((edge <= 32) & (edge > 0)).any() for edge in (first, last)):
        return True
    if not (first >= 0x80).any() and not (last >= 0x80).any():
        return False
    if _LEADS[first].any():
        return True
    rows = np.flatnonzero(_TAILS[last])
    before = found.data.take(found.offsets[1:][rows] - 2, mode="clip")
    return bool(_BEFORE_TAILS[before].any())


def may_hold(found: TextBytes, wanted: Bytes) -> bool:
    """Tell whether one of a few bytes, in order, stands anywhere; part by part, to copy little."""
    runs = np.split(wanted, np.flatnonzero(np.diff(wanted) != 1) + 1)
    edges = [(run[0], run[-1] - run[0]) for run in runs]  # compared without a table: much quicker
    for start in range(0, len(found.data), _PART):
        part = found.data[start : start + _PART]
        if part.max() < wanted[0] or part.min() > wanted[-1]:
            continue
        if any((part - first <= width).any() for first, width in edges):
            return True
    return False


@lru_cache
def _first_two(letters: tuple[str, ...]) -> Mask:
    """Return which pairs of first bytes begin with one of the letters."""
    table = np.zeros((256, 256), dtype=bool)
    for letter in letters:
        data = letter.encode()
        table[data[0], data[1] if len(data) > 1 else slice(None)] = True
    return table.ravel()


def _table(*wanted: int) -> Mask:
    table = np.zeros(256, dtype=bool)
    table[list(wanted)] = True
    return table


_LEADS = _table(0xC2, 0xE1, 0xE2, 0xE3)
"""First bytes of blanks that are not ASCII."""
_TAILS = _table(0x85, 0xA0, 0x9F, 0xA8, 0xA9, 0xAF, *range(0x80, 0x8B))
_BEFORE_TAILS = _table(0xC2, 0x9A, 0x80, 0x81)
"""Their last bytes, and those before them."""
_PART = 1 << 18
_ROWS = 1 << 18
