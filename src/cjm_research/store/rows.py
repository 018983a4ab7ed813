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


def aligned(known: pd.Series, keys: pd.Series | pd.Index) -> pd.Series:
    """Return what is known of each key, missing where nothing is.

    As ``known.reindex(keys)``, which makes a Python text of every key.

    Parameters
    ----------
    known : pandas.Series
        By different texts; of a type that can miss values, such as text or time.
    keys : pandas.Series or Index of str
        May come again and again.

    Examples
    --------
    >>> known = pd.Series(pd.array(["x", "y"], dtype="string"), index=["a", "b"])
    >>> aligned(known, pd.Index(["b", "c"])).fillna("none").to_dict()
    {'b': 'y', 'c': 'none'}
    """
    at = positions_of(keys, known.index) if len(known) else np.full(len(keys), -1)
    found = known.array.take(at, allow_fill=True)
    return pd.Series(found, index=pd.Index(keys), name=known.name)


def _texts(values: object) -> pa.Array:
    texts = pa.array(values, type=pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
