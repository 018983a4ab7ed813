"""Sentences of a text, and answers that say nothing."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from cjm_research.needs.text import fold

_END = re.compile(
    r"[!?！？]+(?![a-z0-9=])[)\]»”\"'!?！？。.]*"  # exclamations and questions, not in addresses
    r"|\){2,}(?=\s+[А-ЯЁA-Z])|\({2,}(?=\s*[А-ЯЁA-Z])"  # smiles
    r"|[。；]+[”」』）)]*"
    r"|…+|\.{2,}"
    r"|(?<!\d)\.(?=\s|$|[)»”\"])[)»”\"]*"
    r"|(?<=\d)\.(?=\s|$)"
    r"|(?<=[а-яёa-z])\.(?=[А-ЯЁA-Z])"
    r"|;(?=\s)"
    r"|\n"
)
_YEARS = frozenset({"г", "гг"})
_FIRST_HAN = "\u3400"
_LAST_WORD = re.compile(r"(\w+)$")
_SIGN = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]|[:;=]-?[()DPp]|\){2,}|\({2,}")
_HAS_CONTENT = re.compile(rf"\w|{_SIGN.pattern}")

_LEADING = " ,，、;；.。:："  # left over from the sentence before
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def sentences(text: str) -> list[str]:
    """Cut a clean text into sentences, in order.

    Ends are ``. ! ? … 。 ！ ？ ；`` and line breaks. A point inside a number or after a usual
    shortening (руб., ул., e.g., Mr.) and after a single letter is no end.

    Examples
    --------
    >>> sentences("Ждал 2.5 часа на ул. Ленина. Курьер хамил!!! Верните 500 руб. назад")
    ['Ждал 2.5 часа на ул. Ленина.', 'Курьер хамил!!!', 'Верните 500 руб. назад']
    >>> sentences("味道很好。送餐太慢了！下次不点了")
    ['味道很好。', '送餐太慢了！', '下次不点了']
    """
    pieces, start = [], 0
    for end in _END.finditer(text):
        is_point = end.group() == "."
        if is_point and (text[start : end.start()].strip().isdecimal() or _is_short(text, end)):
            continue  # "1. Too slow", "ул. Ленина"
        pieces.append(text[start : end.end()])
        start = end.end()
    pieces.append(text[start:])
    return [p.strip().lstrip(_LEADING) for p in pieces if _HAS_CONTENT.search(p)]


def has_content(text: str) -> bool:
    """Tell whether an answer says anything: not "нет", "n/a", 无 or mere punctuation.

    Examples
    --------
    >>> [has_content(t) for t in ("Нет.", "-", "无", "N/A", "12", "Нет доставки", "👍")]
    [False, False, False, False, False, True, True]
    """
    if not _HAS_CONTENT.search(text):
        return False
    words = _WORDS.findall(fold(text[:80]))
    if not words:
        return True  # an emoji alone speaks
    nothing = _word_lists()["nothing"]
    is_letter = len(words) == 1 and len(words[0]) == 1 and words[0] < _FIRST_HAN
    if is_letter and not _SIGN.search(text):
        return False  # one Chinese sign may be a verdict, and ":D" is one
    return " ".join(words) not in nothing and not all(w.isdecimal() or w in nothing for w in words)


def _is_short(text: str, end: re.Match[str]) -> bool:
    before = text[max(0, end.start() - 12) : end.start()]
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    after = text[end.end() :].lstrip()
    if not after:
        return False
    last = word[1].casefold()
    if last in _YEARS and not before[: word.start()].rstrip()[-1:].isdigit():
        return True  # "г. Москва", but "в 2025 г. Потом"
    # "руб. Потом": a capital after a measure is an end; after a title or a street it is not.
    if last in _word_lists()["end_before_capital"] and after[0].isupper():
        return False
    return last in _word_lists()["shortenings"] or (len(last) == 1 and last.isalpha())


@lru_cache(maxsize=1)
def _word_lists() -> dict[str, frozenset[str]]:
    path = files("cjm_research.needs") / "lexicons" / "answers.toml"
    lists = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: frozenset(
            " ".join(entry.split()) for entry in (text.split(";") if ";" in text else text.split())
        )
        for name, text in lists.items()
    }
