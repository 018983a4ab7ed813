"""Rows that may be alike, told by one number of each: only they are compared cell by cell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.cleaning.reading.text_bytes import text_bytes
from cjm_research.store.coded import CodedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.uint64]

_FROM_ROWS = 100_000
"""Rows from which it is quicker to number them first."""
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
    for name in names:
        for part in _parts(frame[name]):
            mixed ^= part
            mixed *= _ODD
            mixed ^= mixed >> _SHIFT
    return mixed


def _parts(column: pd.Series) -> list[Numbers]:
    """Return numbers that are equal where two cells are; none where none are quick to find."""
    cells = column.array
    if isinstance(cells, CodedText) and cells.codes is not None:
        return [cells.codes.astype(np.uint64)]
    if isinstance(column.dtype, pd.StringDtype):
        texts = pa.array(cells, pa.large_string())
        texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
        return _ends(texts.fill_null("") if texts.null_count else texts)
    if isinstance(cells, pd.arrays.DatetimeArray):
        ticks: Any = cells
        return [ticks.asi8.view(np.uint64)]
    if column.dtype == np.float64:
        plain = column.to_numpy() + 0.0  # which makes one zero of two
        plain[np.isnan(plain)] = np.nan
        return [plain.view(np.uint64)]
    return []


def _ends(texts: pa.Array) -> list[Numbers]:
    """Return the last sixteen bytes of each text in two words, and its length in the second."""
    known = text_bytes(texts)
    if not len(known.data) or sys.byteorder == "big":
        return []
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
