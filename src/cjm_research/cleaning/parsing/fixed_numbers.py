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
    from collections.abc import Callable, Iterator

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
_GROUP = 3
_MOST_FORMS = 100
_PROOFS: dict[str, Proof] = {",": "comma", ".": "point"}


@dataclass(frozen=True, slots=True)
class Form:
    """How texts of one length are written: digits as zeros."""

    match: re.Match[str]
    could_group: bool
    """Its mark may stand between thousands as well."""
    proof: Proof
    """What the mark proves."""
    mark: str

    def fits(self, decimal: str | None) -> bool:
        """Tell whether the texts can be read with a decimal mark; None stands for their own."""
        return decimal is None or self.proof in ("", "either") or self.mark == decimal

    def is_grouped(self, decimal: str | None) -> bool:
        """Tell whether the mark of the form is not the decimal one: it is between thousands."""
        return self.proof == "either" and decimal not in (None, self.mark)


@dataclass(frozen=True, slots=True)
class FixedNumbers:
    """Texts of plain forms."""

    values: Floats
    """With the mark, if there is one, before decimals; NaN for texts of no plain form."""
    form: NDArray[np.int8]
    """Place of the form of each text; -1 for none."""
    forms: tuple[Form, ...]

    def of(self, wanted: Callable[[Form], bool]) -> Mask | None:
        """Tell which texts have a form for which something holds; None if no form is such."""
        places = [i for i, form in enumerate(self.forms) if wanted(form)]
        return np.isin(self.form, places) if places else None

    def proving(self, proof: Proof) -> Mask:
        """Tell which texts have a form that proves something."""
        found = self.of(lambda form: form.proof == proof)
        return np.zeros(len(self.form), dtype=bool) if found is None else found


def fixed_numbers(texts: pa.Array, known: TextBytes) -> tuple[FixedNumbers, Integers]:
    """Read the texts of the forms that most have; also return the places of all others.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from cjm_research.cleaning.reading.text_bytes import text_bytes
    >>> texts = pa.array(["1 234,50", "-7", "1,234", "12 34", "5 ₽", "9,876"])
    >>> found, rest = fixed_numbers(texts, text_bytes(texts))
    >>> found.values.tolist(), rest.tolist()
    ([1234.5, -7.0, 1.234, nan, nan, 9.876], [3, 4])
    >>> found.of(lambda form: form.proof == "either").tolist()
    [False, False, True, False, False, True]
    """
    reading = _Reading(len(texts))
    left = []
    for first, part in known.parts():
        sizes = np.minimum(part.lengths, _LONGEST + 1)
        for size in np.flatnonzero(np.bincount(sizes)).tolist():
            rows = np.flatnonzero(sizes == size)
            if size <= _LONGEST:
                rows = reading.read(part, rows, size, first=first, texts=texts)
            left.append(rows + first)
    rest = np.sort(np.concatenate(left)) if left else np.zeros(0, dtype=np.int64)
    return FixedNumbers(reading.values, reading.form, tuple(reading.forms)), rest


class _Reading:
    """What was read so far, and the forms that were met."""

    def __init__(self, n: int) -> None:
        self.values = np.full(n, np.nan)
        self.form = np.full(n, -1, dtype=np.int8)
        self.forms: list[Form] = []
        self._of_size: dict[int, list[int]] = {}

    def read(
        self, part: TextBytes, rows: Integers, size: int, *, first: int, texts: pa.Array
    ) -> Integers:
        """Read texts of one length by the forms of that length; return the rows of no form."""
        for place in self._of_size.get(size, ()):
            rows = self._read_form(part, rows, place, first=first)
        for _ in range(_SWEEPS):
            before = len(rows)
            for match in _forms(texts, rows + first) if before else ():
                if len(self.forms) < _MOST_FORMS:
                    rows = self._read_form(part, rows, self._added(match), first=first)
            if len(rows) == before:
                break
        return rows

    def _added(self, match: re.Match[str]) -> int:
        """Return the place of a form, which is a further one if it was not met before."""
        same = (
            i
            for i in self._of_size.get(len(match[0].encode()), ())
            if self.forms[i].match[0] == match[0]
        )
        place = next(same, None)
        if place is None:
            place = len(self.forms)
            mark, tail = match["mark"] or "", match["tail"]
            group = bool(mark) and len(tail) == _GROUP and match["head"].count("0") <= _GROUP
            proof: Proof = "" if not mark else "either" if group else _PROOFS[mark]
            self.forms.append(Form(match, group, proof, mark))
            self._of_size.setdefault(len(match[0].encode()), []).append(place)
        return place

    def _read_form(self, part: TextBytes, rows: Integers, place: int, *, first: int) -> Integers:
        if not len(rows):
            return rows
        form = self.forms[place]
        match, template = form.match, form.match[0].encode()
        matrix = byte_matrix(part, rows, len(template))
        fits = _fits(matrix, template)
        if form.could_group:
            fits &= matrix[match.start("head")] != DIGITS_FROM
        left = rows[:0]
        if not fits.all():
            left, rows, matrix = rows[~fits], rows[fits], matrix[:, fits]
        values = _values(matrix, template)
        if match["tail"]:
            values /= 10.0 ** len(match["tail"])
        if match["sign"]:
            np.subtract(0.0, values, out=values)  # 0 has no sign
        self.values[rows + first] = values
        self.form[rows + first] = place
        return left


def _forms(texts: pa.Array, rows: Integers) -> Iterator[re.Match[str]]:
    """Return the plain forms of some of the texts, the most frequent first."""
    step = max(1, len(rows) // _FEW)
    sample = (texts[int(i)].as_py() for i in rows[::step][:_FEW])
    seen = Counter(re.sub(r"[0-9]", "0", text) for text in sample)
    for form, _ in seen.most_common():
        match = _PLAIN.fullmatch(form)
        if match is not None and form.count("0") <= _EXACT:
            yield match


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
