"""Sentences of a text, and answers that say nothing."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from cjm_research.needs.text import fold

_END = re.compile(  # begins with its signs, so that they are all that is looked for
    r"[!?！？)(。；…;.\n](?:"
    r"(?<=[!?！？])[!?！？]*(?![a-z0-9=])[)\]»”\"'!?！？。.]*"  # not in addresses
    r"|(?<=\))\)+(?=\s+[А-ЯЁA-Z])|(?<=\()\(+(?=\s*[А-ЯЁA-Z])"  # smiles
    r"|(?<=[。；])[。；]*[”」』）)]*"
    r"|(?<=…)…*|(?<=\.)\.+"
    r"|(?<=\.)(?<!\d\.)(?=\s|$|[)»”\"])[)»”\"]*"
    r"|(?<=\d\.)(?=\s|$)"
    r"|(?<=[а-яёa-z]\.)(?=[А-ЯЁA-Z])"
    r"|(?<=;)(?=\s)"
    r"|(?<=\n))"
)
_YEARS = frozenset({"г", "гг"})
_FIRST_HAN = "\u3400"
_LAST_WORD = re.compile(r"(\w+)$")
_NOT_SPACE = re.compile(r"\S")
_LOOKED_BACK, _TOO_LONG = 12, 7  # letters: more than any shortening has
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
    start = fold(text[:80])
    first = _WORDS.search(start)
    if first is None:
        return True  # an emoji alone speaks
    word = first.group()
    if len(word) > 1 and word not in _begins_nothing() and not word.isdecimal():
        return True
    words = _WORDS.findall(start)
    nothing = _word_lists()["nothing"]
    is_letter = len(words) == 1 and len(words[0]) == 1 and words[0] < _FIRST_HAN
    if is_letter and not _SIGN.search(text):
        return False  # one Chinese sign may be a verdict, and ":D" is one
    return " ".join(words) not in nothing and not all(w.isdecimal() or w in nothing for w in words)


def _is_short(text: str, end: re.Match[str]) -> bool:
    after = _NOT_SPACE.search(text, end.end())
    if after is None:
        return False
    before = text[max(0, end.start() - _LOOKED_BACK) : end.start()]
    if len(before) >= _TOO_LONG and before[-_TOO_LONG:].isalpha():
        return False
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[1].casefold()
    if last in _YEARS and not before[: word.start()].rstrip()[-1:].isdigit():
        return True  # "г. Москва", but "в 2025 г. Потом"
    # "руб. Потом": a capital after a measure is an end; after a title or a street it is not.
    if last in _word_lists()["end_before_capital"] and after.group().isupper():
        return False
    return last in _word_lists()["shortenings"] or (len(last) == 1 and last.isalpha())


@lru_cache(maxsize=1)
def _begins_nothing() -> frozenset[str]:
    return frozenset(entry.split()[0] for entry in _word_lists()["nothing"])


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
