"""A page for each block that asks for one."""

from __future__ import annotations

import re
from types import SimpleNamespace

import nbformat
import pytest

from cjm_research.present.blocks import MIME
from cjm_research.present.figures.segmentation.portrait import Portrait
from cjm_research.report.exporter import CjmExporter
from cjm_research.report.own_pages import own_pages
from cjm_research.report.page import shown_blocks


def block(kind, name, *, own_page=""):
    title = {"en": f"{name} title", "ru": f"{name}: имя"}
    html = {la: f'<section id="{name}"><h3>{t}</h3></section>' for la, t in title.items()}
    made = {"kind": kind, "id": name, "title": title, "html": html, "findings": [], "tables": []}
    return {**made, "own_page": own_page} if own_page else made


def cell(*blocks):
    outputs = [nbformat.v4.new_output("display_data", {MIME: b}) for b in blocks]
    return nbformat.v4.new_code_cell("show()", outputs=outputs)


@pytest.fixture
def notebook():
    made = nbformat.v4.new_notebook(cells=[
        cell(block("question", "who")), cell(block("section", "index")),
        cell(block("exhibit", "sizes")), cell(block("section", "one-by-one")),
        cell(block("exhibit", "best", own_page="best"), block("exhibit", "rest", own_page="rest")),
        cell(block("caveat", "careful")),
    ])  # fmt: skip
    made.metadata["cjm"] = {"stem": "portraits", "index": "../index.html", "made_at": "",
                            "changes": {"first": True}, "subject": {"en": "by value"}}  # fmt: skip
    return made


def test_each_has_a_page_in_each_language(notebook):
    pages = own_pages(notebook, shown_blocks(notebook))
    assert sorted(pages) == [f"portraits.segments/{s}.{la}.html"
                             for s in ("best", "rest") for la in ("en", "ru")]  # fmt: skip


def test_it_holds_its_block_the_heading_before_it_and_what_every_page_says(notebook):
    page = own_pages(notebook, shown_blocks(notebook))["portraits.segments/best.en.html"].decode()
    ids = re.findall(r'<section id="([^"]+)">', page)
    assert ids == ["who", "one-by-one", "best", "careful"]


def test_its_links_lead_to_the_languages_the_report_and_the_index(notebook):
    page = own_pages(notebook, shown_blocks(notebook))["portraits.segments/best.en.html"].decode()
    links = [h for h in re.findall(r'<a href="([^"]+)"', page) if not h.startswith("#")]
    assert links == ["best.ru.html", "../portraits.en.html", "../../index.en.html"]


def test_the_reports_page_leads_to_each(notebook):
    exporter = CjmExporter(language="en")
    page = exporter.from_notebook_node(notebook)[0]
    assert re.findall(r'<a href="(portraits.segments/[^"]+)"', page) == [
        "portraits.segments/best.en.html", "portraits.segments/rest.en.html",
    ]  # fmt: skip


def test_the_notebook_stays_as_it_was(notebook):
    before = nbformat.writes(notebook)
    own_pages(notebook, shown_blocks(notebook))
    assert nbformat.writes(notebook) == before


def test_segments_that_differ_in_signs_only_have_pages_of_their_own():
    names = ("18+", "<18", "Food & Drink", "Food / Drink", "+")
    sizes = tuple(SimpleNamespace(segment=n, level="claims") for n in names)
    found = SimpleNamespace(grouping="age", sizes=sizes, size=lambda name: sizes[names.index(name)])
    pages = [Portrait(portraits=found, segment=n).extra()["own_page"] for n in names]
    assert len({p.casefold() for p in pages}) == len(names)
    assert all(pages)


def test_a_block_alone_needs_no_page_of_its_own(notebook):
    notebook.cells[4].outputs.pop()
    assert own_pages(notebook, shown_blocks(notebook)) == {}
    assert ".segments/" not in CjmExporter(language="en").from_notebook_node(notebook)[0]
