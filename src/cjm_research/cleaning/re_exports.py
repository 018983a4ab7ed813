"""Rows that two exports both hold, because their periods overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.checks import MAIN_TIME
from cjm_research.cleaning.codes import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.ledger import Ledger

    Mask = NDArray[np.bool_]

FEWEST = 10
"""Rows that two files must share before one is taken for a second export of the other."""
OVERLAP = 0.5
"""Share of the rows, in the time that two files both cover, that they must share."""


def without_re_exported(
    frame: pd.DataFrame, ledger: Ledger, *, content: Sequence[str]
) -> pd.DataFrame:
    """Set aside rows that an earlier file has already, where two files overlap in time.

    Two files of one period repeat each other's rows; two files of two shops hardly ever do. So a
    pair of files counts as one export made twice only when most rows of the time that both
    cover are the same. A row that stands twice in each file is kept twice.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table whose rows nothing names.
    ledger : Ledger
        Its books.
    content : sequence of str
        Columns that say what a row says.
    """
    column = MAIN_TIME.get(ledger.table)
    if column is None or column not in frame or frame["source_file"].nunique() < 2:
        return frame
    if frame[column].isna().all():
        return frame
    same = frame.duplicated(list(content), keep=False).to_numpy()
    if same.sum() < 2 * FEWEST:
        return frame
    files, names = pd.factorize(frame["source_file"])
    row = frame.groupby(list(content), dropna=False, sort=False).ngroup().to_numpy()
    nth = pd.Series(row).groupby([row, files]).cumcount().to_numpy()
    seen = pd.DataFrame({"row": row, "nth": nth, "file": files})[same]
    repeated = np.zeros(len(frame), dtype=bool)
    for later in range(1, len(names)):
        for earlier in range(later):
            twice = _both(seen, earlier, later)
            if len(twice) >= FEWEST and _cover_each_other(
                frame[column], files == earlier, files == later, n=len(twice)
            ):
                repeated[twice] = True
    return ledger.set_aside(frame, repeated, Code.RE_EXPORTED)


def _both(seen: pd.DataFrame, earlier: int, later: int) -> NDArray[np.int64]:
    """Return the places of rows of the later file that the earlier one has as well."""
    first, second = (seen[seen["file"] == f] for f in (earlier, later))
    known = pd.MultiIndex.from_frame(first[["row", "nth"]])
    found = pd.MultiIndex.from_frame(second[["row", "nth"]]).isin(known)
    return second.index.to_numpy(dtype=np.int64)[found]


def _cover_each_other(stamps: pd.Series, earlier: Mask, later: Mask, *, n: int) -> bool:
    one, other = stamps[earlier].dropna(), stamps[later].dropna()
    if one.empty or other.empty:
        return False
    start, end = max(one.min(), other.min()), min(one.max(), other.max())
    fewest = min(((s >= start) & (s <= end)).sum() for s in (one, other))
    return bool(fewest and n >= OVERLAP * fewest)
