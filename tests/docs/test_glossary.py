"""The glossary and the words of the pages agree."""

from __future__ import annotations

import re

import pytest
import typer
from tests.docs.conftest import PAGES, ROOT

from cjm_research.cli.app import app

LOCALE = ROOT / "src" / "cjm_research" / "present" / "locale"
LANGUAGES = ("en", "ru", "zh")
IN_CONTEXT = {"曝光", "发现"}  # 曝光 is right of advertising, 发现 as a verb
NOT_ON_PAGES = {
    "churn, lost customers", "retention", "repeat purchase rate", "P(active in 90 days)",
    "trait lift, index", "lift of a test", "uplift", "its cells", "RFM, eight classes",
}  # fmt: skip
"""Terms of texts and of one language only; the pages say the thing in a sentence."""


def _rows():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:] if row[0].strip(" -") != ""]


ROWS = _rows()


@pytest.fixture(scope="module")
def words():
    """Return what the catalogues say, by language."""
    return {
        language: "\n".join(
            re.sub(r"^msgid .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            for path in (LOCALE / language).glob("*.po")
        ).lower()
        for language in LANGUAGES
    }


def _parts(cell):
    plain = re.sub(r"\(.*?\)", "", cell).lower()
    return [part.strip() for part in re.split(r"[;,/]|: | or ", plain) if part.strip()]


def test_the_glossary_has_its_columns():
    assert {len(row) for row in ROWS} == {4}
    assert len(ROWS) > 40


@pytest.mark.parametrize("row", [r for r in ROWS if r[3]], ids=lambda r: r[0])
def test_no_page_uses_a_word_that_is_not_ours(row, words):
    used = [
        word
        for word in _parts(row[3])
        if word not in IN_CONTEXT
        and any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", words[lang]) for lang in LANGUAGES)
    ]
    assert used == []


@pytest.fixture(scope="module")
def told():
    """Return what documentation and command line say, the glossary itself apart."""
    pages = [p for p in PAGES if p.name != "glossary.md"]
    group = typer.main.get_command(app)
    helped = [str(p.help) for c in group.commands.values() for p in (c, *c.params)
              if getattr(p, "help", None)]  # fmt: skip
    return "\n".join([*(p.read_text(encoding="utf-8") for p in pages), *helped]).lower()


@pytest.mark.parametrize("row", [r for r in ROWS if r[3]], ids=lambda r: r[0])
def test_neither_documentation_nor_command_line_uses_such_a_word(row, told):
    found = [
        w for w in _parts(row[3]) if w not in IN_CONTEXT and re.search(rf"(?<!\w){w}(?!\w)", told)
    ]
    assert found == []


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r[0] not in NOT_ON_PAGES], ids=lambda r: r[0]
)  # fmt: skip
def test_the_pages_use_the_term_in_some_language(row, words):
    cells = zip(LANGUAGES, row[:3], strict=True)
    assert any(part in words[language] for language, cell in cells for part in _parts(cell))
