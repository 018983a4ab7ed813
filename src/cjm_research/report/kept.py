"""Findings that a notebook keeps: the door through which they leave it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cjm_research.errors import CjmError
from cjm_research.present.blocks import MIME
from cjm_research.present.context import current

if TYPE_CHECKING:
    from cjm_research.present.words import Words
    from cjm_research.results import Finding, Result


def keep_results(*results: Result) -> None:
    """Show the findings of `results` as a block that the page's reader never sees."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        return
    block = findings_block(*results)
    text = f"{len(block['findings'])} findings kept"
    ipython.display.display({MIME: block, "text/plain": text}, raw=True)


def findings_block(*results: Result) -> dict[str, Any]:
    """Return the findings of `results` as plain data, each with its words in every language.

    A finding that two results give is kept once.
    """
    context = current()
    languages = [context.words(language) for language in context.languages]
    findings = {f.id: f for r in results for f in r.findings()}
    return {
        "kind": "findings",
        "id": "findings",
        "title": {},
        "html": {},
        "findings": [
            {**f.to_dict(), "words": {w.language: _in_words(f, w) for w in languages}}
            for f in findings.values()
        ],
        "tables": [],
    }


def _in_words(finding: Finding, words: Words) -> dict[str, str]:
    """Return the sentence and the estimate; no sentence for a kind that is never told."""
    try:
        sentence = words.sentence(finding)
    except CjmError:
        sentence = ""
    return {"sentence": sentence, "estimate": words.value(finding.estimate, finding.unit)}
