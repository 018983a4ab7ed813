"""Numbers that say what they count: 5 分, 5 баллов, 4/5, 4.5 out of 5, 2 шт., ★★★★☆."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.parsing.distinct import Distinct, as_mask
from cjm_research.cleaning.reading.raw_table import Choice
from cjm_research.cleaning.reading.text_bytes import DIGITS_FROM, text_bytes

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_PIECES = r"шт(?:ук[аи]?)?\.?|pcs?\.?|pieces?|件|个|個"
_GRADES = r"балл(?:ов|а|ы)?|зв[её]зд(?:а|ы)?|stars?|points?|分|[颗顆]星|星级?"
_COUNTED = rf"(?i)^{_NUMBER}\s*(?:{_PIECES}|{_GRADES})$"
_OUT_OF = rf"(?i)^{_NUMBER}\s*(?:/|из|out\s+of|of)\s*\d+\s*(?:{_GRADES})?$"
_STARS = r"^[★⭐🌟\x{FE0F}]+[☆✩✰]*$|^[☆✩✰]+$"
_FULL = r"[^★⭐🌟]"
_GRADE = "score"
_NINE = 9


def uncounted(name: str, found: Distinct) -> tuple[Distinct, tuple[Choice, ...]]:
    """Leave the bare number of texts that name what they count, and report it.

    A grade may also be so many out of so many, or stars; elsewhere 1/2 could be a half or a date.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from cjm_research.cleaning.parsing.distinct import distinct_texts
    >>> cells = ["5分", "4 из 5", "3.5 out of 5 stars", "★★☆☆☆", "2 балла", "7"]
    >>> found, choices = uncounted("score", distinct_texts(pa.array(cells)))
    >>> found.texts.to_pylist(), choices[0].choice
    (['5', '4', '3.5', '2', '2', '7'], 'counted')
    >>> uncounted("quantity", distinct_texts(pa.array(["2 шт.", "1/2"])))[0].texts.to_pylist()
    ['2', '1/2']
    """
    if name != _GRADE and not _may_name(found):
        return found, ()
    patterns = (_COUNTED, _OUT_OF) if name == _GRADE else (_COUNTED,)
    texts, named = found.texts, np.zeros(len(found.texts), dtype=bool)
    for pattern in patterns:
        here = as_mask(pc.match_substring_regex(found.texts, pattern))
        if here.any():
            texts = pc.replace_substring_regex(texts, pattern, r"\1")
            named |= here
    if name == _GRADE:
        stars = as_mask(pc.match_substring_regex(found.texts, _STARS))
        if stars.any():
            full = pc.utf8_length(pc.replace_substring_regex(texts, _FULL, ""))
            texts = pc.if_else(pa.array(stars), full.cast(texts.type), texts)
            named |= stars
    if not named.any():
        return found, ()
    evidence = f"{int(found.counts[named].sum())}: {found.example(named)}"
    choice = Choice(column=name, choice="counted", evidence=evidence,
                    override=f'[sources.values.{name}] "..." = "..."')  # fmt: skip
    return replace(found, texts=texts), (choice,)


def _may_name(found: Distinct) -> bool:
    """Tell whether a text ends in something other than a digit."""
    return bool(((text_bytes(found.texts).last() - np.uint8(DIGITS_FROM)) > _NINE).any())
