"""Columns of an encoding that has a byte for each letter, turned into UTF-8.

Most columns of a large file hold ASCII or few distinct texts: only what differs is turned.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.reading.text_bytes import text_bytes, texts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGE = 100_000
_SAMPLE = 20_000
_FEW, _MOSTLY = 0.05, 0.9
_BLOCK = 1 << 14
_HIGH = 0x80


def in_utf8(column: pa.ChunkedArray, encoding: str) -> pa.Array:
    """Return a column in UTF-8 as one piece; a large one of few texts as a dictionary of them.

    The pieces are looked at one by one, so that little is held twice.

    Examples
    --------
    >>> import pyarrow as pa
    >>> cells = pa.array([b"7", "Омск".encode("cp1251")], pa.large_binary())
    >>> in_utf8(pa.chunked_array([cells.view(pa.large_string())]), "cp1251").to_pylist()
    ['7', 'Омск']
    """
    if pa.types.is_dictionary(column.type):
        pieces = column.unify_dictionaries().chunks
        texts = pieces[0].dictionary if pieces else pa.array([], column.type.value_type)
        indices = pa.concat_arrays(
            [piece.indices for piece in pieces] or [pa.array([], pa.int32())]
        )
        return pa.DictionaryArray.from_arrays(indices, _in_utf8(texts, encoding))
    if len(column) >= _LARGE and not _are_mostly_different(column.chunk(0)):
        found = column.combine_chunks().dictionary_encode()  # by pieces, each holds all texts
        return pa.DictionaryArray.from_arrays(found.indices, _in_utf8(found.dictionary, encoding))
    pieces = [_in_utf8(piece, encoding) for piece in column.chunks or [column.combine_chunks()]]
    return pieces[0] if len(pieces) == 1 else pa.concat_arrays(pieces)


def _are_mostly_different(cells: pa.Array) -> bool:
    sample = cells[:_SAMPLE]
    return len(sample.unique()) > _MOSTLY * len(sample)


def _in_utf8(cells: pa.Array, encoding: str) -> pa.Array:
    known = text_bytes(cells)
    if encoding == "utf-8" or not len(known.data) or known.data.max() < _HIGH:
        return cells
    is_high = known.data >= _HIGH
    if np.count_nonzero(is_high) < _FEW * len(cells):
        places = np.searchsorted(known.offsets, np.flatnonzero(is_high), side="right") - 1
        mask = np.zeros(len(cells), dtype=bool)
        mask[places] = True
        return pc.replace_with_mask(cells, pa.array(mask), _turned(cells.filter(mask), encoding))
    blocks = [cells[start : start + _BLOCK] for start in range(0, len(cells), _BLOCK)]
    return pa.concat_arrays([_turned(block, encoding) for block in blocks])


def _turned(cells: pa.Array, encoding: str) -> pa.Array:
    known = text_bytes(cells)
    data = np.frombuffer(known.data.tobytes().decode(encoding).encode(), dtype=np.uint8)
    widths, first = _widths(encoding), known.first()
    if (first >= _HIGH).all() and np.count_nonzero(known.data >= _HIGH) == len(first):
        added = np.zeros(len(first) + 1, dtype=np.int64)  # one such letter each, the first
        np.cumsum(widths.take(first) - np.uint8(1), out=added[1:])
        return texts_of(data, known.offsets + added).cast(cells.type)
    whole: type[np.int32 | np.int64] = np.int32 if len(data) < 1 << 31 else np.int64
    ends = np.zeros(len(known.data) + 1, dtype=whole)
    np.cumsum(widths.take(known.data), dtype=whole, out=ends[1:])
    return texts_of(data, ends[known.offsets]).cast(cells.type)


@lru_cache
def _widths(encoding: str) -> NDArray[np.uint8]:
    """Return how many bytes of UTF-8 each byte becomes."""
    letters = (bytes([b]).decode(encoding, errors="ignore") for b in range(0x100))
    return np.array([len(letter.encode()) for letter in letters], dtype=np.uint8)
