"""Values as pandas columns of the canonical types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.schema.columns import DTYPES, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray


def as_kind(values: object, kind: Kind) -> pd.Series:
    """Return values as a column of a kind.

    Examples
    --------
    >>> as_kind([1, None], Kind.INTEGER).tolist()
    [1, <NA>]
    """
    return pd.Series(values, dtype=pd.api.types.pandas_dtype(DTYPES[kind]))


def missing(n: int, kind: Kind) -> pd.Series:
    """Return a column of a kind in which nothing is known."""
    if DTYPES[kind] == DTYPES[Kind.TEXT]:
        return pd.Series(pd.arrays.ArrowStringArray(pa.nulls(n, pa.large_string())))
    if DTYPES[kind] == DTYPES[Kind.NUMBER]:
        return pd.Series(np.full(n, np.nan))
    if kind is Kind.DATE:
        return pd.Series(np.full(n, np.datetime64("NaT", "us")))
    if kind is Kind.TIME:
        return pd.Series(pd.DatetimeIndex(np.full(n, np.datetime64("NaT", "us")), tz="UTC"))
    return as_kind([None], kind).repeat(n).reset_index(drop=True)


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
