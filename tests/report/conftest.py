"""A small project with notebooks that show made-up blocks, so that only the runner is tested."""

from __future__ import annotations

import json
import shutil

import pytest

from cjm_research.report import inputs, session
from cjm_research.report.forkkernel import stop_server

STUDY = """
title = {en = "Shop", ru = "Магазин"}
languages = ["en", "ru"]
currency = "RUB"
zone = "Europe/Moscow"
[research]
question = {en = "Who buys?", ru = "Кто покупает?"}
[[sources]]
table = "orders"
file = "orders.csv"
columns = {customer_id = "client", amount = "sum", ordered_at = "day"}
[[reports]]
id = "data_quality"
[[reports]]
id = "customer_matrix"
[[reports]]
id = "pains_and_needs"
"""
ORDERS = "client,sum,day\n" + "".join(
    f"client-{i % 30:04d},{i},2026-01-{1 + i % 28:02d}\n" for i in range(300)
)
PARAMETERS = """study: str = "retail"  # name of a file in studies/
as_of: str = ""  # ISO date; empty: the newest day
confidence: float = 0.95  # of every interval, between 0 and 1"""
SHOW = """from IPython.display import display
def show(kind, id, title="", html="", **more):
    both = lambda text: {"en": text, "ru": text}
    block = {"kind": kind, "id": id, "title": both(title), "html": both(html),
             "findings": [], "tables": [], **more}
    display({"application/vnd.cjm.block+json": block, "text/plain": kind}, raw=True)"""
QUESTION = """show("question", "question", "Data", '<p class="question" id="question">Who?</p>',
     report="data_quality", window=["2026-01-01", "2026-01-28"])"""
HEADLINE = """show("headline", "main-findings", "Main findings",
     '<section class="box headline" id="main-findings"><h2>Main findings</h2>'
     '<ul><li>Orders: 300.</li></ul></section>', findings=[{"id": "a"}])"""
EXHIBIT = """show("section", "section-a", "Orders", '<h2 id="section-a">Orders</h2>')
show("exhibit", "ex", "Orders fell", '<figure class="exhibit" id="ex"><figcaption>Orders fell'
     '</figcaption><p>EXHIBIT</p></figure>')"""
FINDING = {
    "id": "a", "kind": "a", "subject": {}, "estimate": 0.3, "unit": "share", "n": 100,
    "method": "wilson", "se": 0.02, "low": 0.26, "high": 0.34, "status": "shown",
    "window": ["2026-01-01", "2026-01-28"],
    "words": {"en": {"sentence": "Orders fell.", "estimate": "30%"},
              "ru": {"sentence": "Заказы.", "estimate": "30%"}},
}  # fmt: skip
KEPT = f"show('findings', 'findings', findings=[{FINDING!r}])"


def notebook(*cells, parameters=PARAMETERS):
    """Return a notebook whose first cell is the schema."""
    return {
        "cells": [
            {
                "cell_type": "code", "id": f"cell-{i}", "source": source, "outputs": [],
                "execution_count": None, "metadata": {"tags": ["parameters"]} if i == 0 else {},
            }
            for i, source in enumerate((parameters, *cells))
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip


def good(text="body", *cells):
    """Return a notebook that shows a page."""
    return notebook(SHOW, QUESTION, HEADLINE, EXHIBIT.replace("EXHIBIT", text), *cells, KEPT)


class Project:
    """A project's folder."""

    def __init__(self, root):
        self.root = root
        self.pages = root / "reports" / "shop"

    def write(self, name, plain):
        """Write a notebook."""
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps(plain), encoding="utf-8")

    def show(self, name, text="body", *cells):
        """Write a notebook that shows a page with this text, and has further cells."""
        self.write(name, good(text, *cells))

    def cells(self, name, *cells):
        """Write a notebook of these cells."""
        self.write(name, notebook(SHOW, *cells))

    def page(self, stem="data_quality", language="en"):
        """Return a page's text."""
        return (self.pages / f"{stem}.{language}.html").read_text(encoding="utf-8")

    def manifest(self, stem="data_quality"):
        """Return a manifest."""
        return json.loads((self.pages / f"{stem}.manifest.json").read_text(encoding="utf-8"))


def make_project(root):
    """Write the project's files."""
    for folder in ("studies", "notebooks", "data/raw/shop"):
        (root / folder).mkdir(parents=True)
    (root / "studies" / "shop.toml").write_text(STUDY, encoding="utf-8")
    (root / "data/raw/shop/orders.csv").write_text(ORDERS, encoding="utf-8")
    project = Project(root)
    for name in ("01_data_quality", "06_customer_matrix", "03_pains_and_needs"):
        project.write(name, good())
    return project


@pytest.fixture(scope="session")
def one_server(tmp_path_factory):
    """Keep one fork server for all runs, and sources that nobody edits meanwhile."""
    patch = pytest.MonkeyPatch()
    patch.setattr(session, "stop_server", lambda: None)
    patch.setattr(inputs, "PACKAGE", tmp_path_factory.mktemp("package"))
    yield
    patch.undo()
    stop_server()


@pytest.fixture(scope="session")
def cleaned(one_server, tmp_path_factory):  # noqa: ARG001
    """Return a project after its first run."""
    from cjm_research.report.run import run_study

    project = make_project(tmp_path_factory.mktemp("shop"))
    project.done = run_study("shop", project.root)
    return project


@pytest.fixture
def project(cleaned, tmp_path):
    """Return a copy of a project whose reports were made once."""
    root = tmp_path / "проект"
    shutil.copytree(cleaned.root, root)
    return Project(root)


@pytest.fixture
def raw_project(tmp_path):
    """Return a project that was never run."""
    return make_project(tmp_path / "raw")
