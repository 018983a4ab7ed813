"""Dates and times in their many forms, taken apart; the day order is left to the column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.counted_times import epochs_and_serials
from cjm_research.cleaning.parsing.date_letters import plainly_written
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.fixed_dates import fixed_dates
from cjm_research.cleaning.parsing.periods import MONTH_OF, read_periods
from cjm_research.cleaning.parsing.zones import ZONE, in_utc, names_a_zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Integers = NDArray[np.int64]
    Stamps = NDArray[np.datetime64]

NOT_A_TIME = np.datetime64("NaT", "us")

_BEFORE_NOON = ("上午", "凌晨", "早上", "清晨", "午前", "AM", "am")
_AFTER_NOON = ("下午", "晚上", "傍晚", "午後", "午后", "PM", "pm")
_NIGHT = ("晚上",)
"""Twelve of the night: the day's end or its beginning, the text does not tell."""
_NOON = "中午"
_CLOCK = (
    rf"(?:(?:[T ,:]|в |at )*(?P<b>{'|'.join((*_BEFORE_NOON, *_AFTER_NOON, _NOON))})?\s*"
    r"(?P<H>\d{1,2})[:.时時点點](?P<M>\d{1,2})"
    r"(?:[:分](?P<S>\d{1,2})?(?:[.,](?P<f>\d{1,9}))?秒?)?"
    r"\s*(?P<p>[AaPp]\.?[Mm]\.?)?)?"
)
_END = rf"{_CLOCK}{ZONE}\s*$"
_FORMS = {
    "year_first": rf"^(?P<y>\d{{4}})[-/.年](?P<m>\d{{1,2}})[-/.月](?P<d>\d{{1,2}})[日号號]?{_END}",
    "compact": rf"^(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d){_END}",
    "year_last": r"^(?P<m>\d{1,2})[./-](?P<d>\d{1,2})[./-](?P<y>\d{4}|\d\d)(?:\s*(?:года|г\.?))?"
    rf"{_END}",
    "day_word": r"^(?P<d>\d{1,2})(?:st|nd|rd|th)?[ ./-]+(?:of )?(?P<n>[A-Za-zА-Яа-я]{3,9})\.?"
    rf"[ ,./-]+(?P<y>\d{{4}}|\d\d)(?:\s*(?:года|г\.?))?{_END}",
    "word_day": r"^(?P<n>[A-Za-zА-Яа-я]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})"
    rf"{_END}",
}
_SAMPLE = 500
_MORNING = 6  # 中午1点 is one in the afternoon, 中午11点半 half an hour before noon
_CENTURY = 69  # two digits below are 2000 and on, as POSIX has it


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTexts:
    """Distinct texts of a date column, read as far as one text alone allows."""

    stamps: Stamps
    """As read; for `open_order` with the month first."""
    swapped: Stamps
    """For `open_order` with the day first; else as `stamps`."""
    is_utc: Mask
    """Texts that name their zone, and epochs."""
    day_first: Mask
    """Texts that prove the day first, such as 25/04/2024."""
    month_first: Mask
    dotted: Mask
    """Day, month, year with dots between: the day is first by custom."""
    either: Mask
    """Texts such as 03/04/2024 that can be read both ways."""
    epochs: Mask
    serials: Mask
    periods: Mask
    """Texts that name a month, a quarter or a week: read as the first day of it."""

    def values(self, *, day_first: bool | None, dots_too: bool = False) -> tuple[Stamps, Mask]:
        """Return the stamps with one day order, and the texts that stay ambiguous without one.

        Dotted dates have the day first whatever slashed ones have, unless `dots_too`.
        """
        dots = self.dotted & (not dots_too)
        by_day = (self.day_first | dots | bool(day_first)) & ~self.month_first
        stamps = self.swapped if by_day.all() else np.where(by_day, self.swapped, self.stamps)
        ambiguous = self.either & ~dots & (day_first is None)
        if ambiguous.any():
            stamps = np.where(ambiguous, NOT_A_TIME, stamps)
        return stamps, ambiguous


def date_texts(texts: pa.Array) -> DateTexts:
    """Take dates apart: ISO, dotted, slashed, compact, in words, Chinese, epochs, Excel's days.

    Examples
    --------
    >>> found = date_texts(
    ...     pa.array(["25/04/2024", "03/04/2024", "2024年3月5日", "5 марта 2024 г."])
    ... )
    >>> found.day_first.tolist(), found.either.tolist()
    ([True, False, False, False], [False, True, False, False])
    >>> found.values(day_first=True)[0].astype("M8[D]").astype(str).tolist()
    ['2024-04-25', '2024-04-03', '2024-03-05', '2024-03-05']
    """
    n = len(texts)
    whole = _iso_at_once(texts)
    if whole is not None:
        none = np.zeros(n, dtype=bool)
        flags = (
            "is_utc",
            "day_first",
            "month_first",
            "dotted",
            "either",
            "epochs",
            "serials",
            "periods",
        )
        return DateTexts(stamps=whole, swapped=whole, **dict.fromkeys(flags, none))
    found = _Reading(n)
    left = found.read_fixed(texts)
    left = found.read_forms(texts, left) if len(left) else left
    stamps, swapped, year_last = found.stamps, found.swapped, found.year_last
    epochs, serials = epochs_and_serials(texts, left, stamps)
    periods = read_periods(texts, left, stamps)
    if not year_last.all():
        np.copyto(swapped, stamps, where=~year_last)
    fits, fits_swapped = ~np.isnat(stamps), ~np.isnat(swapped)
    return DateTexts(
        stamps=stamps,
        swapped=swapped,
        is_utc=found.is_utc | epochs,
        day_first=year_last & fits_swapped & ~fits,
        month_first=year_last & fits & ~fits_swapped,
        dotted=found.dotted,
        either=year_last & fits & fits_swapped & (stamps != swapped),
        epochs=epochs,
        serials=serials,
        periods=periods,
    )


class _Reading:
    """What was read so far of each text."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.stamps: Stamps
        self.swapped: Stamps
        self.is_utc, self.year_last = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        self.dotted = np.zeros(n, dtype=bool)

    def read_fixed(self, texts: pa.Array) -> Integers:
        """Read what has the column's own form; return the places of the others."""
        fixed = fixed_dates(texts)
        if fixed is not None and isinstance(fixed.rows, slice):
            self.stamps, self.swapped = fixed.stamps, fixed.swapped
            self.year_last[:], self.dotted[:] = fixed.year_last, fixed.dotted
            return np.arange(0)
        self.stamps, self.swapped = np.full((2, self.n), NOT_A_TIME)
        if fixed is None:
            return np.arange(self.n)
        rows = fixed.rows
        self.stamps[rows], self.swapped[rows] = fixed.stamps, fixed.swapped
        self.year_last[rows], self.dotted[rows] = fixed.year_last, fixed.dotted
        rest = np.ones(len(texts), dtype=bool)
        rest[rows] = False
        return np.flatnonzero(rest)

    def read_forms(self, texts: pa.Array, left: Integers) -> Integers:
        """Read by one form after the other; return the places that fit none."""
        plain = texts if len(left) == len(texts) else texts.take(pa.array(left))
        plain = plainly_written(plain)
        for form, pattern in _likeliest_first(plain):
            parts = pc.extract_regex(plain, pattern)
            hit = as_mask(parts.is_valid())
            if not hit.any():
                continue
            rows, fitting = left[hit], pa.array(hit)
            read = _read_form(parts.filter(fitting), form)
            self.stamps[rows], self.swapped[rows], self.is_utc[rows] = read
            if form == "year_last":
                dots = pc.match_substring_regex(plain.filter(fitting), r"^\d+\.\d+\.")
                self.year_last[rows], self.dotted[rows] = True, as_mask(dots)
            left, plain = left[~hit], plain.filter(pa.array(~hit))
            if not len(left):
                break
        return left


def _likeliest_first(texts: pa.Array) -> list[tuple[str, str]]:
    """Order the forms by how many of the first texts they fit; no text fits two."""
    sample = texts.slice(0, _SAMPLE)
    hits = {
        form: -as_mask(pc.match_substring_regex(sample, pattern)).sum()
        for form, pattern in _FORMS.items()
    }
    return sorted(_FORMS.items(), key=lambda item: hits[item[0]])


def _iso_at_once(texts: pa.Array) -> Stamps | None:
    """Read the common case in one call: every text is an ISO stamp without a zone."""
    try:
        texts.slice(0, _SAMPLE).cast(pa.timestamp("us"))  # fails soon where it has to
        found = texts.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    stamps: Stamps = found.to_numpy(zero_copy_only=False)
    return stamps.astype("M8[us]")


def _read_form(parts: pa.Array, form: str) -> tuple[Stamps, Stamps, Mask]:
    year = _integers(parts, "y")
    short = pc.less(pc.utf8_length(parts.field("y")), 4).to_numpy(zero_copy_only=False)
    year = np.where(short, np.where(year < _CENTURY, year + 2000, year + 1900), year)
    day = _integers(parts, "d")
    month = _months(parts) if form in ("day_word", "word_day") else _integers(parts, "m")
    clock, valid = _clock(parts)
    stamps = _stamp(year, month, day)
    swapped = _stamp(year, day, month) if form == "year_last" else stamps
    zones = parts.field("z")
    zoned = names_a_zone(zones)
    stamps, swapped = stamps + clock, swapped + clock
    if zoned.any():
        stamps, swapped = in_utc(stamps, zones), in_utc(swapped, zones)
    stamps[~valid] = NOT_A_TIME
    swapped[~valid] = NOT_A_TIME
    return stamps, swapped, zoned


def _integers(parts: pa.Array, name: str, *, default: int = 0) -> Integers:
    texts = parts.field(name)
    empty = pc.equal(pc.utf8_length(texts), 0)
    filled = pc.if_else(empty, pa.scalar(str(default), texts.type), texts)
    numbers: Integers = filled.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _months(parts: pa.Array) -> Integers:
    words = parts.field("n").dictionary_encode()
    months = np.array(
        [MONTH_OF.get(w.casefold()[:3], 0) for w in words.dictionary.to_pylist()], dtype=np.int64
    )
    found: Integers = months[words.indices.to_numpy(zero_copy_only=False)]
    return found


def _clock(parts: pa.Array) -> tuple[NDArray[np.timedelta64], Mask]:
    hour, minute, second = (_integers(parts, p) for p in "HMS")
    half = pc.utf8_lower(parts.field("p"))
    before = parts.field("b")
    is_pm = as_mask(pc.starts_with(half, "p")) | as_mask(
        pc.is_in(before, pa.array(_AFTER_NOON, before.type))
    )
    is_pm |= as_mask(pc.equal(before, pa.scalar(_NOON, before.type))) & (hour < _MORNING)
    is_am = as_mask(pc.starts_with(half, "a")) | as_mask(
        pc.is_in(before, pa.array(_BEFORE_NOON, before.type))
    )
    twelve = (is_pm | is_am) & (hour == 12)
    hour = np.where(twelve, 0, hour) + 12 * (is_pm & (hour <= 12))
    fraction = pc.utf8_slice_codeunits(pc.utf8_rpad(parts.field("f"), 6, "0"), 0, 6)
    micro = fraction.cast(pa.int64()).to_numpy(zero_copy_only=False)
    at_night = as_mask(pc.is_in(before, pa.array(_NIGHT, before.type)))
    valid = (hour < 24) & (minute < 60) & (second < 61) & ~(at_night & twelve)
    total = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro
    return total.astype("m8[us]"), valid


def _stamp(year: Integers, month: Integers, day: Integers) -> Stamps:
    """Join year, month and day; a day that the calendar lacks is not a time."""
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1)
    ahead = np.where(sound, month, 1) - 1
    months = (year - 1970).astype("M8[Y]").astype("M8[M]") + ahead.astype("m8[M]")
    days = months.astype("M8[D]") + (np.where(sound, day, 1) - 1).astype("m8[D]")
    sound &= days.astype("M8[M]") == months
    found: Stamps = days.astype("M8[us]")
    found[~sound] = NOT_A_TIME
    return found
