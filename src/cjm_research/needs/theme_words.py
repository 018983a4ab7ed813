"""Words that may name a theme: dictionary forms without stop words."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cjm_research.needs.lemmas import lemma, tokens, words
from cjm_research.needs.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cjm_research.needs.codebook import Codebook

_SHORTEST = {"ru": 3, "en": 3, "zh": 1}
_ADDRESS = re.compile(r"https?://\S*|www\.\S+|[@#]\w+|\[[a-z_]{3,}\]|\brt\b")
_NO_WORDS = frozenset({"http", "https", "url", "www"})


def theme_words(
    texts: Sequence[str], language: str, codebook: Codebook | None = None
) -> list[list[str]]:
    """Return the words of each text, in order; empty where a stop word or number stood.

    Addresses, handles, hash tags and marks of redaction are no words.

    Parameters
    ----------
    texts : sequence of str
        As written, of one language.
    language : str
        ``ru``, ``zh`` or ``en``.
    codebook : Codebook, optional
        Its stop words are left out too; its Chinese words are never cut.

    Examples
    --------
    >>> theme_words(["Курьер опоздал на час"], "ru")
    [['курьер', 'опоздать', '', 'час']]
    """
    own: Sequence[str] = ()
    kept: Sequence[str] = ()
    if codebook is not None:
        own = codebook.stop_words.get(language, ())  # type: ignore[call-overload]
        kept = codebook.dictionary.get(language, ())  # type: ignore[call-overload]
    out = stop_words(language) | {lemma(fold(w), language) for w in own} | {fold(w) for w in own}
    short = _SHORTEST.get(language, 2)
    whole = tuple(fold(w) for w in kept)
    return [
        [
            form if _may_name(form, word, out, short) else ""
            for word, form in _cut(_ADDRESS.sub(" ", fold(text)), language, whole)
        ]
        for text in texts
    ]


@lru_cache(maxsize=8)
def stop_words(language: str) -> frozenset[str]:
    """Return the words of a language that name no theme.

    Examples
    --------
    >>> "the" in stop_words("en"), "late" in stop_words("en")
    (True, False)
    """
    path = files("cjm_research.needs") / "lexicons" / "stop_words.toml"
    lists = tomllib.loads(path.read_text(encoding="utf-8"))
    return frozenset(fold(lists.get(language, "")).split())


def _cut(text: str, language: str, whole: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    if language == "zh":
        return ((w, w) for w in words(text, "zh", dictionary=whole))
    return ((t, lemma(t, language)) for t in tokens(text))


def _may_name(form: str, word: str, out: frozenset[str] | set[str], short: int) -> bool:
    return not (
        len(form) < short or form in out or word in out or form in _NO_WORDS or form[0].isdigit()
    )
