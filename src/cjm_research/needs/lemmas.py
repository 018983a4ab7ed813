"""Words of a sentence and their dictionary forms, in Russian, Chinese and English."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


class _Analyser(Protocol):
    def parse(self, word: str) -> list[_Form]: ...


class _Form(Protocol):
    normal_form: str


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:['-][^\W\d_{_HAN}]+)*")
_KEPT = 400_000  # words whose forms are remembered within a process


def tokens(text: str) -> list[str]:
    """Cut a folded sentence into words; every Han sign is a token of its own.

    Chinese patterns are matched sign by sign: a word list cuts 太慢 and 慢 differently from
    one sentence to the next, signs do not.

    Examples
    --------
    >>> tokens("курьер не-а опоздал на 2 часа")
    ['курьер', 'не-а', 'опоздал', 'на', '2', 'часа']
    >>> tokens("iphone屏幕碎了")
    ['iphone', '屏', '幕', '碎', '了']
    """
    return _TOKEN.findall(text)


class Tokenised(NamedTuple):
    """Folded texts, and their words as numbers."""

    texts: Sequence[str]
    words: list[str]
    """Each once, in the order of their first places."""
    flat: NDArray[np.int64]
    """Number of the word at each place, text after text."""
    owner: NDArray[np.int64]
    """Number of the text at each place."""

    def only(self, kept: NDArray[np.bool_]) -> Tokenised:
        """Return some of the texts; words that stand in none of them stay in the list."""
        places = kept[self.owner]
        texts = [t for t, is_kept in zip(self.texts, kept, strict=True) if is_kept]
        owner = (np.cumsum(kept) - 1)[self.owner[places]]
        return Tokenised(texts, self.words, self.flat[places], owner)


def tokenised(texts: Sequence[str]) -> Tokenised:
    """Cut folded texts into words, all at once.

    Examples
    --------
    >>> found = tokenised(["so late", "late"])
    >>> found.words, found.flat.tolist(), found.owner.tolist()
    (['so', 'late'], [0, 1, 1], [0, 0, 1])
    """
    cut = list(map(_TOKEN.findall, texts))
    lengths = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut))
    ids: dict[str, int] = {}
    flat = [ids.setdefault(t, len(ids)) for found in cut for t in found]
    owner = np.repeat(np.arange(len(cut)), lengths)
    return Tokenised(texts, list(ids), np.array(flat, dtype=np.int64), owner)


_RUSSIAN = re.compile("[а-яё]")


@lru_cache(maxsize=_KEPT)
def lemma(word: str, language: str) -> str:
    """Return the dictionary form of a folded word; the word itself where there is none.

    Examples
    --------
    >>> lemma("опоздала", "ru"), lemma("delays", "en"), lemma("慢", "zh")
    ('опоздать', 'delay', '慢')
    """
    if language == "ru" and _RUSSIAN.search(word):  # of other letters it may know no name
        found = _russian().parse(word)[0].normal_form
        return found.replace("ё", "е")
    if language == "en" and word.isascii() and word.isalpha():
        return _english(word)
    return word


def words(text: str, language: str, *, dictionary: tuple[str, ...] = ()) -> list[str]:
    """Return the words of a folded sentence as dictionary forms; Chinese is cut into words.

    Parameters
    ----------
    text : str
        A folded sentence.
    language : str
        ``ru``, ``zh`` or ``en``.
    dictionary : tuple of str
        Folded Chinese words of the trade: they are never cut, the longest first.

    Examples
    --------
    >>> words("送餐太慢了", "zh")
    ['送餐', '太慢', '了']
    >>> words("骑手送餐", "zh", dictionary=("骑手送",))
    ['骑手送', '餐']
    """
    if language == "zh" and dictionary:
        pieces = _kept_whole(dictionary).split(text)
        cut = [[p] if n % 2 else words(p, "zh") for n, p in enumerate(pieces) if p]
        return [w for found in cut for w in found]
    if language == "zh":
        return [w for w in _chinese(text) if w[0].isalnum()]
    return [lemma(t, language) for t in tokens(text)]


@lru_cache(maxsize=16)
def _kept_whole(dictionary: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(dictionary, key=lambda w: (-len(w), w))
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})")


def vocabulary(texts: Iterable[str], language: str) -> dict[str, str]:
    """Return every token of the texts with its dictionary form."""
    return {t: lemma(t, language) for text in texts for t in tokens(text)}


@lru_cache(maxsize=1)
def _russian() -> _Analyser:
    import pymorphy3  # type: ignore[import-untyped] # noqa: PLC0415  # 16 MB of dictionaries: only when Russian is read

    analyser: _Analyser = pymorphy3.MorphAnalyzer()
    return analyser


def _english(word: str) -> str:
    import simplemma  # noqa: PLC0415  # loads its dictionary when first asked

    return str(simplemma.lemmatize(word, lang="en")).casefold()


def _chinese(text: str) -> list[str]:
    import rjieba  # noqa: PLC0415  # loads its dictionary when first asked

    return [w for w in rjieba.cut(text) if w.strip()]
