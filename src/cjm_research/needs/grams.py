"""Texts as rows of a sparse matrix: dictionary forms, runs of them, and pieces of words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from cjm_research.needs.lemmas import Tokenised, lemma, tokenised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_RUNS = {"zh": (1, 2, 3)}
_USUAL_RUNS = (1, 2)
_PIECES = (2, 3, 4, 5)
"""Letters of a piece of a word, its ends counted as letters."""
_LONGEST_WORD = 30


class Row(NamedTuple):
    """A block of features: names in order, and for each how rare it is among texts."""

    names: tuple[str, ...]
    idf: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grams:
    """Features that a model reads texts by: runs of words, and pieces of words.

    In Chinese a word is a sign, and there are no pieces.
    """

    language: str
    runs: Row
    pieces: Row


@dataclass(slots=True)
class _Batch:
    """Words of some texts as numbers."""

    n: int
    flat: NDArray[np.int64]
    owner: NDArray[np.int64]
    words: list[str]
    forms: list[str]
    form_of: NDArray[np.int64]
    _by_form: dict[str, int] = field(default_factory=dict)


def learn_grams(texts: Sequence[str] | Tokenised, language: str, *, fewest: int = 2) -> Grams:
    """Choose the features of texts: those that stand in at least so many of them.

    Parameters
    ----------
    texts : sequence of str or Tokenised
        Folded texts.
    language : str
        ``ru``, ``zh`` or ``en``.
    fewest : int, default 2
        Texts that hold a feature.

    Examples
    --------
    >>> learn_grams(["late again", "so late"], "en").runs.names
    ('late',)
    """
    batch = _batch(texts, language)
    names: list[str] = []
    idf: list[NDArray[np.float64]] = []
    for length in _RUNS.get(language, _USUAL_RUNS):
        keys, owner = _run_keys(batch, length)
        pairs = np.unique(np.stack([keys, owner]), axis=1)
        found, counts = np.unique(pairs[0], return_counts=True)
        kept = counts >= fewest
        names += [_run_name(int(k), length, batch) for k in found[kept]]
        idf.append(_idf(counts[kept], batch.n))
    order = np.argsort(np.array(names, dtype=object), kind="stable")
    weights = np.concatenate(idf) if idf else np.zeros(0)
    runs = Row(tuple(names[i] for i in order), weights[order])
    return Grams(language, runs, _learn_pieces(batch, language, fewest))


def gram_matrix(texts: Sequence[str] | Tokenised, grams: Grams) -> sparse.csr_array:
    """Return one row per text: TF-IDF of runs and of pieces, each block of length 1.

    Counts enter as 1 + log(count); a text without a known feature has an empty row.

    Examples
    --------
    >>> grams = learn_grams(["late again", "so late"], "en")
    >>> gram_matrix(["late", "fine"], grams).shape[0]
    2
    """
    batch = _batch(texts, grams.language)
    blocks = [_weighted(_run_counts(batch, grams), grams.runs.idf)]
    if grams.pieces.names:
        blocks.append(_weighted(_piece_counts(batch, grams.pieces.names), grams.pieces.idf))
    joined = sparse.csr_array(sparse.hstack(blocks, format="csr"))
    joined.indices = joined.indices.astype(np.int32)  # what scikit-learn's solvers take
    joined.indptr = joined.indptr.astype(np.int32)
    return joined


def _batch(texts: Sequence[str] | Tokenised, language: str) -> _Batch:
    cut = texts if isinstance(texts, Tokenised) else tokenised(texts)
    by_form: dict[str, int] = {}
    form_of = [by_form.setdefault(lemma(w, language), len(by_form)) for w in cut.words]
    return _Batch(
        n=len(cut.texts),
        flat=cut.flat,
        owner=cut.owner,
        words=cut.words,
        forms=list(by_form),
        form_of=np.array(form_of, dtype=np.int64),
        _by_form=by_form,
    )


def _run_keys(batch: _Batch, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a number for each run of so many words within a text, and the text's."""
    if len(batch.flat) < length:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    forms = batch.form_of[batch.flat]
    last = len(forms) - length + 1
    keys = np.zeros(last, dtype=np.int64)
    for n in range(length):
        keys = keys * (len(batch.forms) + 1) + forms[n : n + last]
    whole = batch.owner[:last] == batch.owner[length - 1 :]
    return keys[whole], batch.owner[:last][whole]


def _run_name(key: int, length: int, batch: _Batch) -> str:
    base = len(batch.forms) + 1
    numbers = []
    for _ in range(length):
        key, number = divmod(key, base)
        numbers.append(number)
    return " ".join(batch.forms[n] for n in reversed(numbers))


def _run_key(numbers: Sequence[int], base: int) -> int:
    return reduce(lambda so_far, number: so_far * base + number, numbers, 0)


def _run_counts(batch: _Batch, grams: Grams) -> sparse.csr_array:
    """Return how often each known run stands in each text."""
    base = len(batch.forms) + 1
    wanted: dict[int, list[tuple[int, int]]] = {}
    for at, name in enumerate(grams.runs.names):
        numbers = [batch._by_form.get(form, -1) for form in name.split(" ")]  # noqa: SLF001
        if min(numbers) < 0:
            continue
        wanted.setdefault(len(numbers), []).append((_run_key(numbers, base), at))
    rows: list[NDArray[Any]] = [np.zeros(0, np.int64)]
    columns: list[NDArray[Any]] = [np.zeros(0, np.int64)]
    for length, pairs in wanted.items():
        table = np.array(sorted(pairs), dtype=np.int64)
        keys, owner = _run_keys(batch, length)
        place: NDArray[Any] = np.minimum(np.searchsorted(table[:, 0], keys), len(table) - 1)
        known = table[place, 0] == keys
        rows.append(owner[known])
        columns.append(table[place[known], 1])
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (batch.n, len(grams.runs.names))
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)


def _pieces_of(word: str) -> list[str]:
    framed = f" {word[:_LONGEST_WORD]} "
    return [framed[i : i + n] for n in _PIECES for i in range(len(framed) - n + 1)]


def _learn_pieces(batch: _Batch, language: str, fewest: int) -> Row:
    if language in _RUNS:
        return Row((), np.zeros(0))
    names = sorted({p for word in batch.words for p in _pieces_of(word)})
    counts = _piece_counts(batch, names)
    held = np.bincount(counts.indices, minlength=len(names))
    kept = np.flatnonzero(held >= fewest)
    return Row(tuple(names[i] for i in kept), _idf(held[kept], batch.n))


def _piece_counts(batch: _Batch, names: Sequence[str]) -> sparse.csr_array:
    """Return how often each known piece stands in each text: texts x words x pieces."""
    column = {name: n for n, name in enumerate(names)}
    found = [[c for p in _pieces_of(w) if (c := column.get(p)) is not None] for w in batch.words]
    lengths = np.array([len(f) for f in found], dtype=np.int64)
    indices = np.array([c for f in found for c in f], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    of_words = sparse.csr_array(
        (np.ones(len(indices)), indices, starts), shape=(len(batch.words), len(names))
    )
    of_words.sum_duplicates()
    of_texts = sparse.csr_array(
        (np.ones(len(batch.flat)), (batch.owner, batch.flat)), shape=(batch.n, len(batch.words))
    )
    counts: sparse.csr_array = of_texts @ of_words
    counts.sort_indices()
    return counts


def _idf(held: NDArray[Any], n: int) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.log((1 + n) / (1 + held)) + 1
    return weights


def _weighted(counts: sparse.csr_array, idf: NDArray[np.float64]) -> sparse.csr_array:
    counts = counts.copy()
    counts.sum_duplicates()
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    held = np.diff(counts.indptr)
    starts = counts.indptr[:-1][held > 0]
    lengths = np.sqrt(np.add.reduceat(counts.data**2, starts)) if len(starts) else np.ones(0)
    counts.data /= np.repeat(lengths, held[held > 0])
    return counts
