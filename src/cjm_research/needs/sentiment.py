"""The tone of a sentence by lexicon: negation, contrast, emphasis, emoji."""

from __future__ import annotations

import math
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from cjm_research.needs.clauses import BEFORE_CONTRAST, STRONGER, clauses_tone, denied, scaled
from cjm_research.needs.lemmas import words
from cjm_research.needs.lexicon import LEXICON_LANGUAGES, Lexicon, lexicon
from cjm_research.needs.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GOOD_SIGNS = re.compile(
    "[\u2764\u263a\u2728\U0001f44d\U0001f44f\U0001f525\U0001f44c\U0001f4aa\U0001f389"
    "\U0001f600-\U0001f60e\U0001f617-\U0001f61d\U0001f929\U0001f970\U0001f973\U0001f495-\U0001f49f]"
    r"|[:;=]-?[)D]|\){2,}|\^_?\^|<3"
)
_BAD_SIGNS = re.compile(
    "[\U0001f44e\U0001f620-\U0001f62d\U0001f612-\U0001f616\U0001f61e\U0001f61f\U0001f630"
    "\U0001f631\U0001f63e\U0001f63f\U0001f641\U0001f494\U0001f4a9\U0001f92c\U0001f92e\U0001f922]"
    r"|[:;=]-?'?[(]|\({2,}"
)
_ANY_SIGN = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff:;=)(^<]")
_SIGN_TONE = 1.2
_BESIDE_BAD = 0.5
_CHINESE_SCOPE = 4  # signs
_TWICE = 1  # signs between two negations that undo each other
_AS_GOOD_AS = frozenset({"那么", "这么"})
_HALF_WAY = 3.0
_CHINESE_CLAUSE = re.compile("[,，、;；:：。!！?？~～…\\s]")
_LONGEST_CHINESE = 8
_MOST_HEARD = 100_000


def sentence_tones(
    sentences: Sequence[str],
    language: str,
    *,
    own_words: Mapping[str, float] | None = None,
    folded: Sequence[str] | None = None,
) -> list[float]:
    """Score the tone of sentences of one language, from -1 (bad) to 1 (good).

    Words of the lexicon add up; a negation reaches three words and turns good into bad, and
    bad into half as good; emphasis and softening scale the next word; what stands before a
    contrast ("но", "but", 但是) counts half. The sum is drawn into -1..1. This is a method of
    our own, checked on public labelled sets (``tests/needs/test_sentiment_real.py``).

    Parameters
    ----------
    sentences : sequence of str
        Sentences as written.
    language : str
        ``ru``, ``zh`` or ``en``; in another language only emoji speak, else NaN.
    own_words : mapping of str to float, optional
        Words of the trade with their tone, -2 to 2; they win over the lexicon.
    folded : sequence of str, optional
        The sentences as `text.fold` gives them, where that was done before.

    Returns
    -------
    list of float
        0.0 where no word has a tone.

    Examples
    --------
    >>> tones = sentence_tones(["Доставка не опоздала", "Вкусно, но очень долго"], "ru")
    >>> [t > 0 for t in tones]
    [True, False]
    >>> sentence_tones(["味道不错", "送餐太慢了"], "zh")[0] > 0
    True
    """
    if language not in LEXICON_LANGUAGES:
        return [_drawn_in(_signs(s)) if _signs(s) else math.nan for s in sentences]
    known = _known(language, tuple(sorted((own_words or {}).items())))
    total = _chinese_total if language == "zh" else clauses_tone
    heard = known.heard
    if len(heard) > _MOST_HEARD:
        heard.clear()
    found = []
    for sentence, small in zip(sentences, folded or map(fold, sentences), strict=True):
        tone = heard.get(sentence)
        if tone is None:
            tone = heard[sentence] = _drawn_in(_with_signs(total(small, known), sentence))
        found.append(tone)
    return found


@lru_cache(maxsize=2 * len(LEXICON_LANGUAGES))
def _known(language: str, own_words: tuple[tuple[str, float], ...]) -> Lexicon:
    known = lexicon(language)
    return known.with_words(dict(own_words)) if own_words else known


def _signs(sentence: str) -> float:
    """Return the tone of emoji and smileys; more than two of a kind say no more."""
    if not _ANY_SIGN.search(sentence):
        return 0.0
    good, bad = len(_GOOD_SIGNS.findall(sentence)), len(_BAD_SIGNS.findall(sentence))
    return _SIGN_TONE * (min(good, 2) - min(bad, 2))


def _with_signs(tone: float, sentence: str) -> float:
    """Add smileys; a smile beside bad words counts half: it is irony as often as cheer."""
    signs = _signs(sentence)
    return tone + signs * (_BESIDE_BAD if tone < 0 < signs else 1.0)


def _drawn_in(tone: float) -> float:
    return tone / math.sqrt(tone * tone + _HALF_WAY)


def _chinese_total(text: str, known: Lexicon) -> float:
    total = 0.0
    for clause in _CHINESE_CLAUSE.split(text):
        if total and any(clause.startswith(mark) for mark in known.contrast):
            total *= BEFORE_CONTRAST
        total += _clause_tone(_Signs(clause, known), known)
    return total


def _clause_tone(signs: _Signs, known: Lexicon) -> float:
    clause = signs.clause
    total, denied_to, denied_at, scale, n = 0.0, -1, -9, 1.0, 0
    while n < len(clause):
        word = signs.longest(n)
        if word is None:
            n += 1
            continue
        tone = known.words.get(word, 0.0)
        after = n + len(word)
        if word == "好" and known.words.get(signs.longest(after) or "", 0.0) < 0:
            scale = STRONGER  # 好慢: "how slow"
        elif word in known.negations:
            is_twice = n - denied_at <= _TWICE  # 不能不
            denied_to, denied_at = (-1, -9) if is_twice else (after + _CHINESE_SCOPE, after)
        elif word in _AS_GOOD_AS and denied_at >= 0 and clause[:denied_at].endswith(("没", "没有")):
            denied_to = after + _CHINESE_SCOPE  # 没有描述的那么好
        elif tone:
            total += denied(tone, scale) if after <= denied_to else tone * scale
            scale = 1.0
        elif word in known.intensifiers or word in known.diminishers:
            scale = scaled(word, known, before=scale)
        n = after
    return total


class _Signs:
    """A clause, and the words of the lexicon that begin at its signs."""

    def __init__(self, clause: str, known: Lexicon) -> None:
        self.clause = clause
        self._known = known

    def longest(self, n: int) -> str | None:
        """Return the longest word with a meaning that begins at a place; None where none does."""
        clause, known = self.clause, self._known
        for length in known.lengths(clause[n : n + 1]):
            word = clause[n : n + length]
            if len(word) < length or length > _LONGEST_CHINESE:
                continue
            if length == 1:
                return word if word in known.negations or n in self._alone else None
            if word in known.words or word in known.not_negations or word in known.negations:
                return word
            if word in known.intensifiers or word in known.diminishers:
                return word
        return None

    @cached_property
    def _alone(self) -> frozenset[int]:
        """Places of signs that are words: 牛 counts alone, and not in 牛肉."""
        places, n = set(), 0
        for word in words(self.clause, "zh") if self.clause else ():
            n = self.clause.find(word, n)
            if len(word) == 1:
                places.add(n)
            elif len(word) == 2 and word[0] in self._known.intensifiers:
                places.update((n, n + 1))  # 太慢
            elif len(word) == 2 and word[1] in "了啦的":
                places.add(n)  # 凉了
            n += len(word)
        return frozenset(places)
