"""Numbers and money: the decimal mark is a property of the column, not of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.currencies import (
    ANY_CURRENCY,
    ANY_FACTOR,
    CURRENCIES,
    CURRENCY_WORDS,
    FACTORS,
    THOUSAND_ROUBLES,
    as_hundredths,
    with_one_unit,
)
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.fixed_numbers import FixedNumbers, Proof, fixed_numbers
from cjm_research.cleaning.reading.text_bytes import text_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_PLAIN = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
_PROOFS: tuple[Proof, ...] = ("comma", "point", "either")
_INDIAN = r"^\d{1,2}(,\d\d)+,\d{3}(\.\d*)?$"
_RUPEES = r"(?i)₹|\binr\b|\brs\b"
_BY_THREE = r"\d,\d{3},\d{3}|(^|\D)\d{3},\d{3}"
_GROUPED = r"^\d{1,3}([ '’]\d{3})+([.,]\d*)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTexts:
    """Distinct texts of a number column, taken apart as far as the texts alone allow."""

    n: int
    fixed: FixedNumbers
    """Texts of digits and, once at most, a mark."""
    rest: Integers
    """Places of all others."""
    body: pa.Array
    """The others, stripped down to digits and marks."""
    factor: NDArray[np.float64]
    """Sign and unit of the others."""
    bad: Mask
    """Others that are no number."""
    comma: Mask
    """Texts that can only be read with a decimal comma."""
    point: Mask
    """Texts that can only be read with a decimal point."""
    either: Mask
    """Texts such as 1,234 or 1.234 that can be read both ways."""
    currency: NDArray[np.int8]
    """Place among `CURRENCIES` of what each of the others names; -1 for none."""

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies that are named."""
        found = np.unique(self.currency[self.currency >= 0])
        return tuple(CURRENCIES[i] for i in found)

    @property
    def currency_of_text(self) -> NDArray[np.int8]:
        """Place among `CURRENCIES` for each text; -1 where it names none."""
        places = np.full(self.n, -1, dtype=np.int8)
        places[self.rest] = self.currency
        return places

    @property
    def units(self) -> NDArray[np.float64]:
        """What each text itself says that it counts: 1, thousands, hundredths."""
        sizes = np.ones(self.n)
        sizes[self.rest] = np.abs(self.factor)
        return sizes

    @property
    def percents(self) -> Mask:
        """Which of the others are so many in a hundred; kopecks name their currency."""
        percents: Mask = (np.abs(self.factor) == 0.01) & (self.currency < 0)
        return percents

    def values(self, decimal: str | None) -> tuple[NDArray[np.float64], dict[Code, Mask]]:
        """Read with a decimal mark; None reads each text by its own evidence.

        Returns
        -------
        tuple
            The numbers, NaN where not readable, and the texts that were not, by code.
        """
        values = self.fixed.values.copy()
        grouped = self.fixed.of(lambda form: form.is_grouped(decimal))
        if grouped is not None:
            values[grouped] *= 1000
        bad = self.fixed.of(lambda form: not form.fits(decimal))
        bad = np.zeros(self.n, dtype=bool) if bad is None else bad
        if len(self.rest):
            found, wrong = _read(self.body, decimal or ".")
            if decimal is None:
                rows = np.flatnonzero(self.comma[self.rest])
                found[rows], wrong[rows] = _read(self.body.take(pa.array(rows)), ",")
            small = np.abs(self.factor) < 1  # 710 hundredths are 7.1 by division only
            parts = np.rint(1 / np.where(small, self.factor, 1))
            values[self.rest] = np.where(small, found / parts, found * self.factor) + 0.0
            bad[self.rest] = wrong | self.bad
        ambiguous = self.either & (decimal is None)
        bad &= ~ambiguous
        unread = bad | ambiguous
        if unread.any():
            values[unread] = np.nan
        return values, {Code.UNREADABLE_NUMBER: bad, Code.AMBIGUOUS_NUMBER: ambiguous}


def number_texts(texts: pa.Array, *, typed: bool = False) -> NumberTexts:
    """Strip currencies, units, blanks between groups and signs; find what the marks can mean.

    Parameters
    ----------
    texts : pyarrow array of str
        Distinct trimmed texts.
    typed : bool
        The texts were written from typed cells, whose decimal mark is a point.

    Examples
    --------
    >>> found = number_texts(pa.array(["1 234,50 ₽", "12,5", "1.234", "(7)", "2,5 млн", "12abc"]))
    >>> found.comma.tolist(), found.either.tolist()
    ([True, True, False, False, True, False], [False, False, True, False, False, False])
    >>> found.values(",")[0].tolist()
    [1234.5, 12.5, 1234.0, -7.0, 2500000.0, nan]
    """
    n = len(texts)
    fixed, rest = fixed_numbers(texts, text_bytes(texts))
    proofs = {p: fixed.proving(p) for p in _PROOFS}
    plain = texts.take(pa.array(rest))
    body, factor, bad, currency = _stripped(plain)
    for mask, found in zip(proofs.values(), _marks(body), strict=True):
        mask[rest] = found & ~bad
    comma, point, either = proofs.values()
    body, grouped = _without_indian_groups(body, texts)
    point[rest] |= grouped
    if typed and either.any():
        rows = np.flatnonzero(either)
        pointed = as_mask(pc.match_substring_regex(texts.take(pa.array(rows)), _PLAIN))
        point[rows[pointed]] = True
        either[rows[pointed]] = False
    return NumberTexts(
        n=n, fixed=fixed, rest=rest, body=body, factor=factor, bad=bad, comma=comma, point=point,
        either=either, currency=currency,
    )  # fmt: skip


def _stripped(
    texts: pa.Array,
) -> tuple[pa.Array, NDArray[np.float64], Mask, NDArray[np.int8]]:
    if not len(texts):
        return texts, np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, np.int8)
    body = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    body = pc.replace_substring_regex(body, "^'", "")
    body = pc.replace_substring_regex(body, "[\u2212\u2012\u2013\u2014]", "-")
    body = pc.replace_substring_regex(body, THOUSAND_ROUBLES, r"\1тыс.руб.\2")
    body, hundredths = as_hundredths(body)
    found = np.full(len(texts), -1, dtype=np.int8)
    found[hundredths] = CURRENCIES.index("RUB")
    for place, pattern in enumerate(CURRENCY_WORDS.values()):
        edges = rf"(?:{pattern})\)?$|^\(?[+-]?\s*(?:{pattern})"
        found[as_mask(pc.match_substring_regex(body, edges))] = place
    body = pc.replace_substring_regex(body, rf"\s*(?:{ANY_CURRENCY})(\)?)$", r"\1")
    body = pc.replace_substring_regex(body, rf"^(\(?[+-]?)\s*(?:{ANY_CURRENCY})\s*", r"\1")
    negative = as_mask(pc.match_substring_regex(body, r"^\(.*\)$|^-|-$"))
    body = pc.replace_substring_regex(body, r"^[(+-]\s*|\s*[)-]$", "")
    body = with_one_unit(body)
    factor = np.where(negative, -1.0, 1.0) * np.where(hundredths, 0.01, 1.0)
    for pattern, size in FACTORS.items():
        factor[as_mask(pc.match_substring_regex(body, rf"\d\s*(?:{pattern})$"))] *= size
    body = pc.replace_substring_regex(body, rf"(\d)\s*(?:{ANY_FACTOR})$", r"\1")
    split = as_mask(pc.match_substring_regex(body, r"\d[ '’]\d"))
    bad = split & ~as_mask(pc.match_substring_regex(body, _GROUPED))
    bad |= as_mask(pc.match_substring_regex(body, r"^[+-]"))
    body = pc.replace_substring_regex(body, r"[ '’]", "")
    return body, factor, bad, found


def _without_indian_groups(body: pa.Array, texts: pa.Array) -> tuple[pa.Array, Mask]:
    """Join 1,23,456 where the column proves it; tell which texts were such.

    Proof are several such texts, or one and rupees; groups of three in any text disprove it.
    """
    such = as_mask(pc.match_substring_regex(body, _INDIAN))
    if such.any():
        has = {p: as_mask(pc.match_substring_regex(texts, p)).any() for p in (_BY_THREE, _RUPEES)}
        such &= not has[_BY_THREE] and (such.sum() > 1 or has[_RUPEES])
    if not such.any():
        return body, such
    return pc.if_else(pa.array(such), pc.replace_substring(body, ",", ""), body), such


def _marks(body: pa.Array) -> tuple[Mask, Mask, Mask]:
    """Tell which texts prove a decimal comma, which a decimal point, and which prove nothing."""
    mantissa = pc.replace_substring_regex(body, r"e[+-]?\d+$", "")

    def has(pattern: str) -> Mask:
        return as_mask(pc.match_substring_regex(mantissa, pattern))

    comma = has(r"^\d*,(\d{1,2}|\d{4,}|)$|^(0|\d{4,}|),\d{3}$|\..*,\d*$|\..*\.")
    point = has(r"^\d*\.(\d{1,2}|\d{4,}|)$|^(0|\d{4,}|)\.\d{3}$|,.*\.\d*$|,.*,")
    either = has(r"^[1-9]\d{0,2}[.,]\d{3}$")
    return comma, point & ~comma, either


def _read(body: pa.Array, decimal: str) -> tuple[NDArray[np.float64], Mask]:
    """Read with one mark; the other one may only stand between groups of three."""
    mark, group = (r",", r"\.") if decimal == "," else (r"\.", r",")
    fits = as_mask(
        pc.match_substring_regex(
            body,
            rf"^[+-]?\d+({mark}\d*)?(e[+-]?\d+)?$|^{mark}\d+$"
            rf"|^[1-9]\d{{0,2}}({group}\d{{3}})+({mark}\d*)?$",
        )
    )
    plain = pc.replace_substring(body, "." if decimal == "," else ",", "")
    plain = pc.replace_substring(plain, ",", ".") if decimal == "," else plain
    plain = pc.replace_substring_regex(plain, r"\.$", "")
    plain = pc.if_else(pa.array(fits), plain, pa.scalar(None, plain.type))
    values = np.array(plain.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    return values, ~fits | np.isinf(values)
