"""Bare numbers that count time, as the study says of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import as_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.sources import TimeForm

    Mask = NDArray[np.bool_]
    Stamps = NDArray[np.datetime64]

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
