"""Pages of single blocks: each segment's portrait under an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from cjm_research.present.blocks import MIME
from cjm_research.report.exporter import CjmExporter
from cjm_research.report.wording import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cjm_research.report.page import Shown

ALONGSIDE = ("question", "caveat", "data_card")
"""Kinds of blocks that such a page keeps beside the one that it is about."""


def own_page_name(stem: str, page: str, language: str) -> str:
    """Return the path of a block's page from the folder of the study."""
    return f"{stem}.segments/{page}.{language}.html"


def own_pages(notebook: NotebookNode, shown: Sequence[Shown]) -> dict[str, bytes]:
    """Return a page for each block that asks for one (`own_page`), in each language.

    What stands on it stands on the report's page too, which is what the gate looks at.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, with the runner's knowledge under ``metadata.cjm``.
    shown : sequence of Shown
        Its blocks.

    Returns
    -------
    dict of str to bytes
        ``STEM.segments/SEGMENT.LANGUAGE.html``, by their path from the page. Empty where only
        one block asks: the report's page is about it alone.
    """
    asked = [s.block for s in shown if s.block.get("own_page")]
    if len(asked) < 2:  # one block alone is the page already
        return {}
    context = dict(notebook.metadata.get("cjm", {}))
    stem = str(context.get("stem", "report"))
    exporter = CjmExporter()  # type: ignore[no-untyped-call]
    files = {}
    for block in asked:
        cells = list(_kept(notebook, block))
        for language in block["title"]:
            given = {**notebook.metadata, "cjm": _context(context, block, stem, language)}
            own = NotebookNode({**notebook, "cells": cells, "metadata": NotebookNode(given)})  # type: ignore[no-untyped-call]
            exporter.language = language
            page = exporter.from_notebook_node(own)[0]
            files[own_page_name(stem, block["own_page"], language)] = page.encode()
    return files


def _kept(notebook: NotebookNode, block: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the cells without any block but this one and those of every page."""
    heading: list[Any] = []
    for cell in notebook.cells:
        outputs = [o for o in cell.get("outputs", ()) if MIME in o.get("data", {})]
        if any(o["data"][MIME]["kind"] == "section" for o in outputs):
            heading = [_with(cell, outputs)]
            continue
        mine = [o for o in outputs if o["data"][MIME] == block]
        rest = [o for o in outputs if o["data"][MIME]["kind"] in ALONGSIDE]
        if mine:
            yield from (*heading, _with(cell, mine))
        elif rest:
            yield _with(cell, rest)


def _with(cell: Any, outputs: Sequence[Any]) -> Any:  # noqa: ANN401  # nbformat's nodes
    own = cell.copy()
    own["outputs"] = list(outputs)
    return own


def _context(
    context: Mapping[str, Any], block: Mapping[str, Any], stem: str, language: str
) -> dict[str, Any]:
    """Return what the runner knows, as seen from the block's page."""
    subject = dict(context.get("subject") or {})
    among = in_language(subject, language)
    named = f"{block['title'][language]} · {among}" if among else block["title"][language]
    pages = {la: own_page_name(stem, block["own_page"], la) for la in block["title"]}
    return {
        **context,
        "subject": {language: named},
        "pages": {la: path.rpartition("/")[2] for la, path in pages.items()},
        "index": f"../../{str(context.get('index', 'index.html')).removeprefix('../')}",
        "up": f"../{stem}.{language}.html",
        "own": True,
        "changes": {},
        "files": [],
    }
