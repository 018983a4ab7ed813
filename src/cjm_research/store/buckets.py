"""Which bucket a customer's rows lie in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS_PER_BUCKET = 1_000_000
"""About how many rows of the largest table one bucket holds."""


def bucket_count(n_rows: int, *, rows_per_bucket: int = ROWS_PER_BUCKET) -> int:
    """Return the power of two that keeps buckets near `rows_per_bucket` rows.

    Examples
    --------
    >>> [bucket_count(n) for n in (0, 1_000_000, 1_000_001, 5_000_000)]
    [1, 1, 2, 8]
    """
    return 1 << max(0, math.ceil(math.log2(max(1, n_rows) / rows_per_bucket)))


def bucket_of(customers: pd.Series, n_buckets: int) -> NDArray[np.int64]:
    """Return the bucket of each customer: the top bits of a stable 64-bit hash.

    Doubling the number of buckets splits each bucket in two, and a customer's bucket depends
    on nothing but the id and the number of buckets.

    Parameters
    ----------
    customers : pandas.Series of str, shape (n,)
        Customer ids; a missing id hashes as an empty text.
    n_buckets : int
        A power of two.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)

    Examples
    --------
    >>> ids = pd.Series(["a", "b", "c", "d"])
    >>> (bucket_of(ids, 4) == bucket_of(ids, 8) // 2).all().item()
    True
    """
    if n_buckets < 1 or n_buckets & (n_buckets - 1):
        raise ParameterError.expected("n_buckets", "a power of two", got=n_buckets)
    bits = n_buckets.bit_length() - 1
    if not bits:
        return np.zeros(len(customers), dtype=np.int64)
    codes, names = pd.factorize(customers.fillna(""))
    hashes = pd.util.hash_array(np.asarray(names, dtype=object), categorize=False)
    return (hashes >> np.uint64(64 - bits)).astype(np.int64)[codes]
