"""Columns of texts, ids, choices and yes or no."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.distinct import MISSING_VALUE, Distinct, as_mask
from cjm_research.cleaning.parsing.hints import Parsed
from cjm_research.cleaning.parsing.typed import TextCells
from cjm_research.cleaning.reading.raw_table import Choice, Note
from cjm_research.cleaning.reading.text_bytes import TextBytes, may_hold, text_bytes
from cjm_research.schema.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence


_YES = frozenset(
    {
        "1", "1.0", "true", "t", "yes", "y", "on", "x", "+", "✓", "да", "д", "истина", "согласен",
        "согласна", "вкл", "имеется", "есть", "是", "有", "真", "对", "同意", "已同意",
        "已订阅", "开",
    }
)  # fmt: skip
_NO = frozenset(
    {
        "0", "0.0", "false", "f", "no", "n", "off", "-", "✗", "нет", "н", "ложь", "не согласен",
        "не согласна", "выкл", "отсутствует", "否", "无", "無", "假", "不", "不同意", "未同意",
        "未订阅", "关",
    }
)  # fmt: skip
_OTHER_FORMS = np.array([*range(0xC2, 0xD0), *range(0xE0, 0xF8)], dtype=np.uint8)
_POINT, _EXPONENT, _AMPERSAND = (
    np.frombuffer(letters, dtype=np.uint8) for letters in (b".", b"Ee", b"&")
)
_ENTITY = r"&(?:quot|amp|lt|gt|apos|nbsp|laquo|raquo|mdash|ndash|#\d{2,6}|#x[0-9a-fA-F]{2,5});"
_LONG_ID = 15
"""Digits that Excel keeps of a number; longer ids end in zeros."""


def parse_texts(found: Distinct, *, verbatim: bool = False) -> Parsed:
    """Keep texts as they are, trimmed and without invisible marks.

    Those that a spreadsheet would take for a formula are pointed out. Signs of a page such as
    ``&quot;`` are written out in names; what people wrote, `verbatim`, keeps them.
    """
    if not verbatim:
        found = replace(found, texts=without_entities(found.texts))
    formula = text_bytes(found.texts).first() == ord("=")
    if formula.any():
        formula &= as_mask(pc.match_substring_regex(found.texts, r"^=[@A-Za-z(+-]"))
    rows = int(found.counts[formula].sum())
    notes = (Note(code=Code.FORMULA_CELL, rows=rows),) if rows else ()
    return Parsed(column=TextCells(found.texts, found.index), notes=notes, kind=Kind.TEXT)


def without_entities(texts: pa.Array) -> pa.Array:
    """Write the signs that a page's ``&quot;`` and ``&#1063;`` stand for.

    Examples
    --------
    >>> without_entities(pa.array(["ООО &quot;Дуб&quot;", "Tea &amp; co", "R&D"])).to_pylist()
    ['ООО "Дуб"', 'Tea & co', 'R&D']
    """
    if not may_hold(text_bytes(texts), _AMPERSAND):
        return texts
    such = as_mask(pc.match_substring_regex(texts, _ENTITY))
    if not such.any():
        return texts
    plain = [html.unescape(t).strip() for t in texts.filter(pa.array(such)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(such), pa.array(plain, texts.type))


def parse_ids(column: str, found: Distinct) -> Parsed:
    """Keep ids as text; digits of full width become plain, and an ``.0`` that a float left goes.

    Ids in scientific notation, or long ones that all end in three zeros, were rounded by a
    spreadsheet: they cannot be restored, and it is said.
    """
    texts, used = without_entities(found.texts), found.counts > 0
    known = text_bytes(texts)
    if _may_have_other_forms(known):
        texts = pc.utf8_normalize(texts, form="NFKC")
        known = text_bytes(texts)
    choices: tuple[Choice, ...] = ()
    if known.any(lambda part: (part.first() == ord("'")) | (part.first() == ord("`"))):
        # '00123 and `00123 keep a spreadsheet from counting with it
        texts = pc.replace_substring_regex(texts, r"^['`]([\d+=-].*)$", r"\1")
        known = text_bytes(texts)
    if may_hold(known, _POINT):
        numeric = as_mask(pc.match_substring_regex(texts, r"^\d+(\.0)?$"))
        floats = as_mask(pc.match_substring_regex(texts, r"^\d+\.0$")) & used
        if floats.any() and numeric[used].all():
            shown = str(int(floats.sum()))
            choices = (Choice(column=column, choice="id=integer", evidence=shown, override=""),)
            texts = pc.replace_substring_regex(texts, r"\.0$", "")
    rounded = np.zeros(len(texts), dtype=bool)
    if may_hold(known, _EXPONENT):
        rounded |= as_mask(pc.match_substring_regex(texts, r"^\d([.,]\d+)?[eE]\+\d+$")) & used
    if len(texts) and known.lengths.max() > _LONG_ID:
        long = as_mask(pc.match_substring_regex(texts, rf"^\d{{{_LONG_ID + 1},}}$")) & used
        zeros = as_mask(pc.ends_with(texts, "000")) & long
        rounded |= zeros if zeros.sum() == long.sum() and long.sum() > 1 else False
    rows = int(found.counts[rounded].sum())
    notes = (Note(code=Code.ROUNDED_ID, rows=rows),) if rows else ()
    return Parsed(column=TextCells(texts, found.index), notes=notes, choices=choices, kind=Kind.ID)


def _may_have_other_forms(known: TextBytes) -> bool:
    """Look for letters that are written in several ways; ASCII and Cyrillic letters are not."""
    return may_hold(known, _OTHER_FORMS)


def parse_choices(found: Distinct, choices: Sequence[str]) -> Parsed:
    """Keep the values that the schema allows, in any case; others are not read."""
    found = found.without(MISSING_VALUE)
    lower = pc.utf8_lower(found.texts)
    known = as_mask(pc.is_in(lower, pa.array(list(choices), lower.type)))
    unknown = ~known & (found.counts > 0)
    problems = {Code.UNKNOWN_CHOICE: found.rows(unknown)} if unknown.any() else {}
    index = np.where(found.rows(unknown), -1, found.index)
    return Parsed(column=TextCells(lower, index), problems=problems, kind=Kind.CHOICE)


def parse_booleans(found: Distinct) -> Parsed:
    """Read yes and no in Russian, Chinese and English, as words, letters, digits and marks."""
    lower = [t.casefold() for t in found.texts.to_pylist()]
    yes = np.array([t in _YES for t in lower], dtype=bool)
    known = np.array([t in _YES or t in _NO for t in lower], dtype=bool)
    unknown = ~known & (found.counts > 0) & ~np.isin(lower, list(MISSING_VALUE - _NO))
    index = np.where(found.rows(~known), -1, found.index)
    values = pd.Series(pd.arrays.BooleanArray(np.append(yes, False)[index].astype(bool), index < 0))
    problems = {Code.UNREADABLE_BOOLEAN: found.rows(unknown)} if unknown.any() else {}
    return Parsed(column=values, problems=problems, kind=Kind.BOOLEAN)
