"""Two machine words for each id, whatever it is made of: what ids without numbers are counted by.

Texts are read eight bytes at a time straight from the column's memory and mixed into two words
of 64 bits. Two different ids share both with a chance of one in 10^20 among a hundred million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Whole = NDArray[np.int64]
    Bytes = NDArray[np.uint8]

WORD = 8
"""Bytes that are read at once."""
LONGEST = 64
"""Bytes of the longest id that is read so."""
_CHUNK = 1 << 15
"""Rows read at a time, so that what is in between stays in the processor's memory."""
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
"""Odd numbers without a pattern: the golden ratio, and a prime of xxHash."""
_KEPT = np.array([(1 << 8 * i) - 1 for i in range(WORD + 1)], dtype=np.uint64)


class Hashes(NamedTuple):
    """Two words for each id."""

    first: Words
    second: Words


class Block(NamedTuple):
    """Some rows of a column in memory: where each text starts, where the last ends; the bytes."""

    starts: Whole
    text: Bytes
    words: Words
    """The eight bytes from each position on."""


def chunks_of(ids: pd.Series) -> list[pa.Array]:
    """Return the column's memory; nothing where it holds no texts, or a missing one."""
    if len(ids) == 0 or not isinstance(ids.dtype, pd.StringDtype | pd.ArrowDtype):
        return []
    column = pa.array(ids)
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    is_text = pa.types.is_large_string(column.type) or pa.types.is_string(column.type)
    return [c for c in chunks if len(c)] if is_text and not column.null_count else []


def blocks(chunks: list[pa.Array]) -> Iterator[Block]:
    """Go through the rows, some thousands at a time."""
    for chunk in chunks:
        starts, text = _memory(chunk)
        words = np.ndarray((len(text) - WORD + 1,), np.uint64, text, 0, (1,))
        for low in range(0, len(chunk), _CHUNK):
            yield Block(starts[low : low + _CHUNK + 1], text, words)


def hashed(ids: pd.Series) -> Hashes | None:
    """Return two words for each id; None where one is missing, long or no text.

    Examples
    --------
    >>> found = hashed(pd.Series(["a-7", "b-7", "a-7"], dtype="string[pyarrow]"))
    >>> bool(found.first[0] == found.first[2]), bool(found.first[0] == found.first[1])
    (True, False)
    """
    chunks = chunks_of(ids)
    if not chunks:
        return None
    n = sum(map(len, chunks))
    first, second = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.uint64)
    at = 0
    for block in blocks(chunks):
        size = np.diff(block.starts)
        if size.max() > LONGEST:
            return None
        rows = slice(at, at + len(size))
        first[rows], second[rows] = _mixed(block, size)
        at += len(size)
    return Hashes(first, second)


def _mixed(block: Block, size: Whole) -> Hashes:
    """Mix word after word; no step loses anything that the one before held apart."""
    least, most = int(size.min()), int(size.max())
    first = size.astype(np.uint64)
    second = first.copy()
    begins, last = block.starts[:-1], len(block.words) - 1
    for skip in range(0, most, WORD):
        at = begins + skip if skip else begins
        word = block.words[at if least >= skip else np.minimum(at, last)]
        if least < skip + WORD:
            word &= _KEPT[np.clip(size - skip, 0, WORD)]
        first ^= word
        first *= _FIRST
        first ^= first >> np.uint64(32)
        second += word
        second *= _SECOND
        second ^= second >> np.uint64(29)
    first *= _SECOND
    return Hashes(first, second)


def _memory(chunk: pa.Array) -> tuple[Whole, Bytes]:
    """Return where each text of a chunk starts, and the bytes, with a word of room at the end."""
    wide = pa.types.is_large_string(chunk.type)
    _, offsets, data = chunk.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64 if wide else np.int32)
    starts: Whole = ends[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, np.uint8)
    end = int(starts[-1])
    if len(text) < end + 2 * WORD:
        text = np.concatenate([text[:end], np.zeros(2 * WORD, dtype=np.uint8)])
    return starts, text
