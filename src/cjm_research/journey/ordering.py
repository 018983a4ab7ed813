"""The order of a journey: by customer, then time, then sequence; ties keep their own order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from cjm_research.store.coded import CodedText

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

NO_TIME = np.iinfo(np.int64).min
"""How an unknown time is written in `microseconds`."""


def microseconds(stamps: pd.Series) -> Codes:
    """Return stamps as microseconds since 1970, UTC; a stamp without a zone is UTC.

    Returns
    -------
    numpy.ndarray of int64
        `NO_TIME` where the stamp is missing.
    """
    if isinstance(stamps.dtype, pd.DatetimeTZDtype):
        return np.asarray(stamps.to_numpy(dtype="datetime64[us]")).view(np.int64)
    utc = pd.to_datetime(stamps, utc=True).dt.as_unit("us")
    return np.asarray(utc.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")).view(np.int64)


def coded(values: pd.Series) -> tuple[NDArray[np.int32], pd.Index]:
    """Return the number of each value in the order of their first appearance, and the values.

    As `pandas.factorize`, in half the memory and without holding up other threads where the
    texts are kept by pyarrow.

    Returns
    -------
    codes : numpy.ndarray of int32, shape (n,)
        -1 where the value is missing.
    distinct : pandas.Index

    Examples
    --------
    >>> codes, distinct = coded(pd.Series(["b", None, "a", "b"], dtype="string[pyarrow]"))
    >>> codes.tolist(), distinct.tolist()
    ([0, -1, 1, 0], ['b', 'a'])
    """
    if getattr(values.dtype, "storage", "") != "pyarrow" or isinstance(values.array, CodedText):
        codes, distinct = pd.factorize(values)
        return codes.astype(np.int32), pd.Index(distinct)
    texts: Any = pa.array(values).dictionary_encode()  # of one chunk or of several
    chunks: list[Any] = texts.chunks if hasattr(texts, "chunks") else [texts]
    if len(chunks) == 0:
        return np.empty(0, dtype=np.int32), pd.Index(values)
    parts = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in chunks]
    distinct = chunks[-1].dictionary.to_numpy(zero_copy_only=False)
    codes = np.concatenate(parts) if len(parts) > 1 else parts[0]
    return np.asarray(codes, dtype=np.int32), pd.Index(distinct, dtype=values.dtype)


def renumbered(
    customer: NDArray[np.integer], n_customers: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return customers numbered without gaps, and the old number of each."""
    who = np.flatnonzero(np.bincount(customer, minlength=n_customers))
    if len(who) == n_customers:
        return customer.astype(np.int32, copy=False), who
    number = np.zeros(n_customers, dtype=np.int32)
    number[who] = np.arange(len(who))
    return number[customer], who


def journey_order(
    customer: NDArray[np.integer], time: Codes, *, sequence: NDArray[np.integer] | None = None
) -> Codes:
    """Return the positions of events by customer, time and sequence; else as they stand.

    Parameters
    ----------
    customer : array of int, shape (n,)
        Number of the customer, from 0.
    time : array of int64, shape (n,)
        Microseconds.
    sequence : array of int, shape (n,), optional
        Breaks ties of one customer's equal stamps.

    Notes
    -----
    One sort by time, none if time rises already, then a count of events per customer puts
    each in its place: O(n) where a sort by two keys is O(n log n).

    Examples
    --------
    >>> journey_order(np.array([1, 0, 1]), np.array([5, 6, 4])).tolist()
    [1, 2, 0]
    """
    if not len(customer):
        return np.empty(0, dtype=np.int64)
    if sequence is not None:
        by_time = np.lexsort((sequence, time)).astype(np.int64)
    elif _rises(time):
        return by_group(customer)
    elif _rises(customer) and _rises(time, within=customer):
        return np.arange(len(customer))
    else:
        by_time = np.argsort(time, kind="stable")
    return by_time[by_group(customer[by_time])]


def _rises(values: NDArray[np.integer], within: NDArray[np.integer] | None = None) -> bool:
    rises = values[1:] >= values[:-1]
    if within is not None:
        rises |= within[1:] != within[:-1]
    return bool(rises.all())


def by_group(customer: NDArray[np.integer]) -> Codes:
    """Return the positions by number, those of each number as they stand (a counting sort)."""
    n, n_customers = len(customer), int(customer.max()) + 1
    one_a_row = np.arange(n + 1, dtype=customer.dtype)
    parts = (np.ones(n, dtype=np.int8), customer, one_a_row)
    return np.asarray(sparse.csr_array(parts, shape=(n, n_customers)).tocsc().indices)
