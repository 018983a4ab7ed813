"""Values as pandas columns of the canonical types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.schema.columns import DTYPES, Kind
from cjm_research.store.blank import blank_column
from cjm_research.store.coded import coded_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.signedinteger[Any]]

_PIECE = 1 << 16
_FEW = 8
_ROWS = 1 << 18
_MANY = 100_000
"""Rows from which texts that come again and again are held once each."""


def as_kind(values: object, kind: Kind) -> pd.Series:
    """Return values as a column of a kind.

    Examples
    --------
    >>> as_kind([1, None], Kind.INTEGER).tolist()
    [1, <NA>]
    """
    return pd.Series(values, dtype=pd.api.types.pandas_dtype(DTYPES[kind]))


def as_times(ticks: NDArray[np.int64], kind: Kind) -> pd.Series:
    """Take microseconds since 1970 for days or for times in UTC; nothing is copied."""
    return pd.Series(ticks, copy=False).astype(pd.api.types.pandas_dtype(DTYPES[kind]))


def whole_numbers(values: NDArray[np.int64]) -> pd.Series:
    """Return whole numbers, all of them known, as a column; nothing is copied."""
    known = np.zeros(len(values), dtype=bool)
    return pd.Series(pd.arrays.IntegerArray(values, known), copy=False)


def constant_column(text: str | None, n: int) -> pd.Series:
    """Return a column of one text.

    Examples
    --------
    >>> constant_column("RUB", 2).tolist(), int(constant_column(None, 100_000).isna().sum())
    (['RUB', 'RUB'], 100000)
    """
    if text is None:
        return missing(n, Kind.TEXT)
    return _held_once(pa.array([text], pa.large_string()), np.zeros(n, dtype=np.int8))


def missing(n: int, kind: Kind) -> pd.Series:
    """Return a column of a kind in which nothing is known; it takes no room.

    Examples
    --------
    >>> missing(3, Kind.TIME).tolist(), missing(1_000_000, Kind.MONEY).array.to_numpy().strides
    ([NaT, NaT, NaT], (0,))
    """
    return blank_column(n, DTYPES[kind])


@dataclass(frozen=True, slots=True)
class TextCells:
    """A column of texts that is not written out yet: its distinct texts and the place of each."""

    texts: pa.Array
    index: Places
    """Shape (rows,); negative where nothing is known."""

    def __len__(self) -> int:
        return len(self.index)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Rows in which nothing is known."""
        return self.index < 0

    def rows(self, mask: NDArray[np.bool_] | None = None) -> pd.Series:
        """Write out the rows of a mask, all if there is none."""
        if mask is None or mask.all():
            return text_column(self.texts, self.index)
        if np.count_nonzero(mask) < len(mask) // _FEW or _come_again(self.texts, self.index):
            return text_column(self.texts, self.index[np.flatnonzero(mask)])
        own = len(self.index) == len(self.texts) and _is_every_place(self.index)
        texts = self.texts if own else self.texts.cast(pa.large_string())
        pieces = []
        for start in range(0, len(mask), _ROWS):  # in parts, so that nothing is held twice
            here = slice(start, start + _ROWS)
            if own:
                kept = texts.slice(start, _ROWS).filter(pa.array(mask[here]))
                pieces.append(kept.cast(pa.large_string()))
            else:
                pieces.append(_taken(texts, self.index[here][mask[here]]))
        return pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array(pieces, pa.large_string())))


def text_column(texts: pa.Array, index: Places) -> pd.Series:
    """Return the text of each row; a negative place is a missing one.

    Examples
    --------
    >>> import numpy as np
    >>> text_column(pa.array(["a", "b"]), np.array([1, -1, 0])).tolist()
    ['b', <NA>, 'a']
    """
    if _come_again(texts, index):
        return _held_once(texts, index)
    if len(index) == len(texts) and _is_every_place(index):
        return pd.Series(pd.arrays.ArrowStringArray(texts.cast(pa.large_string())))
    return pd.Series(pd.arrays.ArrowStringArray(_taken(texts.cast(pa.large_string()), index)))


def _come_again(texts: pa.Array, index: Places) -> bool:
    """Tell whether a column is long and each of its texts stands in many rows."""
    return len(index) >= _MANY and len(texts) * _FEW <= len(index)


def _held_once(texts: pa.Array, index: Places) -> pd.Series:
    gone = index < 0
    places = pa.array(index, mask=gone if gone.any() else None)
    words = texts.cast(pa.large_string()).dictionary_encode()  # two cells may mean one text
    if len(words.dictionary) < len(texts):
        places = words.indices.take(places)
    return pd.Series(coded_text(pa.DictionaryArray.from_arrays(places, words.dictionary)))


def _taken(texts: pa.Array, index: Places) -> pa.Array:
    gone = index < 0
    return texts.take(pa.array(index, mask=gone if gone.any() else None))


def _is_every_place(index: Places) -> bool:
    """Tell whether each row has the text of its own place."""
    if len(index) and (index[0] != 0 or index[-1] != len(index) - 1):
        return False
    parts = (index[start : start + _PIECE + 1] for start in range(0, len(index), _PIECE))
    return all(bool((part[1:] - part[:-1] == 1).all()) for part in parts)
