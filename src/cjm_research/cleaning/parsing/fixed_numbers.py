"""Numbers of one length and form, read as a matrix of bytes: every digit stands in its column.

Nearly every number of an export is of few forms such as ``00 000,00``; all texts of a form are
read together, and a form that holds anything but digits, groups and one mark is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cjm_research.cleaning.reading.text_bytes import DIGITS_FROM, TextBytes, byte_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Proof = Literal["", "comma", "point", "either"]

_PLAIN = re.compile(
    r"(?P<sign>-)?(?P<head>0{1,3}(?:[ '\u00a0\u202f]000)+|0+)(?:(?P<mark>[.,])(?P<tail>0*))?"
)
_LONGEST = 24
_EXACT = 15
"""Digits that a float holds without rounding."""
_FEW = 64
_SWEEPS = 4
_BLOCK = 1 << 15
_GROUP = 3


@dataclass(frozen=True, slots=True)
class FixedNumbers:
    """Texts of one form."""

    rows: Integers
    values: Floats
    """With the mark, if there is one, before decimals."""
    proof: Proof
    """What the mark of the form proves."""
    mark: str

    def fits(self, decimal: str | None) -> bool:
        """Tell whether the texts can be read with a decimal mark; None stands for their own."""
        return decimal is None or self.proof in ("", "either") or self.mark == decimal

    def read(self, decimal: str | None) -> Floats:
        """Return the values; a mark that is not the decimal one stands between thousands."""
        grouped = self.proof == "either" and decimal not in (None, self.mark)
        return self.values * 10**_GROUP if grouped else self.values


def fixed_numbers(texts: pa.Array, known: TextBytes) -> tuple[list[FixedNumbers], Integers]:
    """Read the texts of the forms that most have; also return the places of all others.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from cjm_research.cleaning.reading.text_bytes import text_bytes
    >>> texts = pa.array(["1 234,50", "-7", "1,234", "12 34", "5 ₽", "9,876"])
    >>> found, rest = fixed_numbers(texts, text_bytes(texts))
    >>> [(f.values.tolist(), f.proof) for f in found], rest.tolist()
    ([([-7.0], ''), ([1.234, 9.876], 'either'), ([1234.5], 'comma')], [3, 4])
    """
    found: list[FixedNumbers] = []
    left: list[Integers] = []
    lengths = known.lengths
    sizes = np.bincount(np.minimum(lengths, _LONGEST + 1), minlength=_LONGEST + 2)
    for size in np.flatnonzero(sizes):
        rows = np.flatnonzero(lengths == size) if size <= _LONGEST else None
        if rows is None:
            left.append(np.flatnonzero(lengths > _LONGEST))
            continue
        for _ in range(_SWEEPS):
            before = len(rows)
            for match in _forms(texts, rows):
                form, rows = _read_form(known, rows, match)
                found += [form] if form is not None else []
            if not len(rows) or len(rows) == before:
                break
        left.append(rows)
    rest = np.sort(np.concatenate(left)) if left else np.zeros(0, dtype=np.int64)
    return found, rest


def _forms(texts: pa.Array, rows: Integers) -> Iterator[re.Match[str]]:
    """Return the plain forms of some of the texts, the most frequent first."""
    step = max(1, len(rows) // _FEW)
    sample = (texts[int(i)].as_py() for i in rows[::step][:_FEW])
    seen = Counter(re.sub(r"[0-9]", "0", text) for text in sample)
    for form, _ in seen.most_common():
        match = _PLAIN.fullmatch(form)
        if match is not None and form.count("0") <= _EXACT:
            yield match


def _read_form(
    known: TextBytes, rows: Integers, match: re.Match[str]
) -> tuple[FixedNumbers | None, Integers]:
    template = match[0].encode()
    tail, mark = match["tail"], match["mark"] or ""
    could_group = bool(mark) and len(tail) == _GROUP and match["head"].count("0") <= _GROUP
    kept, values, left = [], [], []
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        matrix = byte_matrix(known, part, len(template))
        fits = _fits(matrix, template)
        if could_group:
            fits &= matrix[match.start("head")] != DIGITS_FROM
        if not fits.all():
            left.append(part[~fits])
            part, matrix = part[fits], matrix[:, fits]
        kept.append(part)
        values.append(_values(matrix, template))
    whole = np.concatenate(values)
    if tail:
        whole /= 10.0 ** len(tail)
    if match["sign"]:
        np.negative(whole, out=whole)
    proof: Proof = "" if not mark else "either" if could_group else _PROOFS[mark]
    form = FixedNumbers(np.concatenate(kept), whole, proof, mark) if len(whole) else None
    return form, np.concatenate(left) if left else rows[:0]


_PROOFS: dict[str, Proof] = {",": "comma", ".": "point"}


def _fits(matrix: NDArray[np.uint8], template: bytes) -> Mask:
    fits = np.ones(matrix.shape[1], dtype=bool)
    for place, sign in enumerate(template):
        if sign == DIGITS_FROM:
            fits &= (matrix[place] - np.uint8(DIGITS_FROM)) <= 9
        else:
            fits &= matrix[place] == sign
    return fits


def _values(matrix: NDArray[np.uint8], template: bytes) -> Floats:
    """Return the number that all digits of each text make, as if there were no mark."""
    whole = np.zeros(matrix.shape[1])
    for place, sign in enumerate(template):
        if sign == DIGITS_FROM:
            whole *= 10
            whole += matrix[place]
            whole -= DIGITS_FROM
    return whole
