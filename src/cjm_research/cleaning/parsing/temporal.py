"""A column of days or times: which day order it has, and its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.counted_times import counted_times
from cjm_research.cleaning.parsing.date_texts import NOT_A_TIME, DateTexts
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.hints import Hints, Parsed
from cjm_research.cleaning.parsing.typed import as_times
from cjm_research.cleaning.reading.raw_table import Choice, Note
from cjm_research.cleaning.reading.text_bytes import text_bytes
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.cleaning.parsing.distinct import Distinct

    Stamps = NDArray[np.datetime64]

_SENTINELS = np.array(
    ["0001-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "2099-12-31",
     "2100-01-01", "9999-12-31"], dtype="M8[us]"
)  # fmt: skip
"""Days that systems write for "not known" or "for ever"."""
_OLDEST, _NEWEST = np.datetime64("1970-01-01", "us"), np.datetime64("2099-12-31", "us")
"""Between them no day is a stand-in."""
_ZEROS = r"^0{1,4}[-./]0{1,2}[-./]0{1,4}([ T][0:.]*)?Z?$"
"""What databases write for a day that was never given."""
_BORN_BEFORE = np.datetime64("2030-01-01", "us")
_CENTURY = np.timedelta64(1200, "M")
"""A day of birth whose year has two digits is before it."""
_ROWS = 1 << 20
_FIRST, _LAST = np.datetime64("1850-01-01", "us"), np.datetime64("2200-01-01", "us")


def order_evidence(texts: DateTexts, counts: NDArray[np.integer[Any]]) -> tuple[int, int]:
    """Return how many rows prove the day first, and how many the month first.

    Dotted dates prove nothing about slashed ones.
    """
    slashed = ~texts.dotted
    return int(counts[texts.day_first & slashed].sum()), int(
        counts[texts.month_first & slashed].sum()
    )


def parse_times(
    column: str, found: Distinct, texts: DateTexts, *, hints: Hints, kind: Kind
) -> Parsed:
    """Read a column of days (in the study's zone) or of times (in UTC).

    The day order is the one that the study gives, else the one that this column proves, else
    the one that other columns of the file prove; without any proof, and with contradictory
    proof, 03/04/2024 stays ambiguous and is not read.
    """
    by_day, by_month = order_evidence(texts, found.proof)
    order = hints.day_first
    if order is None:
        order = hints.day_first_nearby if not by_day and not by_month else None
        if bool(by_day) != bool(by_month):
            order = bool(by_day)
    stamps, ambiguous = texts.values(day_first=order, dots_too=hints.day_first is not None)
    periods = _trusted_periods(texts, found.proof)
    if texts.periods.any() and periods is None:
        stamps = np.where(texts.periods, NOT_A_TIME, stamps)
    if column == "birth_date":
        stamps = _born(stamps, found)
    is_utc = texts.is_utc
    if column in hints.times:
        counted, is_counted = counted_times(found.texts, hints.times[column])
        stamps = np.where(is_counted, counted, stamps)
        is_utc = np.where(is_counted, hints.times[column].startswith("unix"), is_utc)
    stamps, problems, notes = _unread(stamps, ambiguous, column, found)
    if column not in hints.times:
        notes += _mixed_epochs(found, texts)
    if by_day and by_month and hints.day_first is None:
        example = f"{found.example(texts.day_first)}; {found.example(texts.month_first)}"
        notes.append(Note(code=Code.MIXED_DAY_ORDER, rows=min(by_day, by_month), example=example))
    full = found.spread(stamps, NOT_A_TIME)
    utc = found.spread(is_utc, missing=False)
    return Parsed(
        column=_day(full, utc, hints.zone) if kind is Kind.DATE else _time(full, utc, hints.zone),
        problems={c: found.rows(m) for c, m in problems.items() if m.any()},
        notes=tuple(notes),
        choices=(
            *_choices(column, found, texts, order=order if hints.day_first is None else None),
            *(() if periods is None else (_period_choice(column, found, periods),)),
        ),
        kind=kind,
    )


def _unread(
    stamps: Stamps, ambiguous: NDArray[np.bool_], column: str, found: Distinct
) -> tuple[Stamps, dict[Code, NDArray[np.bool_]], list[Note]]:
    """Sort out what is not a time: unreadable, ambiguous, out of any range, or a stand-in."""
    used = found.counts > 0
    stand_ins = _SENTINELS
    if column == "birth_date":
        stand_ins = stand_ins[stand_ins != np.datetime64("1970-01-01")]
    sentinel, outside = np.zeros((2, len(stamps)), dtype=bool)
    edge = np.flatnonzero((stamps <= _OLDEST) | (stamps >= _NEWEST))  # few; only they may be either
    sentinel[edge] = np.isin(stamps[edge], stand_ins) & used[edge]
    outside[edge] = (stamps[edge] < _FIRST) | (stamps[edge] >= _LAST)
    lost = np.flatnonzero(np.isnat(stamps) & used)
    sentinel[lost] = as_mask(pc.match_substring_regex(found.texts.take(pa.array(lost)), _ZEROS))
    unreadable = (np.isnat(stamps) | outside) & used & ~ambiguous & ~sentinel
    gone = outside | sentinel
    stamps = np.where(gone, NOT_A_TIME, stamps) if gone.any() else stamps
    problems = {
        Code.UNREADABLE_DATE: unreadable,
        Code.AMBIGUOUS_DATE: ambiguous & used,
        Code.SENTINEL_DATE: sentinel,
    }
    return stamps, problems, []


def _trusted_periods(
    texts: DateTexts, counts: NDArray[np.integer[Any]]
) -> NDArray[np.bool_] | None:
    """Return the months and weeks of a column that is written in them; None for any other.

    Among days a month alone says that the day is not known.
    """
    rows = counts[texts.periods].sum()
    return texts.periods if rows and 2 * rows >= counts.sum() else None


def _born(stamps: Stamps, found: Distinct) -> Stamps:
    """Take two digits of a year of birth for the century before, where this one is to come."""
    late = np.flatnonzero(stamps >= _BORN_BEFORE)
    if not len(late):
        return stamps
    whole = as_mask(pc.match_substring_regex(found.texts.take(pa.array(late)), r"\d{4}"))
    late, moved = late[~whole], stamps.copy()
    months = stamps[late].astype("M8[M]")
    moved[late] = (months - _CENTURY).astype("M8[us]") + (stamps[late] - months)
    return moved


def _mixed_epochs(found: Distinct, texts: DateTexts) -> list[Note]:
    """Say so where a column counts seconds in one row and thousandths in another."""
    if not texts.epochs.any():
        return []
    whole = pc.replace_substring_regex(found.texts.filter(pa.array(texts.epochs)), r"\..*$", "")
    sizes = text_bytes(whole).lengths
    usual = np.bincount(sizes, found.counts[texts.epochs]).argmax()
    odd = texts.epochs.copy()
    odd[odd] = sizes != usual
    rows = int(found.counts[odd].sum())
    return [Note(code=Code.MIXED_EPOCHS, rows=rows, example=found.example(odd))] if rows else []


def _time(stamps: Stamps, utc: NDArray[np.bool_], zone: str) -> pd.Series:
    """Take stamps without a zone for the zone's own, and give all in UTC.

    Of an hour that occurs twice in autumn the first is taken; one that spring leaves out
    moves to the next time that exists.
    """
    if zone == "UTC" or utc.all():
        return as_times(stamps.view(np.int64), Kind.TIME)
    ticks = np.empty(len(stamps), dtype=np.int64)
    for start in range(0, len(stamps), _ROWS):  # pandas holds a part six times meanwhile
        here = slice(start, start + _ROWS)
        ticks[here] = _in_utc(stamps[here], utc[here], zone).asi8
    return as_times(ticks, Kind.TIME)


def _in_utc(stamps: Stamps, utc: NDArray[np.bool_], zone: str) -> pd.DatetimeIndex:
    plain = pd.DatetimeIndex(stamps)
    local = plain.tz_localize(
        zone, ambiguous=np.ones(len(plain), dtype=bool), nonexistent="shift_forward"
    ).tz_convert("UTC")
    return local.where(~utc, plain.tz_localize("UTC")) if utc.any() else local


def _day(stamps: Stamps, utc: NDArray[np.bool_], zone: str) -> pd.Series:
    plain = pd.DatetimeIndex(stamps)
    if utc.any():
        there = plain.tz_localize("UTC").tz_convert(zone).tz_localize(None)
        plain = plain.where(~utc, there)
    return pd.Series(plain.normalize())


def _choices(
    column: str, found: Distinct, texts: DateTexts, *, order: bool | None
) -> tuple[Choice, ...]:
    made = []
    if order is not None and (texts.either & ~texts.dotted).any():
        proof = (texts.day_first if order else texts.month_first) & ~texts.dotted
        made.append(
            _choice(column, found, proof, f"day_first={order}", f"day_first = {str(order).lower()}")
        )
    if texts.epochs.any():
        made.append(_choice(column, found, texts.epochs, "unix_time", "zone"))
    if texts.serials.any():
        made.append(_choice(column, found, texts.serials, "excel_days", "zone"))
    return tuple(made)


def _period_choice(column: str, found: Distinct, periods: NDArray[np.bool_]) -> Choice:
    override = f'[sources.values.{column}] "{found.example(periods, limit=1)}" = "..."'
    return _choice(column, found, periods, "first_day_of_period", override)


def _choice(
    column: str, found: Distinct, proof: NDArray[np.bool_], choice: str, override: str
) -> Choice:
    rows = int(found.proof[proof].sum())
    shown = "" if column == "birth_date" else f": {found.example(proof)}"
    return Choice(column=column, choice=choice, evidence=f"{rows}{shown}", override=override)
