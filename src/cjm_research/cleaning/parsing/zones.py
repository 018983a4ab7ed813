"""Zones as stamps name them: offsets, and a few names that mean one zone only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Stamps = NDArray[np.datetime64]

_PLACES = {
    "msk": "Europe/Moscow", "мск": "Europe/Moscow", "московское время": "Europe/Moscow",
    "北京时间": "Asia/Shanghai", "北京時間": "Asia/Shanghai", "bjt": "Asia/Shanghai",
}  # fmt: skip
_HOURS = {"utc": 0, "gmt": 0, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msd": 4, "est": -5,
          "edt": -4, "pst": -8, "pdt": -7, "jst": 9}  # fmt: skip
"""Hours ahead of UTC. CST, IST and BST are left out: each names several zones."""
_NAMES = "|".join((*_PLACES, *_HOURS))
ZONE = (
    rf"\s*(?P<z>Z|\(?(?i:{_NAMES})(?:[+-]\d{{1,2}}(?::?\d{{2}})?)?\)?"
    r"|[+-]\d{2}:?\d{2}|[+-]\d{2}|\[?[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+\]?)?"
    rf"(?:\[[A-Za-z_/]+\])?(?:\s*\((?i:{_NAMES}|[a-zа-я ]+)\))?"
)
"""Of a stamp: ``Z``, ``+03:00``, ``UTC+3``, ``МСК``, ``GMT+0300 (MSK)``, ``Europe/Moscow``."""
_NEVER = np.timedelta64("NaT", "us")
"""Taken off the stamp of a place that there is not."""
_PARTS = re.compile(r"(?P<name>[^\d+-]*)(?P<sign>[+-])?(?P<hours>\d{2}|\d)?:?(?P<minutes>\d\d)?")


def in_utc(stamps: Stamps, zones: pa.Array) -> Stamps:
    """Move stamps to UTC by the zone that each names; one that names none stays.

    Examples
    --------
    >>> import pyarrow as pa
    >>> noon = np.full(3, np.datetime64("2024-06-01T12:00", "us"))
    >>> in_utc(noon, pa.array(["UTC+3", "МСК", ""])).astype("M8[h]").astype(str).tolist()
    ['2024-06-01T09', '2024-06-01T09', '2024-06-01T12']
    """
    words = zones.dictionary_encode()
    index = words.indices.to_numpy(zero_copy_only=False)
    moved = stamps.copy()
    for i, word in enumerate(words.dictionary.to_pylist()):
        rows = index == i
        place, offset = _zone(word)
        if place:
            plain = pd.DatetimeIndex(stamps[rows]).tz_localize(
                place, ambiguous=np.ones(int(rows.sum()), dtype=bool), nonexistent="shift_forward"
            )
            moved[rows] = plain.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]")
        if offset is not None:
            moved[rows] -= offset
    return moved


def names_a_zone(zones: pa.Array) -> Mask:
    """Tell which stamps name their zone."""
    words = zones.dictionary_encode()
    named = np.array([bool(z) for z in words.dictionary.to_pylist()], dtype=bool)
    found: Mask = named[words.indices.to_numpy(zero_copy_only=False)]
    return found


def _zone(word: str) -> tuple[str, np.timedelta64 | None]:
    """Return the place whose clock it is, if any, and what is to be taken off."""
    plain = word.strip("()[] ")
    if "/" in plain:
        return (plain, None) if plain in available_timezones() else ("", _NEVER)
    match = _PARTS.match(plain)
    if not word or word == "Z" or match is None:
        return "", None
    name = match["name"].strip().casefold()
    minutes = 60 * int(match["hours"] or 0) + int(match["minutes"] or 0)
    minutes = -minutes if match["sign"] == "-" else minutes
    minutes += 60 * _HOURS.get(name, 0)
    return _PLACES.get(name, ""), np.timedelta64(minutes * 60_000_000, "us")
