"""Bare numbers that count time: by their number of digits, or as the study says of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import as_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.sources import TimeForm

    Integers = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Stamps = NDArray[np.datetime64]

_EPOCHS = {10: 1_000_000, 13: 1_000, 16: 1}
_EPOCH_FROM, _EPOCH_TO = 946_684_800, 4_102_444_800  # 2000 and 2100, in seconds
_SERIAL_FROM, _SERIAL_TO = 10_000, 80_000  # 1927 and 2119, in days of Excel's calendar
_TICKS = {"unix_s": 1_000_000, "unix_ms": 1_000, "unix_us": 1}
_LATEST = {"unix_s": 10**11, "unix_ms": 10**14, "unix_us": 10**17}
_MOST_DAYS = 2_900_000
_ZERO = np.datetime64("1899-12-30", "us")
_LATER = np.timedelta64(1462, "D")
"""From the beginning of Excel's calendar to that of the old Macintosh."""


def counted_times(texts: pa.Array, form: TimeForm) -> tuple[Stamps, Mask]:
    """Read bare numbers as what the study says they count; tell which texts are such.

    Examples
    --------
    >>> counted_times(pa.array(["45407,5", "soon"]), "excel")[0].astype("M8[h]").astype(
    ...     str
    ... ).tolist()
    ['2024-04-25T12', 'NaT']
    """
    plain = pc.replace_substring(texts, ",", ".")
    is_number = as_mask(pc.match_substring_regex(plain, r"^\d{1,17}(\.\d+)?$"))
    numbers = pc.if_else(pa.array(is_number), plain, pa.scalar("0", plain.type))
    if form.startswith("unix"):
        whole = pc.replace_substring_regex(numbers, r"\..*$", "").cast(pa.int64())
        counts = np.minimum(whole.to_numpy(zero_copy_only=False), _LATEST[form])
        micro = counts * _TICKS[form]
        stamps = micro.astype("M8[us]")
    else:
        days = numbers.cast(pa.float64()).to_numpy(zero_copy_only=False)
        seconds = np.round(np.minimum(days, _MOST_DAYS) * 86_400).astype(np.int64)
        zero = _ZERO + (_LATER if form == "excel_1904" else np.timedelta64(0, "D"))
        stamps = zero + (seconds * 1_000_000).astype("m8[us]")
    stamps = stamps.copy()
    stamps[~is_number] = np.datetime64("NaT", "us")
    return stamps, is_number


def epochs_and_serials(texts: pa.Array, left: Integers, stamps: Stamps) -> tuple[Mask, Mask]:
    """Write epochs and Excel's days among the texts that are left; tell which are which.

    Examples
    --------
    >>> stamps = np.full(2, np.datetime64("NaT", "us"))
    >>> texts = pa.array(["1709633472.5", "45356"])
    >>> [mask.tolist() for mask in epochs_and_serials(texts, np.arange(2), stamps)]
    [[True, False], [False, True]]
    >>> stamps.astype("M8[s]").astype(str).tolist()
    ['2024-03-05T10:11:12', '2024-03-05T00:00:00']
    """
    epochs, serials = np.zeros(len(stamps), dtype=bool), np.zeros(len(stamps), dtype=bool)
    if not len(left):
        return epochs, serials
    rest = texts.take(pa.array(left))
    lengths = pc.utf8_length(rest).to_numpy(zero_copy_only=False)
    digits = as_mask(pc.match_substring_regex(rest, r"^\d+$"))
    for length, micro in _EPOCHS.items():
        rows = left[digits & (lengths == length)]
        ticks = texts.take(pa.array(rows)).cast(pa.int64()).to_numpy(zero_copy_only=False) * micro
        sound = (ticks >= _EPOCH_FROM * 1_000_000) & (ticks < _EPOCH_TO * 1_000_000)
        stamps[rows[sound]] = ticks[sound].astype("M8[us]")
        epochs[rows[sound]] = True
    rows = left[as_mask(pc.match_substring_regex(rest, r"^\d{10}\.\d{1,9}$"))]
    ticks = texts.take(pa.array(rows)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    sound = (ticks >= _EPOCH_FROM) & (ticks < _EPOCH_TO)
    stamps[rows[sound]] = np.round(ticks[sound] * 1e6).astype(np.int64).astype("M8[us]")
    epochs[rows[sound]] = True
    rows = left[as_mask(pc.match_substring_regex(rest, r"^\d{5}([.,]\d+)?$"))]
    days = pc.replace_substring(texts.take(pa.array(rows)), ",", ".").cast(pa.float64())
    size = days.to_numpy(zero_copy_only=False)
    sound = (size >= _SERIAL_FROM) & (size < _SERIAL_TO)
    seconds = np.round(size[sound] * 86_400).astype(np.int64) * 1_000_000
    stamps[rows[sound]] = _ZERO + seconds.astype("m8[us]")
    serials[rows[sound]] = True
    return epochs, serials
