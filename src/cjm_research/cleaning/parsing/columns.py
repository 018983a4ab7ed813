"""Parse the columns of a source, each by its kind, with the evidence of all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.contacts import parse_emails, parse_phones, parse_tax_ids
from cjm_research.cleaning.parsing.counted import uncounted
from cjm_research.cleaning.parsing.currencies import currency_code
from cjm_research.cleaning.parsing.date_texts import DateTexts, date_texts
from cjm_research.cleaning.parsing.distinct import MISSING_VALUE, Distinct, as_mask
from cjm_research.cleaning.parsing.numbers import NumberTexts, number_texts
from cjm_research.cleaning.parsing.numeric import decimal_evidence, parse_numbers
from cjm_research.cleaning.parsing.short_years import whole_years
from cjm_research.cleaning.parsing.temporal import order_evidence, parse_times
from cjm_research.cleaning.parsing.words import (
    parse_booleans,
    parse_choices,
    parse_ids,
    parse_texts,
)
from cjm_research.cleaning.reading.raw_table import Choice
from cjm_research.cleaning.reading.text_bytes import DIGITS_FROM, text_bytes
from cjm_research.cleaning.threads import each
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.parsing.hints import Hints, Parsed

NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.INTEGER)
TIMES = (Kind.DATE, Kind.TIME)
_OFTEN, _OFTEN_ROWS = 0.01, 10
"""Share and number of rows from which a word is the system's own."""
_NUMERIC = 0.1
"""Share of rows with a digit below which a column is of words, mapped by mistake."""
_WRITTEN = "text"
"""The column of what customers wrote, which is kept to the letter, and that of its clean copy."""


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
    n = max((len(c.index) for c in columns.values()), default=0)

    def prepared(name: str, column: Distinct) -> _Prepared:
        kind = kinds[name]
        if kind in NUMBERS:
            found, words = without_words(name, column.without(MISSING_VALUE))
            if kind is not Kind.MONEY and not found.typed:
                found, counted = uncounted(name, found)
                words = (*words, *counted)
            return _Prepared(found, words, number_texts(found.texts, typed=found.typed), None)
        if kind in TIMES:
            found, words = without_words(name, column.without(MISSING_VALUE))
            found, years = whole_years(name, found, day_first=hints.day_first)
            return _Prepared(found, (*words, *years), None, date_texts(found.texts))
        return _Prepared(column, (), None, None)

    ready = each(prepared, columns, rows=n)
    hints = replace(
        hints,
        comma_nearby=_agreed(
            [decimal_evidence(r.numbers, r.found.proof) for r in ready.values() if r.numbers]
        ),
        day_first_nearby=_agreed(
            [order_evidence(r.times, r.found.proof) for r in ready.values() if r.times]
        ),
    )

    def parsed(name: str, column: _Prepared) -> Parsed:
        kind, found = kinds[name], column.found
        if column.numbers is not None:
            done = parse_numbers(name, found, column.numbers, hints=hints, kind=kind)
        elif column.times is not None:
            done = parse_times(name, found, column.times, hints=hints, kind=kind)
        else:
            done = _parse_words(name, found, kind, choices.get(name, ()), hints)
        return replace(done, choices=(*done.choices, *column.words)) if column.words else done

    return each(parsed, ready, rows=n)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A column read as far as its own texts allow."""

    found: Distinct
    words: tuple[Choice, ...]
    numbers: NumberTexts | None
    times: DateTexts | None


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
    has_digit = np.ones(len(found.texts), dtype=bool)
    rest = text_bytes(found.texts).places(lambda p: (p.first() - np.uint8(DIGITS_FROM)) > 9)
    if len(rest):
        has_digit[rest] = _have_digits(found.texts.take(pa.array(rest)))
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


def _have_digits(texts: pa.Array) -> NDArray[np.bool_]:
    """Tell which texts hold a digit, of full width as well."""
    return as_mask(pc.match_substring_regex(texts, r"[0-9０-９]"))


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
    lost = (dates.stamps != dates.stamps) & (dates.swapped != dates.swapped)
    if not (lost | dates.periods).any():  # months and weeks stay what they are: names to group by
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
    if name == "currency":
        codes = [currency_code(t) for t in found.texts.to_pylist()]
        found = replace(found, texts=pa.array(codes, found.texts.type))
    is_id = kind is Kind.ID
    return parse_ids(name, found) if is_id else parse_texts(found, verbatim=name.endswith(_WRITTEN))


def _agreed(evidence: Sequence[tuple[int, int]]) -> bool | None:
    """Tell which of two readings the columns of a file prove together; None if they do not."""
    first, second = (sum(e[i] for e in evidence) for i in (0, 1))
    return None if bool(first) == bool(second) else bool(first)
