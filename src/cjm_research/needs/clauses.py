"""The tone of a Russian or English sentence: words in their clauses, and what changes them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.needs.lemmas import lemma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.needs.lexicon import Lexicon

REVERSED_GOOD, REVERSED_BAD = -0.8, 0.45
STRONGER, WEAKER = 1.4, 0.6
BEFORE_CONTRAST = 0.5
_PIECE = re.compile(r"[^\W_]+(?:['-][^\W\d_]+)*|[,;:()—–]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_CLAUSE_ENDS = frozenset(",;:()—–")
_CONCEDED = 0.5
_SCOPE = 3  # words that a negation reaches
_UNDONE = -0.4  # of a deed without a tone that was not done, and of a thing that is not there
_BESIDE = 2  # words between a word and what is told of it
_SHORT = 2  # letters: prepositions and particles do not use a scope up
_VERB_ENDINGS = ("ть", "ться", "ти", "чь")


@dataclass(slots=True)
class _Clause:
    """What has been read of a sentence."""

    total: float = 0.0
    weight: float = 1.0
    """Of the clause: less after a concession."""
    scale: float = 1.0
    """Of the next word with a tone."""
    denied_from: int = -9
    denied_to: int = -1
    is_absence: bool = False
    """The negation says that a thing is not there."""
    said_at: int = -9
    """Place of the last word with a tone in this clause, its tone and what it added."""
    said: float = 0.0
    added: float = 0.0
    is_manner: bool = False

    def add(self, tone: float, n: int, *, is_denied: bool, is_manner: bool) -> None:
        """Add a tone; a manner beside a bad word says nothing of its own."""
        is_beside = n - self.said_at <= _BESIDE
        if is_manner and not is_denied and is_beside and self.said < 0:
            return
        if tone < 0 and self.is_manner and is_beside and self.added > 0:
            self.total -= self.added
        told = denied(tone, self.scale) if is_denied else tone * self.scale
        self.added = told * self.weight
        self.total += self.added
        self.said_at, self.said, self.is_manner, self.scale = n, told, is_manner, 1.0

    def add_phrase(self, tone: float, n: int, length: int, *, is_denied: bool) -> None:
        """Add the tone of a phrase; one without a number denies what follows."""
        if math.isnan(tone):
            self.end()
            self.deny(n + length - 1)
        elif tone:
            self.add(tone, n, is_denied=is_denied, is_manner=False)

    def deny(self, n: int) -> None:
        """Let a negation at a place reach on."""
        self.denied_from, self.denied_to, self.scale = n, n + _SCOPE, 1.0

    def end(self) -> None:
        """Begin the next clause."""
        self.denied_to, self.scale, self.weight = -1, 1.0, 1.0
        self.said_at, self.is_manner = -9, False


def clauses_tone(text: str, known: Lexicon) -> float:
    """Return the sum of the tones of a folded sentence's words and phrases.

    Parameters
    ----------
    text : str
        Folded (`text.fold`).
    known : Lexicon
        Russian or English.

    Examples
    --------
    >>> from cjm_research.needs.lexicon import lexicon
    >>> russian = lexicon("ru")
    >>> clauses_tone("проблем не возникло", russian) > 0
    True
    >>> clauses_tone("не только дорого, но и плохо", russian) < 0
    True
    >>> clauses_tone("быстро сломался", russian) < 0
    True
    """
    pieces = _PIECE.findall(text)
    if known.silent.issuperset(pieces) or not any(known.speaks(p) for p in pieces):
        return 0.0
    clause, n = _Clause(), 0
    while n < len(pieces):
        word = pieces[n]
        length, tone = _phrase(pieces, n, known)
        if length > 1:
            is_denied = n <= clause.denied_to and word not in known.negations
            clause.add_phrase(tone, n, length, is_denied=is_denied)
        elif word in _CLAUSE_ENDS:
            clause.end()
        elif word in known.contrast and clause.total:
            clause.total *= BEFORE_CONTRAST
            clause.end()
        elif word in known.concessions:
            clause.weight = _CONCEDED
        elif word in known.negations or word.endswith("n't"):
            n += _denial(clause, pieces, n, known)
        else:
            _word(clause, word, n, known)
        n += length
    return clause.total


def denied(tone: float, scale: float) -> float:
    """Return the tone under a negation: good becomes bad, bad becomes half as good."""
    return tone * REVERSED_GOOD * scale if tone > 0 else -tone * REVERSED_BAD


def scaled(word: str, known: Lexicon, *, before: float) -> float:
    """Return the scale after a word without a tone; emphasis fades over the words that follow."""
    if word in known.intensifiers:
        return STRONGER
    if word in known.diminishers:
        return WEAKER
    return 1.0 + (before - 1.0) / 2


def _word(clause: _Clause, word: str, n: int, known: Lexicon) -> None:
    tone = known.tone(word)
    if tone:
        is_denied = n <= clause.denied_to
        clause.add(tone, n, is_denied=is_denied, is_manner=word in known.manners)
        if is_denied and tone < 0:
            clause.denied_to = -1  # "не забыли позаботиться о безопасности"
        return
    if n <= clause.denied_to:
        if n == clause.denied_from + 1 and (clause.is_absence or _is_deed(word, known)):
            clause.total += _UNDONE * clause.weight
        if _is_passed(word, known):
            clause.denied_to += 1
    clause.scale = scaled(word, known, before=clause.scale)


def _denial(clause: _Clause, pieces: Sequence[str], n: int, known: Lexicon) -> int:
    """Read a negation: it reaches on, or back to what it says is not there; return words used."""
    word = pieces[n]
    after = pieces[n + 1] if n + 1 < len(pieces) else ","
    is_alone = word in known.absences and after in _CLAUSE_ENDS
    is_absence = is_alone or lemma(after, known.language) in known.absences
    between = [w for w in pieces[clause.said_at + 1 : n] if len(w) > _SHORT]
    if is_absence and 0 <= clause.said_at < n and len(between) < _BESIDE:
        clause.total += denied(clause.said, 1.0) * clause.weight - clause.added
        clause.said_at = -9
        return int(not is_alone)
    clause.deny(n)
    clause.is_absence = word in known.absences
    if is_alone and n > 0 and pieces[n - 1] not in _CLAUSE_ENDS:
        clause.total += _UNDONE * clause.weight  # "денег нет"
    return 0


def _is_passed(word: str, known: Lexicon) -> bool:
    """Tell whether a word uses nothing of a negation's reach up: emphasis, a preposition."""
    if word in known.intensifiers:
        return True
    return known.language == "ru" and (
        len(word) <= _SHORT or lemma(word, "ru") in known.intensifiers
    )


def _is_deed(word: str, known: Lexicon) -> bool:
    """Tell whether a word is a Russian verb: "не принесли" is a small complaint."""
    return known.language == "ru" and lemma(word, "ru").endswith(_VERB_ENDINGS)


def _phrase(pieces: Sequence[str], n: int, known: Lexicon) -> tuple[int, float]:
    """Return length and tone of the longest phrase that begins at a place; 1 and 0 for none."""
    if not known.speaks(pieces[n]):
        return 1, 0.0
    for rest, tone in known.phrases_from(pieces[n]):
        here = pieces[n + 1 : n + 1 + len(rest)]
        if len(here) == len(rest) and all(
            word.startswith(part[:-1])
            if part.endswith("*")
            else part in (word, lemma(word, known.language))
            for word, part in zip(here, rest, strict=True)
        ):
            return 1 + len(rest), tone
    return 1, 0.0
