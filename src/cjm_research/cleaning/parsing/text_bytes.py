"""The bytes of a column of texts, for questions that need no look at the texts one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_BLANKS = (b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80")


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
        table = np.zeros(1 << 16, dtype=bool)
        for letter in letters:
            data = letter.encode()
            if len(data) == 1:
                table[data[0] << 8 : (data[0] + 1) << 8] = True
            else:
                table[data[0] << 8 | data[1]] = True
        second = self._at(np.minimum(self.offsets[:-1] + 1, self.offsets[1:] - 1))
        found: Mask = table[self.first().astype(np.uint16) << 8 | second]
        return found

    def last(self) -> Bytes:
        """Return the last byte of each text; 0 for an empty one."""
        return self._at(self.offsets[1:] - 1)

    def _at(self, places: Places) -> Bytes:
        if not len(self.data):
            return np.zeros(len(places), dtype=np.uint8)
        found = self.data[np.clip(places, 0, len(self.data) - 1)]
        empty = self.offsets[1:] == self.offsets[:-1]
        return np.where(empty, np.uint8(0), found)

    def holds(self, *wanted: bytes) -> bool:
        """Tell whether one of a few bytes stands anywhere."""
        return any(bool((self.data == byte[0]).any()) for byte in wanted)

    def count(self, marked: Mask) -> Places:
        """Count the marked bytes of each text.

        Examples
        --------
        >>> found = text_bytes(pa.array(["a,b", "", ",,"]))
        >>> found.count(found.data == ord(",")).tolist()
        [1, 0, 2]
        """
        places = np.flatnonzero(marked)
        return np.diff(np.searchsorted(places, self.offsets))


def text_bytes(texts: pa.Array) -> TextBytes:
    """Look at the bytes of an array of texts without copying them; null is an empty text."""
    _, places, data = texts.buffers()
    wide = pa.types.is_large_string(texts.type)
    kind: type[np.int64 | np.int32] = np.int64 if wide else np.int32
    n = len(texts)
    if places is None or not n:
        return TextBytes(data=np.zeros(0, np.uint8), offsets=np.zeros(n + 1, np.int64))
    plain = np.frombuffer(places, dtype=kind)[texts.offset : texts.offset + n + 1]
    offsets: Places = plain.astype(np.int64)
    start, end = int(offsets[0]), int(offsets[-1])
    whole = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    return TextBytes(data=whole[start:end], offsets=offsets - start)


def texts_of(data: Bytes, offsets: Places) -> pa.Array:
    """Return texts from their bytes."""
    kind = pa.string() if offsets[-1] < 1 << 31 else pa.large_string()
    places = offsets.astype(np.int32 if kind == pa.string() else np.int64)
    buffers = [None, pa.py_buffer(places), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(kind, len(offsets) - 1, buffers)


def may_have_outer_blanks(found: TextBytes) -> bool:
    """Tell whether a text may begin or end with a blank of any kind."""
    for edge in (found.first(), found.last()):
        if ((edge <= 32) & (edge > 0)).any():
            return True
    if not (found.data >= 0xC2).any():
        return False
    plain = found.data.tobytes()
    return any(blank in plain for blank in _BLANKS)
