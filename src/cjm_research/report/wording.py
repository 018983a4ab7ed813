"""Small pieces of text that pages, index and failure pages share."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.theme import css_variables
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.present.words import Words

TEMPLATES = Path(__file__).with_name("templates")
LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "zh": "中文"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a page may load: nothing."""


def html_language(language: str) -> str:
    """Return the value of the attribute ``lang``."""
    return {"zh": "zh-Hans"}.get(language, language)


def moment(stamp: str, words: Words) -> str:
    """Write an ISO stamp as a day and a time of the study's zone.

    Examples
    --------
    >>> from cjm_research.present.words import Words
    >>> moment("2026-11-22T01:00:00+03:00", Words("en"))
    '22 November 2026, 01:00'
    """
    at = datetime.fromisoformat(stamp)
    return words("page.moment", day=words.value(at.date(), Unit.DATE), time=f"{at:%H:%M}")


def in_language(texts: object, language: str) -> str:
    """Return the text of a language, else of any; an empty text when there is none.

    Examples
    --------
    >>> in_language({"en": "Shop", "ru": "Магазин"}, "zh")
    'Shop'
    """
    if not isinstance(texts, dict) or not texts:
        return ""
    return str(texts.get(language) or texts.get("en") or next(iter(texts.values())))


def home_link(words: Words, index: str = "../index.html") -> dict[str, str]:
    """Return the link to the index in the language of a page.

    Examples
    --------
    >>> from cjm_research.present.words import Words
    >>> home_link(Words("ru"))["href"]
    '../index.ru.html'
    """
    own = f"{index.removesuffix('.html')}.{words.language}.html"
    return {"href": own, "lang": "", "text": words("page.all_reports")}


def page_links(pages: Mapping[str, str], words: Words) -> list[dict[str, str]]:
    """Return links to a page in the other languages, and to the index."""
    others = [
        {"href": file, "lang": html_language(other), "text": LANGUAGE_NAMES.get(other, other)}
        for other, file in pages.items()
        if other != words.language
    ]
    return [*others, home_link(words)]


@cache
def page_style() -> str:
    """Return the style of a page: colours, blocks, layout."""
    blocks = Path(markup.__file__).with_name("style.css").read_text(encoding="utf-8")
    layout = (TEMPLATES / "cjm" / "page.css").read_text(encoding="utf-8")
    # A page that is printed from a dark screen is printed on white paper.
    colours = css_variables().replace("@media(", "@media screen and (")
    return colours + blocks + layout
