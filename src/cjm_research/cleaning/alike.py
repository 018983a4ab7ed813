"""Rows that may be alike, told by one number of each: only they are compared cell by cell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.cleaning.reading.text_bytes import text_bytes
from cjm_research.store.coded import CodedText
from cjm_research.store.words import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.uint64]

_FROM_ROWS = 100_000
"""Rows from which it is quicker to number them first."""
_ROWS = 1 << 20
"""Rows that are numbered at a time."""
_WORD = 8
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def repeated(frame: pd.DataFrame, columns: Sequence[str], *, keep: Any = "first") -> Mask:  # noqa: ANN401  # as pandas has it
    """Tell which rows repeat others, as ``frame.duplicated(columns, keep=keep)``.

    Equal rows have equal numbers (sums of codes, ticks and the last bytes of texts, well mixed),
    so that only rows whose number stands twice need a look.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1.0, 2.0, 1.0], "b": ["x", "x", "x"]})
    >>> repeated(frame, ["a", "b"]).tolist()
    [False, False, True]
    """
    names = list(columns)
    if len(frame) < _FROM_ROWS:
        found: Mask = frame.duplicated(names, keep=keep).to_numpy()
        return found
    rows = np.flatnonzero(_stands_twice(_numbers(frame, names)))
    found = np.zeros(len(frame), dtype=bool)
    if len(rows):
        cells = {name: _comparable(frame[name].iloc[rows]) for name in names}
        found[rows] = pd.DataFrame(cells).duplicated(keep=keep).to_numpy()
    return found


def _comparable(column: pd.Series) -> Any:  # noqa: ANN401  # a column or its codes
    """Return codes in place of texts: `DataFrame.duplicated` would make a Python text of each."""
    if isinstance(column.dtype, pd.StringDtype):
        return pd.factorize(column, use_na_sentinel=False)[0]
    return column.array


def _stands_twice(numbers: Numbers) -> Mask:
    ordered = np.sort(numbers)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    twice = again[np.append(again[:-1] != again[1:], True)[: len(again)]]
    if not len(twice):
        return np.zeros(len(numbers), dtype=bool)
    places = np.minimum(np.searchsorted(twice, numbers), len(twice) - 1)
    found: Mask = twice[places] == numbers
    return found


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> Numbers:
    mixed = np.zeros(len(frame), dtype=np.uint64)
    for parts_of in filter(None, (_parts(frame[name]) for name in names)):
        for start in range(0, len(frame), _ROWS):
            part = mixed[start : start + _ROWS]
            for numbers in parts_of(slice(start, start + _ROWS)):
                part ^= numbers
                part *= _ODD
                part ^= part >> _SHIFT
    return mixed


def _parts(column: pd.Series) -> Callable[[slice], list[Numbers]] | None:
    """Return what gives numbers of some rows that are equal where two cells are.

    None where no such numbers are quick to find.
    """
    cells: Any = column.array
    if isinstance(cells, CodedText) and cells.codes is not None:
        codes = cells.codes
        return lambda here: [codes[here].astype(np.uint64)]
    if isinstance(column.dtype, pd.StringDtype):
        return None if sys.byteorder == "big" else _parts_of_texts(pa.array(cells, TEXT))
    if isinstance(cells, pd.arrays.DatetimeArray):
        ticks = cells.asi8.view(np.uint64)  # type: ignore[attr-defined]
        return lambda here: [ticks[here]]
    if column.dtype == np.float64:
        values = column.to_numpy()
        return lambda here: [_of_floats(values[here])]
    return None


def _of_floats(values: NDArray[np.float64]) -> Numbers:
    plain = values + 0.0  # which makes one zero of two
    plain[np.isnan(plain)] = np.nan
    return plain.view(np.uint64)


def _parts_of_texts(cells: pa.Array | pa.ChunkedArray) -> Callable[[slice], list[Numbers]]:
    texts = cells
    if isinstance(cells, pa.ChunkedArray):
        texts = cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()

    def parts(here: slice) -> list[Numbers]:
        some = texts[here]
        return _ends(some.fill_null("") if some.null_count else some)

    return parts


def _ends(texts: pa.Array) -> list[Numbers]:
    """Return the last sixteen bytes of each text in two words, and its length in the second."""
    known = text_bytes(texts)
    padded = np.concatenate([np.zeros(2 * _WORD, np.uint8), known.data])
    words = np.ndarray(
        shape=(len(padded) - _WORD + 1,), dtype=np.uint64, buffer=padded, strides=(1,)
    )
    ends, lengths = known.offsets[1:], known.lengths
    last = _without_before(words[ends + _WORD], lengths)
    before = _without_before(words[ends], lengths - _WORD)
    return [last, before ^ lengths.astype(np.uint64)]


def _without_before(words: Numbers, lengths: NDArray[np.signedinteger[Any]]) -> Numbers:
    """Empty the bytes of words that lie before their texts: the first ones, which count least."""
    spare = (_WORD - np.clip(lengths, 0, _WORD)).astype(np.uint64) * np.uint64(8)
    half = spare >> np.uint64(1)  # a shift by all 64 bits is none, so in two steps
    kept: Numbers = (words >> half) >> (spare - half)
    return kept
