"""What a customer wrote, made fit to be read by rules: clean, in a language, in sentences."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

LONGEST = 50_000
"""Characters of one text that are read; a longer text is cut there and counted as cut."""

_WIDE_MARKS = re.compile("([，！？：；（）～…“”]+)")  # NFKC would narrow them in Chinese text
_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_HIDDEN_BLOCK = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|a|font|small|mark)\b[^<>]{0,500}>", re.IGNORECASE
)
_TAG = re.compile(r"<[/!]?[a-z][^<>]{0,500}>", re.IGNORECASE)
_SPACE = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_LINES = re.compile(r"\s*\n\s*")

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA = re.compile("[\u3040-\u30ff\uac00-\ud7af]")  # kana and Korean: written with Han or near it
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_HANS, _CYRILLICS, _LATINS = (re.compile(f"{s.pattern}+") for s in (_HAN, _CYRILLIC, _LATIN))
_OF_OTHERS = {
    language: re.compile("".join(s.pattern for s in others).replace("][", ""))
    for language, others in {
        "zh": (_KANA, _CYRILLIC, _LATIN), "ru": (_HAN, _KANA, _LATIN),
        "en": (_HAN, _KANA, _CYRILLIC),
    }.items()
}  # fmt: skip
_LETTER = re.compile("".join(s.pattern for s in (_HAN, _KANA, _CYRILLIC, _LATIN)).replace("][", ""))
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\[[A-Z_]{4,}\]")
_PASSED_ON = re.compile(r"^\s*RT\b|https?://\S+|www\.\S+|@\w+")
_NO_LETTERS = re.compile(r"[\W_]+")
_DIGITS = re.compile("[0-9]+")
_LONG = 40  # letters; in a shorter text a number may be what it says
_HAN_WEIGHT = 3  # one Han sign says about as much as three letters
_CYRILLIC_WEIGHT = 2  # Russian names foreign goods; English hardly ever writes Cyrillic
_MIXED_SHARE = 0.25


class Script(NamedTuple):
    """Language of a text by its letters."""

    language: str
    """``ru``, ``zh``, ``en``, or ``other`` where no known letter stands."""
    is_mixed: bool
    """A second script holds a quarter of the text or more."""


_ESCAPED = 3
"""Times that systems on the way may have escaped a text, one after another."""


def clean_text(text: str) -> str:
    """Return a text without markup, entities and unseen signs, its words untouched.

    Letters and digits of unusual width become usual ones (NFKC); Chinese punctuation stays
    as it is, so that a quote reads as it was written.

    Examples
    --------
    >>> clean_text("<p>Ждал&nbsp;<b>8</b>&#8209;й день</p><script>x()</script>")
    'Ждал 8‐й день'
    >>> clean_text("банк&amp;amp;raquo;")
    'банк»'
    >>> clean_text("送餐太慢了，电话１２３")
    '送餐太慢了，电话123'
    """
    text = text[:LONGEST]
    if "<" in text:
        text = _BREAK.sub("\n", _HIDDEN_BLOCK.sub(" ", text))
        text = _TAG.sub(" ", _INLINE.sub("", text))
    for _ in range(_ESCAPED):
        text = html.unescape(text) if "&" in text else text
    if not unicodedata.is_normalized("NFKC", text):
        pieces = _WIDE_MARKS.split(text)
        pieces[::2] = [unicodedata.normalize("NFKC", p) for p in pieces[::2]]
        text = "".join(pieces)
    text = _UNSEEN.sub("", text.replace("\u2028", "\n").replace("\r", "\n"))
    text = _SPACE.sub(" ", text)
    return (_LINES.sub("\n", text) if "\n" in text else text).strip()


def fold(text: str) -> str:
    """Return the form in which texts and patterns are compared: small letters, ё as е.

    Traditional Chinese becomes simplified, so that words and patterns need one spelling.

    Examples
    --------
    >>> fold("Всё УЖАСНО, Doesn’t"), fold("質量不好")
    ("все ужасно, doesn't", '质量不好')
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("’", "'")
    if not _HAN.search(folded):
        return folded
    any_old, new = _simplified()
    return folded.translate(new) if any_old.search(folded) else folded


@lru_cache(maxsize=1)
def _simplified() -> tuple[re.Pattern[str], dict[int, str]]:
    """Return what finds a traditional sign, and the simplified sign of each."""
    path = files("cjm_research.needs") / "lexicons" / "traditional.toml"
    pairs = tomllib.loads(path.read_text(encoding="utf-8"))["pairs"].split()
    return re.compile(f"[{''.join(p[0] for p in pairs)}]"), {ord(old): new for old, new in pairs}


def sameness_key(text: str) -> str:
    """Return what makes a text itself: texts with one key are doubles.

    Letters and digits, without addresses, handles and the mark of a text passed on. In a long
    text digits do not count: order numbers and days are all that differs in boilerplate.

    Examples
    --------
    >>> sameness_key("Всё хорошо!!!") == sameness_key("все хорошо")
    True
    >>> sameness_key("RT @bank: Всё хорошо https://t.co/x") == sameness_key("все хорошо")
    True
    >>> one = "Здравствуйте! Ваш заказ 17 передан в доставку, ждите звонка курьера"
    >>> sameness_key(one) == sameness_key(one.replace("17", "24"))
    True
    >>> sameness_key("Ждал 2 дня") == sameness_key("Ждал 5 дней")
    False
    """
    if "@" in text or "/" in text:
        text = _PASSED_ON.sub("", text)
    key = _NO_LETTERS.sub("", fold(text))
    if len(key) < _LONG or key.isalpha():
        return key
    letters = _DIGITS.sub("", key)
    return letters if len(letters) >= _LONG else key


def _letters(runs: re.Pattern[str], text: str) -> int:
    return sum(map(len, runs.findall(text)))


def lone_script(text: str) -> str:
    """Return the language of a text whose letters are all of one script; empty for another.

    What this language is, each part of the text is too, or has no letters. A text in which an
    address may stand has none, for its parts may not show that it is one.

    Examples
    --------
    >>> lone_script("Заказ пришёл"), lone_script("Заказ из app"), lone_script("ru@ru.ru")
    ('ru', '', '')
    """
    return "" if "@" in text or "/" in text or "#" in text or "[" in text else _alone(text)


def _alone(text: str) -> str:
    if text.isascii():
        return "en" if _LATIN.search(text) else "other"
    first = _LETTER.search(text)
    if first is None:
        return "other"
    sign = first.group()
    language = "en" if _LATIN.match(sign) else "ru" if _CYRILLIC.match(sign) else "zh"
    return "" if _OF_OTHERS[language].search(text, first.start()) else language


def script_of(text: str) -> Script:
    """Tell the language of a text by its script, without a model.

    Han without kana is Chinese, else Cyrillic is Russian from a third of the letters on, else
    English. Addresses, handles and redaction marks do not count. Other languages of the same
    script are taken for these three: name the language in the data where that matters.

    Examples
    --------
    >>> script_of("Заказ через app пришёл поздно")
    Script(language='ru', is_mixed=False)
    >>> script_of("iPhone很好用").language, script_of("12:30 !!!").language
    ('zh', 'other')
    """
    if "@" in text or "/" in text or "#" in text or "[" in text:
        text = _ADDRESS.sub("", text)
    alone = _alone(text)
    if alone:
        return Script(alone, is_mixed=False)
    weights = {
        "zh": _HAN_WEIGHT * _letters(_HANS, text),
        "ru": _CYRILLIC_WEIGHT * _letters(_CYRILLICS, text),
        "en": _letters(_LATINS, text),
    }
    if _KANA.search(text):
        return Script("other", is_mixed=False)
    total = sum(weights.values())
    if not total:
        return Script("other", is_mixed=False)
    # Equal weights: the order above wins, so a lone Han sign or Cyrillic word is not lost.
    language = max(weights, key=lambda k: weights[k])
    if weights["zh"] * 2 >= total:
        language = "zh"
    second = total - weights[language]
    return Script(language, is_mixed=second / total >= _MIXED_SHARE)
