"""Parse the columns of a source, each by its kind, with the evidence of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from cjm_research.cleaning.parsing.date_texts import date_texts
from cjm_research.cleaning.parsing.distinct import MISSING_VALUE, Distinct, as_mask
from cjm_research.cleaning.parsing.numbers import number_texts
from cjm_research.cleaning.parsing.numeric import decimal_evidence, parse_numbers
from cjm_research.cleaning.parsing.temporal import order_evidence, parse_times
from cjm_research.cleaning.parsing.words import (
    parse_booleans,
    parse_choices,
    parse_ids,
    parse_texts,
)
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.cleaning.parsing.hints import Hints, Parsed

NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.INTEGER)
TIMES = (Kind.DATE, Kind.TIME)


def parse_columns(
    columns: Mapping[str, Distinct],
    kinds: Mapping[str, Kind],
    *,
    choices: Mapping[str, tuple[str, ...]],
    hints: Hints,
) -> dict[str, Parsed]:
    """Parse every column; where one proves nothing by itself, the others of the file may.

    Parameters
    ----------
    columns : mapping of str to Distinct
        Texts by canonical name.
    kinds : mapping of str to Kind
        What each column holds.
    choices : mapping of str to tuple of str
        Allowed values of the columns of kind choice.
    hints : Hints
        What the study says about the source.
    """
    hints = replace(
        hints,
        decimal_nearby=_decimal(columns, kinds),
        day_first_nearby=_day_first(columns, kinds),
    )
    return {
        name: _parse(name, found, kinds[name], choices.get(name, ()), hints)
        for name, found in columns.items()
    }


def kind_of(found: Distinct) -> Kind:
    """Find what a column of the study's own holds: numbers, times, else texts.

    Codes with leading zeros are texts. A column is of numbers or times only when every value
    of it is.
    """
    used = found.without(MISSING_VALUE).counts > 0
    if not used.any():
        return Kind.TEXT
    texts = found.texts.filter(used)
    if as_mask(pc.match_substring_regex(texts, r"^0\d")).any():
        return Kind.TEXT
    if as_mask(pc.match_substring_regex(texts, r"^[+-]?\d[\d .,'\x{00A0}\x{202F}]*$")).all():
        numbers = number_texts(texts, typed=found.typed)
        comma, point = decimal_evidence(numbers, found.counts[used])
        if not (numbers.bad.any() or (comma and point)):
            return Kind.NUMBER
    dates = date_texts(texts)
    if not ((dates.stamps != dates.stamps) & (dates.swapped != dates.swapped)).any():
        return Kind.TIME
    return Kind.TEXT


def _parse(
    name: str, found: Distinct, kind: Kind, choices: tuple[str, ...], hints: Hints
) -> Parsed:
    if kind in NUMBERS:
        return parse_numbers(name, found, hints, kind)
    if kind in TIMES:
        return parse_times(name, found, hints, kind)
    if kind is Kind.BOOLEAN:
        return parse_booleans(found)
    if kind is Kind.CHOICE and choices:
        return parse_choices(found, choices)
    return parse_ids(name, found) if kind is Kind.ID else parse_texts(found)


def _decimal(columns: Mapping[str, Distinct], kinds: Mapping[str, Kind]) -> str | None:
    """Return the mark that the columns of the file prove together, if they agree."""
    comma = point = 0
    for name, found in columns.items():
        if kinds[name] in NUMBERS:
            more = decimal_evidence(number_texts(found.texts, typed=found.typed), found.counts)
            comma, point = comma + more[0], point + more[1]
    if bool(comma) == bool(point):
        return None
    return "," if comma else "."


def _day_first(columns: Mapping[str, Distinct], kinds: Mapping[str, Kind]) -> bool | None:
    """Return the day order that the columns of the file prove together, if they agree."""
    by_day = by_month = 0
    for name, found in columns.items():
        if kinds[name] in TIMES:
            more = order_evidence(date_texts(found.texts), found.counts)
            by_day, by_month = by_day + more[0], by_month + more[1]
    return None if bool(by_day) == bool(by_month) else bool(by_day)
