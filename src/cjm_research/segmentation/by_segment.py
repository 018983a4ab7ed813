"""Rows of any table by the segment of their customer, at the cost of one look at the ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.segmentation.codes import codes_together, id_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def inside_segments(
    ids: pd.Series, members: pd.DataFrame
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Go through the segments, each with the rows whose customer is in it.

    Parameters
    ----------
    ids : pandas.Series
        `customer_id` of each row; a missing one is in no segment.
    members : pandas.DataFrame
        `customer_id` and `segment`; a customer may be in several.

    Yields
    ------
    tuple of str and array of bool
        Segments in the order of their names.

    Examples
    --------
    >>> members = pd.DataFrame({"customer_id": ["a", "b"], "segment": ["new", "old"]})
    >>> [(s, m.tolist()) for s, m in inside_segments(pd.Series(["b", None, "a"]), members)]
    [('new', [False, False, True]), ('old', [True, False, False])]
    """
    own = members["customer_id"]
    codes, _ = codes_together(own, ids)
    segment, names = pd.factorize(members["segment"], sort=True)
    theirs = codes[len(own) :]
    for number, name in enumerate(names):
        inside = np.zeros(int(codes.max(initial=0)) + 2, dtype=bool)  # the last: nobody
        inside[codes[: len(own)][segment == number]] = True
        inside[-1] = False
        yield str(name), inside[theirs]


def once_each(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one row for each customer and value of a column; rows without either are left out.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": list("aab"), "stage": ["x", "x", "x"]})
    >>> once_each(rows, "stage").index.tolist()
    [1, 2]
    """
    customer, _ = id_codes(rows["customer_id"])
    value, names = pd.factorize(rows[column])
    known = np.flatnonzero((customer >= 0) & (value >= 0))
    last = np.full((int(customer.max(initial=0)) + 1) * max(len(names), 1), -1, dtype=np.int64)
    last[customer[known] * len(names) + value[known]] = known
    return rows.iloc[np.sort(last[last >= 0])]
