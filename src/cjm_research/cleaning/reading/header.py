"""Which rows of a file are its header, and what the columns are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.cleaning.reading.raw_table import find_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

_WITHIN = 50
"""Rows at the top in which the header is looked for."""
_VALUE = re.compile(r"[\d\s.,:%/+-]*\d[\d\s.,:%/+-]*|\S+@\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The names of the columns and the rows that they stand in."""

    names: tuple[str, ...]
    first: int
    """Place of its first row, from 0."""
    rows: int


def find_header(
    rows: Sequence[Sequence[str]],
    telling: Sequence[str],
    *,
    header_rows: int | None = None,
    usual: int = 0,
) -> Header | None:
    """Find the header: the row, or two rows, with most of the headers that are looked for.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the file, blank ones left out or not.
    telling : sequence of str
        Headers that are looked for.
    header_rows : int, optional
        How many rows the header has; one, or two if the first has gaps that the second fills.
    usual : int
        Width of most rows: where no header is known, the first row of that width is taken.

    Examples
    --------
    >>> rows = [["Client", "", "Order"], ["Name", "Phone", "Sum"], ["Ann", "12", "7"]]
    >>> find_header(rows, []).names
    ('Client / Name', 'Client / Phone', 'Order / Sum')
    """
    found = [h for i in range(min(len(rows), _WITHIN)) for h in _headers_at(rows, i, header_rows)]
    if not found:
        return None
    matched = [len(find_headers(h.names, telling)) for h in found]
    if max(matched):
        return _best(found, matched)
    filled = [sum(bool(c.strip()) for c in row) for row in rows[:_WITHIN]]
    enough = min(usual or max(filled), max(filled))
    place = next(i for i, n in enumerate(filled) if n >= enough)
    of_two = {h.first: h for h in found if h.rows > 1}
    single = Header(names=tuple(rows[place]), first=place, rows=1)
    return of_two.get(place - 1, of_two.get(place, single))


def _best(found: Sequence[Header], matched: Sequence[int]) -> Header:
    """Take the row with most matches; two rows if it is the upper one, or if two match more."""
    singles = [i for i, h in enumerate(found) if h.rows == 1] or list(range(len(found)))
    best = max(singles, key=lambda i: matched[i])
    more = max(range(len(found)), key=lambda i: matched[i])
    if matched[more] > matched[best]:
        return found[more]
    of_two = (h for i, h in enumerate(found) if h.rows > 1 and h.first == found[best].first)
    return next(of_two, found[best])


def header_at(rows: Sequence[Sequence[str]], place: int, header_rows: int | None) -> Header:
    """Return the header that begins in a given row."""
    *_, last = _headers_at(rows, place, header_rows)
    return last


def _headers_at(rows: Sequence[Sequence[str]], place: int, header_rows: int | None) -> list[Header]:
    """Return the header as one row and, if it may be so, as two."""
    single = Header(names=tuple(rows[place]), first=place, rows=1)
    if header_rows is not None and header_rows > 1:
        parts = rows[place : place + header_rows]
        return [Header(names=joined_names(parts), first=place, rows=len(parts))]
    if header_rows == 1 or not _is_continued(rows, place):
        return [single]
    names = joined_names(rows[place : place + 2])
    return [single, Header(names=names, first=place, rows=2)]


def _is_continued(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether the gaps of a row are filled by names in the next one."""
    if place + 2 >= len(rows):
        return False
    upper, lower = rows[place], rows[place + 1]
    width = max(map(len, (upper, lower)))
    if len(upper) < len(lower):  # a title
        return False
    above, below = _padded(upper, width), _padded(lower, width)
    gaps = [i for i, c in enumerate(above) if not c]
    if not gaps or sum(map(bool, above)) < 2 or (not above[0] and not below[0]):
        return False
    if any(_VALUE.fullmatch(c) for c in (*above, *below) if c):
        return False
    third = _padded(rows[place + 2], width)
    has_values = any(_VALUE.fullmatch(c) for c in third if c)
    return has_values and sum(bool(below[i]) for i in gaps) > 0.6 * len(gaps)


def joined_names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join the names of several header rows; a gap of an upper row belongs to the name left of it.

    Examples
    --------
    >>> joined_names([["ID", "Contact", ""], ["", "Name", "Phone"]])
    ('ID', 'Contact / Name', 'Contact / Phone')
    """
    width = max(map(len, rows), default=0)
    padded = [_padded(r, width) for r in rows]
    for upper in padded[:-1]:
        for i in range(1, width):
            if not upper[i] and padded[-1][i]:
                upper[i] = upper[i - 1]
    names = []
    for parts in zip(*padded, strict=True):
        said = [p for i, p in enumerate(parts) if p and p not in parts[:i]]
        names.append(" / ".join(said))
    return tuple(names)


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [" ".join(c.split()) for c in row] + [""] * (width - len(row))
