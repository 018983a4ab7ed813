"""Numbers and money: the decimal mark is a property of the column, not of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.plain_numbers import plain_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_PLAIN = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
_CURRENCIES = {
    "RUB": r"₽|rub|руб(лей|ля|ль)?\.?|р\.",
    "USD": r"\$|usd|долл\.?",
    "EUR": r"€|eur|евро",
    "CNY": r"¥|￥|cny|rmb|元",
    "GBP": r"£|gbp",
    "KZT": r"₸|kzt|тг\.?",
    "BYN": r"byn",
}
_ANY_CURRENCY = "|".join(f"(?:{p})" for p in _CURRENCIES.values())
_FACTORS = {
    r"тыс\.?|千|[kк]": 1e3,
    r"млн\.?|m|mln": 1e6,
    r"млрд\.?|bn": 1e9,
    r"万|萬": 1e4,
    r"亿|億": 1e8,
    r"%": 0.01,
}
_ANY_FACTOR = "|".join(f"(?:{p})" for p in _FACTORS)
_GROUPED = r"^\d{1,3}([ '’]\d{3})+([.,]\d*)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTexts:
    """Distinct texts of a number column, stripped down to sign, digits and marks."""

    body: pa.Array
    factor: NDArray[np.float64]
    bad: Mask
    comma: Mask
    """Texts that can only be read with a decimal comma."""
    point: Mask
    """Texts that can only be read with a decimal point."""
    either: Mask
    """Texts such as 1,234 or 1.234 that can be read both ways."""
    currencies: tuple[str, ...]
    plain: Mask
    """Texts of digits and, once at most, a mark."""
    only: str | None
    """The one mark that plain texts have."""

    def values(self, decimal: str | None) -> tuple[NDArray[np.float64], dict[Code, Mask]]:
        """Read with a decimal mark; None reads each text by its own evidence.

        Returns
        -------
        tuple
            The numbers, NaN where not readable, and the texts that were not, by code.
        """
        ambiguous = self.either & (decimal is None)
        if decimal is not None:
            values, wrong = self._read_all(decimal)
        else:
            values, wrong = self._read_all(".")
            rows = np.flatnonzero(self.comma)
            if len(rows):
                values[rows], wrong[rows] = _read(self.body.take(pa.array(rows)), ",")
        values *= self.factor
        bad = (self.bad | wrong) & ~ambiguous
        values[bad | ambiguous] = np.nan
        return values, {Code.UNREADABLE_NUMBER: bad, Code.AMBIGUOUS_NUMBER: ambiguous}

    def _read_all(self, decimal: str) -> tuple[NDArray[np.float64], Mask]:
        """Read the plain texts at once where nothing can be wrong with them."""
        if self.only != decimal:
            return _read(self.body, decimal)
        rest = np.flatnonzero(~self.plain)
        body = self.body
        if len(rest):
            body = pc.if_else(pa.array(self.plain), body, pa.scalar("0", body.type))
        point = pc.replace_substring(body, ",", ".") if decimal == "," else body
        values = np.array(point.cast(pa.float64()).to_numpy(zero_copy_only=False))
        wrong = np.zeros(len(values), dtype=bool)
        if len(rest):
            values[rest], wrong[rest] = _read(self.body.take(pa.array(rest)), decimal)
        return values, wrong


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
    none = np.zeros(len(texts), dtype=bool)
    body, factor, bad = texts, np.ones(len(texts)), none
    currencies: tuple[str, ...] = ()
    parts = plain_parts(texts)
    rest = np.flatnonzero(~parts.plain)
    factor[parts.negative] = -1.0
    body, comma, point, either = parts.body, parts.comma, parts.point, parts.either
    if len(rest):
        stripped, factor_of_rest, bad_of_rest, currencies = _stripped(texts.take(pa.array(rest)))
        factor[rest], bad = factor_of_rest, none.copy()
        bad[rest] = bad_of_rest
        comma[rest], point[rest], either[rest] = _marks(stripped)
        body = pc.replace_with_mask(body, pa.array(~parts.plain), stripped.cast(body.type))
    typed_plain = as_mask(pc.match_substring_regex(texts, _PLAIN)) if typed else none
    return NumberTexts(
        body=body,
        factor=factor,
        bad=bad,
        comma=comma & ~bad,
        point=(point | (either & typed_plain)) & ~bad,
        either=either & ~typed_plain & ~bad,
        currencies=currencies,
        plain=parts.plain,
        only=parts.only,
    )


def _stripped(texts: pa.Array) -> tuple[pa.Array, NDArray[np.float64], Mask, tuple[str, ...]]:
    body = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    body = pc.replace_substring_regex(body, "[\u2212\u2012\u2013\u2014]", "-")
    found = tuple(
        c
        for c, p in _CURRENCIES.items()
        if as_mask(pc.match_substring_regex(body, rf"(?:{p})\)?$|^\(?[+-]?\s*(?:{p})")).any()
    )
    body = pc.replace_substring_regex(body, rf"\s*(?:{_ANY_CURRENCY})(\)?)$", r"\1")
    body = pc.replace_substring_regex(body, rf"^(\(?[+-]?)\s*(?:{_ANY_CURRENCY})\s*", r"\1")
    negative = as_mask(pc.match_substring_regex(body, r"^\(.*\)$|^-|-$"))
    body = pc.replace_substring_regex(body, r"^[(+-]\s*|\s*[)-]$", "")
    factor = np.where(negative, -1.0, 1.0)
    for pattern, size in _FACTORS.items():
        factor[as_mask(pc.match_substring_regex(body, rf"\d\s*(?:{pattern})$"))] *= size
    body = pc.replace_substring_regex(body, rf"(\d)\s*(?:{_ANY_FACTOR})$", r"\1")
    split = as_mask(pc.match_substring_regex(body, r"\d[ '’]\d"))
    bad = split & ~as_mask(pc.match_substring_regex(body, _GROUPED))
    bad |= as_mask(pc.match_substring_regex(body, r"^[+-]"))
    body = pc.replace_substring_regex(body, r"[ '’]", "")
    return body, factor, bad, found


def _marks(body: pa.Array) -> tuple[Mask, Mask, Mask]:
    """Tell which texts prove a decimal comma, which a decimal point, and which prove nothing."""

    def has(pattern: str) -> Mask:
        return as_mask(pc.match_substring_regex(body, pattern))

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
    values = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64), ~fits
