"""Both demo businesses, run once from raw files to published pages."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def _cjm(root, *words):
    command = [sys.executable, "-m", "cjm_research.cli.main", *words]
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="session")
def cjm():
    """Return the command line, run in a project's folder as a person would."""
    return _cjm


@pytest.fixture(scope="session")
def published(demo_project):
    """Return the project after `cjm run` of both studies, and what the runs said.

    The freight study gets Chinese beside its Russian, so that there are pages in each language.
    """
    study = demo_project / "studies" / "freight.toml"
    text = study.read_text(encoding="utf-8")
    assert text.count('languages = ["ru"]') == 1
    study.write_text(text.replace('["ru"]', '["ru", "zh"]'), encoding="utf-8")
    runs = {name: _cjm(demo_project, "run", name) for name in ("retail", "freight")}
    return demo_project, runs


@pytest.fixture(scope="session")
def pages(published):
    """Return every published page, the index apart."""
    root, _ = published
    return sorted(p for p in (root / "reports").glob("*/*.html") if not p.name.startswith("."))


@pytest.fixture(scope="session")
def every_kind(published, pages):
    """Return every page, every index, and of the pages of one segment one a study and language."""
    root, _ = published
    own = {
        (p.parent.parent, p.name.split(".")[-2]): p
        for p in sorted((root / "reports").glob("*/*.segments/*.html"), reverse=True)
    }
    return [*pages, *sorted((root / "reports").glob("index*.html")), *own.values()]


@pytest.fixture(scope="session")
def findings(published):
    """Return the findings of every report by study and page name."""
    root, _ = published
    found = {}
    for path in (root / "reports").glob("*/*.findings.json"):
        plain = json.loads(path.read_text(encoding="utf-8"))
        rows = plain["findings"] if isinstance(plain, dict) else plain
        found[path.parent.name, path.name.removesuffix(".findings.json")] = rows
    return found
