"""Rows of some customers, found without making a Python text of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.store.coded import CodedText

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rows_of(customers: pd.Series, chosen: pd.Series) -> NDArray[np.bool_]:
    """Tell for each row whether its customer is one of the chosen; a missing one is none.

    `Series.isin` walks over the chosen in Python, which takes seven times as long.

    Parameters
    ----------
    customers : pandas.Series
        Customer of each row.
    chosen : pandas.Series
        Customers to look for, each once or more often.

    Examples
    --------
    >>> rows_of(pd.Series(["a", "b", None, "a"]), pd.Series(["a", "c"])).tolist()
    [True, False, False, True]
    """
    if isinstance(customers.array, CodedText):
        return customers.array.isin(chosen.dropna().array)
    column, wanted = (_texts(s) for s in (customers, chosen))
    found = pc.is_in(column, value_set=wanted.drop_null())
    return np.asarray(found, dtype=bool)


def positions_of(values: pd.Series | pd.Index, known: pd.Index) -> NDArray[np.int64]:
    """Return where each value stands among the known ones; -1 for one that is not there.

    As ``known.get_indexer(values)``, which makes a Python text of every row.

    Parameters
    ----------
    values : pandas.Series or Index of str
        A missing value stands nowhere.
    known : pandas.Index of str
        Different values.

    Examples
    --------
    >>> positions_of(pd.Series(["b", None, "c", "b"]), pd.Index(["a", "b"])).tolist()
    [1, -1, -1, 1]
    """
    codes, distinct = pd.factorize(values)
    found = pc.index_in(_texts(distinct), value_set=_texts(known)).fill_null(-1)
    return np.append(np.asarray(found, dtype=np.int64), -1)[codes]


def _texts(values: object) -> pa.Array:
    texts = pa.array(values, type=pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
