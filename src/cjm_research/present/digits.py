"""Digits of one language: separators, decimals, millions, a real minus."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_compact_decimal, get_decimal_symbol, get_group_symbol

from cjm_research.present.catalogue import LOCALES
from cjm_research.results import Unit

NARROW, MINUS = "\u202f", "−"
_LARGE = {"en": 1e6, "ru": 1e6, "zh": 1e4}
"""From here on money is written in millions, or in 万."""
_SIGNED = frozenset({Unit.POINTS, Unit.MOOD, Unit.NPS})
_PERCENT = frozenset({Unit.SHARE, Unit.POINTS})
_SHORT = {
    Unit.COUNT: "#,##0",
    Unit.INDEX: "#,##0",
    Unit.NPS: "#,##0",
    Unit.MOOD: "#,##0.00",
    Unit.SHARE: "#,##0.#",
    Unit.POINTS: "#,##0.#",
    Unit.DAYS: "#,##0.#",
    Unit.P_VALUE: "0.000",
}
_COLUMN = {
    **_SHORT,
    Unit.SHARE: "#,##0.0",
    Unit.POINTS: "#,##0.0",
    Unit.SCORE: "#,##0.00",
    Unit.LIFT: "#,##0.00",
}
_ANY_SIZE = Context(prec=400, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Digits:
    """Writes numbers without their unit."""

    language: str

    def short(self, number: float, unit: Unit, *, sign: bool = False) -> str:
        """Write a number as a sentence shows it: no more digits than it needs."""
        return self._signed(self._short(number, unit), number, sign=sign or unit in _SIGNED)

    def column(self, number: float, unit: Unit, *, sign: bool = False) -> str:
        """Write a number as a column shows it: each row with the same decimals, in full.

        Examples
        --------
        >>> [Digits("en").column(x, Unit.SHARE) for x in (0.4, 0.123)]
        ['40.0', '12.3']
        """
        if unit is Unit.MONEY:
            text = self.decimal(number, "#,##0.00" if 0 < abs(number) < 100 else "#,##0")
        elif unit is Unit.NUMBER:
            text = self.decimal(number, "#,##0" if number.is_integer() else "#,##0.00")
        elif unit in _COLUMN:
            text = self._fixed(number, unit, _COLUMN[unit])
        else:
            text = self._short(number, unit)
        return self._signed(text, number, sign=sign or unit in _SIGNED)

    def pair(self, low: float, high: float, unit: Unit) -> tuple[str, str]:
        """Write two ends of an interval with the same decimals, as many as tell them apart.

        Examples
        --------
        >>> Digits("en").pair(0.12, 0.143, Unit.SHARE), Digits("en").pair(0.1, 0.2, Unit.SHARE)
        (('12.0', '14.3'), ('10', '20'))
        >>> Digits("en").pair(1.57, 1.64, Unit.LIFT)
        ('1.57', '1.64')
        >>> Digits("en").pair(0.0021, 0.0023, Unit.POINTS)
        ('+0.21', '+0.23')
        """
        ends = (low, high)
        if unit in _PERCENT and low < high and self.column(low, unit) == self.column(high, unit):
            first, last = (self._signed(self.decimal(e * 100, "#,##0.00"), e, sign=unit in _SIGNED)
                           for e in ends)  # fmt: skip
            return first, last
        if unit in _PERCENT and any(round(e * 100, 1) % 1 for e in ends if math.isfinite(e)):
            return self.column(low, unit), self.column(high, unit)
        first, last = self.short(low, unit), self.short(high, unit)
        if unit is Unit.LIFT and low < high and first == last:
            return self.column(low, unit), self.column(high, unit)
        return first, last

    def decimal(self, number: float, pattern: str) -> str:
        """Write a number by a pattern such as ``#,##0.##``, as Babel does and ten times as fast.

        Examples
        --------
        >>> [Digits(x).decimal(-1234.5, "#,##0.0") for x in ("en", "ru", "zh")]
        ['−1,234.5', '−1\u202f234,5', '−1,234.5']
        """
        if not math.isfinite(number):
            return "∞" if number > 0 else f"{MINUS}∞"
        least, most, point, comma = _look(pattern, self.language)
        exact = Decimal(str(number)).quantize(Decimal(1).scaleb(-most), context=_ANY_SIZE)
        whole, _, rest = f"{exact:,f}".partition(".")
        rest = rest[:least] + rest[least:].rstrip("0")
        text = whole.replace(",", comma) + (point + rest if rest else "")
        return self._tidy(text if _is_something(text) else text.removeprefix("-"))

    def _short(self, number: float, unit: Unit) -> str:
        if unit is Unit.MONEY:
            if math.isfinite(number) and abs(number) >= _LARGE[self.language]:
                return self._compact(number)
            is_small = abs(number) < 100 and not number.is_integer()
            return self.decimal(number, "#,##0.00" if is_small else "#,##0")
        if unit is Unit.LIFT:
            return self.decimal(number, "#,##0.0" if abs(number) >= 1 else "#,##0.00")
        if unit is Unit.NUMBER and math.isfinite(number):  # of 4,755.5 nobody reads the half
            size = abs(number)
            pattern = "#,##0" if size >= 100 else "#,##0.#" if size >= 10 else "#,##0.##"
            return self.decimal(number, pattern)
        return self._fixed(number, unit, _SHORT.get(unit, "#,##0.##"))

    def _fixed(self, number: float, unit: Unit, pattern: str) -> str:
        if unit is Unit.P_VALUE and number < 0.001:
            return f"< {self.decimal(0.001, pattern)}"
        if unit in _PERCENT:
            is_tiny = 0 < abs(number) < 0.001
            return self.decimal(number * 100, "#,##0.0#" if is_tiny else pattern)
        return self.decimal(number, pattern)

    def _compact(self, number: float) -> str:
        """Write a large number with three digits and the word of its size.

        Examples
        --------
        >>> Digits("en").short(999_950_000, Unit.MONEY)
        '1B'
        """
        step = 1e4 if self.language == "zh" else 1e3
        head, size = abs(number), 1.0
        while head >= step:
            head, size = head / step, size * step
        digits = 2 if head < 10 else 1 if head < 100 else 0
        if round(head, digits) >= step:  # 999.95 millions are a billion
            return self._compact(math.copysign(step * size, number))
        locale = Locale.parse(LOCALES[self.language])
        return self._tidy(format_compact_decimal(number, locale=locale, fraction_digits=digits))

    def _tidy(self, text: str) -> str:
        text = text.replace("-", MINUS, 1) if text.startswith("-") else text
        return text.replace("\xa0", NARROW) if self.language == "ru" else text

    def _signed(self, text: str, number: float, *, sign: bool) -> str:
        return f"+{text}" if sign and number > 0 and _is_something(text) else text


@cache
def _look(pattern: str, language: str) -> tuple[int, int, str, str]:
    """Return the fewest and most decimals of a pattern, and the separators of a language."""
    decimals = pattern.partition(".")[2]
    point, comma = (
        read(locale=LOCALES[language]) for read in (get_decimal_symbol, get_group_symbol)
    )
    return decimals.count("0"), len(decimals), point, comma if "," in pattern else ""


def _is_something(text: str) -> bool:
    return any(c in "123456789∞" for c in text)
