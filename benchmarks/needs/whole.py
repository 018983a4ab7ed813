"""The whole way of texts: cleaned, coded, scored, themed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest
from benchmarks.needs import codes

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

CONTEST = Contest(
    name="needs.whole",
    task="From 100,000 short texts in memory (Russian, Chinese, English, half of them with a bad "
    "grade) to clean coded sentences with their tone, and themes for the rest.",
    size=100_000,
    of="texts",
    make=codes.make,
    repeat=1,
    warm_up=60,
    shown=("themes",),
)


def _plain(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "texts.parquet")


def _with_grades(folder: Path) -> Any:
    feedback, book = codes._with_book(folder)  # noqa: SLF001
    score = [1.0 + 4 * (n % 2) for n in range(len(feedback))]
    return feedback.assign(score=score, scale_min=1.0, scale_max=5.0), book


@CONTEST.tool(
    "bare scikit-learn",
    role="floor",
    load=_plain,
    needs=("sklearn", "pandas"),
    note="TF-IDF of words and NMF with ten themes over all texts at once, the core of a topic "
    "pipeline; no cleaning, redaction, language, sentences, codebook, tone, number of themes "
    "or stability; Chinese is not cut into words",
)
def whole_sklearn(texts: Any) -> Answer:
    """Find ten themes."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(min_df=5, ngram_range=(1, 2)).fit_transform(texts["text"])
    NMF(10, init="nndsvda", random_state=0).fit_transform(matrix)
    return {"texts": float(len(texts)), "themes": 10.0}


@CONTEST.tool(
    "ours",
    role="ours",
    load=_with_grades,
    needs=("cjm_research",),
    note="`feedback_codes` with a tone learnt in the run, with its accuracy, and "
    "`suggested_themes` of each language, their number chosen by stability",
)
def whole_ours(data: Any) -> Answer:
    """Code the feedback and suggest themes."""
    from cjm_research.needs.coding import feedback_codes
    from cjm_research.needs.suggested import suggested_themes

    coded = feedback_codes(*data)
    found = suggested_themes(coded, data[1])
    return {"texts": float(coded["feedback_id"].nunique()), "themes": float(len(found.rows))}
