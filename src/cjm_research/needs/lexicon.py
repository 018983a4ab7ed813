"""Words with their tone, per language: package data, plus the words of a codebook."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from cjm_research.needs.lemmas import lemma
from cjm_research.needs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

LEXICON_LANGUAGES = ("en", "ru", "zh")
_TONES = {
    "very_good": 2.0,
    "good": 1.0,
    "neutral": 0.0,
    "denying": math.nan,
    "bad": -1.0,
    "very_bad": -2.0,
}
_MARKS = (
    "negations", "not_negations", "absences", "intensifiers", "diminishers", "manners",
    "contrast", "concessions",
)  # fmt: skip
_SHORTEST_STEM = 3
_ADVERB_ENDINGS = {"ый": "о", "ий": "о", "ой": "о"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The tone of words in one language, and the words that change it."""

    language: str
    words: Mapping[str, float]
    """By the word itself and by its dictionary form."""
    stems: Mapping[str, float]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]
    """By first word: the further words and the tone, longest first; NaN denies what follows."""
    negations: frozenset[str]
    not_negations: frozenset[str] = frozenset()
    absences: frozenset[str] = frozenset()
    """What "not" stands before to say that the thing named before it is not there."""
    intensifiers: frozenset[str] = frozenset()
    diminishers: frozenset[str] = frozenset()
    manners: frozenset[str] = frozenset()
    """Good by themselves; beside a bad word they only say how."""
    contrast: frozenset[str] = frozenset()
    """What stands before counts less."""
    concessions: frozenset[str] = frozenset()
    """What stands after, in the same clause, counts less."""
    heard: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    """Sentences whose tone is known: each is read when the tone is learnt, and when it is told."""
    _seen: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    silent: set[str] = field(default_factory=set, repr=False, compare=False)
    """Words that were asked for and do not speak: see `speaks`."""
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    def speaks(self, word: str) -> bool:
        """Tell whether a folded word may give a sentence a tone; where none does, it has none.

        Examples
        --------
        >>> english = lexicon("en")
        >>> english.speaks("late"), english.speaks("never"), english.speaks("very")
        (True, True, False)
        """
        if word in self.silent:
            return False
        if (
            self.phrases_from(word)
            or word in self.negations
            or word.endswith("n't")
            or self.tone(word)
        ):
            return True
        self.silent.add(word)
        return False

    def phrases_from(self, word: str) -> tuple[tuple[tuple[str, ...], float], ...]:
        """Return the phrases that begin with a folded word, the longest first."""
        return self.phrases.get(lemma(word, self.language)) or self.phrases.get(word, ())

    def lengths(self, sign: str) -> tuple[int, ...]:
        """Return how long the words are that begin with a sign, the longest first.

        Examples
        --------
        >>> lexicon("zh").lengths("慢")[-1], lexicon("zh").lengths("桌")
        (1, ())
        """
        if not self._lengths:
            found: dict[str, set[int]] = {}
            for group in (self.words, self.not_negations, self.negations, self.intensifiers,
                          self.diminishers):  # fmt: skip
                for word in group:
                    found.setdefault(word[0], set()).add(len(word))
            self._lengths.update({s: tuple(sorted(n, reverse=True)) for s, n in found.items()})
        return self._lengths.get(sign, ())

    def tone(self, word: str) -> float:
        """Return the tone of a folded word, -2 to 2; 0 where it has none.

        Examples
        --------
        >>> russian = lexicon("ru")
        >>> russian.tone("опоздала"), russian.tone("ужасно"), russian.tone("стол")
        (-1.0, -2.0, 0.0)
        """
        found = self._seen.get(word)
        if found is None:
            found = self._seen[word] = self._looked_up(word)
        return found

    def _looked_up(self, word: str) -> float:
        for form in (word, lemma(word, self.language)):
            if form in self.words:
                return self.words[form]
        for n in range(len(word), _SHORTEST_STEM - 1, -1):
            if word[:n] in self.stems:
                return self.stems[word[:n]]
        return 0.0

    def pattern_tone(self, pattern: str) -> float:
        """Return the tone of the word that a folded pattern begins with.

        Examples
        --------
        >>> lexicon("ru").pattern_tone("опозда*"), lexicon("zh").pattern_tone("慢")
        (-1.0, -1.0)
        """
        if self.language == "zh":
            return next(
                (self.words[pattern[:n]] for n in range(len(pattern), 0, -1)
                 if pattern[:n] in self.words), 0.0
            )  # fmt: skip
        first = (pattern.split() or [""])[0]
        if not first.endswith("*"):
            return self.tone(first)
        stem = first[:-1]
        return next((t for w, t in self.words.items() if w.startswith(stem)), self.tone(stem))

    def with_words(self, tones: Mapping[str, float]) -> Self:
        """Return a lexicon in which the given words win, over phrases that hide their tone too."""
        given: dict[str, float] = {}
        for word, tone in tones.items():
            given[fold(word)] = given[lemma(fold(word), self.language)] = tone
        phrases = {
            first: tuple(p for p in rows if p[1] or given.keys().isdisjoint((first, *p[0])))
            for first, rows in self.phrases.items()
        }
        everything = {**self.words, **given}
        return replace(
            self, words=everything, phrases=phrases, heard={}, silent=set(), _seen={}, _lengths={}
        )


@lru_cache(maxsize=len(LEXICON_LANGUAGES))
def lexicon(language: str) -> Lexicon:
    """Return the package's lexicon of a language: ``ru``, ``zh`` or ``en``."""
    path = files("cjm_research.needs") / "lexicons" / f"{language}.toml"
    plain = tomllib.loads(path.read_text(encoding="utf-8"))
    words: dict[str, float] = {}
    stems: dict[str, float] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for group, tone in _TONES.items():
        for entry in fold(plain.get(group, "")).split():
            if entry.endswith("*"):
                stems[entry[:-1]] = tone
            else:
                words.update(dict.fromkeys(_forms(entry, language), tone))
        for phrase in fold(plain.get(f"{group}_phrases", "")).split(";"):
            parts = phrase.split()
            if parts:
                rest = tuple(p if p.endswith("*") else lemma(p, language) for p in parts[1:])
                phrases.setdefault(lemma(parts[0], language), []).append((rest, tone))
    marks = {name: frozenset(fold(plain.get(name, "")).split()) for name in _MARKS}
    return Lexicon(
        language=language,
        words=words,
        stems=stems,
        phrases={
            first: tuple(sorted(found, key=lambda f: -len(f[0])))
            for first, found in phrases.items()
        },
        negations=marks["negations"],
        not_negations=marks["not_negations"],
        absences=marks["absences"],
        intensifiers=marks["intensifiers"],
        diminishers=marks["diminishers"],
        manners=marks["manners"],
        contrast=marks["contrast"],
        concessions=marks["concessions"],
    )


def _forms(entry: str, language: str) -> set[str]:
    """Return an entry, its dictionary form, and the adverb of a Russian adjective."""
    forms = {entry, lemma(entry, language)} if language != "zh" else {entry}
    if language == "ru" and entry[-2:] in _ADVERB_ENDINGS:
        forms.add(entry[:-2] + _ADVERB_ENDINGS[entry[-2:]])
    return forms
