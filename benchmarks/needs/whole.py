"""The whole way of texts: cleaned, coded, scored, themed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.needs import codes

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

CONTEST = Contest(
    name="needs.whole",
    task="From short texts in memory (Russian, Chinese, English, half of them with a bad "
    "grade) to clean coded sentences with their tone, and themes for the rest.",
    size=100_000,
    of="texts",
    make=codes.make,
    repeat=1,
    warm_up=60,
    shown=("themes",),
    promises=(Promise(at_most=0.1, of="wall", against=("BERTopic, vectors of words",)),),
)


def plain(folder: Path) -> Any:
    """Read the texts."""
    import pandas as pd

    return pd.read_parquet(folder / "texts.parquet")


def with_grades(folder: Path) -> Any:
    """Read the texts as feedback of which half has a bad grade, and the codebook."""
    # A little data does not call for it, so it would be imported while the clock runs.
    import sklearn.linear_model  # noqa: F401

    feedback, book = codes._with_book(folder)  # noqa: SLF001
    score = [1.0 + 4 * (n % 2) for n in range(len(feedback))]
    return feedback.assign(score=score, scale_min=1.0, scale_max=5.0), book


@CONTEST.tool(
    "bare scikit-learn",
    role="floor",
    load=plain,
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
    load=with_grades,
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


def compiled(folder: Path) -> Any:
    """Read the texts, and let the peer's compilers run."""
    _compile()
    return plain(folder)


@lru_cache
def _compile() -> None:
    """Let UMAP's compilers run, once in a process, on as many rows as its usual way takes."""
    import numpy as np
    from umap import UMAP

    UMAP(n_components=5).fit(np.random.default_rng(0).normal(size=(5_000, 10)))


@CONTEST.tool(
    "BERTopic, vectors of words",
    load=compiled,
    needs=("bertopic", "umap", "hdbscan", "sklearn", "pandas"),
    note="UMAP, HDBSCAN, class-based TF-IDF as they come, over TF-IDF and 100 singular vectors in "
    "place of a sentence encoder; no cleaning, redaction, codebook or tone; its compilers run "
    "before the clock starts",
)
def whole_bertopic_words(texts: Any) -> Answer:
    """Let it find its themes by words."""
    return bertopic(texts, vectors_of(texts["text"].tolist(), 100))


def bertopic(texts: Any, vectors: Any) -> Answer:
    """Find themes among vectors of texts."""
    from bertopic import BERTopic

    found, _ = BERTopic(embedding_model=None).fit_transform(texts["text"].tolist(), vectors)
    return {"texts": float(len(found)), "themes": float(len(set(found) - {-1}))}


def vectors_of(texts: list[str], size: int) -> Any:
    """Return singular vectors of the TF-IDF of words and pairs of words."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(min_df=2, ngram_range=(1, 2)).fit_transform(texts)
    return TruncatedSVD(min(size, matrix.shape[1] - 1), random_state=0).fit_transform(matrix)
