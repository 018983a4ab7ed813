"""Columns in which nothing is known, and which therefore take no room."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.store.coded import coded_text
from cjm_research.store.words import TEXT


@lru_cache(maxsize=16)
def blank_column(n: int, dtype: str) -> pd.Series:
    """Return a column in which nothing is known.

    Numbers and times are one value that all rows share, so the column takes no room; who writes
    into a table that has it gets a copy, for the column is also held here.

    Parameters
    ----------
    n : int
        Rows.
    dtype : str
        A type of the canonical tables: texts, numbers, times, whole numbers, yes and no.

    Examples
    --------
    >>> blank_column(2, "datetime64[us, UTC]").tolist()
    [NaT, NaT]
    >>> blank_column(1_000_000, "float64").array.to_numpy().strides
    (0,)
    """
    kind = pd.api.types.pandas_dtype(dtype)
    if isinstance(kind, pd.StringDtype):
        none = pa.DictionaryArray.from_arrays(pa.nulls(n, pa.int8()), pa.array([], TEXT))
        return pd.Series(coded_text(none))
    if kind == np.float64:
        return pd.Series(np.broadcast_to(np.nan, n), copy=False)
    if kind == "Int64":
        return pd.Series(pd.arrays.IntegerArray(np.zeros(n, np.int64), np.ones(n, dtype=bool)))
    if kind == "boolean":
        return pd.Series(pd.arrays.BooleanArray(np.zeros(n, dtype=bool), np.ones(n, dtype=bool)))
    ticks = np.broadcast_to(np.int64(np.iinfo(np.int64).min), n)
    return pd.Series(ticks, copy=False).astype(kind)
