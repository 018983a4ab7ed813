"""Pages of the documentation as blocks that can be run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("README*.md")))
_FENCE = re.compile(r"^```([a-z]+)(?: ([^\n{]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, the file and encoding it names, its text, the prose before."""

    language: str
    named: str
    text: str
    before: str


def blocks(page):
    """Return the fenced blocks of a page, directives of the site apart."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2] or "", found[3], text[: found.start()])
        for found in _FENCE.finditer(text)
    ]


def commands(text):
    """Return the lines of a shell block without prompts and comments, continuations joined."""
    lines = [re.sub(r"\s+#.*$", "", line) for line in text.replace("\\\n", " ").splitlines()]
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


@pytest.fixture(scope="session")
def pages():
    """Return every page of the documentation and the READMEs."""
    return PAGES
