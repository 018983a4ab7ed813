"""Values as pandas columns of the canonical types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from cjm_research.schema.columns import DTYPES, Kind

if TYPE_CHECKING:
    import numpy as np
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
    return as_kind([None], kind).repeat(n).reset_index(drop=True)


def text_column(texts: pa.Array, index: NDArray[np.int64]) -> pd.Series:
    """Return the text of each row; a negative place is a missing one.

    Examples
    --------
    >>> import numpy as np
    >>> text_column(pa.array(["a", "b"]), np.array([1, -1, 0])).tolist()
    ['b', <NA>, 'a']
    """
    places = pa.array(index, pa.int64(), mask=index < 0)
    return pd.Series(pd.arrays.ArrowStringArray(texts.cast(pa.large_string()).take(places)))
