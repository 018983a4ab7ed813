"""Tone learnt in the run: from the customers' own grades, else from their own texts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from cjm_research.needs.grams import Grams, gram_matrix, learn_grams
from cjm_research.needs.lemmas import tokenised
from cjm_research.needs.lexicon import LEXICON_LANGUAGES
from cjm_research.needs.reading import Reading, read_feedback
from cjm_research.needs.sentences import sentences
from cjm_research.needs.sentiment import sentence_tones
from cjm_research.needs.text import fold
from cjm_research.needs.tone_accuracy import Accuracy, Calibration, accuracy, calibration, platt
from cjm_research.needs.tone_model import ToneModel, ToneRow, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.needs.codebook import Codebook
    from cjm_research.needs.tone_model import CalibrationBin, ToneWay

MOST_TEXTS = 6_000
"""Distinct texts of a language that a model is fitted on, with grades and without; which ones
follows from their words, not from their order."""
FEWEST_RATED = 100
"""Texts of each kind, bad and good, that it takes to learn from grades."""
_FEWEST_MEASURED = 30  # of each kind: below it an accuracy says next to nothing
_FEWEST_SURE = 40  # of each kind, for self-training
_SURE = 0.4  # lexicon tone of a text
_FOLDS, _THREADS = 5, 2
_BAD_GRADE, _GOOD_GRADE = 0.25, 0.75
_BAD_NPS, _GOOD_NPS = 0.6, 0.9  # detractors and promoters
_RATED_STRENGTH, _SURE_STRENGTH = 4.0, 0.5
_LEXICON_KEPT = 1.0  # of the lexicon's tone, on top of what the model makes of it
_COLUMNS = ["text", "language", "good", "bad", "owner", "rank"]


class _Material(NamedTuple):
    """Texts of one language, ready to learn from."""

    language: str
    table: pd.DataFrame
    folded: list[str]
    lexicon: NDArray[np.float64]

    @property
    def label(self) -> NDArray[np.int64]:
        """1 good, 0 bad, -1 not graded or both alike."""
        good, bad = self.table["good"].to_numpy(), self.table["bad"].to_numpy()
        return np.where(good > bad, 1, np.where(bad > good, 0, -1))


class _Fitted(NamedTuple):
    weights: Weights
    scores: NDArray[np.float64]
    """Of all texts; of graded ones by a model that had not seen them, where it used grades."""


class _Learnt(NamedTuple):
    row: ToneRow
    bins: tuple[CalibrationBin, ...]
    weights: Weights | None


def fit_tone(feedback: pd.DataFrame, codebook: Codebook | None = None) -> ToneModel:
    """Learn the tone of the texts of a feedback table, language by language.

    With 100 texts of bad and 100 of good grade or more (1-2 and 4-5 of 5, detractors and
    promoters), a logistic regression is fitted on them: runs of words, pieces of words and the
    lexicon's tone; its accuracy is measured on texts that it had not seen, five times, a
    customer's texts always on one side. If it is then no better than the lexicon, or there are
    fewer grades, the model is fitted on the texts that the lexicon is sure of
    (self-training); where these are too few, the lexicon alone speaks.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    codebook : Codebook, optional
        Its words of the trade are part of the lexicon.

    References
    ----------
    Platt J. (1999). Probabilistic outputs for support vector machines. In: Advances in Large
    Margin Classifiers, MIT Press, 61-74.
    Turney P. (2002). Thumbs up or thumbs down? doi:10.3115/1073083.1073153 (words as seeds).
    """
    return fit_tone_sample(tone_sample(read_feedback(feedback)), codebook)


def tone_sample(reading: Reading) -> pd.DataFrame:
    """Return distinct texts with their grades, so many of each language as a model is fitted on.

    Samples of several buckets are joined by `join_samples`.
    """
    rows, cut = reading
    cut = cut.loc[cut["sentence"].notna()].drop_duplicates("text_number")
    if cut.empty:
        return pd.DataFrame({c: [] for c in _COLUMNS})
    joined = rows[["text", "text_number", "kind", "grade"]].assign(
        owner=_owners(rows)
    ).merge(cut[["text_number", "language"]], on="text_number")  # fmt: skip
    joined = joined.loc[joined["language"].isin(LEXICON_LANGUAGES)]
    is_nps = joined["kind"].eq("nps").to_numpy(dtype=bool)
    grade = joined["grade"].to_numpy(dtype=float)
    joined["good"] = (grade >= np.where(is_nps, _GOOD_NPS, _GOOD_GRADE) - 1e-9).astype(int)
    joined["bad"] = (grade <= np.where(is_nps, _BAD_NPS, _BAD_GRADE) + 1e-9).astype(int)
    return join_samples([joined])


def join_samples(samples: list[pd.DataFrame]) -> pd.DataFrame:
    """Join samples: each text once, with the sum of its grades, the first by rank."""
    table = pd.concat([s for s in samples if len(s)] or samples[:1], ignore_index=True)
    if table.empty:
        return table
    table = table.groupby(["language", "text"], sort=True, as_index=False).agg(
        good=("good", "sum"), bad=("bad", "sum"), owner=("owner", "min")
    )
    table["rank"] = [_rank(t) for t in table["text"]]
    is_graded = table["good"] != table["bad"]
    table = table.sort_values(["rank", "text"], kind="stable")
    kept = table.groupby(["language", is_graded], sort=False).head(MOST_TEXTS)
    return kept[_COLUMNS].reset_index(drop=True)


def fit_tone_sample(sample: pd.DataFrame, codebook: Codebook | None = None) -> ToneModel:
    """Learn the tone from a sample; see `fit_tone`."""

    def learnt(of: tuple[Any, pd.DataFrame]) -> _Learnt:
        language, own = of
        words = codebook.sentiment.get(language, {}) if codebook else {}
        return _learnt(_material(str(language), own, words))

    # Each language by itself: the texts of one are read while the model of another is fitted.
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(learnt, sample.groupby("language", sort=True)))
    return ToneModel(
        rows=tuple(f.row for f in found),
        bins=tuple(b for f in found for b in f.bins),
        weights={f.row.language: f.weights for f in found if f.weights is not None},
    )


def _material(language: str, table: pd.DataFrame, words: Mapping[str, float]) -> _Material:
    texts = table["text"].astype(str).tolist()
    pieces = [sentences(t) for t in texts]
    flat = sentence_tones([s for p in pieces for s in p], language, own_words=words)
    owner = np.repeat(np.arange(len(texts)), [len(p) for p in pieces])
    tone = np.bincount(owner, weights=np.array(flat, dtype=float), minlength=len(texts))
    return _Material(language, table, [fold(t) for t in texts], np.clip(tone, -1, 1))


def _learnt(material: _Material) -> _Learnt:
    label = material.label
    is_graded = label >= 0
    n_good, n_bad = int((label == 1).sum()), int((label == 0).sum())
    graded, owner = label[is_graded], material.table["owner"].to_numpy()[is_graded]
    is_measured = min(n_good, n_bad) >= _FEWEST_MEASURED
    by_lexicon = accuracy(graded, material.lexicon[is_graded], owner)
    way, fitted = _chosen(
        material, by_lexicon.macro_f1, is_rated=min(n_good, n_bad) >= FEWEST_RATED
    )
    scores = material.lexicon if fitted is None else fitted.scores
    found, line, curve = Accuracy(), (1.0, 0.0), Calibration((), np.nan)
    if is_measured:
        found = accuracy(graded, scores[is_graded], owner)
        line = platt(graded, scores[is_graded])
        curve = calibration(graded, scores[is_graded], line=line, language=material.language)
    if way == "self_trained":
        n_good, n_bad = (int((s * material.lexicon >= _SURE).sum()) for s in (1, -1))
    row = ToneRow(
        language=material.language,
        learnt_from=way,
        texts=len(material.folded),
        n_bad=n_bad,
        n_good=n_good,
        spoken=float((material.lexicon != 0).mean()),
        n_measured=len(graded) if is_measured else 0,
        macro_f1=found.macro_f1,
        low=found.low,
        high=found.high,
        lexicon_f1=by_lexicon.macro_f1 if is_measured else np.nan,
        calibration_error=curve.error,
    )
    weights = None if fitted is None else replace(fitted.weights, slope=line[0])
    return _Learnt(row, curve.bins, weights)


def _chosen(
    material: _Material, lexicon_f1: float, *, is_rated: bool
) -> tuple[ToneWay, _Fitted | None]:
    """Take grades where they teach more than the lexicon knows, else the customers' texts."""
    if is_rated:
        fitted = _from_ratings(material)
        label = material.label
        own = accuracy(label[label >= 0], fitted.scores[label >= 0], np.arange((label >= 0).sum()))
        if own.macro_f1 > lexicon_f1:
            return "ratings", fitted
    sure = [int((sign * material.lexicon >= _SURE).sum()) for sign in (1, -1)]
    if min(sure) >= _FEWEST_SURE:
        return "self_trained", _from_sure(material)
    return "lexicon", None


def _from_ratings(material: _Material) -> _Fitted:
    label = material.label
    is_graded = label >= 0
    graded = np.flatnonzero(is_graded)
    cut = tokenised(material.folded)
    grams = learn_grams(cut.only(is_graded), material.language)
    matrix = _with_lexicon(gram_matrix(cut, grams), material.lexicon)
    fold_of = np.array([_rank(str(o)) % _FOLDS for o in material.table["owner"]])
    folds = {n: graded[fold_of[graded] != n] for n in range(_FOLDS)}
    folds = {n: rows for n, rows in folds.items() if len(np.unique(label[rows])) > 1}

    def line(rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
        return _fit(matrix[rows], label[rows], strength=_RATED_STRENGTH)

    with ThreadPoolExecutor(_THREADS) as pool:  # each fit by itself: the same numbers
        whole, *parts = pool.map(line, [graded, *folds.values()])
    scores = _score(whole, matrix)
    for number, part in zip(folds, parts, strict=True):
        unseen = graded[fold_of[graded] == number]
        scores[unseen] = _score(part, matrix[unseen])
    coefficients, bias = whole
    weights = _weights_of(grams, (coefficients[:-1], bias), of_lexicon=float(coefficients[-1]))
    return _Fitted(weights, scores + _LEXICON_KEPT * material.lexicon)


def _from_sure(material: _Material) -> _Fitted:
    """Learn from the texts that the lexicon is sure of which other words tell the same."""
    cut = tokenised(material.folded)
    grams = learn_grams(cut, material.language)
    matrix = gram_matrix(cut, grams)
    sure = np.flatnonzero(np.abs(material.lexicon) >= _SURE)
    label = (material.lexicon[sure] > 0).astype(np.int64)
    line = _fit(matrix[sure], label, strength=_SURE_STRENGTH)
    scores = _score(line, matrix) + _LEXICON_KEPT * material.lexicon
    return _Fitted(_weights_of(grams, line, of_lexicon=0.0), scores)


def _weights_of(
    grams: Grams, line: tuple[NDArray[np.float64], float], *, of_lexicon: float
) -> Weights:
    return Weights(
        grams=grams,
        coefficients=tuple(float(c) for c in line[0]),
        bias=line[1],
        of_lexicon=of_lexicon + _LEXICON_KEPT,
    )


def _fit(
    matrix: sparse.csr_array, label: NDArray[np.int64], *, strength: float
) -> tuple[NDArray[np.float64], float]:
    """Return coefficients and bias of a regression in which both kinds weigh the same."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # slow import

    model = LogisticRegression(C=strength, class_weight="balanced", solver="liblinear")
    model.fit(matrix, label)
    return model.coef_[0], float(model.intercept_[0])


def _score(line: tuple[NDArray[np.float64], float], matrix: sparse.csr_array) -> NDArray[Any]:
    found: NDArray[Any] = matrix @ line[0] + line[1]
    return found


def _with_lexicon(matrix: sparse.csr_array, tones: NDArray[np.float64]) -> sparse.csr_array:
    joined = sparse.csr_array(sparse.hstack([matrix, sparse.csr_array(tones[:, None])]))
    joined.indices, joined.indptr = (a.astype(np.int32) for a in (joined.indices, joined.indptr))
    return joined


def _owners(rows: pd.DataFrame) -> pd.Series[Any]:
    """Return the customer of each text; a text without one is its own."""
    own = "#" + rows["feedback_id"].astype("string[pyarrow]")
    if "customer_id" not in rows:
        return own
    return rows["customer_id"].astype("string[pyarrow]").fillna(own)


def _rank(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")
