"""Names in one form: one alphabet, one width, no order, no legal form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

PEOPLE_FORMS = frozenset(["ип", "чп", "иптбоюл", "пбоюл", "ie"])
"""Legal forms of a person who trades under his own name."""

LEGAL_FORMS = frozenset(
    [
        "ооо", "оао", "зао", "пао", "ао", "нао", "одо", "тоо", "фгуп", "муп", "гуп", "нко", "ано",
        "фгбу", "гбу", "кфх", "тд", "llc", "ltd", "limited", "inc", "incorporated", "corp",
        "corporation", "co", "company", "plc", "gmbh", "ag", "sa", "sas", "sarl", "bv", "nv", "oy",
        "ab", "spa", "srl", "kg", "pte", "llp", "lp", "jsc", "ojsc", "cjsc", "pjsc", "ooo", "zao",
        "oao", "pao",
    ]
)  # fmt: skip
_LONG_FORMS = re.compile(
    r"общество с ограниченной ответственностью|(?:публичное|закрытое|открытое|непубличное)?\s*"
    r"акционерное общество|индивидуальный предприниматель|торговый дом|limited liability company"
)
_CHINESE_FORMS = re.compile(
    r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|分公司|公司)|(?:股份|集团)$"
)
_ENDINGS = (
    ("ович", "овна"), ("евич", "евна"), ("ич", "инична"), ("ий", "ая"), ("ый", "ая"), ("ой", "ая"),
    ("ий", "ия"), ("ovich", "ovna"), ("evich", "evna"), ("i", "a"),
)  # fmt: skip
"""Ends of one name of a man and of a woman; the last stands for many in one spelling."""

_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-z]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_TO_CYRILLIC = str.maketrans("aceopxykmtbhë", "асеорхукмтвнё")
_TO_LATIN = str.maketrans("асеорхукмтвнё", "aceopxykmtbhe")
_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "i", "є": "ye",
}  # fmt: skip
_SPELLINGS = (
    (re.compile("shch"), "sch"), (re.compile("kh"), "h"), (re.compile("t[sz]"), "c"),
    (re.compile("x"), "ks"), (re.compile("w"), "v"), (re.compile("[yj]"), "i"),
    (re.compile("i+"), "i"), (re.compile("i([aeu])"), r"\1"), (re.compile("io"), "e"),
    (re.compile(r"(.)\1"), r"\1"),
)  # fmt: skip
"""Ways to write one Russian name in Latin letters, each to one: Yuliya, Julia, Юлия."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as its words, in one form each, sorted."""

    words: tuple[str, ...]
    is_company: bool

    @property
    def text(self) -> str:
        """All words in one text."""
        return " ".join(self.words)


def canonical_name(text: str, *, is_latin_too: bool = False, is_company: bool = False) -> Name:
    """Return a name without what is only a way to write it.

    Width, case, accents, marks and the order of words do not count; letters of another alphabet
    that only look right are put right; ё is е. A company's legal form is left out.

    Parameters
    ----------
    text : str
        As it stands in the file.
    is_latin_too : bool
        The names of the table are written in both alphabets: Russian ones are then compared in
        Latin letters, in one spelling.
    is_company : bool
        The name is known to be a company's, though it may have no legal form.

    Examples
    --------
    >>> canonical_name("Ёлкина  АННА").words, canonical_name("Aннa Елкина").words
    (('анна', 'елкина'), ('анна', 'елкина'))
    >>> canonical_name("Юлия", is_latin_too=True) == canonical_name("Julia", is_latin_too=True)
    True
    >>> canonical_name("ООО «Ромашка»"), canonical_name("北京华信科技有限公司").text
    (Name(words=('ромашка',), is_company=True), '北京华信科技')
    """
    plain = _LONG_FORMS.sub(" ооо ", unicodedata.normalize("NFKC", text).casefold())
    words = [_one_alphabet(w) for w in _WORD.findall(plain.replace("ё", "е"))]
    forms = [w for w in words if w in LEGAL_FORMS]
    has_chinese_form = bool(_CHINESE_FORMS.search(plain)) and bool(_HAN.search(plain))
    company = is_company or bool(forms and len(words) > len(forms)) or has_chinese_form
    kept = words
    if company:
        kept = [_CHINESE_FORMS.sub("", w) for w in words if w not in LEGAL_FORMS] or words
    if len(kept) > 1:
        kept = [w for w in kept if w not in PEOPLE_FORMS] or kept
    if is_latin_too:
        kept = [spelling(w) for w in kept]
    return Name(words=tuple(sorted(w for w in kept if w)), is_company=company)


def spelling(word: str) -> str:
    """Write a word in Latin letters, and each Russian sound in one way.

    Examples
    --------
    >>> spelling("сергей"), spelling("sergey"), spelling("sergei")
    ('sergei', 'sergei', 'sergei')
    >>> spelling("хрущев") == spelling("khrushchev"), spelling("алексей") == spelling("alexey")
    (True, True)
    """
    plain, before = "".join(_LETTERS.get(c, c) for c in word), ""
    while plain != before:  # what one rule leaves, another may still make shorter
        before = plain
        for found, one in _SPELLINGS:
            plain = found.sub(one, plain)
    return plain


def has_cyrillic(text: str) -> bool:
    """Tell whether a text in small letters has a Cyrillic one."""
    return bool(_CYRILLIC.search(text))


def is_han(word: str) -> bool:
    """Tell whether a word is written in Chinese characters: each of them matters."""
    return bool(_HAN.search(word))


def differ_in_gender(first: str, second: str) -> bool:
    """Tell whether two words are one name of a man and of a woman: Иванов, Иванова.

    Examples
    --------
    >>> differ_in_gender("иванов", "иванова"), differ_in_gender("петрович", "петровна")
    (True, True)
    >>> differ_in_gender("евгений", "евгения"), differ_in_gender("иванов", "ивонов")
    (True, False)
    """
    short, long = sorted((first, second), key=lambda w: (len(w), w))
    if len(long) == len(short) + 1 and long.startswith(short) and long[-1] in "аяa":
        return True
    return any(
        _same_stem(a, b, man=man, woman=woman)
        for a, b in ((first, second), (second, first))
        for man, woman in _ENDINGS
    )


def _same_stem(first: str, second: str, *, man: str, woman: str) -> bool:
    return (
        first.endswith(man)
        and second.endswith(woman)
        and len(first) > len(man)
        and first.removesuffix(man) == second.removesuffix(woman)
    )


def _one_alphabet(word: str) -> str:
    """Put letters right that only look like those of the word's own alphabet; drop accents."""
    n_cyrillic, n_latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if n_cyrillic and n_latin:
        mended = word.translate(_TO_CYRILLIC if n_cyrillic >= n_latin else _TO_LATIN)
        if not (_CYRILLIC.search(mended) and _LATIN.search(mended)):
            word = mended
    if not n_cyrillic and not word.isascii():
        parts = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in parts if not unicodedata.combining(c))
    return word.replace("ё", "е")
