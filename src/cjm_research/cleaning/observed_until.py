"""Until when the data go: the last day that is usual, and rows far beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.checks import MAIN_TIME
from cjm_research.cleaning.codes import Code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.cleaning.ledger import Ledger

_TRIMMED = 0.005
"""Part of a table's newest rows that may be slips."""
_FEWEST = 20
"""Dated rows from which a table tells what is usual: of two rows neither is the odd one."""
_APART = pd.Timedelta(days=400)


def usual_end(tables: Mapping[str, pd.DataFrame]) -> pd.Timestamp | None:
    """Return the newest time that practically all rows of some table reach; None if none tells.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables by name.

    Examples
    --------
    >>> days = pd.date_range("2026-01-01", periods=300, tz="UTC")
    >>> slip = pd.DatetimeIndex([*days, pd.Timestamp("2062-01-01", tz="UTC")])
    >>> usual_end({"orders": pd.DataFrame({"ordered_at": slip})}).date().isoformat()
    '2026-10-26'
    """
    ends = []
    for name, frame in tables.items():
        column = MAIN_TIME.get(name)
        if column is None or column not in frame:
            continue
        ticks = frame[column].dropna().to_numpy(dtype="datetime64[us]").view(np.int64)
        if len(ticks) >= _FEWEST:
            place = int((1 - _TRIMMED) * (len(ticks) - 1))
            ends.append(pd.Timestamp(np.partition(ticks, place)[place], unit="us", tz="UTC"))
    return max(ends, default=None)


def without_far_future(
    frame: pd.DataFrame, ledger: Ledger, *, usual: pd.Timestamp | None
) -> pd.DataFrame:
    """Set aside rows whose stamp lies more than a year beyond what is usual.

    Parameters
    ----------
    frame : pandas.DataFrame
        A canonical table.
    ledger : Ledger
        Its books.
    usual : pandas.Timestamp or None
        As `usual_end` gives it.
    """
    column = MAIN_TIME.get(ledger.table)
    if usual is None or column is None or column not in frame:
        return frame
    last = usual + _APART
    if frame[column].dt.tz is None:
        last = last.tz_localize(None)
    late = (frame[column] > last).to_numpy(dtype=bool)
    return ledger.set_aside(frame, late, Code.FUTURE_DATE, column=column)


def newest_day(tables: Mapping[str, pd.DataFrame], zone: str) -> pd.Timestamp | None:
    """Return the newest day on which anything was observed, in the study's zone."""
    days = []
    for name, frame in tables.items():
        column = MAIN_TIME.get(name)
        if column is None or frame[column].isna().all():
            continue
        newest = frame[column].max()
        local = newest.tz_convert(zone).tz_localize(None) if newest.tzinfo else newest
        days.append(local.normalize())
    return max(days, default=None)
