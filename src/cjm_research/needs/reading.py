"""Feedback read once: clean texts without personal data, doubles marked, cut into sentences."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.needs.doubles import doubles
from cjm_research.needs.redaction import redact
from cjm_research.needs.sentences import has_content, sentences
from cjm_research.needs.text import Script, clean_text, lone_script, script_of

_KEPT = ("feedback_id", "customer_id", "given_at", "kind", "touchpoint", "channel", "brand",
         "role", "score", "weight", "interview")  # fmt: skip
_GRADED = ("nps", "csat", "rating", "satisfaction")
_ASKERS = frozenset({
    "interviewer", "moderator", "researcher", "интервьюер", "модератор", "исследователь",
    "ведущий", "访谈员", "主持人", "研究员", "采访者",
})  # fmt: skip
_OPTIONS = ("choice", "kano_functional", "kano_dysfunctional")


class Reading(NamedTuple):
    """Texts of feedback and their sentences."""

    rows: pd.DataFrame
    """One row per text: the useful columns of `feedback`, `text` clean and redacted, `grade`
    (0..1 of its scale), `n_redacted`, `is_double`, `row` (its place), `text_number`."""
    sentences: pd.DataFrame
    """One row per sentence of each distinct text: `text_number, sentence, text, language,
    is_mixed`; `sentence` is missing where a text says nothing."""


def is_asker(speaker: pd.Series[str]) -> pd.Series[bool]:
    """Tell which remarks are the interviewer's."""
    return speaker.fillna("").str.strip().str.casefold().isin(_ASKERS)


def read_feedback(feedback: pd.DataFrame) -> Reading:
    """Read the texts of feedback; answers without text and an interviewer's remarks are left out.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.

    Raises
    ------
    SchemaError
        If `feedback` lacks its key or kind.
    """
    for column in ("feedback_id", "kind"):
        if column not in feedback:
            raise SchemaError.missing_column(column, table="feedback", found=list(feedback.columns))
    rows = _with_text(feedback)
    if rows.empty:
        return Reading(rows, _no_sentences())
    rows["is_double"] = doubles(rows)
    return Reading(rows, _read_texts(rows))


def _with_text(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a text of a customer's, cleaned and redacted, doubles of text once."""
    if "text" not in feedback:
        return pd.DataFrame()
    rows = feedback.loc[feedback["text"].notna() & ~feedback["kind"].isin(_OPTIONS)]
    if "speaker" in rows:
        rows = rows.loc[~is_asker(rows["speaker"])]
    kept = rows[[c for c in _KEPT if c in rows]].copy()
    if "stage" in rows:
        kept["feedback_stage"] = rows["stage"]
    kept["grade"] = _grades(rows)
    kept["language"] = rows.get("language", pd.NA)
    numbers, distinct = pd.factorize(rows["text"])
    cleaned = [redact(clean_text(str(t))) for t in distinct.tolist()]
    kept["text"] = np.array([c.text for c in cleaned], dtype=object)[numbers]
    kept["n_redacted"] = np.array([len(c.found) for c in cleaned])[numbers]
    kept["row"] = np.arange(len(kept))
    return kept.loc[kept["text"] != ""]


def _grades(rows: pd.DataFrame) -> pd.Series[Any]:
    if not {"score", "scale_min", "scale_max"} <= set(rows.columns):
        return pd.Series(np.nan, rows.index)
    width = rows["scale_max"] - rows["scale_min"]
    grade = (rows["score"] - rows["scale_min"]) / width.where(width > 0)
    return grade.where(rows["kind"].isin(_GRADED) & grade.between(0, 1))


def _read_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sentence of each distinct text, and give `rows` its number."""
    given = rows["language"].fillna("").astype(str).str.slice(0, 2).str.casefold()
    ids: dict[tuple[str, str], int] = {}
    pairs = zip(rows["text"].tolist(), given.tolist(), strict=True)
    rows["text_number"] = [ids.setdefault(pair, len(ids)) for pair in pairs]
    found: tuple[list[Any], ...] = ([], [], [], [], [])
    for number, (text, named) in enumerate(ids):
        lone = lone_script(text)
        whole = Script(lone, is_mixed=False) if lone else script_of(text)
        language = named or whole.language
        pieces = sentences(text) if has_content(text) else []
        n = max(len(pieces), 1)
        if lone and (lone == "other" or lone == _letters(language)):
            own = [language] * n
        else:
            own = [_language(p, language, whole if p == text else None) for p in pieces]
        places = range(1, n + 1) if pieces else (None,)
        columns = [number] * n, places, pieces or (text,), own or (language,), [whole.is_mixed] * n
        for column, more in zip(found, columns, strict=True):
            column.extend(more)
    names = _no_sentences().columns
    return pd.DataFrame(dict(zip(names, found, strict=True)), columns=list(names))


def _language(sentence: str, of_text: str, known: Script | None) -> str:
    """Return the language of a sentence: that of the text, unless its letters say otherwise."""
    own = (known or script_of(sentence)).language
    return of_text if own in (_letters(of_text), "other") else own


def _letters(language: str) -> str:
    """Return the language that the letters of a language are taken for."""
    return {"ru": "ru", "zh": "zh"}.get(language, "en")


def _no_sentences() -> pd.DataFrame:
    return pd.DataFrame(columns=["text_number", "sentence", "text", "language", "is_mixed"])
