"""Whole numbers for ids: what a table is counted by, without comparing texts where digits do.

Most systems number their customers and orders (``C10482``, ``536365``). Such an id is read as a
number straight from the column's memory and looked up by position, which takes a fraction of the
time of a hash table of texts. Any other id goes through the hash table. The codes are exact
either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Whole = NDArray[np.int64]

_DIGITS = 8
"""Most digits that are read at once: the bytes of a machine word."""
_SPARSE = 16
"""Positions a table by number may have for each row."""
_CHUNK = 1 << 16
"""Rows read at a time, so that what is in between stays in the processor's memory."""
_ZEROS = np.uint64(0x3030303030303030)
_POWERS = 10 ** np.arange(_DIGITS + 1)


class Codes(NamedTuple):
    """A number from 0 for each different id, -1 for a missing one, and a row that has each id."""

    codes: Whole
    rows: Whole
    """For each code, a row of that id."""


def id_codes(ids: pd.Series) -> Codes:
    """Return a whole number for each id of a column.

    Parameters
    ----------
    ids : pandas.Series
        Texts; a missing one gets -1.

    Returns
    -------
    Codes
        Equal texts have equal codes and different texts different ones (``007`` is not ``7``).

    Examples
    --------
    >>> found = id_codes(pd.Series(["C7", "C9", None, "C7"], dtype="string[pyarrow]"))
    >>> found.codes.tolist(), found.rows.tolist()
    ([0, 1, -1, 0], [3, 1])
    """
    numbers = _numbers(ids)
    if numbers is None:
        codes, names = pd.factorize(ids)
        rows = np.zeros(len(names), dtype=np.int64)
        known = codes >= 0
        rows[codes[known]] = np.flatnonzero(known)
        return Codes(codes.astype(np.int64), rows)
    row_of = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int64)
    row_of[numbers] = np.arange(len(numbers))
    there = row_of >= 0
    code_of = np.cumsum(there) - 1
    return Codes(code_of[numbers], row_of[there])


def distinct_pairs(codes: Whole, ids: pd.Series, n_groups: int) -> Whole:
    """Count the different ids of each group; a missing id counts as one of its own.

    Examples
    --------
    >>> orders = pd.Series(["1", "1", "2", "1"], dtype="string[pyarrow]")
    >>> distinct_pairs(np.array([0, 0, 0, 1]), orders, 2).tolist()
    [2, 1]
    """
    numbers = _numbers(ids)
    if numbers is not None:
        group_of = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int32)
        group_of[numbers] = codes
        if (group_of[numbers] == codes).all():  # as orders are: no two groups share an id
            return np.bincount(group_of[group_of >= 0], minlength=n_groups)
    names = pd.factorize(ids)[0] if numbers is None else numbers
    named = names >= 0
    span = int(names.max(initial=0)) + 1
    pairs = pd.unique(codes[named] * span + names[named])
    own = np.bincount(codes[~named], minlength=n_groups)
    counted: Whole = np.bincount(pairs // span, minlength=n_groups) + own
    return counted


def _numbers(ids: pd.Series) -> Whole | None:
    """Return the number that each id ends in; None unless all are one prefix with digits."""
    if len(ids) == 0 or not isinstance(ids.dtype, pd.StringDtype | pd.ArrowDtype):
        return None
    column = pa.array(ids)
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    is_text = pa.types.is_large_string(column.type) or pa.types.is_string(column.type)
    return _read([c for c in chunks if len(c)]) if is_text and not column.null_count else None


def _read(chunks: list[pa.Array]) -> Whole | None:
    first = chunks[0][0].as_py()
    prefix = first.rstrip("0123456789").encode()
    if len(prefix) > _DIGITS:
        return None
    out = np.empty(sum(map(len, chunks)), dtype=np.int64)
    at = 0
    for chunk in chunks:
        starts, text = _memory(chunk)
        for low in range(0, len(chunk), _CHUNK):
            ends = starts[low : low + _CHUNK + 1]
            found = _digits(ends, text, prefix)
            if found is None:
                return None
            out[at : at + len(found)] = found
            at += len(found)
    out -= out.min()
    return out if int(out.max()) < max(_SPARSE * len(out), _CHUNK) else None


def _memory(chunk: pa.Array) -> tuple[Whole, NDArray[np.uint8]]:
    """Return where each text of a chunk starts, and the bytes, with a word of room at the end."""
    wide = pa.types.is_large_string(chunk.type)
    _, offsets, data = chunk.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64 if wide else np.int32)
    starts: Whole = ends[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, np.uint8)
    end = int(starts[-1])
    if len(text) < end + 2 * _DIGITS:
        text = np.concatenate([text[:end], np.zeros(2 * _DIGITS, dtype=np.uint8)])
    return starts, text


def _digits(starts: Whole, text: NDArray[np.uint8], prefix: bytes) -> Whole | None:
    size = np.diff(starts) - len(prefix)
    if size.min() < 1 or size.max() > _DIGITS:
        return None
    words = np.ndarray((len(text) - _DIGITS + 1,), np.uint64, text, 0, (1,))
    head = np.uint64(int.from_bytes(prefix, "little"))
    if prefix and ((words[starts[:-1]] & _mask(len(prefix))) != head).any():
        return None
    # The last digit goes into the highest byte; what is before the first digit becomes zeros.
    empty = ((_DIGITS - size) * 8).astype(np.uint64)
    word = words[starts[:-1] + len(prefix)] << empty
    word |= _ZEROS & ~(_mask(_DIGITS) << empty) if size.min() < _DIGITS else np.uint64(0)
    over = (word + np.uint64(0x4646464646464646)) | (word - _ZEROS)
    if (over & np.uint64(0x8080808080808080)).any():
        return None
    numbers: Whole = _value(word) + _POWERS[size]  # 007 is not 7
    return numbers


def _mask(n_bytes: int) -> np.uint64:
    return np.uint64((1 << 8 * n_bytes) - 1)


def _value(word: Words) -> Whole:
    """Read eight digits at once: pairs, then fours, then all."""
    word = ((word & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(2561)) >> np.uint64(8)
    word = ((word & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    word = ((word & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
    return word.astype(np.int64)
