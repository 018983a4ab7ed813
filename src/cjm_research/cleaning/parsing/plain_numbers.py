"""Numbers of digits, blanks between groups and one mark, taken apart by their bytes.

Nearly every number of an export is of this kind; the bytes of all of them are looked at together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.cleaning.parsing.text_bytes import TextBytes, text_bytes, texts_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Places = NDArray[np.int64]

_COMMA, _POINT, _MINUS, _BLANK = (ord(c) for c in ",.- ")
_OTHER, _DIGIT, _MARK, _GAP, _SIGN = range(5)
_KINDS = np.full(256, _OTHER, dtype=np.uint8)
_KINDS[ord("0") : ord("9") + 1] = _DIGIT
_KINDS[[_COMMA, _POINT]] = _MARK
_KINDS[[_BLANK, ord("'")]] = _GAP
_KINDS[_MINUS] = _SIGN
_WIDE, _NARROW = 0xC2, 0xE2
_GROUP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainParts:
    """Texts taken apart; what is not `plain` is left to be read in another way."""

    plain: Mask
    body: pa.Array
    """Without sign and blanks; of no meaning where a text is not plain."""
    negative: Mask
    comma: Mask
    """Texts that can only be read with a decimal comma."""
    point: Mask
    either: Mask
    only: str | None
    """The mark of all plain texts; a point where none has any, None where both occur."""


def plain_parts(texts: pa.Array) -> PlainParts:
    """Take apart the texts that are a number and nothing else.

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = plain_parts(pa.array(["1 234,50", "-7", "1,234", "12 34", "5 ₽", "1.234,5"]))
    >>> found.plain.tolist(), found.body.to_pylist()[:3]
    ([True, True, True, False, False, False], ['1234,50', '7', '1,234'])
    >>> found.comma.tolist()[:3], found.either.tolist()[:3], found.only
    ([True, False, False], [False, False, True], ',')
    """
    found = _narrow(text_bytes(texts))
    kinds = _KINDS[found.data]
    starts, ends = found.offsets[:-1], found.offsets[1:]
    marks = np.flatnonzero(kinds == _MARK)
    n_marks = _counts(marks, found.offsets)
    plain = (ends > starts) & (n_marks <= 1)
    for wrong in (np.flatnonzero(kinds == _OTHER), _misplaced(found, kinds)):
        plain[_rows_of(wrong, found.offsets)] = False
    first_digit = starts + (found.first() == _MINUS)
    begins = np.minimum(first_digit, max(len(kinds) - 1, 0))
    plain &= (kinds[begins] == _DIGIT if len(kinds) else False) & (first_digit < ends)
    gaps = _counts(np.flatnonzero(kinds == _GAP), found.offsets)
    mark, is_comma = _marks(found, marks, plain)
    comma, point, either = _proofs(found, mark, is_comma, first_digit, gaps)
    seen = {"," if c else "." for c in np.unique(is_comma[plain & (mark >= 0)])}
    return PlainParts(
        plain=plain,
        body=_bodies(texts, found, kinds),
        negative=plain & (found.first() == _MINUS),
        comma=comma & plain,
        point=point & plain,
        either=either & plain,
        only=None if len(seen) > 1 else next(iter(seen), "."),
    )


def _narrow(found: TextBytes) -> TextBytes:
    """Write the two kinds of no-break blank as a blank and bytes that are left out."""
    data = found.data
    if not (data == _WIDE).any() and not (data == _NARROW).any():
        return found
    plain = data.tobytes().replace(b"\xc2\xa0", b" \x00").replace(b"\xe2\x80\xaf", b" \x00\x00")
    narrowed = np.frombuffer(plain, dtype=np.uint8)
    keep = narrowed != 0
    if keep.all():
        return found
    gone = np.flatnonzero(~keep)
    return TextBytes(
        data=narrowed[keep], offsets=found.offsets - np.searchsorted(gone, found.offsets)
    )


def _counts(places: Places, offsets: Places) -> Places:
    counts: Places = np.diff(np.searchsorted(places, offsets))
    return counts


def _rows_of(places: Places, offsets: Places) -> Places:
    """Return the text in which each byte stands."""
    rows: Places = np.searchsorted(offsets, places, side="right")
    rows -= 1
    return rows


def _misplaced(found: TextBytes, kinds: NDArray[np.uint8]) -> Places:
    """Return signs that do not stand first, and blanks that do not stand between groups."""
    data_end = len(kinds)
    signs = np.flatnonzero(kinds == _SIGN)
    rows = _rows_of(signs, found.offsets)
    late: Places = signs[signs != found.offsets[rows]]
    gaps = np.flatnonzero(kinds == _GAP)
    if not len(gaps):
        return late
    rows = _rows_of(gaps, found.offsets)
    start, end = found.offsets[rows], found.offsets[rows + 1]
    padded = np.concatenate([kinds, np.zeros(_GROUP + 2, dtype=np.uint8)])
    sound = gaps + _GROUP < end
    for step in range(1, _GROUP + 1):
        sound &= padded[gaps + step] == _DIGIT
    after = gaps + _GROUP + 1
    sound &= (after >= end) | (padded[np.minimum(after, data_end)] != _DIGIT)
    before = gaps - start - (found.first()[rows] == _MINUS)
    first_gap = np.concatenate([[True], rows[1:] != rows[:-1]])
    sound &= ~first_gap | ((before >= 1) & (before <= _GROUP))
    marks = np.flatnonzero(kinds == _MARK)
    mark_before = np.searchsorted(marks, gaps) > np.searchsorted(marks, start)
    return np.concatenate([late, gaps[~(sound & ~mark_before)]])


def _marks(found: TextBytes, marks: Places, plain: Mask) -> tuple[Places, Mask]:
    """Return the place of the one mark of each text (-1: none), and whether it is a comma."""
    place = np.full(len(plain), -1, dtype=np.int64)
    is_comma = np.zeros(len(plain), dtype=bool)
    rows = _rows_of(marks, found.offsets)
    place[rows] = marks
    is_comma[rows] = found.data[marks] == _COMMA
    return place, is_comma


def _proofs(
    found: TextBytes, mark: Places, is_comma: Mask, first: Places, gaps: Places
) -> tuple[Mask, Mask, Mask]:
    """Tell what a mark proves: three digits after up to three could be a group."""
    has = mark >= 0
    tail = found.offsets[1:] - mark - 1
    head = mark - first - gaps
    zero = np.zeros(len(mark), dtype=bool)
    if len(found.data):
        zero = found.data[np.minimum(first, len(found.data) - 1)] == ord("0")
    could_group = has & (tail == _GROUP) & (head <= _GROUP)
    either = could_group & ~zero
    proof = has & (~could_group | (zero & (head == 1)))
    return proof & is_comma, proof & ~is_comma, either


def _bodies(texts: pa.Array, found: TextBytes, kinds: NDArray[np.uint8]) -> pa.Array:
    """Leave signs and blanks out."""
    gone = np.flatnonzero((kinds == _GAP) | (kinds == _SIGN))
    if not len(gone) and len(found.data) == len(text_bytes(texts).data):
        return texts
    keep = np.ones(len(kinds), dtype=bool)
    keep[gone] = False
    return texts_of(found.data[keep], found.offsets - np.searchsorted(gone, found.offsets))
