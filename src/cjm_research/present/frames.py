"""A researcher's own table, with its columns and codes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.present.context import current
from cjm_research.present.words import capital
from cjm_research.study.phrase import LANGUAGES

if TYPE_CHECKING:
    from cjm_research.present.words import Words

CODES = 200
"""A column of more different texts holds names or sentences, not codes."""


def labelled(frame: pd.DataFrame, *, language: str = "") -> pd.DataFrame:
    """Return a table with the headings and codes that the pages use.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of `study.sql`, a canonical or a derived table, or columns of them. It is not changed;
        a column or code without words stays as it is, and so do all numbers and times.
    language : {"en", "ru", "zh"}, optional
        The researcher's language if absent: ``CJM_LANGUAGE``, else the study's first.

    Raises
    ------
    ParameterError
        If there is no such language.

    Examples
    --------
    >>> orders = pd.DataFrame({"ordered_at": ["2026-11-22"], "status": ["returned"], "my": [1]})
    >>> labelled(orders, language="en").to_dict("records")
    [{'Time of the order': '2026-11-22', 'Status': 'returned', 'my': 1}]
    """
    context = current()
    language = language or context.researcher
    if language not in LANGUAGES:
        raise ParameterError.unknown("language", language, known=LANGUAGES)
    words = context.words(language)
    out = frame.copy()
    for name in frame.columns:
        if frame.columns.tolist().count(name) == 1 and _may_be_codes(frame[name]):
            out[name] = _in_words(frame[name], str(name), words)
    headings = [_heading(str(name), words) for name in frame.columns]
    out.columns = pd.Index(
        [
            h if headings.count(h) == 1 else str(name)
            for h, name in zip(headings, frame.columns, strict=True)
        ]
    )
    return out


def _heading(name: str, words: Words) -> str:
    """Return the words of a column: of the study, of the data, of a result; else its name."""
    is_known = name in words.labels.get("column", {})
    if not is_known and words.has(f"label.column.{name}"):
        return capital(words.label("column", name))
    return words.column(name) if is_known or words.has(f"column.{name}") else name


def _may_be_codes(column: pd.Series) -> bool:
    is_text = isinstance(column.dtype, pd.CategoricalDtype | pd.StringDtype)
    return (is_text or column.dtype == object) and column.nunique() <= CODES


def _in_words(column: pd.Series, name: str, words: Words) -> pd.Series:
    """Return the words of each code; what has none, or is missing, stays."""
    codes = [c for c in column.dropna().unique() if isinstance(c, str)]
    said = {code: words.label(name, code) for code in codes}
    if all(word == code for code, word in said.items()):
        return column
    return column.astype(object).map(lambda code: said.get(code, code))
