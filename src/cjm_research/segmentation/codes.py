"""Whole numbers for ids: what a table is counted by, without comparing texts one by one.

Most systems number their customers and orders (``C10482``, ``536365``). Such an id is read as a
number straight from the column's memory and looked up by position, which takes a fraction of the
time of a hash table of texts. Other ids are counted by two words of 64 bits each that are mixed
from their bytes, and where those are not to be had or do not agree, by a hash table of texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.segmentation.id_hashes import WORD, Hashes, blocks, chunks_of, hashed
from cjm_research.store.coded import CodedText

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.id_hashes import Block

    Words = NDArray[np.uint64]
    Whole = NDArray[np.int64]

_SPARSE = 16
"""Positions a table by number may have for each row."""
_AT_LEAST = 1 << 16
"""Positions that a table may always have."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_ZEROS = np.uint64(0x3030303030303030)
_POWERS = 10 ** np.arange(WORD + 1)


class Codes(NamedTuple):
    """A number from 0 for each different id, -1 for a missing one, and a row that has each id."""

    codes: Whole
    rows: Whole
    """For each code, a row of that id."""


class Named(NamedTuple):
    """A column of ids as it can be counted: by numbers, else by words, else by its texts."""

    ids: pd.Series
    numbers: Whole | None
    """A number for each different id, -1 for a missing one."""
    hashes: Hashes | None

    def only(self, rows: NDArray[np.bool_]) -> Named:
        """Return some rows of the column."""
        numbers = None if self.numbers is None else self.numbers[rows]
        hashes = None if self.hashes is None else Hashes(*(h[rows] for h in self.hashes))
        return Named(self.ids[rows], numbers, hashes)


def named(ids: pd.Series) -> Named:
    """Read a column of ids once, in the quickest way that it allows."""
    codes = ids.array.codes if isinstance(ids.array, CodedText) else None
    numbers = _numbers(ids) if codes is None else codes.astype(np.int64)
    return Named(ids, numbers, hashed(ids) if numbers is None else None)


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
    return codes_of_named(named(ids))


def codes_of_named(column: Named) -> Codes:
    """Return a whole number for each id of a column that was read."""
    if column.numbers is not None:
        return _by_number(column.numbers)
    if column.hashes is not None:
        first, second = column.hashes
        codes = pd.factorize(first)[0]
        rows = _last_rows(codes)
        if (second[rows].take(codes, mode="clip") == second).all():
            return Codes(codes, rows)
    codes = pd.factorize(column.ids)[0].astype(np.int64)
    return Codes(codes, _last_rows(codes))


def codes_together(*columns: pd.Series) -> Codes:
    """Return a whole number for each id of several columns, one below the other.

    Examples
    --------
    >>> codes_together(pd.Series(["C7"]), pd.Series([None, "C9", "C7"])).codes.tolist()
    [0, -1, 1, 0]
    """
    parts = [pa.array(c.astype("string[pyarrow]").array, type=pa.large_string()) for c in columns]
    chunks = [x for p in parts for x in (p.chunks if isinstance(p, pa.ChunkedArray) else [p])]
    texts: Any = pd.arrays.ArrowStringArray
    return id_codes(pd.Series(texts(pa.chunked_array(chunks, type=pa.large_string()))))


def positions_among(ids: pd.Series, known: pd.Series) -> Whole:
    """Return the first place of each id among the known ones; -1 for one that is not there.

    Examples
    --------
    >>> ids, known = pd.Series(["b", None, "c"]), pd.Series(["a", "b", "b"])
    >>> positions_among(ids, known).tolist()
    [1, -1, -1]
    """
    codes, _ = codes_together(known, ids)
    place = np.full(int(codes.max(initial=-1)) + 2, -1, dtype=np.int64)  # the last: missing
    n = len(known)
    place[codes[:n][::-1]] = np.arange(n - 1, -1, -1)
    place[-1] = -1
    return place[codes[n:]]


def distinct_pairs(codes: Whole, ids: pd.Series, n_groups: int) -> Whole:
    """Count the different ids of each group; a missing id counts as one of its own.

    Examples
    --------
    >>> orders = pd.Series(["1", "1", "2", "1"], dtype="string[pyarrow]")
    >>> distinct_pairs(np.array([0, 0, 0, 1]), orders, 2).tolist()
    [2, 1]
    """
    return distinct_named(codes, named(ids), n_groups)


def distinct_named(codes: Whole, column: Named, n_groups: int) -> Whole:
    """Count the different ids of each group, of a column that was read."""
    numbers = column.numbers
    if numbers is not None and numbers.min(initial=0) >= 0:
        group_of = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int32)
        group_of[numbers] = codes
        if (group_of.take(numbers, mode="clip") == codes).all():  # no two groups share an id
            return np.bincount(group_of[group_of >= 0], minlength=n_groups)
    if column.hashes is not None:
        counted = _distinct_hashes(codes, column.hashes, n_groups)
        if counted is not None:
            return counted
    names = pd.factorize(column.ids)[0] if numbers is None else numbers
    known = names >= 0
    span = int(names.max(initial=0)) + 1
    pairs = pd.unique(codes[known] * span + names[known])
    own = np.bincount(codes[~known], minlength=n_groups)
    found: Whole = np.bincount(pairs // span, minlength=n_groups) + own
    return found


def _distinct_hashes(codes: Whole, hashes: Hashes, n_groups: int) -> Whole | None:
    """Count by sorting; None if two ways of counting disagree, as they do where ids collide.

    The first way has the group in the lowest bits of one word and the id in the others. The
    second mixes the group into the other word and counts all pairs.
    """
    low = np.uint64((1 << int(max(n_groups - 1, 1)).bit_length()) - 1)
    groups = codes.astype(np.uint64)
    ranked = _ranked(hashes.first & ~low | groups)
    pairs = ranked[np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)]]
    groups *= _SPREAD
    groups ^= groups >> np.uint64(32)
    groups ^= hashes.second
    ranked = _ranked(groups)
    if len(ranked) and 1 + np.count_nonzero(ranked[1:] != ranked[:-1]) != len(pairs):
        return None
    return np.bincount((pairs & low).astype(np.int64), minlength=n_groups)


def _ranked(words: Words) -> Words:
    words.sort()
    return words


def _by_number(numbers: Whole) -> Codes:
    row_of = np.full(int(numbers.max(initial=0)) + 2, -1, dtype=np.int64)
    row_of[numbers] = np.arange(len(numbers))
    there = row_of[:-1] >= 0  # the last place is that of -1, the missing ids
    code_of = np.append(np.cumsum(there) - 1, -1)
    return Codes(code_of.take(numbers, mode="wrap"), row_of[:-1][there])


def _last_rows(codes: Whole) -> Whole:
    """Return the last row of each code."""
    rows = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    known = np.flatnonzero(codes >= 0)
    rows[codes[known]] = known
    return rows


def _numbers(ids: pd.Series) -> Whole | None:
    """Return the number that each id ends in; None unless all are one prefix with digits."""
    chunks = chunks_of(ids)
    if not chunks:
        return None
    prefix = chunks[0][0].as_py().rstrip("0123456789").encode()
    if len(prefix) > WORD:
        return None
    out = np.empty(sum(map(len, chunks)), dtype=np.int64)
    at = 0
    for block in blocks(chunks):
        found = _digits(block, prefix)
        if found is None:
            return None
        out[at : at + len(found)] = found
        at += len(found)
    out -= out.min()
    return out if int(out.max()) < max(_SPARSE * len(out), _AT_LEAST) else None


def _digits(block: Block, prefix: bytes) -> Whole | None:
    begins = block.starts[:-1]
    size = np.diff(block.starts) - len(prefix)
    if size.min() < 1 or size.max() > WORD:
        return None
    words = block.words
    head = np.uint64(int.from_bytes(prefix, "little"))
    if prefix and ((words[begins] & _mask(len(prefix))) != head).any():
        return None
    # The last digit goes into the highest byte; what is before the first digit becomes zeros.
    empty = ((WORD - size) * 8).astype(np.uint64)
    word = words[begins + len(prefix)] << empty
    word |= _ZEROS & ~(_mask(WORD) << empty) if size.min() < WORD else np.uint64(0)
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
