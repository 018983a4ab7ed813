"""Which days a study's data cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from cjm_research.store.store import Store
    from cjm_research.study.model import Study

OBSERVED = {
    "orders": "ordered_at",
    "events": "occurred_at",
    "feedback": "given_at",
    "exposures": "exposed_at",
    "campaign_totals": "date",
}
"""For each table, the column that says when a row happened."""

NO_DAY = pd.Timestamp("2000-01-01")
"""Stands for the day of data without any date; nothing that needs a date is then shown."""


def at_end(window: tuple[str, str] | None) -> tuple[str, str] | None:
    """Return the last day alone: what stands on it is no sum over the days before.

    Two reports then compare a state, such as the share of a segment, as two samples. Most
    customers are in both, so this is stricter than need be, and never too bold.

    Examples
    --------
    >>> at_end(("2026-01-01", "2026-11-22"))
    ('2026-11-22', '2026-11-22')
    """
    return (window[1], window[1]) if window else None


def data_window(store: Store, study: Study) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Return the first and last day of what was observed, in the study's zone; None undated."""
    ends: list[pd.Timestamp] = []
    for table, column in OBSERVED.items():
        if not store.has(table):
            continue
        declared = TABLES[table].column(column)
        for stamp in map(pd.Timestamp, store.span(table, column) or ()):
            if declared is not None and declared.kind is Kind.TIME:
                ends.append(stamp.tz_convert(study.zone).tz_localize(None).normalize())
            else:
                ends.append(stamp.normalize())
    return (min(ends), max(ends)) if ends else None


def read_day(text: str) -> pd.Timestamp:
    """Read the ISO day that a study is opened as of."""
    try:
        return pd.Timestamp(pd.to_datetime(text, format="%Y-%m-%d"))
    except ValueError:
        raise ParameterError.expected("as_of", "a day such as 2026-11-22", got=text) from None
