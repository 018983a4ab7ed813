"""What must not be published: the checks between a made page and the reports folder.

A page is read as a browser reads it. Its visible text, alternative texts included, must hold no
identifier of a customer or an order, no e-mail and no phone; its markup must hold no script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from cjm_research.report.telephones import telephones

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SPOKEN = ("alt", "title", "aria-label", "aria-description")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
                   "source", "track", "wbr"})  # fmt: skip
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Something on a page that must not be there."""

    what: str
    """Which rule it breaks, in words."""
    shown: str
    """The text, mostly hidden: enough to find it."""
    where: str
    """Block of the page that holds it."""

    def __str__(self) -> str:
        return f"{self.what}: {self.shown} in {self.where}"


class _Reader(HTMLParser):
    """Reads a page as text by block, without number cells, and notes what has no place in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, list[str]] = {}
        self.faults: list[tuple[str, str]] = []
        self._open: list[tuple[str, bool, str]] = []
        self._named = 0

    @property
    def where(self) -> str:
        """The nearest anchor around what is read."""
        named = [anchor for _, _, anchor in self._open if anchor]
        return named[-1] if named else "the page"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element says and whether it may be there."""
        given = {k: v or "" for k, v in attrs}
        self._check(tag, given)
        for name in _SPOKEN:
            if given.get(name):
                self._say(given[name])
        if tag not in _VOID:
            quiet = tag == "style" or "num" in given.get("class", "").split()
            anchor = given.get("id", "") if tag in {"figure", "section", "details", "h2"} else ""
            self._open.append((tag, quiet, anchor))

    def handle_endtag(self, tag: str) -> None:
        """Close the element and what was left open inside."""
        names = [name for name, _, _ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep visible text, but for number cells and style."""
        if not any(quiet for _, quiet, _ in self._open):
            self._say(data)

    def _say(self, text: str) -> None:
        self.texts.setdefault(self.where, []).append(text)

    def _check(self, tag: str, given: Mapping[str, str]) -> None:
        if tag in {"script", "iframe", "object", "embed", "form", "base", "link"}:
            self.faults.append((f"element <{tag}> is not allowed", self.where))
        handlers = [k for k in given if k.startswith("on")]
        if handlers:
            self.faults.append((f"handler {handlers[0]!r} is not allowed", self.where))
        for name in ("href", "src", "xlink:href"):
            value = given.get(name, "").strip().casefold()
            if re.match(r"(?:https?:|//|javascript:|vbscript:|data:text)", value):
                self.faults.append((f"{name} must stay inside the page or the reports", self.where))
        if tag == "img" and not given.get("alt"):
            self.faults.append(("picture without an alternative text", self.where))
        if tag == "svg" and not (_is_named(given) or given.get("aria-hidden") == "true"):
            self.faults.append(("figure without an alternative text", self.where))


def _is_named(given: Mapping[str, str]) -> bool:
    return bool(given.get("aria-label") or given.get("aria-labelledby"))


def page_faults(page: str) -> tuple[list[Leak], dict[str, list[str]]]:
    """Check the markup of a page and return its texts by block.

    Examples
    --------
    >>> page_faults("<main><script>x</script></main>")[0][0].what
    'element <script> is not allowed'
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    faults = [Leak(what=what, shown="", where=where) for what, where in reader.faults]
    for where, texts in reader.texts.items():
        faults += texts_faults(texts, where)
    return faults, reader.texts


def text_faults(text: str, where: str) -> list[Leak]:
    """Return the e-mails and phones of a text.

    Examples
    --------
    >>> [str(f) for f in text_faults("Call +7 921 123-45-67 or a.b@c.ru, 12 345 678 roubles", "x")]
    ['e-mail: a.… in x', 'phone: +7… in x']
    """
    return texts_faults([text], where)


def texts_faults(texts: Sequence[str], where: str) -> list[Leak]:
    """Return the e-mails and phones of texts that stand one after the other."""
    found = addresses(texts)
    return [Leak(what=what, shown=hidden(text), where=where) for what, text in found]


def addresses(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return the e-mails and phones of texts, each after the name of what it is."""
    found = [("e-mail", mail) for mail in _EMAIL.findall(" ".join(texts))]
    return found + [("phone", phone) for phone in telephones(texts)]


def hidden(text: str) -> str:
    """Return the beginning of a text, for a message that must not leak it either."""
    return f"{text[:2]}…"


def data_texts(plain: object) -> list[str]:
    """Return every text of plain data, keys and numbers apart."""
    if isinstance(plain, str):
        return [plain]
    if isinstance(plain, dict):
        return [t for v in plain.values() for t in data_texts(v)]
    if isinstance(plain, list | tuple):
        return [t for v in plain for t in data_texts(v)]
    return []


def identifier_tables(blocks: Iterable[Mapping[str, Any]]) -> list[Leak]:
    """Return the exhibits that have a column of identifiers."""
    return [
        Leak(what="column of identifiers", shown=str(t.get("name", "")), where=str(b["id"]))
        for b in blocks
        for t in b.get("tables", ())
        if "identifier" in [str(u) for u in t.get("units", ())]
    ]
