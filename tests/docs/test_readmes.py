"""Commands and code of the READMEs and the guides do what is said of them."""

from __future__ import annotations

import contextlib
import shlex
import shutil

import pytest
from tests.docs.conftest import ROOT, blocks, commands

from cjm_research import journey
from cjm_research.cli.main import run_app
from cjm_research.present.session import open_study

READMES = sorted(ROOT.glob("README*.md"))
GUIDES = sorted({*(ROOT / "docs").glob("*.md")} - {*(ROOT / "docs").glob("tutorial-*.md")})
COMMANDED = [g for g in GUIDES if any(b.language == "sh" for b in blocks(g))
             and g.name != "guide-bring-your-own-export.md"]  # fmt: skip
"""Guides that tell commands; those of that one run in tests/cli/test_guide.py."""
ELSEWHERE = {"dask://scheduler:8786", "--remove", "journey_map"}
"""What needs a cluster, would change the machine, or is run as a whole in tests/path."""
OF_THE_GUIDE = blocks(ROOT / "docs" / "guide-bring-your-own-export.md")


@pytest.mark.path
@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_own_files_become_pages_in_an_empty_folder(readme, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in OF_THE_GUIDE:
        if block.language == "csv":
            name, encoding = block.named.split()
            (tmp_path / name).write_bytes(block.text.encode(encoding))
    (text,) = [b.text for b in blocks(readme) if b.language == "sh" and "cjm new" in b.text]
    lines = [*commands(text)[:2], "cjm run shop data_quality"]
    assert commands(text)[2] == "cjm run shop"
    codes = [run_app([*shlex.split(x)[1:], *(["--yes"] if " new " in x else [])]) for x in lines]
    assert codes == [0, 0, 0]
    assert (tmp_path / "reports" / "index.html").is_file()


@pytest.mark.slow
@pytest.mark.path
@pytest.mark.parametrize("page", COMMANDED, ids=lambda p: p.name)
def test_commands_of_the_guides_end_well_on_the_demo(page, demo_project, tmp_path, monkeypatch):
    shutil.copytree(demo_project, tmp_path / "p", ignore=shutil.ignore_patterns("reports"))
    monkeypatch.chdir(tmp_path / "p")
    lines = [c for b in blocks(page) if b.language == "sh" for c in commands(b.text)]
    codes = {line: run_app(_harmless(line)) for line in lines if not ELSEWHERE & set(_words(line))}
    assert {line: code for line, code in codes.items() if code} == {}


def _words(line):
    return shlex.split(line)[1:]


def _harmless(line):
    """Return the words of a command; a timer is only shown."""
    words = _words(line)
    is_timer = words[0] == "schedule" and "--list" not in words
    return [*words, "--dry-run"] if is_timer and "--dry-run" not in words else words


@pytest.mark.slow
@pytest.mark.path
@pytest.mark.parametrize("page", [*READMES, *GUIDES], ids=lambda p: p.name)
def test_code_runs_on_the_demo(page, demo_project, tmp_path, monkeypatch):
    code = [b.text for b in blocks(page) if b.language == "python"]
    if not code:
        return
    shutil.copytree(demo_project / "studies", tmp_path / "studies")  # a segment is saved there
    (tmp_path / "data").symlink_to(demo_project / "data")
    monkeypatch.chdir(tmp_path)
    orders = next((demo_project / "data" / "raw" / "retail").glob("shop_order_lines.csv"))
    names = {"world": open_study("retail"), "journey": journey, "path": orders}
    with contextlib.redirect_stdout(None):
        for text in code:
            exec(compile(text, str(page), "exec"), names)  # noqa: S102  # the page's own
