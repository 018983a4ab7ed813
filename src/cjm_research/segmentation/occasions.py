"""Occasions to greet a customer: birthdays, holidays, the day the customer came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIXED: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    "ru": (
        ("new_year", 1, 1), ("christmas", 1, 7), ("defender_day", 2, 23), ("womens_day", 3, 8),
        ("spring_day", 5, 1), ("victory_day", 5, 9), ("russia_day", 6, 12), ("unity_day", 11, 4),
    ),
    "zh": (("new_year", 1, 1), ("labour_day", 5, 1), ("national_day", 10, 1)),
}  # fmt: skip
"""Calendar: holidays of a fixed day; key, month, day."""

LUNAR: Mapping[str, tuple[str, ...]] = {
    "spring_festival": (
        "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29",
        "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23",
        "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08",
    ),
    "dragon_boat": (
        "2020-06-25", "2021-06-14", "2022-06-03", "2023-06-22", "2024-06-10", "2025-05-31",
        "2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05", "2031-06-24",
        "2032-06-12", "2033-06-01", "2034-06-20", "2035-06-10",
    ),
    "mid_autumn": (
        "2020-10-01", "2021-09-21", "2022-09-10", "2023-09-29", "2024-09-17", "2025-10-06",
        "2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12", "2031-10-01",
        "2032-09-19", "2033-09-08", "2034-09-27", "2035-09-16",
    ),
}  # fmt: skip
"""Chinese holidays of the lunar calendar, years 2020 to 2035 (1st of the 1st month, 5th of the
5th, 15th of the 8th)."""

CALENDARS = tuple(FIXED)
GREETED = 3
"""Days around an occasion in which a contact counts as its greeting."""


def holidays(calendar: str, *, first: date, last: date) -> tuple[tuple[date, str], ...]:
    """Return the holidays between two days, both included.

    Raises
    ------
    ParameterError
        If the calendar is not known, or the years of its lunar holidays are not.

    Examples
    --------
    >>> holidays("zh", first=date(2026, 2, 1), last=date(2026, 2, 28))
    ((datetime.date(2026, 2, 17), 'spring_festival'),)
    """
    if calendar not in FIXED:
        raise ParameterError.unknown("calendar", calendar, known=CALENDARS)
    found = [
        (date(year, month, day), name)
        for year in range(first.year, last.year + 1)
        for name, month, day in FIXED[calendar]
    ]
    if calendar == "zh":
        known = [date.fromisoformat(d) for d in LUNAR["spring_festival"]]
        if not known[0].year <= first.year <= last.year <= known[-1].year:
            raise ParameterError.expected(
                "the day", f"in the years {known[0].year} to {known[-1].year}", got=str(first)
            )
        found += [(date.fromisoformat(d), name) for name, days in LUNAR.items() for d in days]
    return tuple(sorted(f for f in found if first <= f[0] <= last))


def occasions(
    customers: pd.DataFrame,
    care_contacts: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    ahead: int = 14,
    calendars: Sequence[str] = (),
) -> pd.DataFrame:
    """List the occasions of the next days that nobody has greeted yet.

    Parameters
    ----------
    customers : pandas.DataFrame
        `customer_id`; `birth_date` and `acquired_on` where known.
    care_contacts : pandas.DataFrame
        Contacts made; one of kind ``greeting`` up to three days before the occasion counts as
        its greeting. May be empty.
    as_of : pandas.Timestamp
        Today; an occasion of today is on the list.
    ahead : int
        Days to look ahead.
    calendars : sequence of str
        Holidays of ``ru``, ``zh``; every customer has them.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `occasion` (``birthday``, ``anniversary`` or a holiday), `on` (a day) and
        `years` (age or years as a customer; missing for a holiday), by day and customer. Who was
        born on 29 February is greeted on the 28th in other years.
    """
    if ahead < 0:
        raise ParameterError.expected("ahead", "at least 0 days", got=ahead)
    first = as_of.tz_localize(None).date()
    last = first + timedelta(days=ahead)
    ids = customers["customer_id"]
    parts = [
        _yearly(ids, customers[column], (first, last), name)
        for column, name in (("birth_date", "birthday"), ("acquired_on", "anniversary"))
        if column in customers
    ]
    for calendar in calendars:
        for day, name in holidays(calendar, first=first, last=last):
            parts.append(_rows(ids, np.full(len(ids), day, dtype="M8[s]"), name))
    found = pd.concat(parts, ignore_index=True) if parts else _rows(ids[:0], np.empty(0), "")
    found = found.drop_duplicates(["customer_id", "occasion", "on"])
    found = found[~_greeted(found, care_contacts, as_of)]
    return found.sort_values(["on", "customer_id", "occasion"], ignore_index=True)


def _yearly(ids: pd.Series, days: pd.Series, span: tuple[date, date], name: str) -> pd.DataFrame:
    known = days.notna().to_numpy()
    stamps = pd.to_datetime(days[known]).dt.tz_localize(None)
    found = []
    for year in range(span[0].year, span[1].year + 1):
        leap = (stamps.dt.month == 2) & (stamps.dt.day == 29)
        day = stamps.dt.day.where(~leap | bool(pd.Timestamp(year, 1, 1).is_leap_year), 28)
        on = pd.to_datetime(pd.DataFrame({"year": year, "month": stamps.dt.month, "day": day}))
        rows = _rows(ids[known], on.to_numpy(), name)
        rows["years"] = pd.array(year - stamps.dt.year.to_numpy(), dtype="Int64")
        inside = (on >= pd.Timestamp(span[0])) & (on <= pd.Timestamp(span[1]))
        found.append(rows[inside.to_numpy() & (rows["years"] > 0).to_numpy(dtype=bool)])
    return pd.concat(found, ignore_index=True)


def _rows(ids: pd.Series, on: np.ndarray, name: str) -> pd.DataFrame:
    return pd.DataFrame({
        "customer_id": ids.astype("string[pyarrow]").array,
        "occasion": pd.array([name] * len(ids), dtype="string[pyarrow]"),
        "on": pd.array(on, dtype="datetime64[s]"),
        "years": pd.array([pd.NA] * len(ids), dtype="Int64"),
    })  # fmt: skip


def _greeted(found: pd.DataFrame, care_contacts: pd.DataFrame, as_of: pd.Timestamp) -> np.ndarray:
    if care_contacts.empty or "made_at" not in care_contacts:
        return np.zeros(len(found), dtype=bool)
    zone = str(as_of.tz) if as_of.tz is not None else "UTC"
    made = care_contacts[(care_contacts["kind"] == "greeting").to_numpy(dtype=bool, na_value=False)]
    made = made.dropna(subset=["made_at", "customer_id"])
    day = made["made_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    known = (day <= as_of.tz_localize(None)).to_numpy()  # a later one has greeted nobody yet
    newest = day[known].groupby(made["customer_id"].to_numpy()[known]).max()
    last = pd.to_datetime(found["customer_id"].astype(object).map(newest.to_dict()))
    greeted: np.ndarray = (found["on"] - last <= pd.Timedelta(days=GREETED)).to_numpy(dtype=bool)
    return greeted
