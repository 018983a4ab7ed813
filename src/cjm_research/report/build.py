"""From an executed notebook to checked pages: the step that runs in a fork of the server.

Everything that draws, formats or reads tables happens here, so that the runner itself never
loads pandas or matplotlib.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from cjm_research.errors import ReportError
from cjm_research.present.markup import anchor
from cjm_research.report.changes import changes, p_value
from cjm_research.report.companions import companions, page_tables, table_texts
from cjm_research.report.exhibits import exhibit_of
from cjm_research.report.exporter import CjmExporter
from cjm_research.report.gate import (
    Leak,
    data_texts,
    identifier_tables,
    page_faults,
    text_faults,
    texts_faults,
)
from cjm_research.report.identifiers import Candidates, identifiers_among
from cjm_research.report.own_pages import own_pages
from cjm_research.report.page import Shown, languages_of, shown_blocks
from cjm_research.report.request import Built, Request
from cjm_research.results import Finding, Unit
from cjm_research.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVEL = 0.95
"""Confidence of what is called a change."""


def build(request: Request) -> Built:
    """Build and check the pages of an executed notebook.

    Raises
    ------
    ReportError
        If the notebook shows nothing, or a page holds what must not be published.
    """
    notebook = request.notebook
    shown = shown_blocks(notebook)
    languages = languages_of(shown)
    if not languages:
        raise ReportError("The notebook shows nothing: no cell gave a block of the page.")
    findings = _findings(shown, request.context)
    compared = changes_of(request.baseline, findings)
    notebook.metadata["cjm"] = {**request.context, "changes": compared}
    stem = str(request.context.get("stem", "report"))
    files = {n: c for la in languages for n, c in companions(shown, stem=stem, language=la).items()}
    notebook.metadata["cjm"]["files"] = list(files)
    exporter = CjmExporter()  # type: ignore[no-untyped-call]
    pages = {}
    for language in languages:
        exporter.language = language
        pages[language] = exporter.from_notebook_node(notebook)[0]
    files |= own_pages(notebook, shown)
    _refuse_leaks(request, shown, pages, findings)
    question = next((s.block for s in shown if s.block["kind"] == "question"), {})
    return Built(
        pages=pages,
        findings=findings,
        title=dict(question.get("title", {})),
        headline={language: _headline(shown, language) for language in languages},
        files=files,
        changes=compared,
    )


def _findings(shown: Sequence[Shown], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of ``findings.json``."""
    kept = [s.block for s in shown if s.block["kind"] == "findings"]
    by_id = {
        f["id"]: {**f, "exhibit": exhibit_of(f, shown)} for block in kept for f in block["findings"]
    }
    figures = [f for s in shown for f in s.block.get("key_figures", ())]
    question = next((s.block for s in shown if s.block["kind"] == "question"), {})
    known = ("study", "report", "stem", "data", "made_at", "parameters")
    return {
        "format": 1,
        **{k: context.get(k) for k in known},
        "window": question.get("window"),
        "findings": list(by_id.values()),
        "key_figures": figures,
        "told": [
            f["id"]
            for s in shown
            if s.block["kind"] == "headline"
            for f in s.block.get("findings", ())
        ],
    }


def changes_of(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changed between two ``findings.json``, as plain data for the page."""
    if before is None or "findings" not in before:  # none yet, or a damaged file
        return {"first": True}
    found = changes(before["findings"], after["findings"], confidence=LEVEL)
    now = {f["id"]: f for f in after["findings"]}
    return {
        "since": before.get("made_at"),
        "n_compared": found.n_compared,
        "n_not_compared": found.n_not_compared,
        "n_same_days": found.n_same_days,
        "n_corrected": found.n_corrected,
        "method_changed": list(found.method_changed),
        "moved": [
            {
                "id": m.id,
                "unit": now[m.id]["unit"],
                "before": m.before,
                "after": m.after,
                "sentence": _sentences(now[m.id]),
            }
            for m in found.moved
            if any(_sentences(now[m.id]).values())
        ],
        "cards": _cards(before, after),
    }


def _sentences(finding: Mapping[str, Any]) -> dict[str, str]:
    return {lang: w["sentence"] for lang, w in finding.get("words", {}).items()}


def _cards(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Compare the key figures: counts as they are, estimates against their noise."""
    old = {f["key"]: f for f in before.get("key_figures", ())}
    cards = {}
    for figure in after["key_figures"]:
        earlier = old.get(figure["key"]) if figure.get("compared") != "never" else None
        moved = _has_moved(earlier, figure, (before, after)) if earlier else None
        if earlier is not None and moved is not None:
            cards[anchor(figure["key"])] = {
                "unit": figure["unit"],
                "before": earlier["value"],
                "after": figure["value"],
                "moved": moved,
            }
    return cards


def _has_moved(
    old: Mapping[str, Any], new: Mapping[str, Any], pages: tuple[Mapping[str, Any], ...]
) -> bool | None:
    """Tell whether a key figure moved; None when nobody can say."""
    values = (old["value"], new["value"])
    if old["unit"] != new["unit"] or not all(_is_number(v) for v in values):
        return None
    if new.get("low") is None or old.get("low") is None:
        return bool(values[0] != values[1])
    p = p_value(*(_as_finding(f, p.get("window")) for f, p in zip((old, new), pages, strict=True)))
    return None if p is None else p < 1 - LEVEL


def _as_finding(figure: Mapping[str, Any], window: Sequence[str] | None) -> Finding:
    return Finding(
        id=figure["key"],
        kind=figure["key"],
        subject={},
        estimate=figure["value"],
        low=figure["low"],
        high=figure["high"],
        unit=Unit(figure["unit"]),
        n=figure.get("n") or 0,
        method="key figure",
        window=(window[figure.get("compared") == "day"], window[1]) if window else None,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _headline(shown: Sequence[Shown], language: str) -> str:
    """Return the first sentence of the main findings, without markup."""
    for s in shown:
        if s.block["kind"] == "headline" and s.block.get("findings"):
            first = re.search(r"<li[^>]*>(.*?)</li>", s.block["html"].get(language, ""))
            return unescape(re.sub(r"<[^>]+>", "", first[1])) if first else ""
    return ""


def _add(candidates: Candidates, texts: Mapping[str, Sequence[str]]) -> None:
    for where, said in texts.items():
        for text in said:
            candidates.add(text, where)


def _refuse_leaks(
    request: Request,
    shown: Sequence[Shown],
    pages: Mapping[str, str],
    findings: Mapping[str, Any],
) -> None:
    """Stop what must not be published; the message names the rule and the place."""
    leaks: list[Leak] = identifier_tables(s.block for s in shown)
    candidates = Candidates()
    for page in pages.values():
        faults, texts = page_faults(page)
        leaks += faults
        _add(candidates, texts)
    for language in pages:
        texts = table_texts(list(page_tables(shown, language=language)), language=language)
        leaks += [leak for where, said in texts.items() for leak in texts_faults(said, where)]
        _add(candidates, texts)
    said = data_texts(findings["findings"])
    leaks += [leak for text in said for leak in text_faults(text, "findings.json")]
    _add(candidates, {"findings.json": said})
    if request.store is not None:
        own = Candidates()
        for text in request.allowed:
            own.add(text, "")
        allowed = {*own.found, *(t.casefold() for t in request.allowed)}
        leaks += identifiers_among(candidates, Store.open(request.store), allowed=allowed)
    if leaks:
        named = "; ".join(dict.fromkeys(str(leak) for leak in leaks[:10]))
        raise ReportError(f"The page must not be published. {named}.")
