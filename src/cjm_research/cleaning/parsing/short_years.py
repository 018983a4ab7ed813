"""Dates such as 24/03/05: a year of two digits that stands first, where the column proves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import Distinct, as_mask
from cjm_research.cleaning.reading.raw_table import Choice

_FORM = r"^(?P<a>\d\d)[/-](?P<b>\d\d?)[/-](?P<c>\d\d)(?:\D.*|)$"
_LATE, _EARLY = r"^([7-9]\d|69)([/-])", r"^([0-6]\d)([/-])"
_MONTHS, _DAYS = 12, 31
_LEAST, _RATIO = 3, 3
"""Last parts that differ, in all and for each first part: days do, years hardly."""


def whole_years(
    name: str, found: Distinct, *, day_first: bool | None = None
) -> tuple[Distinct, tuple[Choice, ...]]:
    """Write the century before short years that stand first, and report it.

    They do where the last parts fit days of a month and the first ones no day, or where the last
    parts vary as days do and the first ones as years do. Dots mean the day first by custom, and
    where the study says what stands first nothing is done.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from cjm_research.cleaning.parsing.distinct import distinct_texts
    >>> column = distinct_texts(pa.array(["24/03/05", "24/03/15", "24/03/31 10:00"]))
    >>> whole_years("ordered_at", column)[0].texts.to_pylist()
    ['2024/03/05', '2024/03/15', '2024/03/31 10:00']
    >>> column = distinct_texts(pa.array(["05/03/24", "15/03/24", "31/03/24"]))
    >>> whole_years("ordered_at", column)[0].texts.to_pylist()
    ['05/03/24', '15/03/24', '31/03/24']
    """
    begins = as_mask(pc.match_substring_regex(found.texts.slice(0, 1), _FORM)).any()
    if day_first is not None or not begins:
        return found, ()
    parts = pc.extract_regex(found.texts, _FORM)
    here = as_mask(parts.is_valid())
    first, middle, last = (_numbers(parts, part, here) for part in "abc")
    if not (here.all() and _year_leads(first, middle, last)):
        return found, ()
    texts = pc.replace_substring_regex(found.texts, _LATE, r"19\1\2")
    texts = pc.replace_substring_regex(texts, _EARLY, r"20\1\2")
    shown = "" if name == "birth_date" else f": {found.example(here)}"
    evidence = f"{int(found.counts.sum())}{shown}"
    choice = Choice(
        column=name, choice="year_first", evidence=evidence, override="day_first = true"
    )
    return replace(found, texts=texts), (choice,)


def _numbers(parts: pa.Array, name: str, here: np.ndarray) -> np.ndarray:
    texts = parts.filter(pa.array(here)).field(name)
    return np.asarray(texts.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _year_leads(first: np.ndarray, middle: np.ndarray, last: np.ndarray) -> bool:
    if middle.max() > _MONTHS or last.max() > _DAYS or not last.min():
        return False
    if first.max() > _DAYS:
        return True
    years, days = len(np.unique(first)), len(np.unique(last))
    return days >= _LEAST and days >= _RATIO * years
