"""One value as a reader of one language expects it, by its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from babel.dates import format_date
from babel.numbers import get_currency_name

from cjm_research.errors import ReportError
from cjm_research.present.catalogue import LOCALES, catalogue, plural_index
from cjm_research.present.digits import MINUS, NARROW, Digits
from cjm_research.results import Unit

DASH = "–"
_DATES = {
    "en": ("d MMMM y", "d MMM y"),
    "ru": ("d MMMM y", "dd.MM.y"),
    "zh": ("y年M月d日", "y年M月d日"),
}
_PERIODS = {
    "month": {"en": "LLLL y", "ru": "LLLL y", "zh": "y年M月"},
    "quarter": {"en": "QQQ y", "ru": "QQQ y", "zh": "y年第QQQ"},
}
_SPACES = {"en": " ", "ru": NARROW, "zh": ""}
"""Between a number and its noun."""


def is_missing(value: object) -> bool:
    """Tell whether a value is not known: None, NaN, NaT or NA."""
    return value is None or value is pd.NA or value is pd.NaT or value != value


def plain_spaces(value: object) -> str:
    """Return text of data without the space that only numbers of a page have.

    So a page's own number is known from a telephone that a customer wrote.
    """
    return str(value).replace(NARROW, " ")


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
        >>> [v.text(0.0002, Unit.P_VALUE) for v in (en, ru)], ru.text(float("nan"), Unit.MONEY)
        (['< 0.001', '< 0,001'], '–')
        """
        if is_missing(value):
            return DASH
        if unit is Unit.DATE:
            return self._date(value, _DATES[self.language][0])
        if unit is Unit.DAYS:
            return self.noun(catalogue(self.language).forms("day"), value)
        if unit in _PLAIN:
            return self._plain(value, unit)
        return self._with_unit(self._digits.short(_float(value), unit, sign=sign), unit)

    def cell(self, value: object, unit: Unit, *, sign: bool = False) -> str:
        r"""Write a value in a column of a table; `sign` writes a plus, whatever the unit.

        Examples
        --------
        >>> Values("ru").cell(0.43, Unit.SHARE), Values("en").cell(1234567, Unit.COUNT)
        ('43,0\u202f%', '1,234,567')
        >>> Values("ru").cell("2026-11-22", Unit.DATE)
        '22.11.2026'
        """
        if is_missing(value):
            return DASH
        if unit is Unit.DATE:
            return self._date(value, _DATES[self.language][1])
        if unit is Unit.DAYS or unit in _PLAIN:
            return self.text(value, unit)
        return self._with_unit(self._digits.column(_float(value), unit, sign=sign), unit)

    def interval(self, low: object, high: object, unit: Unit) -> str:
        r"""Write an interval.

        Examples
        --------
        >>> Values("en").interval(0.121, 0.143, Unit.SHARE)
        '12.1% to 14.3%'
        >>> Values("ru").interval(-0.008, 0.01, Unit.POINTS)
        'от −0,8 до +1,0\u202fп.\u202fп.'
        >>> Values("zh").interval(2, 5, Unit.DAYS)
        '2至5天'
        """
        if is_missing(low) or is_missing(high):
            return DASH
        first, last = self._digits.pair(_float(low), _float(high), unit)
        if unit is Unit.DAYS:
            last = self.text(high, unit)
        elif unit is not Unit.POINTS:
            first, last = self._with_unit(first, unit), self._with_unit(last, unit)
        text = self._fill("interval", low=first, high=last)
        return self._with_unit(text, unit) if unit is Unit.POINTS else text

    def period(self, value: object, kind: str) -> str:
        """Write the `month` or `quarter` that begins on a day.

        Examples
        --------
        >>> [Values(la).period("1997-01-01", "month") for la in ("en", "ru", "zh")]
        ['January 1997', 'январь 1997', '1997年1月']
        >>> [Values(la).period("1997-04-01", "quarter") for la in ("en", "ru", "zh")]
        ['Q2 1997', '2-й кв. 1997', '1997年第2季度']
        """
        return self._date(value, _PERIODS[kind][self.language])

    def noun(self, forms: tuple[str, ...], number: object) -> str:
        """Write a number with the form of a noun that goes with it."""
        space = _SPACES[self.language]
        if is_missing(number):
            return f"{DASH}{space}{forms[-1]}"
        exact = _float(number)
        if not math.isfinite(exact):
            return f"{self._digits.decimal(exact, '#')}{space}{forms[-1]}"
        seen = float(round(exact)) if abs(exact) >= 100 else round(exact, 1)
        form = forms[min(plural_index(self.language, seen), len(forms) - 1)]
        return f"{self._digits.decimal(seen, '#,##0.#')}{space}{form}"

    @property
    def _digits(self) -> Digits:
        return Digits(self.language)

    def _plain(self, value: object, unit: Unit) -> str:
        if unit is Unit.IDENTIFIER:
            raise ReportError("An identifier of a person or company never stands on a page.")
        if unit is Unit.YES_NO:
            return catalogue(self.language).text("value.yes" if value else "value.no")
        return str(value)

    def _with_unit(self, text: str, unit: Unit) -> str:
        if unit in {Unit.SHARE, Unit.POINTS, Unit.LIFT}:
            return self._fill(f"unit.{unit}", x=text)
        return self._money(text) if unit is Unit.MONEY else text

    def _money(self, text: str) -> str:
        sign = text[0] if text[0] in f"+{MINUS}" else ""
        amount, name = text.removeprefix(sign), self.currency
        if f"money.{name}" in catalogue(self.language).texts:
            return sign + self._fill(f"money.{name}", x=amount)
        if self.language == "zh":
            name = get_currency_name(name, locale=LOCALES["zh"])
        return sign + self._fill("money.other", x=amount, currency=name)

    def _fill(self, key: str, **texts: str) -> str:
        template = catalogue(self.language).text(key)
        for name, text in texts.items():
            template = template.replace(f"{{{name}}}", text)
        return template

    def _date(self, value: Any, pattern: str) -> str:  # noqa: ANN401  # date, stamp or ISO text
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return str(format_date(day, pattern, locale=LOCALES[self.language]))


_PLAIN = frozenset({Unit.TEXT, Unit.LABEL, Unit.IDENTIFIER, Unit.YES_NO})


def _float(value: Any) -> float:  # noqa: ANN401  # any number of Python, numpy or pandas
    return float(value)
