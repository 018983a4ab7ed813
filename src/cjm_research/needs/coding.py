"""From feedback to coded sentences: language, tone and themes of everything customers wrote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.needs.lemmas import tokenised
from cjm_research.needs.matching import SentenceIndex, rule_matches
from cjm_research.needs.reading import read_feedback
from cjm_research.needs.sentiment import sentence_tones
from cjm_research.needs.text import fold
from cjm_research.needs.tone_model import ToneModel
from cjm_research.needs.tone_training import fit_tone_sample, tone_sample

if TYPE_CHECKING:
    from cjm_research.needs.codebook import Codebook
    from cjm_research.needs.lemmas import Tokenised
    from cjm_research.study.phrase import Language

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


def feedback_codes(
    feedback: pd.DataFrame, codebook: Codebook | None, *, tone: ToneModel | None = None
) -> pd.DataFrame:
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
    tone : ToneModel, optional
        What `fit_tone` learnt; learnt from this feedback if absent.

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
    reading = read_feedback(feedback)
    rows, texts = reading
    if rows.empty:
        return pd.DataFrame({c: pd.Series(dtype=t) for c, t in _DTYPES.items()})
    spread = rows.drop(columns=["text", "language"]).merge(texts, on="text_number", how="left")
    # A model is fitted while the sentences are read: neither needs the other.
    with ThreadPoolExecutor(1) as pool:
        learnt = None if tone else pool.submit(fit_tone_sample, tone_sample(reading), codebook)
        read = _read_sentences(spread, codebook)
    model = tone or (learnt.result() if learnt else ToneModel())
    coded = spread.merge(_toned(read, model), on=["text", "language"], how="left")
    coded["content"] = np.where(
        coded["sentence"].isna(), "none", np.where(coded["theme"].isna(), "uncoded", "coded")
    )
    if "feedback_stage" in coded:
        coded["stage"] = coded["stage"].fillna(coded["feedback_stage"])
    coded = coded.sort_values(["row", "sentence", "theme_rank"], kind="stable")
    for column in _DTYPES.keys() - set(coded.columns):
        coded[column] = pd.Series([None] * len(coded), coded.index, dtype=_DTYPES[column])
    return coded[list(_DTYPES)].astype(_DTYPES).reset_index(drop=True)


class _Read(NamedTuple):
    """Distinct sentences of one language, what the lexicon says of them, and their themes."""

    language: str
    texts: list[str]
    cut: Tokenised
    tones: list[float]
    themes: pd.DataFrame


def _read_sentences(spread: pd.DataFrame, codebook: Codebook | None) -> list[_Read]:
    found = []
    distinct = spread.loc[spread["sentence"].notna(), ["text", "language"]].drop_duplicates()
    for language, group in distinct.groupby("language", sort=True):
        texts = group["text"].tolist()
        cut = tokenised([fold(t) for t in texts])
        own = codebook.sentiment.get(_known(str(language)), {}) if codebook else {}
        tones = sentence_tones(texts, str(language), own_words=own, folded=cut.texts)
        themes = _themes(cut, str(language), codebook)
        found.append(_Read(str(language), texts, cut, tones, themes))
    return found


def _toned(read: list[_Read], model: ToneModel) -> pd.DataFrame:
    """Return one row per distinct sentence and theme, with the tone of the sentence."""
    columns = ["text", "language", "sentiment", "theme", "theme_kind", "stage", "theme_rank"]
    if not read:
        return pd.DataFrame({c: pd.Series(dtype=_DTYPES.get(c, "float64")) for c in columns})
    frames = []
    for own in read:
        tones = model.learnt(own.tones, own.cut, own.language)
        toned = pd.DataFrame({"text": own.texts, "language": own.language, "sentiment": tones})
        frames.append(toned.merge(own.themes, left_index=True, right_on="number", how="left"))
    return pd.concat(frames, ignore_index=True)[columns]


def _themes(texts: Tokenised, language: str, codebook: Codebook | None) -> pd.DataFrame:
    found: list[tuple[int, str, str, str | None, int]] = []
    if codebook is not None and codebook.themes:
        index = SentenceIndex(texts, _known(language))
        for rank, theme in enumerate(codebook.themes):
            rules = rule_matches(index, theme)
            hits = np.unique(np.concatenate([r.sentences for r in rules])) if rules else ()
            found += [(int(n), theme.id, theme.kind, theme.stage, rank) for n in hits]
    names = ["number", "theme", "theme_kind", "stage", "theme_rank"]
    return pd.DataFrame(found, columns=names).astype({"number": "int64"})


def _known(language: str) -> Language:
    """Return a language that patterns exist for; an unknown one has none and matches nothing."""
    return language  # type: ignore[return-value]
