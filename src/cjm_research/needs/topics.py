"""Themes that texts fall into by their words: non-negative factors, repeatable, with stability."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import optimize, sparse
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from cjm_research.needs.factors import Directions, Factors, directions, improve, start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TOP = 10
"""Words that stand for a theme where themes are compared."""
NUMBERS_OF_THEMES = (4, 5, 6, 8, 10, 12, 15)
_CLEARLY_STEADIER = 0.1
_SUBSAMPLES = 8
_PART = 0.8
_MOST_TEXTS = 2_000  # that the number of themes is chosen on
_TIE = 0.02
_FEWEST_TEXTS, _SHARE_OF_TEXTS, _MOST_OF_TEXTS = 5, 0.002, 0.4
_FIRST_ROUNDS, _ROUNDS = 10, 40
_MOST_WORDS = 1_500


class WordMatrix(NamedTuple):
    """Texts by the words and pairs of words in them."""

    counts: sparse.csr_array
    weights: sparse.csr_array
    """TF-IDF, rows of length 1."""
    names: tuple[str, ...]


class Topics(NamedTuple):
    """Factors of a word matrix."""

    loads: NDArray[np.float64]
    """Texts x themes."""
    tops: tuple[tuple[int, ...], ...]
    """Columns of the first words of each theme."""
    stability: NDArray[np.float64]
    """Share of a theme's first words that come again on parts of the texts, mean of eight."""
    coherence: NDArray[np.float64]
    """Normalised pointwise mutual information of the first words, -1..1."""


def word_matrix(texts: Sequence[Sequence[str]]) -> WordMatrix | None:
    """Count words and pairs of neighbours; None where no word stands in enough texts.

    Kept are those in at least 5 texts and 0.2 % of them, and in at most 40 %; the 1,500 most
    frequent of these.

    Parameters
    ----------
    texts : sequence of sequence of str
        Words of each text; an empty one breaks a pair.
    """
    ids: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for n, text in enumerate(texts):
        grams = [w for w in text if w]
        grams += [f"{a} {b}" for a, b in pairwise(text) if a and b]
        columns += [ids.setdefault(g, len(ids)) for g in grams]
        rows += [n] * len(grams)
    counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(ids)))
    counts.sum_duplicates()
    held = np.bincount(counts.indices, minlength=len(ids))
    least = max(_FEWEST_TEXTS, _SHARE_OF_TEXTS * len(texts))
    names = np.array(list(ids), dtype=object)
    kept = np.flatnonzero((held >= least) & (held <= _MOST_OF_TEXTS * len(texts)))
    if len(kept) < TOP:
        return None
    if len(kept) > _MOST_WORDS:
        kept = kept[np.lexsort((names[kept].astype(str), -held[kept]))[:_MOST_WORDS]]
    kept = kept[np.argsort(names[kept].astype(str), kind="stable")]
    counts = sparse.csr_array(counts[:, kept])
    weights = counts.copy()
    weights.data = 1 + np.log(weights.data)
    idf = np.log((1 + len(texts)) / (1 + held[kept])) + 1
    weights = sparse.csr_array(weights @ sparse.diags_array(idf))
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    scale = sparse.diags_array(1 / np.where(lengths > 0, lengths, 1))
    return WordMatrix(counts, sparse.csr_array(scale @ weights), tuple(names[kept]))


def find_topics(matrix: WordMatrix, *, number_before: int = 0) -> Topics | None:
    """Find themes: NMF from an NNDSVDA start, their number by stability, then coherence.

    For each number of themes the factors of eight parts of the texts (80 % each) are matched
    with those of all; the number whose first words come again most often is taken, of numbers
    within 0.02 the one with the higher coherence, then the smaller.

    Parameters
    ----------
    matrix : WordMatrix
        Of `word_matrix`.
    number_before : int
        Themes of an earlier run: their number stays unless another is steadier by 0.1.

    References
    ----------
    Greene D., O'Callaghan D., Cunningham P. (2014). How many topics? Stability analysis for
    topic models. doi:10.1007/978-3-662-44848-9_32.
    Bouma G. (2009). Normalized (pointwise) mutual information in collocation extraction.
    """
    used = np.flatnonzero(np.diff(matrix.weights.indptr) > 0)
    if len(used) < NUMBERS_OF_THEMES[0] * TOP:
        return None
    weights = _narrow(matrix.weights[used])
    spread = np.unique(np.linspace(0, len(used) - 1, min(len(used), _MOST_TEXTS)).astype(int))
    some = _narrow(weights[spread])
    most = min(len(used) // TOP, min(weights.shape) - 1)
    numbers = [k for k in NUMBERS_OF_THEMES if k <= most]
    if not numbers:
        return None
    # One thread: quicker for small factors, and sums in one order.
    with threadpool_limits(1):
        tried = _Begun.of(some, numbers[-1], parts=_parts(some.shape[0]))
        number = _number(tried, numbers, matrix.counts, number_before)
        whole = _Begun.of(weights, number, parts=np.ones((1, len(used)), dtype=bool))
        found = whole.factors(number, rounds=_ROUNDS)
        tops = _tops(found.words[0])
        stability = _stability(tops, tried.factors(number, rounds=_ROUNDS).words[1:])
    all_loads = np.zeros((matrix.weights.shape[0], number))
    all_loads[used] = found.loads[0].T * np.linalg.norm(found.words[0], axis=1)
    return Topics(all_loads, tops, stability, _coherence(matrix.counts, tops))


class _Begun(NamedTuple):
    """Texts, their parts, and what all factors of them begin from."""

    weights: sparse.csr_array
    parts: NDArray[np.bool_]
    directions: Directions
    mean: NDArray[np.float64]

    @classmethod
    def of(cls, weights: sparse.csr_array, most: int, *, parts: NDArray[np.bool_]) -> _Begun:
        totals = np.asarray(weights.sum(axis=1)).ravel() / weights.shape[1]
        mean = parts @ totals / parts.sum(axis=1)
        return cls(weights, parts, directions(weights, most, parts=parts), mean)

    def factors(self, number: int, *, rounds: int) -> Factors:
        begun = start(self.directions, number, mean=self.mean)
        return improve(self.weights, begun, parts=self.parts, rounds=rounds)


def _number(
    tried: _Begun, numbers: Sequence[int], counts: sparse.csr_array, number_before: int
) -> int:
    """Choose how many themes there are."""
    found = []
    for number in numbers:
        words = tried.factors(number, rounds=_FIRST_ROUNDS).words
        tops = _tops(words[0])
        steady = float(_stability(tops, words[1:]).mean())
        found.append((steady, round(float(_coherence(counts, tops).mean()), 2), number))
    best = max(f[0] for f in found)
    if any(f[2] == number_before and f[0] >= best - _CLEARLY_STEADIER for f in found):
        return number_before
    return max((f for f in found if f[0] >= best - _TIE), key=lambda f: (f[1], -f[2]))[2]


def _parts(n: int) -> NDArray[np.bool_]:
    """Return all texts, then eight parts of four fifths, as parts x texts."""
    # Weyl's sequence: parts that overlap as random ones do, the same in every run.
    shift = np.arange(_SUBSAMPLES)[:, None] / _SUBSAMPLES
    place = np.modf(np.arange(n) * 0.6180339887498949 + shift)[0]
    return np.vstack([np.ones((1, n), dtype=bool), place < _PART])


def matched(one: Sequence[set[Any]], two: Sequence[set[Any]]) -> list[tuple[int, int, float]]:
    """Pair sets with sets so that the sum of their Jaccard shares is largest (Hungarian).

    Examples
    --------
    >>> matched([{"a", "b"}, {"c"}], [{"c", "d"}, {"a"}])
    [(0, 1, 0.5), (1, 0, 0.5)]
    """
    if not one or not two:
        return []
    alike = np.array([[len(a & b) / max(len(a | b), 1) for b in two] for a in one])
    pairs = zip(*optimize.linear_sum_assignment(-alike), strict=True)
    return [(int(i), int(j), float(alike[i, j])) for i, j in pairs]


def _tops(words: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    order = np.argsort(-words, axis=1, kind="stable")[:, :TOP]
    return tuple(tuple(int(i) for i in row) for row in order)


def _stability(
    tops: tuple[tuple[int, ...], ...], parts: NDArray[np.float64]
) -> NDArray[np.float64]:
    again = np.zeros(len(tops))
    for words in parts:
        other = _tops(words)
        pairs = matched([set(t) for t in tops], [set(t) for t in other])
        for i, j, _ in pairs:
            again[i] += len(set(tops[i]) & set(other[j])) / TOP
    return again / len(parts)


def _coherence(counts: sparse.csr_array, tops: tuple[tuple[int, ...], ...]) -> NDArray[np.float64]:
    n = counts.shape[0]
    found = []
    for top in tops:
        held = (counts[:, list(top)] > 0).astype(float).toarray()
        both = held.T @ held / n
        alone = np.diag(both)
        pairs = np.triu_indices(len(top), 1)
        joint = both[pairs]
        apart = (alone[:, None] * alone[None, :])[pairs]
        known = joint > 0
        value = np.full(len(joint), -1.0)
        certain = joint[known] >= 1
        value[known] = np.log(joint[known] / apart[known]) / np.where(
            certain, 1.0, -np.log(joint[known], where=~certain, out=np.ones(known.sum()))
        )
        found.append(float(value.mean()))
    return np.array(found)


def _narrow(matrix: sparse.csr_array) -> sparse.csr_array:
    narrow = sparse.csr_array(matrix)
    narrow.indices, narrow.indptr = (a.astype(np.int32) for a in (narrow.indices, narrow.indptr))
    return narrow
