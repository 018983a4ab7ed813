"""What is shown when a notebook fails: a page of its own, and a banner on the last good one."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cjm_research.errors import CjmError
from cjm_research.present.markup import tag, text
from cjm_research.present.words import Words
from cjm_research.report.document import document
from cjm_research.report.execute import AFTER_LAST, Failure
from cjm_research.report.gate import addresses
from cjm_research.report.identifiers import identifiers_in, looks_like_an_id
from cjm_research.report.wording import in_language, moment, page_links
from cjm_research.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ANCHOR = re.compile(r"(?:[a-z0-9]+-)*x[0-9a-f]{7}")
"""A place on a page whose name was made of words that an anchor cannot hold."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
HIDDEN = "•••"


def failure_page(failure: Failure, manifest: Mapping[str, Any], *, language: str) -> str:
    """Return the page of a failure: the cell, its message, and the command to run it again.

    A message may quote the data: `masked` has hidden what points at someone.
    """
    words = Words(language)
    notebook = f"{manifest['notebook']}.ipynb"
    known = {0: "failure.no_cell", AFTER_LAST: "failure.page"}
    where = words(known.get(failure.cell, "failure.cell"), n=failure.cell, notebook=notebook)
    parts = [
        _tried(manifest, words),
        _last_good(manifest, words),
        tag("h2", text(words("failure.what"))),
        tag("p", text(f"{failure.name}: {_ANSI.sub('', failure.message)}"), class_="box"),
        tag("h2", text(words("failure.again"))),
        _code(str(manifest["command"])),
        tag("h2", text(where)),
        _code(failure.source) if failure.source else "",
        *_before(failure, words),
        *_parameters(manifest, words),
    ]
    subject = in_language(manifest.get("subject"), language)
    study = in_language(manifest.get("study_title"), language) or str(manifest["study"])
    over = " · ".join(t for t in (study, _title(manifest, words), subject) if t)
    return document(
        words, "".join(parts), title=words("failure.title"), kind="failure", over=over,
        links=page_links(manifest.get("failure_pages") or {}, words),
    )  # fmt: skip


def _tried(manifest: Mapping[str, Any], words: Words) -> str:
    at = manifest.get("tried_at")
    said = words("failure.tried", at=moment(str(at), words)) if at else ""
    return tag("p", text(said), class_="meta") if said else ""


def masked(message: str, *, store: Path | None = None) -> str:
    """Return a message in which nothing points at a person or an order.

    Parameters
    ----------
    message : str
        Of an error; it may quote the data.
    store : Path, optional
        Folder of the store whose names and identifiers are hidden too, whatever they look like.

    Examples
    --------
    >>> masked("KeyError: 'C-00123' of anna@shop.ru, +7 921 123-45-67, in line 12")
    "KeyError: '•••' of •••, •••, in line 12"
    >>> masked("customers.name: An… in pain-x7bc43ae")
    'customers.name: An… in pain-x7bc43ae'
    """
    plain = _ANSI.sub("", message)
    for found in [*(said for _, said in addresses([plain])), *_known(plain, store)]:
        between = r"\W+".join(re.escape(word) for word in found.split(" "))
        plain = re.sub(between, HIDDEN, plain)
    words = (w for w in re.findall(r"[\w.+@#-]+", plain) if looks_like_an_id(w))
    for word in words:
        plain = plain if _ANCHOR.fullmatch(word) else plain.replace(word, HIDDEN)
    return plain


def _known(plain: str, store: Path | None) -> list[str]:
    if store is None:
        return []
    with suppress(CjmError, OSError):  # before the first cleaning there is none
        return identifiers_in(plain, Store.open(store))
    return []


def banner(key: str, made_at: str, *, language: str) -> str:
    """Return the banner of a page that is not of today; `key` says which, ``page.stale``."""
    words = Words(language)
    said = words(key, at=moment(made_at, words)) if made_at else words(key, at="?")
    return tag("p", text(said), class_="stale", role="status")


def _before(failure: Failure, words: Words) -> list[str]:
    if not failure.before:
        return []
    cells = "".join(_code(source) for source in failure.before)
    return [tag("details", tag("summary", text(words("failure.before"))) + cells)]


def _parameters(manifest: Mapping[str, Any], words: Words) -> list[str]:
    given: Mapping[str, object] = manifest.get("parameters") or {}
    if not given:
        return []
    lines = "\n".join(f"{k} = {v!r}" for k, v in given.items())
    return [tag("h2", text(words("failure.parameters"))), _code(lines)]


def _last_good(manifest: Mapping[str, Any], words: Words) -> str:
    pages: Mapping[str, Mapping[str, str]] = manifest.get("pages") or {}
    page = pages.get(words.language) or next(iter(pages.values()), None)
    if page is None:
        return ""
    made_at = str(manifest.get("made_at") or "")
    said = words("failure.last_good", at=moment(made_at, words) if made_at else "?")
    return tag("p", tag("a", text(said), href=str(page["file"])))


def _title(manifest: Mapping[str, Any], words: Words) -> str:
    key = f"title.{manifest['report']}"
    return words(key) if words.has(key) else str(manifest["report"])


def _code(source: str) -> str:
    return tag("pre", text(source), tabindex=0)
