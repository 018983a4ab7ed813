"""The words of each language, read from its ``.po`` files.

A key is dotted (``section.pains``); its text is a template (see `template`). Nouns are plural
entries (``noun.customer``) with the forms that the language's plural rule asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

from cjm_research.errors import ParameterError, nearest
from cjm_research.present.po import read_messages

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALES: dict[str, str] = {"en": "en_US", "ru": "ru_RU", "zh": "zh_Hans_CN"}
"""Babel's locale of each language of a page."""

PLURAL_FORMS: dict[str, tuple[str, ...]] = {
    "en": ("one", "other"),
    "ru": ("one", "few", "many"),
    "zh": ("other",),
}
"""CLDR categories in the order of ``msgstr[i]``. Russian fractions take the form of «few»."""

_N_IS = "n\xa0=\xa0"
"""A size and its number stand on one line."""
_ROOT = Path(__file__).with_name("locale")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All words of one language."""

    language: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]

    def text(self, key: str) -> str:
        """Return the template of `key`.

        Raises
        ------
        ParameterError
            If the language has no such key. Another language never stands in for it.
        """
        if key not in self.texts:
            raise ParameterError(
                f"The {self.language} catalogue has no key {key!r}.{nearest(key, self.texts)}"
            )
        return self.texts[key]

    def forms(self, noun: str) -> tuple[str, ...]:
        """Return the plural forms of a noun, in the order of `PLURAL_FORMS`."""
        key = f"noun.{noun}"
        if key not in self.plurals:
            raise ParameterError(
                f"The {self.language} catalogue has no noun {key!r}.{nearest(key, self.plurals)}"
            )
        return self.plurals[key]


def catalogue_files(language: str) -> tuple[Path, ...]:
    """Return the files that hold the words of `language`, by name."""
    if language not in LOCALES:
        raise ParameterError.unknown("language", language, known=LOCALES)
    return tuple(sorted((_ROOT / language).glob("*.po")))


@cache
def catalogue(language: str) -> Catalogue:
    """Read every ``.po`` file of a language.

    Examples
    --------
    >>> catalogue("ru").forms("customer")
    ('клиент', 'клиента', 'клиентов')
    >>> catalogue("en").text("headlin")
    Traceback (most recent call last):
    ...
    cjm_research.errors.ParameterError: The en catalogue has no key 'headlin'. Did you mean ...
    """
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for path in catalogue_files(language):
        for key, string in read_messages(path).items():
            if isinstance(string, str):
                texts[key] = string.replace("n = ", _N_IS)
            else:
                plurals[key] = string
    return Catalogue(language, texts, plurals)


def plural_index(language: str, number: float) -> int:
    """Return which form of a noun goes with `number`.

    Examples
    --------
    >>> [plural_index("ru", n) for n in (1, 2, 5, 21, 1.5)]
    [0, 1, 2, 0, 1]
    >>> [plural_index("en", n) for n in (1, 2)]
    [0, 1]
    """
    forms = PLURAL_FORMS[language]
    whole = int(number) if float(number).is_integer() else number
    category = Locale.parse(LOCALES[language]).plural_form(abs(whole))
    return forms.index(category) if category in forms else min(1, len(forms) - 1)
