"""Dates of one width and form, read as a matrix of bytes: every digit stands in its column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.cleaning.reading.text_bytes import byte_matrix, text_bytes

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Stamps = NDArray[np.datetime64]

_CLOCK = r"(?:[ T](?P<H>00):(?P<M>00)(?::(?P<S>00))?)?"
_FORMS = (
    re.compile(rf"(?P<y>0000)([-/.])(?P<m>00)\2(?P<d>00){_CLOCK}"),
    re.compile(rf"(?P<m>00)([-/.])(?P<d>00)\2(?P<y>0000){_CLOCK}"),
)
_FEW = 64
_OFTEN = 0.5
_YEARS, _MONTHS, _DAYS = 100, 14, 33
"""Years that are looked up at once; one place more than there are months and days."""
_NO_DAY = np.int32(np.iinfo(np.int32).min)
_ZERO, _NINE = ord("0"), ord("9")
_DAY = 86_400
_NOT_A_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDates:
    """The texts that have the column's own form."""

    rows: Integers | slice
    """Their places; a slice when they are all texts."""
    stamps: Stamps
    """For a form with the year last: as if the month came first."""
    swapped: Stamps
    year_last: bool
    dotted: bool


def fixed_dates(texts: pa.Array) -> FixedDates | None:
    """Read the texts that have the form which most have; None when there is no such form.

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = fixed_dates(pa.array(["25.04.2024 10:30", "03.04.2024 00:00", "soon"]))
    >>> found.rows.tolist(), found.swapped.astype("M8[m]").astype(str).tolist()
    ([0, 1], ['2024-04-25T10:30', '2024-04-03T00:00'])
    """
    form = _usual_form(texts)
    if form is None:
        return None
    template, match = form
    known = text_bytes(texts)
    year_last = match.start("y") > match.start("d")
    stamps = np.empty(len(texts), dtype=np.int64)
    swapped = np.empty(len(texts), dtype=np.int64) if year_last else stamps
    kept: list[NDArray[np.int32]] = []
    done = 0
    for first, piece in known.parts():
        rows = np.flatnonzero(piece.lengths == len(template))
        matrix = byte_matrix(piece, rows, len(template))
        fits = _fits(matrix, template)
        if not fits.all():
            rows, matrix = rows[fits], np.ascontiguousarray(matrix[:, fits])
        end = done + len(rows)
        _read(matrix, match, into=(stamps[done:end], swapped[done:end]))
        if done != first or len(rows) < len(piece.lengths) or kept:
            kept = kept or [np.arange(first, dtype=np.int32)]
            kept.append((rows + first).astype(np.int32))
        done = end
    if not done:
        return None
    return FixedDates(
        rows=np.concatenate(kept) if kept else slice(0, done),
        stamps=stamps[:done].view("M8[us]"),
        swapped=swapped[:done].view("M8[us]"),
        year_last=year_last,
        dotted=match[2] == ".",
    )


def _usual_form(texts: pa.Array) -> tuple[str, re.Match[str]] | None:
    """Return the form of most of the first texts, digits written as zeros."""
    seen: dict[str, int] = {}
    sample = [t for t in texts.slice(0, _FEW).to_pylist() if t]
    for text in sample:
        template = re.sub(r"[0-9]", "0", text)
        seen[template] = seen.get(template, 0) + 1
    if not seen:
        return None
    template = max(seen, key=lambda t: seen[t])
    if seen[template] < _OFTEN * len(sample):
        return None
    found = (form.fullmatch(template) for form in _FORMS)
    match = next((m for m in found if m is not None), None)
    return None if match is None else (template, match)


def _fits(matrix: NDArray[np.uint8], template: str) -> Mask:
    fits = np.ones(matrix.shape[1], dtype=bool)
    for place, sign in enumerate(template):
        if sign == "0":
            fits &= (matrix[place] - np.uint8(_ZERO)) <= _NINE - _ZERO
        else:
            fits &= matrix[place] == ord(sign)
    return fits


def _read(
    matrix: NDArray[np.uint8], match: re.Match[str], *, into: tuple[Integers, Integers]
) -> None:
    """Write microseconds since 1970: as if the month came first, and as if the day did."""

    def number(name: str) -> NDArray[np.int32]:
        value = np.zeros(matrix.shape[1], dtype=np.int32)
        for place in range(match.start(name), match.end(name)):
            value = value * 10 + (matrix[place] - np.uint8(_ZERO))
        return value

    year, month, day = number("y"), number("m"), number("d")
    seconds = np.zeros(matrix.shape[1], dtype=np.int32)
    valid = np.ones(matrix.shape[1], dtype=bool)
    if match["H"]:
        hour, minute = number("H"), number("M")
        second = number("S") if match["S"] else np.int32(0)
        valid = (hour < 24) & (minute < 60) & (second < 61)
        seconds = (hour * 60 + minute) * 60 + second
    year_last = match.start("y") > match.start("d")
    orders = ((month, day), (day, month)) if year_last else ((month, day),)
    for ticks, (months, days) in zip(into, orders, strict=False):
        day_numbers = _day_numbers(year, months, days)
        np.multiply(day_numbers, _DAY, out=ticks, dtype=np.int64)
        np.add(ticks, seconds, out=ticks)
        np.multiply(ticks, 1_000_000, out=ticks)
        sound = valid & (day_numbers != _NO_DAY)
        if not sound.all():
            ticks[~sound] = _NOT_A_TIME


def _day_numbers(
    year: NDArray[np.int32], month: NDArray[np.int32], day: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return days since 1970; `_NO_DAY` where the calendar lacks one."""
    first = int(year.min(initial=9999))
    span = int(year.max(initial=0)) - first + 1
    if span > _YEARS:
        found = np.full(len(year), _NO_DAY)
        for start in range(first, first + span, _YEARS):
            here = (year >= start) & (year < start + _YEARS)
            if here.any():
                found[here] = _day_numbers(year[here], month[here], day[here])
        return found
    place = np.minimum(month, _MONTHS - 1) * _DAYS + np.minimum(day, _DAYS - 1)
    place += (year - first) * np.int32(_MONTHS * _DAYS)
    days: NDArray[np.int32] = _calendar(first, max(span, 1)).take(place)
    return days


@lru_cache(maxsize=16)
def _calendar(first: int, years: int) -> NDArray[np.int32]:
    """Return days since 1970 by year, month and day of a few years, in one row."""
    months = (np.arange(years * 12) + (first - 1970) * 12).astype("M8[M]")
    starts = months.astype("M8[D]").astype(np.int64)
    lengths = (months + np.timedelta64(1, "M")).astype("M8[D]").astype(np.int64) - starts
    table = np.full((years, _MONTHS, _DAYS), _NO_DAY)
    day = np.arange(31)
    days = np.where(day < lengths[:, None], starts[:, None] + day, _NO_DAY)
    table[:, 1:13, 1:32] = days.reshape(years, 12, 31)
    table[: max(0, 1 - first)] = _NO_DAY  # there is no year 0
    return table.ravel()
