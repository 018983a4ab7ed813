"""Where the patterns of a codebook stand, for all sentences of one language at once."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.needs.lemmas import Tokenised, lemma, tokenised, tokens
from cjm_research.needs.lexicon import lexicon
from cjm_research.needs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.needs.codebook import Near, Theme
    from cjm_research.study.phrase import Language

NEGATIONS: Mapping[str, frozenset[str]] = {
    "ru": frozenset({"не", "ни", "без", "нет", "никакой", "отсутствие"}),
    "en": frozenset(
        {"not", "no", "never", "without", "nor", "neither", "hardly", "cannot", "zero"}
    ),
    "zh": frozenset("不没无未"),
}
_BETWEEN: Mapping[str, frozenset[str]] = {
    "ru": frozenset({"очень", "слишком", "так", "особо", "совсем", "было", "быть", "какой"}),
    "en": frozenset({"very", "too", "so", "that", "really", "any", "a", "at", "all", "be", "been"}),
    "zh": frozenset("太很会有再"),
}
"""Words that may stand between a negation and what it denies."""
_SIGNS_PER_WORD = 2


class RuleMatch(NamedTuple):
    """One rule of a theme and the sentences that it finds."""

    key: str
    """``any``, ``near`` or ``regex``."""
    text: str
    sentences: NDArray[np.int64]


class SentenceIndex:
    """Folded sentences of one language, with every place of every word.

    Parameters
    ----------
    sentences : sequence of str or Tokenised
        Distinct folded sentences.
    language : str
        ``ru``, ``zh`` or ``en``.
    """

    def __init__(self, sentences: Sequence[str] | Tokenised, language: Language) -> None:
        cut = sentences if isinstance(sentences, Tokenised) else tokenised(sentences)
        self.sentences, self._words, self._flat, self._owner = cut
        self.language = language
        self._order = np.argsort(self._flat, kind="stable")
        self._starts = np.searchsorted(self._flat[self._order], np.arange(len(self._words) + 1))

    @cached_property
    def _forms(self) -> Mapping[str, list[int]]:
        """Words by their dictionary form and by themselves."""
        forms: dict[str, list[int]] = {}
        for n, word in enumerate(self._words):
            for form in {word, lemma(word, self.language)}:
                forms.setdefault(form, []).append(n)
        return forms

    @cached_property
    def _denied(self) -> NDArray[np.bool_]:
        """Whether a negation stands right before a place, or before one word in between."""
        negations = NEGATIONS.get(self.language, frozenset())
        is_negation = np.array(
            [w in negations or w.endswith("n't") or lemma(w, self.language) in negations
             for w in self._words] or [False]
        )  # fmt: skip
        between = _BETWEEN.get(self.language, frozenset())
        is_between = np.array([w in between for w in self._words] or [False])
        denied = np.zeros(len(self._flat), dtype=bool)
        same_1 = self._owner[1:] == self._owner[:-1]
        denied[1:] = is_negation[self._flat[:-1]] & same_1
        same_2 = self._owner[2:] == self._owner[:-2]
        denied[2:] |= is_negation[self._flat[:-2]] & is_between[self._flat[1:-1]] & same_2
        return denied

    def _places(self, word: str) -> NDArray[np.int64]:
        """Return sorted places of a pattern's word: its forms, or all words that begin so."""
        if word.endswith("*"):
            stem = word[:-1]
            found = [n for n, w in enumerate(self._words) if w.startswith(stem)]
        else:
            found = sorted(
                {
                    n
                    for form in {word, lemma(word, self.language)}
                    for n in self._forms.get(form, ())
                }
            )
        pieces = [self._order[self._starts[n] : self._starts[n + 1]] for n in found]
        return np.sort(np.concatenate(pieces)) if pieces else np.zeros(0, dtype=np.int64)

    def phrase(self, pattern: str, *, deniable: bool = False) -> tuple[NDArray[np.int64], int]:
        """Return the places where a phrase begins and its length; if deniable, none denied."""
        words = pattern_words(pattern)
        starts = self._places(words[0])
        for n, word in enumerate(words[1:], start=1):
            starts = starts[starts + n < len(self._flat)]
            starts = starts[self._owner[starts + n] == self._owner[starts]]
            starts = starts[np.isin(starts + n, self._places(word), assume_unique=True)]
        if deniable and not self.is_negation(words[0]):
            starts = starts[~self._denied[starts]]
        return starts, len(words)

    def with_phrase(self, pattern: str, *, deniable: bool = False) -> NDArray[np.int64]:
        """Return the sentences that hold a phrase, each once, in order."""
        return np.unique(self._owner[self.phrase(pattern, deniable=deniable)[0]])

    def with_near(
        self, patterns: Sequence[str], *, deniable: Sequence[bool], within: int
    ) -> NDArray[np.int64]:
        """Return the sentences in which all the phrases stand within so many words."""
        within *= _SIGNS_PER_WORD if self.language == "zh" else 1
        found = [self.phrase(p, deniable=d) for p, d in zip(patterns, deniable, strict=True)]
        windows = found[0][0], found[0][0] + found[0][1] - 1
        for starts, length in found[1:]:
            windows = self._joined(windows, (starts, starts + length - 1), within)
        return np.unique(self._owner[windows[0]])

    def with_regex(self, pattern: str) -> NDArray[np.int64]:
        """Return the sentences that a regular expression finds something in."""
        search = re.compile(pattern).search
        return np.array(
            [n for n, sentence in enumerate(self.sentences) if search(sentence)], dtype=np.int64
        )

    def _joined(
        self,
        one: tuple[NDArray[np.int64], NDArray[np.int64]],
        two: tuple[NDArray[np.int64], NDArray[np.int64]],
        within: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Join windows of one sentence whose common window is at most `within` words apart."""
        first = np.searchsorted(two[0], one[0] - within - 1)
        last = np.searchsorted(two[0], one[1] + within + 1, side="right")
        count = last - first
        left = np.repeat(np.arange(len(one[0])), count)
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        right = np.repeat(first, count) + offset
        low = np.minimum(one[0][left], two[0][right])
        high = np.maximum(one[1][left], two[1][right])
        apart = (one[0][left] > two[1][right]) | (two[0][right] > one[1][left])
        fits = (self._owner[low] == self._owner[high]) & (high - low <= within) & apart
        return low[fits], high[fits]

    def is_negation(self, word: str) -> bool:
        """Tell whether a word denies what follows it."""
        return word in NEGATIONS.get(self.language, frozenset()) or word.endswith("n't")


def pattern_words(pattern: str) -> list[str]:
    """Cut a folded pattern into words, keeping the star of a stem.

    Examples
    --------
    >>> pattern_words("не рекоменд*"), pattern_words("送餐慢")
    (['не', 'рекоменд*'], ['送', '餐', '慢'])
    """
    found = []
    for piece in pattern.split():
        cut = tokens(piece)
        if piece.endswith("*") and cut:
            cut[-1] += "*"
        found += cut
    return found


def rule_matches(index: SentenceIndex, theme: Theme) -> list[RuleMatch]:
    """Return every rule of a theme in the index' language with its sentences, in file order.

    Sentences that the theme's ``not`` excludes are left out of each. "не опоздал" tells no
    pain of being late and "not good" no delight: a pattern that begins with a word of bad tone
    in a pain (of good tone in a delight) does not count right after a negation.
    """
    language = index.language
    rules = [
        RuleMatch("any", p, index.with_phrase(fold(p), deniable=_is_deniable(p, theme, language)))
        for p in theme.any.get(language, ())
    ]
    rules += [
        RuleMatch("near", " ~ ".join(near.words), _near(index, near, theme))
        for near in theme.near.get(language, ())
    ]
    rules += [RuleMatch("regex", p, index.with_regex(p)) for p in theme.regex.get(language, ())]
    excluded = [index.with_phrase(fold(p)) for p in theme.not_.get(language, ())]
    if excluded:
        out = np.concatenate(excluded)
        rules = [r._replace(sentences=r.sentences[~np.isin(r.sentences, out)]) for r in rules]
    return rules


def _near(index: SentenceIndex, near: Near, theme: Theme) -> NDArray[np.int64]:
    folded = [fold(w) for w in near.words]
    own = any(index.is_negation(pattern_words(w)[0]) for w in folded)
    deniable = [not own and _is_deniable(w, theme, index.language) for w in folded]
    return index.with_near(folded, deniable=deniable, within=near.within)


def _is_deniable(pattern: str, theme: Theme, language: str) -> bool:
    tone = lexicon(language).pattern_tone(fold(pattern))
    return (theme.kind == "pain" and tone < 0) or (theme.kind == "delight" and tone > 0)
