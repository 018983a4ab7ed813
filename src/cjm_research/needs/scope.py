"""What a page is about: feedback up to a day, of which brand, and what it compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.study.days import begin_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.study.plans import Grouping


BRAND = "brand"
"""Column of feedback that names whom it is about, and the grouping that brands make."""


def groups_of(
    memberships: pd.DataFrame, groupings: Sequence[Grouping], name: str = "", /
) -> tuple[pd.DataFrame, str]:
    """Return `customer_id` and `segment` of one grouping, and the grouping's id.

    Parameters
    ----------
    memberships : pandas.DataFrame
        Customers by grouping and segment.
    groupings : sequence of Grouping
        Of the study.
    name : str
        Id of a grouping; the first if empty. A study without groupings gives no group.

    Raises
    ------
    ParameterError
        If there is no grouping of that name.
    NoDataError
        If the grouping was asked for by its name, and nobody is in a segment of it.
    """
    known = [g.id for g in groupings]
    if name and name not in known:
        raise ParameterError.unknown("grouping", name, known=known)
    if not known:
        empty = pd.Series(dtype="string[pyarrow]")
        return pd.DataFrame({"customer_id": empty, "segment": empty}), ""
    chosen = name or known[0]
    own = memberships.loc[memberships["grouping"] == chosen, ["customer_id", "segment"]]
    if name and own.empty:
        raise NoDataError(f"Grouping {name!r} has no customer in any segment.")
    return own.reset_index(drop=True), chosen


def until(table: pd.DataFrame, day: pd.Timestamp, *, zone: str = "UTC") -> pd.DataFrame:
    """Return the rows of feedback given up to the end of a day; those without a date stay.

    Parameters
    ----------
    table : pandas.DataFrame
        `feedback` or `feedback_codes`.
    day : pandas.Timestamp
        A calendar day of the study.
    zone : str
        The study's zone: a day is a day there.

    Examples
    --------
    >>> given = pd.to_datetime(["2026-06-30T20:00Z", "2026-06-30T22:00Z"])
    >>> rows = pd.DataFrame({"given_at": given})
    >>> len(until(rows, pd.Timestamp("2026-06-30"), zone="Europe/Moscow"))
    1
    """
    if "given_at" not in table:
        return table
    end = begin_of(day + pd.Timedelta(days=1), zone)
    return table.loc[~(table["given_at"] >= end).to_numpy(dtype=bool)]


def with_brand(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that name a brand; a customer is one person for each brand they speak of.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"feedback_id": ["f", "g"], "customer_id": ["c", None], "brand": ["Ours", "Theirs"]}
    ... )
    >>> with_brand(rows)["customer_id"].tolist()
    ['c@Ours', '#g@Theirs']
    """
    if BRAND not in table:
        return table.iloc[:0].assign(brand=pd.Series(dtype="string[pyarrow]"))
    rows = table.loc[table[BRAND].notna().to_numpy(dtype=bool)]
    customer = rows["customer_id"] if "customer_id" in rows else pd.Series(pd.NA, rows.index)
    person = customer.astype("string[pyarrow]").fillna("#" + rows["feedback_id"])
    return rows.assign(customer_id=person + "@" + rows[BRAND])


def of_brand(table: pd.DataFrame, own: str | None) -> pd.DataFrame:
    """Return what is said of us: of the own brand, or of none by name; all if no brand is ours.

    Examples
    --------
    >>> rows = pd.DataFrame({"brand": ["Ours", "Theirs", None]})
    >>> len(of_brand(rows, "Ours")), len(of_brand(rows, None))
    (2, 3)
    """
    if not own or BRAND not in table:
        return table
    ours = table[BRAND].isna() | table[BRAND].eq(own).fillna(value=False)
    return table.loc[ours.to_numpy(dtype=bool)]
