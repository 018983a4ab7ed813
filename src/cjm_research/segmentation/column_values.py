"""A grouping that is a column: each value a segment, those of few customers together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import StudyError, nearest

if TYPE_CHECKING:
    from cjm_research.study.plans import Grouping

MOST_VALUES = 60
"""Values that a column may have to stand for a grouping."""
OTHER = "other"
"""The segment of all values that are none of their own."""


def values_as_segments(base: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    """Return a three-valued column for each segment: unknown where the value is.

    Parameters
    ----------
    base : pandas.DataFrame
        As `base.customer_table` gives.
    grouping : Grouping
        With its `column`, and perhaps the `shown_values` that are segments of their own.

    Raises
    ------
    StudyError
        If there is no such column, or it has too many values.
    """
    texts = _texts(base, grouping)
    names = sorted(map(str, texts.dropna().unique()))
    if len(names) > MOST_VALUES:
        raise StudyError(
            f"grouping {grouping.id!r}: column {grouping.column!r} has {len(names)} values;"
            f" at most {MOST_VALUES} can be segments. Declare segments with conditions instead,"
            " or name the 'shown_values' that are segments of their own."
        )
    return pd.DataFrame({n: (texts == n).astype("boolean") for n in names}, index=base.index)


def with_small_together(base: pd.DataFrame, grouping: Grouping, *, below: int) -> Grouping:
    """Return the grouping with its `shown_values` named, where several have too few customers.

    The choice is that of one day; it is kept in the grouping, so that segments of an earlier
    day are the same.

    Examples
    --------
    >>> from cjm_research.study.plans import Grouping
    >>> plan = Grouping.model_validate({"id": "city", "label": "x", "column": "city"})
    >>> people = pd.DataFrame({"city": ["Perm", "Perm", "Ufa", "Omsk"]}, dtype="string[pyarrow]")
    >>> with_small_together(people, plan, below=2).shown_values
    ['Perm']
    """
    if grouping.column is None or grouping.shown_values or grouping.column not in base:
        return grouping
    counts = _texts(base, grouping).value_counts()
    if int((counts < below).sum()) < 2:
        return grouping
    return grouping.model_copy(
        update={"shown_values": sorted(map(str, counts.index[counts >= below]))}
    )


def _texts(base: pd.DataFrame, grouping: Grouping) -> pd.Series:
    column = str(grouping.column)
    if column not in base:
        hint = nearest(column, map(str, base.columns))
        raise StudyError(f"grouping {grouping.id!r}: there is no column {column!r}.{hint}")
    values = base[column]
    if isinstance(values.dtype, pd.BooleanDtype):
        values = values.map({True: "yes", False: "no"})
    texts = values.astype("string[pyarrow]")
    if not grouping.shown_values:
        return texts
    return texts.where(texts.isna() | texts.isin(grouping.shown_values), OTHER)
