"""A large text taken apart at ends of records."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor
    from io import BufferedReader

_LONGEST_RECORD = 200
"""Lines that a record may span over the end of a part."""
_BLOCK = 1 << 18
_QUOTE, _NEWLINE = 34, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a file: whole records."""

    at: int
    """Where it begins in the file."""
    data: bytes
    start: int
    """Where in it the rows begin: behind the header in the first one, 0 in all others."""


@dataclass(frozen=True, slots=True)
class Parting:
    """Takes a file apart at ends of records, and hashes it in a thread beside."""

    file: BufferedReader
    size: int
    """Bytes of a part."""
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def segments(self, first: bytes, start: int, hasher: Executor) -> Iterator[Segment]:
        """Yield the parts; the last one lacks data where the file cannot be taken apart.

        Parameters
        ----------
        first : bytes
            What was read of the file already.
        start : int
            Where in it the rows begin.
        hasher : Executor
            Of one thread: it hashes what is read.
        """
        at, rest, chunk = 0, b"", first
        while chunk:
            hasher.submit(self.digest.update, chunk)
            rest, chunk = rest + chunk if rest else chunk, self.file.read(self.size)
            end = _end_of_records(rest, start) if chunk else len(rest)
            yield Segment(at=at, data=rest[:end], start=start)
            if not end:
                return
            at, rest, start = at + end, rest[end:], 0
        hasher.submit(int).result()


def n_lines(body: memoryview) -> int:
    """Return how many lines end in a text."""
    return _count(body, _NEWLINE)


def _end_of_records(data: bytes, start: int) -> int:
    """Return where the last whole record of a text ends; 0 where that is not to be seen."""
    end = data.rfind(b"\n", start) + 1
    is_open = _count(memoryview(data)[start:end], _QUOTE) % 2
    for _ in range(_LONGEST_RECORD):
        if not is_open or end <= start:
            break
        before = max(data.rfind(b"\n", start, end - 1) + 1, start)
        is_open ^= data.count(b'"', before, end) % 2
        end = before
    return 0 if is_open or end <= start else end


def _count(body: memoryview, byte: int) -> int:
    whole = np.frombuffer(body, dtype=np.uint8)
    blocks = (whole[start : start + _BLOCK] for start in range(0, len(whole), _BLOCK))
    return sum(int(np.count_nonzero(block == byte)) for block in blocks)
