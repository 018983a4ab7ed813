"""Values as pandas columns of the canonical types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.schema.columns import DTYPES, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PIECE = 1 << 16


def as_kind(values: object, kind: Kind) -> pd.Series:
    """Return values as a column of a kind.

    Examples
    --------
    >>> as_kind([1, None], Kind.INTEGER).tolist()
    [1, <NA>]
    """
    return pd.Series(values, dtype=pd.api.types.pandas_dtype(DTYPES[kind]))


def constant_texts(text: str | None, n: int) -> pa.ChunkedArray:
    """Return a text n times; all pieces of the column are one and the same, so it takes no room.

    Examples
    --------
    >>> constant_texts("a", 70_000).nbytes < 1_000_000, len(constant_texts(None, 7))
    (True, 7)
    """
    piece = pa.repeat(pa.scalar(text, pa.large_string()), min(n, _PIECE))
    full, rest = divmod(n, _PIECE)
    return pa.chunked_array([*[piece] * full, piece[:rest]], pa.large_string())


def missing(n: int, kind: Kind) -> pd.Series:
    """Return a column of a kind in which nothing is known."""
    if DTYPES[kind] == DTYPES[Kind.TEXT]:
        return pd.Series(pd.arrays.ArrowStringArray(constant_texts(None, n)))
    if DTYPES[kind] == DTYPES[Kind.NUMBER]:
        return pd.Series(np.full(n, np.nan), copy=False)
    if kind is Kind.DATE:
        return pd.Series(np.full(n, np.datetime64("NaT", "us")), copy=False)
    if kind is Kind.TIME:
        times = pd.DatetimeIndex(np.full(n, np.datetime64("NaT", "us")), tz="UTC")
        return pd.Series(times, copy=False)
    if DTYPES[kind] == "Int64":
        return pd.Series(pd.arrays.IntegerArray(np.zeros(n, np.int64), np.ones(n, dtype=bool)))
    return pd.Series(pd.arrays.BooleanArray(np.zeros(n, dtype=bool), np.ones(n, dtype=bool)))


@dataclass(frozen=True, slots=True)
class TextCells:
    """A column of texts that is not written out yet: its distinct texts and the place of each."""

    texts: pa.Array
    index: NDArray[np.int64]
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
        if len(self.index) == len(self.texts) and _is_every_place(self.index):
            kept = self.texts.filter(pa.array(mask)).cast(pa.large_string())
            return pd.Series(pd.arrays.ArrowStringArray(kept))
        return text_column(self.texts, self.index[mask])


def text_column(texts: pa.Array, index: NDArray[np.int64]) -> pd.Series:
    """Return the text of each row; a negative place is a missing one.

    Examples
    --------
    >>> import numpy as np
    >>> text_column(pa.array(["a", "b"]), np.array([1, -1, 0])).tolist()
    ['b', <NA>, 'a']
    """
    if len(index) == len(texts) and _is_every_place(index):
        return pd.Series(pd.arrays.ArrowStringArray(texts.cast(pa.large_string())))
    places = pa.array(index, pa.int64(), mask=index < 0)
    return pd.Series(pd.arrays.ArrowStringArray(texts.cast(pa.large_string()).take(places)))


def _is_every_place(index: NDArray[np.int64]) -> bool:
    """Tell whether each row has the text of its own place."""
    return not len(index) or bool(
        index[0] == 0 and index[-1] == len(index) - 1 and (np.diff(index) == 1).all()
    )
