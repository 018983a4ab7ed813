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
_BLOCK = 1 << 15
_ZERO, _NINE = ord("0"), ord("9")
_DAY = 86_400
_NOT_A_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDates:
    """The texts that have the column's own form."""

    rows: Integers
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
    rows = np.flatnonzero(known.lengths == len(template))
    if not len(rows):
        return None
    kept, stamps, swapped = [], [], []
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        matrix = byte_matrix(known, part, len(template))
        fits = _fits(matrix, template)
        if not fits.all():
            part, matrix = part[fits], np.ascontiguousarray(matrix[:, fits])
        first, second = _read(matrix, match)
        kept.append(part)
        stamps.append(first)
        swapped.append(second)
    year_last = match.start("y") > match.start("d")
    return FixedDates(
        rows=np.concatenate(kept),
        stamps=np.concatenate(stamps).view("M8[us]"),
        swapped=np.concatenate(swapped).view("M8[us]"),
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


def _read(matrix: NDArray[np.uint8], match: re.Match[str]) -> tuple[Integers, Integers]:
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
    stamps = _ticks(year, month, day, seconds=seconds, valid=valid)
    if match.start("y") < match.start("d"):
        return stamps, stamps
    return stamps, _ticks(year, day, month, seconds=seconds, valid=valid)


def _ticks(
    year: NDArray[np.int32], month: NDArray[np.int32], day: NDArray[np.int32], *,
    seconds: NDArray[np.int32], valid: Mask,
) -> Integers:  # fmt: skip
    """Return microseconds since 1970; a day that the calendar lacks is not a time."""
    first_days, lengths = _calendar()
    sound = valid & (month >= 1) & (month <= 12) & (year >= 1)
    place = np.where(sound, year * 12 + month - 1, 0)
    sound &= (day >= 1) & (day <= lengths[place])
    ticks = ((first_days[place] + day - 1).astype(np.int64) * _DAY + seconds) * 1_000_000
    ticks[~sound] = _NOT_A_TIME
    return ticks


@lru_cache
def _calendar() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the first day of every month of years 0 to 9999, since 1970, and its length."""
    months = np.arange(0, 12 * 10_000 + 1) - 1970 * 12
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64).astype(np.int32)
    return days[:-1], np.diff(days)
