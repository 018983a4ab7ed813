"""Parse the columns of a source, each by its kind, with the evidence of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.contacts import parse_emails, parse_phones, parse_tax_ids
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
from cjm_research.cleaning.reading.raw_table import Choice
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.cleaning.parsing.hints import Hints, Parsed

NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.INTEGER)
TIMES = (Kind.DATE, Kind.TIME)
_OFTEN, _OFTEN_ROWS = 0.01, 10
"""Share and number of rows from which a word is the system's own."""
_NUMERIC = 0.1
"""Share of rows with a digit below which a column is of words, mapped by mistake."""


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
    found, words = {}, {}
    for name, column in columns.items():
        if kinds[name] in (*NUMBERS, *TIMES):
            found[name], words[name] = without_words(name, column.without(MISSING_VALUE))
        else:
            found[name] = column
    numbers = {
        n: number_texts(c.texts, typed=c.typed) for n, c in found.items() if kinds[n] in NUMBERS
    }
    times = {n: date_texts(c.texts) for n, c in found.items() if kinds[n] in TIMES}
    hints = replace(
        hints,
        comma_nearby=_agreed([decimal_evidence(t, found[n].counts) for n, t in numbers.items()]),
        day_first_nearby=_agreed([order_evidence(t, found[n].counts) for n, t in times.items()]),
    )
    parsed = {}
    for name, column in found.items():
        kind = kinds[name]
        if name in numbers:
            parsed[name] = parse_numbers(name, column, numbers[name], hints=hints, kind=kind)
        elif name in times:
            parsed[name] = parse_times(name, column, times[name], hints=hints, kind=kind)
        else:
            parsed[name] = _parse_words(name, column, kind, choices.get(name, ()), hints)
        if words.get(name):
            parsed[name] = replace(parsed[name], choices=(*parsed[name].choices, *words[name]))
    return parsed


def without_words(name: str, found: Distinct) -> tuple[Distinct, tuple[Choice, ...]]:
    """Take words that stand again and again among numbers or dates for "not known".

    A cell such as "Date not captured" in every tenth row is the system's own word for an
    unknown value; the same in three rows is a spoilt cell. Every such word is reported.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from cjm_research.cleaning.parsing.distinct import distinct_texts
    >>> cells = ["7"] * 50 + ["see invoice"] * 20 + ["soon"] * 2
    >>> found, choices = without_words("weight", distinct_texts(pa.array(cells)))
    >>> int((found.index < 0).sum()), choices[0].evidence
    (20, '20: see invoice')
    """
    counts = found.counts
    has_digit = as_mask(pc.match_substring_regex(found.texts, r"\d"))
    total = counts.sum()
    often = ~has_digit & (counts >= max(_OFTEN_ROWS, _OFTEN * total))
    if not often.any() or counts[has_digit].sum() < _NUMERIC * total:
        return found, ()
    texts = [found.texts[int(i)].as_py() for i in np.flatnonzero(often)]
    choices = tuple(
        Choice(
            column=name, choice="not_known", evidence=f"{n}: {text}",
            override=f'[sources.values.{name}] "{text}" = "..."',
        )
        for text, n in zip(texts, counts[often].tolist(), strict=True)
    )  # fmt: skip
    index = np.where(found.rows(often), -1, found.index)
    return replace(found, index=index), choices


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


def _parse_words(
    name: str, found: Distinct, kind: Kind, choices: tuple[str, ...], hints: Hints
) -> Parsed:
    if name == "phone":
        return parse_phones(found, region=hints.region)
    if name == "email":
        return parse_emails(found)
    if name == "tax_id":
        return parse_tax_ids(found, region=hints.region)
    if kind is Kind.BOOLEAN:
        return parse_booleans(found)
    if kind is Kind.CHOICE and choices:
        return parse_choices(found, choices)
    return parse_ids(name, found) if kind is Kind.ID else parse_texts(found)


def _agreed(evidence: Sequence[tuple[int, int]]) -> bool | None:
    """Tell which of two readings the columns of a file prove together; None if they do not."""
    first, second = (sum(e[i] for e in evidence) for i in (0, 1))
    return None if bool(first) == bool(second) else bool(first)
