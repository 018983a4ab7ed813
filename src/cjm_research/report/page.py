"""The parts of a page in one language, from the blocks of an executed notebook."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ReportError
from cjm_research.present.blocks import MIME
from cjm_research.present.lab import style_for
from cjm_research.present.words import Words
from cjm_research.report.changed import changed_box, filled_cards
from cjm_research.report.wording import (
    LANGUAGE_NAMES,
    home_link,
    html_language,
    in_language,
    moment,
    page_style,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIRST, _LAST = ("headline", "key_figures", "lacking"), ("caveat", "data_card")
_REGION = re.compile(r'(<div class="scroll" role="region"[^>]*? aria-label=")([^"]*)')
_HIDDEN = ("question", "findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A block of the notebook with the code that made it."""

    block: Mapping[str, Any]
    code: str


def shown_blocks(notebook: Mapping[str, Any]) -> list[Shown]:
    """Return the blocks of an executed notebook, in its order.

    The code of a cell goes to the last block that it shows.
    """
    found: list[Shown] = []
    for cell in notebook["cells"]:
        blocks = list(_blocks(cell)) if cell["cell_type"] == "code" else []
        for i, block in enumerate(blocks, 1):
            found.append(Shown(block=block, code=cell["source"] if i == len(blocks) else ""))
    return found


def _blocks(cell: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for output in cell.get("outputs", ()):
        block = output.get("data", {}).get(MIME)
        if block is not None:
            yield block


def languages_of(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return the languages that the blocks are written in."""
    titled = [s.block["title"] for s in shown if s.block.get("title")]
    return tuple(titled[0]) if titled else ()


def page_parts(
    notebook: Mapping[str, Any], context: Mapping[str, Any], *, language: str
) -> dict[str, Any]:
    """Return what the template needs for one page.

    Parameters
    ----------
    notebook : mapping
        An executed notebook (nbformat 4).
    context : mapping
        What the runner knows: see `build.context_of`. Empty when a notebook is exported by hand.
    language : str
        One that the blocks are written in.

    Raises
    ------
    ReportError
        If the notebook shows no block in that language.
    """
    shown = shown_blocks(notebook)
    known = list(languages_of(shown))
    if not known:
        raise ReportError("The notebook shows nothing for a page yet: run its cells first.")
    if language not in known:
        raise ReportError(
            f"The notebook shows nothing in the language {language!r}. It has {known}."
        )
    words = Words(language, str(context.get("currency", "RUB")))
    changes = context.get("changes") or {}
    parts = _ordered(shown, words, changes)
    _name_regions(parts)
    _name_figures(parts, [str(f) for f in context.get("files", ())], language)
    _name_own_pages(parts, context, words)
    question = next((s.block for s in shown if s.block["kind"] == "question"), {})
    return {
        "lang": html_language(language),
        **_titled(question, context, words),
        "own": bool(context.get("own")),
        "study": in_language(context.get("title"), language),
        "style": page_style() + style_for("".join(p["html"] for p in parts)),
        "words": {k: words(f"page.{k}") for k in ("skip", "contents", "code")},
        "links": _links(context, words),
        "question": in_language(question.get("html"), language),
        "status": _status(context, words),
        "contents": [{"id": p["id"], "title": p["title"]} for p in parts if p["title"]],
        "parts": parts,
        "provenance": _provenance(context, words),
    }


def _titled(
    question: Mapping[str, Any], context: Mapping[str, Any], words: Words
) -> dict[str, str]:
    """Return title and subtitle; a page of one block has that block's name for a title."""
    report = in_language(question.get("title"), words.language) or words("page.report")
    subject = in_language(context.get("subject"), words.language)
    if not context.get("own"):
        return {"title": report, "subtitle": subject}
    name, _, among = subject.partition(" · ")
    return {"title": name, "subtitle": " · ".join(filter(None, [report, among]))}


def _ordered(
    shown: Sequence[Shown], words: Words, changes: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Put findings first and fine print last; what lies between keeps the notebook's order."""
    seen: set[str] = set()
    kinds: dict[str, list[dict[str, Any]]] = {k: [] for k in (*_FIRST, "", *_LAST)}
    for s in shown:
        if s.block["kind"] in _HIDDEN:
            continue
        kind = s.block["kind"] if s.block["kind"] in kinds else ""
        part = _part(s, words.language, seen)
        if kind == "key_figures":
            part["html"] = filled_cards(part["html"], changes, words)
        kinds[kind].append(part)
    box: dict[str, Any] = {
        "id": "changes",
        "title": words("page.changes"),
        "html": changed_box(changes, words),
        "code": "",
    }
    first = [p for k in _FIRST for p in kinds[k]]
    return [*first, *([box] if changes else []), *kinds[""], *(p for k in _LAST for p in kinds[k])]


def _part(shown: Shown, language: str, seen: set[str]) -> dict[str, Any]:
    block = shown.block
    anchor = own = str(block["id"])
    number = 1
    while anchor in seen:
        number += 1
        anchor = f"{own}-{number}"
    seen.add(anchor)
    html = in_language(block["html"], language)
    if anchor != own:
        html = re.sub(rf'(id="|#|by="|for="){re.escape(own)}(?=[-"])', rf"\g<1>{anchor}", html)
    listed = block["kind"] in {"section", "headline", "lacking", "caveat", "data_card"}
    return {
        "id": anchor,
        "title": in_language(block["title"], language) if listed else "",
        "html": html,
        "code": shown.code if block["kind"] == "exhibit" else "",
        "of": own,
        "files": [],
        "own_page": block.get("own_page", ""),
    }


def _name_regions(parts: Sequence[dict[str, Any]]) -> None:
    """Give each box that scrolls a name of its own, as landmarks must have: by a number."""
    seen: Counter[str] = Counter()

    def named(found: re.Match[str]) -> str:
        seen[found[2]] += 1
        number = f" ({seen[found[2]]})" if seen[found[2]] > 1 else ""
        return f"{found[1]}{found[2]}{number}"

    for part in parts:
        part["html"] = _REGION.sub(named, part["html"])


def _name_figures(parts: Sequence[dict[str, Any]], files: Sequence[str], language: str) -> None:
    """Give each part the files of its figures."""
    by_block: dict[str, list[str]] = {}
    for path in files:
        if f".{language}.figures/" in path:
            block = path.rpartition("/")[2].partition("-")[2].rpartition(".")[0]
            by_block.setdefault(block, []).append(path)
    for part in parts:
        found = by_block.get(part.get("of", ""), [])
        part["files"] = [{"href": f, "text": f.rpartition(".")[2].upper()} for f in found]


def _name_own_pages(
    parts: Sequence[dict[str, Any]], context: Mapping[str, Any], words: Words
) -> None:
    """Give each part that has a page of its own the way there, but not on that page."""
    asked = [p for p in parts if p.get("own_page")]
    if context.get("own") or len(asked) < 2 or not context.get("stem"):
        return
    for part in asked:
        href = f"{context['stem']}.segments/{part['own_page']}.{words.language}.html"
        part["page"] = {"href": href, "text": words("page.own")}


def _links(context: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    pages: Mapping[str, str] = context.get("pages") or {}
    links = [
        {"href": href, "lang": lang, "text": LANGUAGE_NAMES[lang]}
        for lang, href in pages.items()
        if lang != words.language
    ]
    index = context.get("index")
    own = [f for f in context.get("files", ()) if f.endswith(f".{words.language}.xlsx")]
    links += [{"href": f, "lang": "", "text": words("page.tables")} for f in own]
    up = context.get("up")
    if up:
        links.append({"href": str(up), "lang": "", "text": words("page.up")})
    return [*links, *([home_link(words, str(index))] if index else [])]


def _status(context: Mapping[str, Any], words: Words) -> str:
    if not context.get("made_at"):
        return ""
    lines = [words("page.updated", at=moment(str(context["made_at"]), words))]
    given: Mapping[str, object] = context.get("given") or {}
    if given:
        text = ", ".join(f"{k} = {v}" for k, v in given.items())
        lines.append(words("page.given", given=text))
    return " · ".join(lines)


def _provenance(context: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return name and value of what the page was made from."""
    known: Mapping[str, str] = context.get("provenance") or {}
    return [(words(f"provenance.{name}"), value) for name, value in known.items() if value]
