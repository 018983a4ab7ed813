"""From feedback to coded sentences: language, tone and themes of everything customers wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.needs.matching import SentenceIndex, rule_matches
from cjm_research.needs.redaction import redact
from cjm_research.needs.sentences import has_content, sentences
from cjm_research.needs.sentiment import sentence_tones
from cjm_research.needs.text import clean_text, fold, sameness_key, script_of

if TYPE_CHECKING:
    from cjm_research.needs.codebook import Codebook
    from cjm_research.study.phrase import Language

_KEPT = ("feedback_id", "customer_id", "given_at", "kind", "touchpoint", "channel", "brand",
         "role", "score", "weight", "interview")  # fmt: skip
_DTYPES = {
    "feedback_id": "string[pyarrow]",
    "customer_id": "string[pyarrow]",
    "given_at": "datetime64[us, UTC]",
    "kind": "string[pyarrow]",
    "sentence": "Int64",
    "text": "string[pyarrow]",
    "language": "string[pyarrow]",
    "sentiment": "float64",
    "theme": "string[pyarrow]",
    "theme_kind": "string[pyarrow]",
    "stage": "string[pyarrow]",
    "touchpoint": "string[pyarrow]",
    "channel": "string[pyarrow]",
    "score": "float64",
    "grade": "float64",
    "brand": "string[pyarrow]",
    "role": "string[pyarrow]",
    "interview": "string[pyarrow]",
    "weight": "float64",
    "content": "string[pyarrow]",
    "n_redacted": "Int64",
    "is_mixed": "boolean",
    "is_double": "boolean",
}
_GRADED = ("nps", "csat", "rating", "satisfaction")
_ASKERS = frozenset({
    "interviewer", "moderator", "researcher", "интервьюер", "модератор", "исследователь",
    "ведущий", "访谈员", "主持人", "研究员", "采访者",
})  # fmt: skip
_OPTIONS = ("choice", "kano_functional", "kano_dysfunctional")
_SHORTEST_DOUBLE = 25  # letters; shorter texts are alike by chance between unknown customers


def feedback_codes(feedback: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    """Code every sentence of every text: language, tone, themes of the codebook.

    Personal data are taken out before anything else is kept. A remark of the interviewer is
    left out. Answers without text give no row.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`. Declared columns that are used when there: `stage` (the
        feedback's own stage of the journey), `interview` (which interview a remark is of).
    codebook : Codebook or None
        None: only language and tone.

    Returns
    -------
    pandas.DataFrame
        One row per sentence and theme, in the order of feedback and sentences; `theme` is
        missing where no rule matches. `stage` is the theme's own, else the feedback's.
        `grade` is the score as 0..1 of its scale, missing where the scale is not given.
        `content` is ``coded``, ``uncoded`` or ``none`` (an answer that says nothing: no
        sentence, no tone). `is_double` marks a text that the same customer (or, if long,
        another unknown customer) gave before.

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
        return pd.DataFrame({c: pd.Series(dtype=t) for c, t in _DTYPES.items()})
    rows["is_double"] = _doubles(rows)
    texts = _read_texts(rows)
    spread = rows.drop(columns=["text", "language"]).merge(texts, on="text_number", how="left")
    coded = spread.merge(_code_sentences(spread, codebook), on=["text", "language"], how="left")
    coded["content"] = np.where(
        coded["sentence"].isna(), "none", np.where(coded["theme"].isna(), "uncoded", "coded")
    )
    if "feedback_stage" in coded:
        coded["stage"] = coded["stage"].fillna(coded["feedback_stage"])
    coded = coded.sort_values(["row", "sentence", "theme_rank"], kind="stable")
    for column in _DTYPES.keys() - set(coded.columns):
        coded[column] = pd.Series([None] * len(coded), coded.index, dtype=_DTYPES[column])
    return coded[list(_DTYPES)].astype(_DTYPES).reset_index(drop=True)


def _with_text(feedback: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a text of a customer's, cleaned and redacted, doubles of text once."""
    if "text" not in feedback:
        return pd.DataFrame()
    rows = feedback.loc[feedback["text"].notna() & ~feedback["kind"].isin(_OPTIONS)]
    if "speaker" in rows:
        speaker = rows["speaker"].fillna("").str.strip().str.casefold()
        rows = rows.loc[~speaker.isin(_ASKERS)]
    kept = rows[[c for c in _KEPT if c in rows]].copy()
    if "stage" in rows:
        kept["feedback_stage"] = rows["stage"]
    kept["grade"] = _grades(rows)
    kept["language"] = rows.get("language", pd.NA)
    numbers, distinct = pd.factorize(rows["text"])
    cleaned = [redact(clean_text(str(t))) for t in distinct]
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


def _doubles(rows: pd.DataFrame) -> pd.Series[Any]:
    key = rows["text"].map(sameness_key)
    order = ["given_at", "feedback_id"] if "given_at" in rows else ["feedback_id"]
    customer = rows["customer_id"] if "customer_id" in rows else pd.Series(pd.NA, rows.index)
    frame = rows[order].assign(key=key, customer=customer.astype("string[pyarrow]"))
    known = frame["customer"].notna()
    frame["customer"] = frame["customer"].fillna("")
    comparable = (known & (key != "")) | (key.str.len() >= _SHORTEST_DOUBLE)
    ordered = frame.loc[comparable].sort_values(order, kind="stable")
    double = ordered.duplicated(["customer", "key"])
    return double.reindex(rows.index, fill_value=False)


def _read_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sentence of each distinct text, and give `rows` its number."""
    given = rows["language"].fillna("").astype(str).str.slice(0, 2).str.casefold()
    pairs = pd.MultiIndex.from_arrays([rows["text"], given])
    numbers, distinct = pairs.factorize()
    rows["text_number"] = numbers
    found: list[tuple[int, int | None, str, str, bool]] = []
    for number, (text, named) in enumerate(distinct):
        whole = script_of(text)
        language = named or whole.language
        pieces = sentences(text) if has_content(text) else []
        found += [
            (number, n, piece, _language(piece, language), whole.is_mixed)
            for n, piece in enumerate(pieces, start=1)
        ] or [(number, None, text, language, whole.is_mixed)]
    return pd.DataFrame(found, columns=["text_number", "sentence", "text", "language", "is_mixed"])


def _language(sentence: str, of_text: str) -> str:
    """Return the language of a sentence: that of the text, unless its letters say otherwise."""
    own = script_of(sentence).language
    letters = {"ru": "ru", "zh": "zh"}.get(of_text, "en")
    return of_text if own in (letters, "other") else own


def _code_sentences(spread: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    """Return one row per distinct sentence and theme, with the tone of the sentence."""
    frames = []
    distinct = spread.loc[spread["sentence"].notna(), ["text", "language"]].drop_duplicates()
    for language, group in distinct.groupby("language", sort=True):
        texts = group["text"].tolist()
        own = codebook.sentiment.get(_known(str(language)), {}) if codebook else {}
        tones = sentence_tones(texts, str(language), own_words=own)
        toned = pd.DataFrame({"text": texts, "language": language, "sentiment": tones})
        themes = _themes(texts, str(language), codebook)
        frames.append(toned.merge(themes, left_index=True, right_on="number", how="left"))
    columns = ["text", "language", "sentiment", "theme", "theme_kind", "stage", "theme_rank"]
    if not frames:
        return pd.DataFrame({c: pd.Series(dtype=_DTYPES.get(c, "float64")) for c in columns})
    return pd.concat(frames, ignore_index=True)[columns]


def _themes(texts: list[str], language: str, codebook: Codebook | None) -> pd.DataFrame:
    found: list[tuple[int, str, str, str | None, int]] = []
    if codebook is not None and codebook.themes:
        index = SentenceIndex([fold(t) for t in texts], _known(language))
        for rank, theme in enumerate(codebook.themes):
            rules = rule_matches(index, theme)
            hits = np.unique(np.concatenate([r.sentences for r in rules])) if rules else ()
            found += [(int(n), theme.id, theme.kind, theme.stage, rank) for n in hits]
    names = ["number", "theme", "theme_kind", "stage", "theme_rank"]
    return pd.DataFrame(found, columns=names).astype({"number": "int64"})


def _known(language: str) -> Language:
    """Return a language that patterns exist for; an unknown one has none and matches nothing."""
    return language  # type: ignore[return-value]
