"""One value as a reader of one language expects it, by its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal, get_currency_name

from cjm_research.errors import ReportError
from cjm_research.present.catalogue import LOCALES, catalogue, plural_index
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

DASH = "–"
_NARROW, _MINUS = "\u202f", "−"
_SIGNED = frozenset({Unit.POINTS, Unit.MOOD, Unit.NPS})
_PATTERNS = {
    Unit.COUNT: "#,##0",
    Unit.INDEX: "#,##0",
    Unit.NPS: "#,##0",
    Unit.MOOD: "#,##0.00",
}
_LARGE = {"en": 1e6, "ru": 1e6, "zh": 1e4}
"""From here on money is written in millions, or in 万."""
_DATES = {"en": ("d MMMM y", "d MMM y"), "ru": ("d MMMM y", "dd.MM.y"),
          "zh": ("y年M月d日", "y年M月d日")}  # fmt: skip


def is_missing(value: object) -> bool:
    """Tell whether a value is not known: None, NaN, NaT or NA."""
    return value is None or value is pd.NA or value is pd.NaT or value != value


@dataclass(frozen=True, slots=True)
class Values:
    """Writes values in one language.

    In a sentence a value is short (``43%``, ``8.91M``); in a column every value has the same
    number of decimals (``43.0%``) and money is written in full.
    """

    language: str
    currency: str = "RUB"

    def text(self, value: object, unit: Unit, *, sign: bool = False) -> str:
        r"""Write a value in a sentence; a value that is not known is a dash.

        Parameters
        ----------
        value : object
            A number, a date, a text or a truth value, as the unit asks.
        unit : Unit
            What the value means.
        sign : bool
            Write a plus before a positive number, whatever the unit.

        Examples
        --------
        >>> en, ru, zh = Values("en", "USD"), Values("ru"), Values("zh", "CNY")
        >>> [v.text(0.4321, Unit.SHARE) for v in (en, ru, zh)]
        ['43.2%', '43,2\u202f%', '43.2%']
        >>> [v.text(-0.011, Unit.POINTS) for v in (en, ru, zh)]
        ['−1.1\xa0pp', '−1,1\u202fп.\u202fп.', '−1.1个百分点']
        >>> [v.text(8_911_407.9, Unit.MONEY) for v in (en, ru, zh)]
        ['$8.91M', '8,91\u202fмлн\u202f₽', '891万元']
        >>> [v.text(date(2026, 11, 22), Unit.DATE) for v in (en, ru, zh)]
        ['22 November 2026', '22 ноября 2026', '2026年11月22日']
        >>> [v.text(5, Unit.DAYS) for v in (en, ru, zh)]
        ['5 days', '5\u202fдней', '5天']
        >>> ru.text(float("nan"), Unit.MONEY)
        '–'
        """
        return self._write(value, unit, self._sentence, sign=sign)

    def cell(self, value: object, unit: Unit) -> str:
        r"""Write a value in a column of a table.

        Examples
        --------
        >>> Values("ru").cell(0.43, Unit.SHARE), Values("en").cell(1234567, Unit.COUNT)
        ('43,0\u202f%', '1,234,567')
        """
        if unit is Unit.DATE and not is_missing(value):
            return self._date(value, 1)
        return self._write(value, unit, self._column, sign=False)

    def interval(self, low: object, high: object, unit: Unit) -> str:
        r"""Write an interval, its unit once.

        Examples
        --------
        >>> Values("en").interval(0.121, 0.143, Unit.SHARE)
        '12.1% to 14.3%'
        >>> Values("ru").interval(-0.008, 0.01, Unit.POINTS)
        'от −0,8 до +1\u202fп.\u202fп.'
        """
        if is_missing(low) or is_missing(high):
            return DASH
        parts = {"low": low, "high": high}
        if unit in {Unit.POINTS, Unit.DAYS}:
            texts = {k: self._number(v, unit, self._sentence, sign=False) for k, v in parts.items()}
            return self._suffixed(self._fill("interval", **texts), float(str(high)), unit)
        return self._fill("interval", **{k: self.text(v, unit) for k, v in parts.items()})

    def noun(self, forms: tuple[str, ...], number: object) -> str:
        """Write a number with the form of a noun that goes with it."""
        if is_missing(number):
            return f"{DASH} {forms[-1]}"
        shown = _rounded(float(str(number)))
        text = self._decimal(shown, "#,##0.#")
        form = forms[min(plural_index(self.language, shown), len(forms) - 1)]
        space = "" if self.language == "zh" else " " if self.language == "en" else _NARROW
        return f"{text}{space}{form}"

    def _write(self, value: object, unit: Unit, pattern: Callable[[float, Unit], str], *,
               sign: bool) -> str:  # fmt: skip
        if is_missing(value):
            return DASH
        match unit:
            case Unit.IDENTIFIER:
                raise ReportError("An identifier of a person or company never stands on a page.")
            case Unit.TEXT | Unit.LABEL:
                return str(value)
            case Unit.DATE:
                return self._date(value, 0)
            case Unit.YES_NO:
                return catalogue(self.language).text("value.yes" if value else "value.no")
            case Unit.DAYS:
                return self.noun(catalogue(self.language).forms("day"), value)
        text = self._number(value, unit, pattern, sign=sign)
        return self._suffixed(text, float(str(value)), unit)

    def _number(self, value: object, unit: Unit, pattern: Callable[[float, Unit], str], *,
                sign: bool) -> str:  # fmt: skip
        number = float(str(value))
        text = pattern(number, unit)
        is_plus = number > 0 and any(c in "123456789" for c in text)
        return f"+{text}" if (sign or unit in _SIGNED) and is_plus else text

    def _suffixed(self, text: str, number: float, unit: Unit) -> str:
        match unit:
            case Unit.SHARE | Unit.POINTS | Unit.LIFT:
                return self._fill(f"unit.{unit}", x=text)
            case Unit.MONEY:
                return self._money(text)
            case Unit.DAYS:
                forms = catalogue(self.language).forms("day")
                form = forms[plural_index(self.language, _rounded(number))]
                return f"{text}{form}" if self.language == "zh" else f"{text} {form}"
            case _:
                return text

    def _money(self, text: str) -> str:
        words = catalogue(self.language)
        key = f"money.{self.currency}"
        sign = text[0] if text[0] in f"+{_MINUS}" else ""
        if key in words.texts:
            return sign + self._fill(key, x=text.removeprefix(sign))
        name = self.currency
        if self.language == "zh":
            name = get_currency_name(name, locale=LOCALES["zh"])
        return sign + self._fill("money.other", x=text.removeprefix(sign), currency=name)

    def _fill(self, key: str, **texts: str) -> str:
        template = catalogue(self.language).text(key)
        for name, text in texts.items():
            template = template.replace(f"{{{name}}}", text)
        return template

    def _sentence(self, number: float, unit: Unit) -> str:
        """Return the digits as a sentence shows them: no more than they need."""
        if unit is Unit.P_VALUE:
            return self._p_value(number)
        if unit is Unit.MONEY and abs(number) >= _LARGE[self.language]:
            return self._compact(number)
        if unit in {Unit.SHARE, Unit.POINTS}:
            return self._decimal(number * 100, "#,##0.#" if _is_plain(number) else "#,##0.##")
        if unit is Unit.MONEY:
            is_small = abs(number) < 100 and not number.is_integer()
            return self._decimal(number, "#,##0.00" if is_small else "#,##0")
        if unit is Unit.LIFT:
            return self._decimal(number, "#,##0.#" if abs(number) >= 1 else "#,##0.0#")
        return self._decimal(number, _PATTERNS.get(unit, "#,##0.##"))

    def _column(self, number: float, unit: Unit) -> str:
        """Return the digits as a column shows them: the same number of decimals in each row."""
        match unit:
            case Unit.SHARE | Unit.POINTS:
                return self._decimal(number * 100, "#,##0.0")
            case Unit.MONEY:
                return self._decimal(number, "#,##0.00" if 0 < abs(number) < 100 else "#,##0")
            case Unit.NUMBER if number.is_integer():
                return self._decimal(number, "#,##0")
            case Unit.SCORE | Unit.MOOD | Unit.LIFT | Unit.NUMBER:
                return self._decimal(number, "#,##0.00")
            case _:
                return self._sentence(number, unit)

    def _p_value(self, number: float) -> str:
        if number < 0.001:
            return f"< {self._decimal(0.001, '0.000')}"
        return self._decimal(number, "0.000")

    def _compact(self, number: float) -> str:
        step = 1e4 if self.language == "zh" else 1e3
        mantissa = abs(number)
        while mantissa >= step:
            mantissa /= step
        digits = 2 if mantissa < 10 else 1 if mantissa < 100 else 0
        locale = Locale.parse(LOCALES[self.language])
        return self._tidy(format_compact_decimal(number, locale=locale, fraction_digits=digits))

    def _decimal(self, number: float, pattern: str) -> str:
        if not math.isfinite(number):
            return "∞" if number > 0 else f"{_MINUS}∞"
        text = format_decimal(number, format=pattern, locale=LOCALES[self.language])
        if text.startswith("-") and not any(c in "123456789" for c in text):
            text = text[1:]  # minus nothing
        return self._tidy(text)

    def _tidy(self, text: str) -> str:
        text = text.replace("-", _MINUS, 1) if text.startswith("-") else text
        return text.replace("\xa0", _NARROW) if self.language == "ru" else text

    def _date(self, value: object, length: int) -> str:
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        pattern = _DATES[self.language][length]
        return format_date(day, pattern, locale=LOCALES[self.language])  # type: ignore[arg-type]


def _is_plain(share: float) -> bool:
    """Tell whether one decimal of a percent is enough to see that a share is not zero."""
    return share == 0 or abs(share) >= 0.001


def _rounded(number: float) -> float:
    """Return the number as one decimal shows it: the noun goes with what is seen."""
    return float(round(number)) if abs(number) >= 100 else round(number, 1)
