"""A column of numbers: which decimal mark it has, and its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.currencies import CURRENCIES
from cjm_research.cleaning.parsing.hints import Hints, Parsed
from cjm_research.cleaning.parsing.typed import TextCells, as_kind
from cjm_research.cleaning.reading.raw_table import Choice, Note
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.cleaning.parsing.distinct import Distinct
    from cjm_research.cleaning.parsing.numbers import NumberTexts

_ASIDE = re.compile(r"[,(（\[/].*$")
_HEADER_UNITS = {
    r"(?i)тыс|千|thousand|\b000\b": 1e3,
    r"(?i)млн|百万|million|\bmln\b": 1e6,
    r"(?i)млрд|billion|\bbn\b": 1e9,
    "万|萬": 1e4,
    "亿|億": 1e8,
}
"""Units that stand in a header after a comma or in brackets: ``Сумма, тыс. руб.``."""
_LARGEST_WHOLE = 2.0**63


def decimal_evidence(texts: NumberTexts, counts: NDArray[np.integer[Any]]) -> tuple[int, int]:
    """Return how many rows prove a decimal comma, and how many a decimal point."""
    return int(counts[texts.comma].sum()), int(counts[texts.point].sum())


def parse_numbers(
    column: str, found: Distinct, texts: NumberTexts, *, hints: Hints, kind: Kind
) -> Parsed:
    """Read a column of numbers, money or whole numbers.

    The mark is the one that the study gives, else the one that this column proves, else the
    one that other columns of the file prove. A column that proves both is read text by text.
    Without any proof a text such as 1,234 stays ambiguous and is not read.
    """
    counts = found.counts
    comma, point = decimal_evidence(texts, found.proof)
    decimal = hints.decimal
    if decimal is None:
        by_comma = bool(comma) if bool(comma) != bool(point) else hints.comma_nearby
        decimal = None if (comma and point) or by_comma is None else "," if by_comma else "."
    values, problems = texts.values(decimal)
    unit, made, notes = _unit(column, found, texts, hints, kind)
    if unit != 1:
        values[texts.units == 1] *= unit
    if kind is Kind.INTEGER:
        broken = ~np.isnan(values) & ((values % 1 != 0) | (np.abs(values) >= _LARGEST_WHOLE))
        problems[Code.UNREADABLE_NUMBER] |= broken
        values[broken] = np.nan
    if comma and point and hints.decimal is None:
        example = found.example(texts.comma, limit=1) + "; " + found.example(texts.point, limit=1)
        notes.append(Note(code=Code.MIXED_DECIMALS, rows=min(comma, point), example=example))
    if kind is Kind.MONEY and len(texts.currencies) > 1:
        notes.append(Note(code=Code.MIXED_CURRENCIES, rows=int(counts.sum()),
                          example=", ".join(texts.currencies)))  # fmt: skip
    return Parsed(
        column=_series(values, found, kind),
        problems={c: found.rows(m) for c, m in problems.items() if m.any()},
        notes=tuple(notes),
        choices=(*made, *_choices(column, found, texts, decimal))
        if hints.decimal is None
        else made,
        currency=_currency(found, texts) if kind is Kind.MONEY else None,
        kind=kind,
    )


def _currency(found: Distinct, texts: NumberTexts) -> TextCells | None:
    """Return the currency that each row names by a sign or a word; None if none does."""
    if not texts.currencies:
        return None
    places = found.spread(texts.currency_of_text, -1).astype(np.int64)
    return TextCells(pa.array(CURRENCIES), places)


def _unit(
    column: str, found: Distinct, texts: NumberTexts, hints: Hints, kind: Kind
) -> tuple[float, tuple[Choice, ...], list[Note]]:
    """Return what plain numbers count: as the study says, else as the header says."""
    if column in hints.units:
        return hints.units[column], (), []
    header = hints.headers.get(column, "")
    aside = _ASIDE.search(header) if kind in (Kind.MONEY, Kind.NUMBER) else None
    unit = next(
        (size for p, size in _HEADER_UNITS.items() if aside and re.search(p, aside[0])), 1.0
    )
    named = np.zeros(texts.n, dtype=bool)
    named[texts.rest] = ~np.isin(np.abs(texts.factor), (1.0, 0.01)) | texts.percents
    own = int(found.counts[named].sum())
    notes = []
    if own and (unit != 1 or own < found.counts.sum()):
        shown = found.example(named)
        notes.append(Note(code=Code.MIXED_UNITS, rows=own, example=shown))
    if unit == 1:
        return 1.0, (), notes
    choice = Choice(column=column, choice=f"unit={unit:g}", evidence=header,
                    override=f"units.{column} = 1")  # fmt: skip
    return unit, (choice,), notes


def _series(values: NDArray[np.float64], found: Distinct, kind: Kind) -> pd.Series:
    full: NDArray[np.float64] = found.spread(values, np.nan)
    plain = pd.Series(full, copy=False)
    return as_kind(plain.astype("Int64"), kind) if kind is Kind.INTEGER else plain


def _choices(
    column: str, found: Distinct, texts: NumberTexts, decimal: str | None
) -> tuple[Choice, ...]:
    """Report a mark that is not the plain point, or that is a matter of judgement."""
    proof = texts.comma if decimal == "," else texts.point
    marked = texts.comma.any() or texts.point.any()
    if decimal is None or not (texts.either.any() or (decimal == "," and marked)):
        return ()
    rows = int(found.proof[proof].sum())
    return (
        Choice(
            column=column,
            choice=f"decimal={decimal!r}",
            evidence=f"{rows}: {found.example(proof)}",
            override=f'decimal = "{decimal}"',
        ),
    )
