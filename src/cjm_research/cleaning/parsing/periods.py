"""Texts that name a month, a quarter or a week rather than a day: the first day of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import as_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Stamps = NDArray[np.datetime64]

_MONTHS = {
    1: "jan янв 1月", 2: "feb фев", 3: "mar мар", 4: "apr апр", 5: "may мая май", 6: "jun июн",
    7: "jul июл", 8: "aug авг", 9: "sep сен", 10: "oct окт", 11: "nov ноя", 12: "dec дек",
}  # fmt: skip
MONTH_OF = {word: month for month, words in _MONTHS.items() for word in words.split()}
"""Number of a month by the first three letters of its name, in lower case."""
_YEAR, _YEAR_OF_MONTH = r"(?P<y>(?:19|20)\d\d)", r"(?P<y>(?:19|20)\d\d|\d\d)"
_END = r"(?:\s*(?:года|год|г\.?))?$"
_NAME = r"(?P<n>[A-Za-zА-Яа-я]{3,9})"
_QUARTER = r"(?:кв(?:артал)?\.?|qtr|quarter)"
_FORMS = (
    rf"^{_YEAR}[-/.](?P<m>\d{{1,2}})$",
    rf"^{_YEAR}年(?P<m>\d{{1,2}})月?份?$",
    rf"^(?P<m>\d{{1,2}})[./-]{_YEAR}{_END}",
    r"^(?P<y>20(?:1[3-9]|[2-9]\d))(?P<m>0[1-9]|1[0-2])$",
    rf"^{_NAME}\.?[ ,.'’/-]+{_YEAR_OF_MONTH}{_END}",
    rf"^{_YEAR}[ ./-]{_NAME}$",
    rf"^{_YEAR}[ -]?[QqКк](?P<q>[1-4])$",
    rf"^[QqКк](?P<q>[1-4])[ -/]?{_YEAR}{_END}",
    rf"(?i)^(?P<q>[1-4])(?:-?й|st|nd|rd|th)?\s*{_QUARTER}\s*{_YEAR}{_END}",
    rf"^{_YEAR}年第?(?P<q>[1-4一二三四])季度?$",
    rf"(?i)^{_YEAR}-?w(?P<w>\d\d)(?:-?(?P<d>[1-7]))?$",
)
"""Two digits are a year only after the name of a month, and six digits only where the last two
are a month and those before could be none."""
_QUARTERS = {q: i % 4 + 1 for i, q in enumerate("1234一二三四")}
_SAMPLE = 1000
_NO_DAY = np.datetime64("NaT", "D")
_CENTURY = 69  # as dates have it


def read_periods(texts: pa.Array, left: Integers, stamps: Stamps) -> Mask:
    """Write the first day of each named period into `stamps`; tell which texts named one.

    Weeks are those of ISO 8601, from Monday on. One that says its day is a day.

    Examples
    --------
    >>> texts = pa.array(["2024-03", "март 2024", "Mar-24", "2024-W10", "2024Q2", "soon"])
    >>> stamps = np.full(6, np.datetime64("NaT", "us"))
    >>> read_periods(texts, np.arange(6), stamps).tolist()
    [True, True, True, True, True, False]
    >>> stamps.astype("M8[D]").astype(str).tolist()
    ['2024-03-01', '2024-03-01', '2024-03-01', '2024-03-04', '2024-04-01', 'NaT']
    """
    found = np.zeros(len(stamps), dtype=bool)
    left = left[np.isnat(stamps[left])]
    if not len(left) or not _may_be(texts.take(pa.array(left[:_SAMPLE]))):
        return found
    for pattern in _FORMS:
        parts = pc.extract_regex(texts.take(pa.array(left)), pattern)
        hit = as_mask(parts.is_valid())
        if not hit.any():
            continue
        days, is_day = _first_days(parts.filter(pa.array(hit)).to_pylist())
        stamps[left[hit]] = days
        found[left[hit]] = ~np.isnat(days) & ~is_day
        left = left[~hit]
    return found


def _may_be(sample: pa.Array) -> bool:
    """Tell whether one of the first texts names a period: where none does, none is looked for."""
    pattern = "|".join(f"(?:{form})" for form in _FORMS)
    for name in "ymnqwd":
        pattern = pattern.replace(f"(?P<{name}>", "(?:")
    return bool(as_mask(pc.match_substring_regex(sample, pattern)).any())


def _first_days(parts: list[dict[str, str]]) -> tuple[Stamps, Mask]:
    """Return the first day of each period, and which of them are days themselves."""
    days = [_first_day(p) for p in parts]
    return np.array(days, dtype="M8[us]"), np.array([bool(p.get("d")) for p in parts], dtype=bool)


def _first_day(part: dict[str, str]) -> np.datetime64:
    year = int(part["y"])
    if len(part["y"]) < 4:
        year += 2000 if year < _CENTURY else 1900
    if part.get("w"):
        return _monday(year, int(part["w"])) + np.timedelta64(int(part["d"] or 1) - 1, "D")
    month = 3 * _QUARTERS[part["q"]] - 2 if part.get("q") else int(part.get("m") or 0)
    month = MONTH_OF.get(part["n"].casefold()[:3], 0) if part.get("n") else month
    if not 1 <= month <= 12:
        return _NO_DAY
    return np.datetime64(f"{year:04}-{month:02}-01", "D")


def _monday(year: int, week: int) -> np.datetime64:
    """Return the first day of a week of ISO 8601: the first week has the year's first Thursday."""
    fourth = np.datetime64(f"{year:04}-01-04", "D")
    first: np.datetime64 = fourth - np.timedelta64((int(fourth.astype(int)) + 3) % 7, "D")
    monday: np.datetime64 = first + np.timedelta64(7 * (week - 1), "D")
    thursday = monday + np.timedelta64(3, "D")
    return monday if thursday.astype("M8[Y]") == fourth.astype("M8[Y]") else _NO_DAY
