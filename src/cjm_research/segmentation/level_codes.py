"""Positions of texts among a few levels: what traits are counted by.

A column with few different values is not hashed text by text. Its levels are learned from some
rows. Arrow then lays each text into two words (its size and up to twelve bytes), which tell
where to look for its level and are compared with what stands there. Rows that are no learned
level, and columns with a longer one, are coded by Arrow's hash table.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.store.coded import CodedText

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Small = NDArray[np.int8]
    Words = NDArray[np.uint64]

_RUNS, _RUN = 32, 256
"""Runs of rows, spread over the column, that levels are learned from, and rows of each."""
_BLOCK = 1 << 17
"""Rows at a time: enough for threads not to wait for each other at every step."""
_LONGEST = 12
"""Bytes of a text that Arrow keeps within its view of the text."""
_BITS = 10
"""Of a place in the table of levels."""
_TRIES = 64
_MISSED_AT_MOST = 0.02
"""Part of a chunk that may be no learned level; with more all of it is read by Arrow."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Book(NamedTuple):
    """Levels as two words each, and a table that finds each by them."""

    names: tuple[str, ...]
    """Sorted. The words begin with one more: a missing text, of no bytes."""
    words: Words
    spread: np.uint64
    place: Whole
    """What each place holds: a level's position plus 1, or 0, the missing text."""


def level_codes(values: pd.Series, *, at_most: int) -> tuple[Small, tuple[str, ...]] | None:
    """Return the position of each value among the sorted levels, -1 for a missing one.

    Parameters
    ----------
    values : pandas.Series
        Texts, or a column of categories or other values (read as text).
    at_most : int
        Levels that a column may have.

    Returns
    -------
    tuple or None
        None where there are more levels.

    Examples
    --------
    >>> city = pd.Series(["Perm", None, "Ufa", "Perm"], dtype="string[pyarrow]")
    >>> codes, levels = level_codes(city, at_most=60)
    >>> codes.tolist(), levels
    ([0, -1, 1, 0], ('Perm', 'Ufa'))
    >>> level_codes(city, at_most=1) is None
    True
    """
    if not isinstance(values.dtype, pd.StringDtype) or values.dtype.storage != "pyarrow":
        found, names = pd.factorize(values, sort=True)
        if len(names) > at_most:
            return None
        return found.astype(np.int8), tuple(map(str, names))
    if isinstance(values.array, CodedText):
        return _coded(values.array, at_most)
    column = pa.array(values)
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    learned = _some_levels(column)
    if len(learned) > at_most:
        return None
    codes, levels = _quickly(chunks, _book(learned)) or _by_arrow(column)
    return (codes.astype(np.int8, copy=False), levels) if len(levels) <= at_most else None


def _coded(values: CodedText, at_most: int) -> tuple[Small, tuple[str, ...]] | None:
    """Return the codes of a column that has codes already."""
    found, names = values.factorize()
    if len(names) > at_most:
        return None
    levels = [str(n) for n in names]
    rank = np.full(len(levels) + 1, -1, dtype=np.int8)
    rank[np.argsort(np.array(levels, dtype=object))] = np.arange(len(levels))
    return rank[found], tuple(sorted(levels))


def _some_levels(column: pa.Array | pa.ChunkedArray) -> tuple[str, ...]:
    """Return the values of some runs of rows, sorted."""
    step = max(len(column) // _RUNS, _RUN)
    runs = [column.slice(first, _RUN) for first in range(0, len(column), step)]
    chunks = [
        c for run in runs for c in (run.chunks if isinstance(run, pa.ChunkedArray) else [run])
    ]
    found: list[str] = pa.chunked_array(chunks, type=column.type).unique().drop_null().to_pylist()
    return tuple(sorted(found))


def _by_arrow(column: pa.Array | pa.ChunkedArray) -> tuple[Whole, tuple[str, ...]]:
    whole = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    encoded = whole.dictionary_encode().unify_dictionaries()
    levels = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    order = sorted(range(len(levels)), key=levels.__getitem__)
    rank = np.empty(len(levels) + 1, dtype=np.int64)
    rank[order] = np.arange(len(levels))
    rank[-1] = -1
    indices = (c.indices.fill_null(len(levels)).to_numpy() for c in encoded.chunks)
    codes = np.concatenate([np.empty(0, dtype=np.int64), *(rank[i] for i in indices)])
    return codes, tuple(levels[i] for i in order)


def _quickly(
    chunks: list[pa.Array], book: Book | None
) -> tuple[Small | Whole, tuple[str, ...]] | None:
    """Look every row up; None where the column is not made for it."""
    if book is None:
        return None
    codes = np.empty(sum(map(len, chunks)), dtype=np.int8)
    room = _room(min(max(map(len, chunks), default=0), _BLOCK))
    missed = []
    at = 0
    for chunk in chunks:
        there = slice(at, at + len(chunk))
        rows = _looked_up(chunk, book, out=codes[there], room=room)
        if rows is None:
            return None
        if len(rows):
            missed.append((there, rows, *_by_arrow(chunk.take(pa.array(rows)))))
        at += len(chunk)
    if not missed:
        return codes, book.names
    return _joined(codes, book.names, missed)


def _joined(
    codes: Small,
    names: tuple[str, ...],
    missed: list[tuple[slice, Whole, Whole, tuple[str, ...]]],
) -> tuple[Whole, tuple[str, ...]]:
    """Take in the levels that were not learned."""
    levels = tuple(sorted({*names, *(name for *_, new in missed for name in new)}))
    position = {name: i for i, name in enumerate(levels)}
    joined = np.array([*(position[n] for n in names), -1], dtype=np.int64)[codes]
    for there, rows, own, new in missed:
        joined[there][rows] = np.array([*(position[n] for n in new), -1], dtype=np.int64)[own]
    return joined, levels


def _book(names: tuple[str, ...]) -> Book | None:
    """Return a table in which no two levels share a place; None where there is none."""
    if not names or not names[0] or max(len(n.encode()) for n in names) > _LONGEST:
        return None
    words = _words(pa.array(["", *names], type=pa.large_string()))
    spread = _SPREAD
    for _ in range(_TRIES):
        places = _places(words, spread, out=np.empty(len(words), dtype=np.uint64))
        if len(set(places.tolist())) == len(places):
            place = np.zeros(1 << _BITS, dtype=np.int64)
            place[places] = np.arange(len(places))
            return Book(names, words, spread, place)
        with np.errstate(over="ignore"):  # as every product here: modulo 2^64
            spread = spread * _SPREAD | np.uint64(1)
    return None


def _words(texts: pa.Array) -> Words:
    """Return each text as two words: its size and first bytes, and the others to the twelfth."""
    _, offsets, data = texts.buffers()
    begins = offsets.slice(texts.offset * (8 if pa.types.is_large_string(texts.type) else 4))
    plain = pa.Array.from_buffers(texts.type, len(texts), [None, begins, data])
    views = plain.cast(pa.string_view())  # of an array with an offset it would copy what is before
    words = np.frombuffer(views.buffers()[1], dtype=np.uint64, count=2 * len(texts))
    return words.reshape(-1, 2)


class _Room(NamedTuple):
    """Memory that every block of a column is worked out in; taking it anew costs as much."""

    key: Words
    found: Whole
    words: Words
    same: NDArray[np.bool_]

    @classmethod
    def of(cls, n: int) -> Self:
        """Return room for so many rows."""
        two, same = np.empty((n, 2), dtype=np.uint64), np.empty((n, 2), dtype=np.bool_)
        return cls(np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.int64), two, same)

    def first(self, n: int) -> Self:
        """Return the room of the first rows."""
        return type(self)(self.key[:n], self.found[:n], self.words[:n], self.same[:n])


_ROOMS = threading.local()
"""The room of each thread, which all columns that it reads share."""


def _room(n: int) -> _Room:
    """Return the room of this thread, for at least so many rows."""
    room: _Room | None = getattr(_ROOMS, "room", None)
    if room is None or len(room.key) < n:
        room = _ROOMS.room = _Room.of(n)
    return room


def _places(words: Words, spread: np.uint64, *, out: Words) -> Whole:
    key = np.bitwise_xor(words[:, 0], words[:, 1], out=out)
    key *= spread
    key >>= np.uint64(64 - _BITS)
    return key.view(np.int64)


def _looked_up(chunk: pa.Array, book: Book, *, out: Small, room: _Room) -> Whole | None:
    """Write the level of each row and return the rows that are none; None if they are many."""
    missed, whole = [np.empty(0, dtype=np.int64)], room
    for low in range(0, len(chunk), _BLOCK):
        block = chunk.slice(low, _BLOCK)
        words, room = _words(block), whole.first(len(block))
        places = _places(words, book.spread, out=room.key)
        found = book.place.take(places, out=room.found, mode="clip")
        codes = out[low : low + len(block)]
        np.subtract(found, 1, out=codes, casting="unsafe")
        there = book.words.take(found, axis=0, out=room.words, mode="clip")
        same = np.equal(there, words, out=room.same)
        agree = (codes >= 0) == _known(block) if block.null_count else np.True_
        if not (same.all() and agree.all()):
            missed.append(np.flatnonzero(~(same.all(axis=1) & agree)) + low)
    rows = np.concatenate(missed)
    return rows if len(rows) <= _MISSED_AT_MOST * len(chunk) + 1 else None


def _known(block: pa.Array) -> NDArray[np.bool_]:
    """Return which rows of a block with missing ones are there."""
    bits = np.frombuffer(block.buffers()[0], dtype=np.uint8)[block.offset // 8 :]
    skip = block.offset % 8
    flags = np.unpackbits(bits, count=skip + len(block), bitorder="little")
    known: NDArray[np.bool_] = flags[skip:].view(np.bool_)
    return known
