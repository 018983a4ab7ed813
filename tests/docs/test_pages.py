"""Links, pictures, commands and blocks of the documentation and of the READMEs."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
import typer
from benchmarks.promises import READMES, promises, written
from tests.docs.conftest import PAGES, ROOT, blocks, commands

from cjm_research.cli.app import app

GROUP = typer.main.get_command(app)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CJM = re.compile(r"`(cjm [a-z][^`]*)`")
_MAKE = re.compile(r"\bmake ([a-z-]+)")
_RUN = {"sh", "python", "toml", "csv", "text"}
"""Languages of blocks that tests run, read or compare; those in braces are the site's own."""
KNOWN_TOOLS = {"cjm", "make", "python", "papermill", "conda", "pip"}


@pytest.fixture(params=PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def page(request):
    return request.param


def _prose(page):
    return re.sub(
        r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def test_every_link_and_picture_is_there(page):
    targets = [t for t in _LINK.findall(_prose(page)) if not t.startswith(("http", "#"))]
    assert [t for t in targets if not (page.parent / t.partition("#")[0]).exists()] == []


def test_links_out_go_to_published_works_only(page):
    out = [t for t in _LINK.findall(_prose(page)) if t.startswith("http")]
    assert [t for t in out if not t.startswith("https://doi.org/")] == []


def test_every_command_named_exists(page):
    named = [c.split()[1] for c in _CJM.findall(_prose(page))]
    assert [name for name in named if name not in GROUP.commands] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    code = " ".join(re.findall(r"`[^`]+`", _prose(page)))
    assert [t for t in _MAKE.findall(code) if t not in targets] == []


@pytest.mark.parametrize("language", list(READMES))
def test_a_readme_names_every_command(language):
    text = (ROOT / READMES[language]).read_text(encoding="utf-8")
    assert [name for name in GROUP.commands if f"`cjm {name}" not in text] == []


def test_every_option_named_exists(page):
    wrong = []
    for command in _CJM.findall(_prose(page)):
        name, *words = command.split()[1:]
        known = {o for p in GROUP.commands[name].params for o in (*p.opts, *p.secondary_opts)}
        wrong += [w for w in words if w.startswith("--") and w.partition("=")[0] not in known]
    assert wrong == []


def test_shell_blocks_name_commands_and_targets_that_exist(page):
    lines = [c for b in blocks(page) if b.language == "sh" for c in commands(b.text)]
    words = [shlex.split(line) for line in lines]
    assert {Path(w[0]).name for w in words} <= KNOWN_TOOLS
    called = [w[1] for w in words if Path(w[0]).name == "cjm"]
    assert [name for name in called if name not in GROUP.commands] == []


def test_every_block_names_a_language_that_a_test_knows(page):
    fences = re.findall(r"^```(.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    opened = [fence.partition(" ")[0] for fence in fences[::2]]
    assert [o for o in opened if not o.startswith("{") and o not in _RUN] == []


def test_no_code_is_hidden_in_an_indentation(page):
    assert re.findall(r"(?:\n|\A)\n {4,}\S.*", _prose(page)) == []


def test_python_blocks_are_python(page):
    for block in blocks(page):
        if block.language == "python":
            ast.parse(block.text)


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_readmes_have_the_same_parts(language):
    first, other = (
        (ROOT / name).read_text(encoding="utf-8") for name in (READMES["en"], READMES[language])
    )

    def shape(text):
        heads = re.findall(r"^#+ ", text, flags=re.MULTILINE)
        rows = len(re.findall(r"^\|", text, flags=re.MULTILINE))
        points = len(re.findall(r"^- ", text, flags=re.MULTILINE))
        links = {t for t in _LINK.findall(text) if not t.startswith("README")}
        return heads, rows, points, links, len(re.findall("^```", text, flags=re.MULTILINE))

    assert shape(first) == shape(other)


@pytest.mark.parametrize("language", list(READMES))
def test_the_table_of_promises_is_that_of_the_last_runs(language):
    text = (ROOT / READMES[language]).read_text(encoding="utf-8")
    assert written(text, promises(ROOT / "docs"), language) == text


def test_pictures_are_small():
    large = [p for p in (ROOT / "docs").rglob("*.png") if p.stat().st_size > 250_000]
    assert large == []
