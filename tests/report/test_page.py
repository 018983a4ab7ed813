"""The page that is made of a notebook's blocks."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_exporter

from cjm_research.errors import ReportError
from cjm_research.present.lab import style_for
from cjm_research.report.build import build, changes_of
from cjm_research.report.exporter import CjmExporter
from cjm_research.report.request import Request
from cjm_research.report.wording import page_style

ROOT = Path(__file__).parents[2]
MIME = "application/vnd.cjm.block+json"
FINDING = {
    "id": "a", "kind": "a", "subject": {}, "estimate": 0.3, "unit": "share", "n": 400,
    "method": "wilson", "se": 0.02, "status": "shown", "window": ["2026-02-01", "2026-02-28"],
    "words": {"en": {"sentence": "<b>Orders</b> fell.", "estimate": "30%"},
              "ru": {"sentence": "Заказов меньше.", "estimate": "30 %"}},
}  # fmt: skip
CONTEXT = {
    "study": "shop", "report": "data_quality", "stem": "data_quality", "data": "d",
    "made_at": "2026-11-22T01:00:00+03:00", "parameters": {"as_of": ""}, "given": {},
    "title": {"en": "Shop & Co", "ru": "Магазин"}, "subject": {}, "currency": "RUB",
    "pages": {"en": "data_quality.en.html", "ru": "data_quality.ru.html"},
    "index": "../index.html", "provenance": {"data": "9f86d081"},
}  # fmt: skip


def _block(kind, name, title="", html="", **more):
    return {
        "kind": kind, "id": name, "title": {"en": title, "ru": title.upper()},
        "html": {"en": html, "ru": html}, "findings": [], "tables": [], **more,
    }  # fmt: skip


BLOCKS = [
    _block("question", "question", "Data quality", "<p>Can we trust it?</p>", report="x",
           window=["2026-02-01", "2026-02-28"]),
    _block("data_card", "datacard", "Data", '<details class="box" id="datacard"></details>'),
    _block("section", "section-a", "Rows", '<h2 id="section-a">Rows</h2>'),
    _block("exhibit", "ex", "Fell", '<figure class="exhibit" id="ex"><figcaption>Fell</figcaption>'
           '<svg role="img" aria-labelledby="ex-alt"></svg></figure>'),
    _block("exhibit", "ex", "Fell", '<figure class="exhibit" id="ex"><figcaption>Fell</figcaption>'
           '<svg role="img" aria-labelledby="ex-alt"></svg></figure>'),
    _block("caveat", "caveats", "Not said", '<section class="box caveat" id="caveats"></section>'),
    _block("key_figures", "key", "Key figures",
           '<ul class="cards" id="key"><li><b>300</b><!--change:rows--></li></ul>',
           key_figures=[{"key": "rows", "value": 300, "unit": "count", "low": None, "high": None,
                         "n": None}]),
    _block("headline", "main-findings", "Main findings",
           '<section class="box headline" id="main-findings"><ul><li>Orders &lt; 300.</li></ul>'
           "</section>", findings=[{"id": "a"}]),
    _block("findings", "findings", findings=[FINDING]),
]  # fmt: skip


def _notebook(blocks=BLOCKS):
    cells = [
        nbformat.v4.new_code_cell(
            source=f"show({i}) < 1", id=f"c{i}",
            outputs=[nbformat.v4.new_output("display_data", data={MIME: block})],
        )
        for i, block in enumerate(blocks)
    ]  # fmt: skip
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def built():
    return build(Request(notebook=_notebook(), context=CONTEXT))


@pytest.fixture(scope="module")
def page(built):
    return built.pages["en"]


def test_there_is_a_page_in_every_language_of_the_blocks(built):
    assert list(built.pages) == ["en", "ru"]
    assert '<html lang="ru">' in built.pages["ru"]
    assert "<h1>DATA QUALITY</h1>" in built.pages["ru"]


def test_nothing_can_be_loaded(page):
    assert "Content-Security-Policy\" content=\"default-src 'none'" in page
    assert "<script" not in page


@pytest.mark.parametrize("tag", ["h1", "main", "nav", "header", "footer"])
def test_each_landmark_is_there_once(page, tag):
    assert len(re.findall(rf"<{tag}[ >]", page)) == 1


def test_findings_come_first_and_fine_print_last(page):
    marks = ["main-findings", "key", "changes", "section-a", "caveats", "datacard"]
    places = [page.index(f'id="{m}"') for m in marks]
    assert places == sorted(places)


def test_the_contents_lead_to_anchors_that_are_there(page):
    anchors = re.findall(r'<li><a href="#([^"]+)"', page)
    assert anchors == ["main-findings", "changes", "section-a", "caveats", "datacard"]
    assert all(f'id="{a}"' in page for a in anchors)


def test_no_anchor_stands_twice(page):
    anchors = re.findall(r'\bid="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert 'aria-labelledby="ex-2-alt"' in page


def test_the_code_of_an_exhibit_is_beside_it_and_inert(page):
    assert '<pre tabindex="0">show(3) &lt; 1</pre>' in page


def test_words_of_the_study_are_inert(page):
    assert "Shop &amp; Co" in page


def test_own_style_is_under_ten_kilobytes():
    assert len(page_style().encode()) < 10_000


def test_only_pages_with_a_portrait_carry_the_style_of_portraits(page):
    assert "@page portrait" not in page
    assert "@page portrait" in style_for('<section class="portrait wide">')


def test_a_page_leads_to_its_other_languages_and_to_the_index(page):
    assert 'href="data_quality.ru.html" lang="ru"' in page
    assert 'href="../index.en.html"' in page


def test_the_first_report_says_that_there_is_nothing_to_compare(page):
    assert "This is the first report" in page


def test_the_headline_of_the_index_is_the_first_finding(built):
    assert built.headline["en"] == "Orders < 300."


def test_the_same_notebook_gives_the_same_bytes(built):
    again = build(Request(notebook=_notebook(), context=CONTEXT))
    assert again.pages == built.pages
    assert again.findings == built.findings


def test_jupyter_exports_the_same_page(built):
    notebook = _notebook()
    build(Request(notebook=notebook, context=CONTEXT))
    exported = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert CjmExporter(language="ru").from_notebook_node(exported)[0] == built.pages["ru"]


def test_a_notebook_without_the_runner_exports_too():
    page, _ = CjmExporter().from_notebook_node(_notebook())
    assert "<h1>Data quality</h1>" in page


def test_a_notebook_that_shows_nothing_is_refused():
    with pytest.raises(ReportError, match="shows nothing"):
        build(Request(notebook=_notebook([]), context=CONTEXT))


def test_a_page_with_a_mail_is_refused():
    leaking = [*BLOCKS, _block("exhibit", "x", "x", '<figure id="x">a@b.ru</figure>')]
    with pytest.raises(ReportError, match=r"must not be published. e-mail: a@… in x"):
        build(Request(notebook=_notebook(leaking), context=CONTEXT))


def _before(estimate, rows):
    old = {**FINDING, "estimate": estimate, "window": ["2026-01-01", "2026-01-31"]}
    card = {**BLOCKS[6]["key_figures"][0], "value": rows}
    return {"made_at": "2026-11-15T01:00:00+03:00", "findings": [old], "key_figures": [card],
            "window": ["2026-01-01", "2026-01-31"]}  # fmt: skip


def test_what_changed_names_the_sentence_and_both_values():
    built = build(Request(notebook=_notebook(), context=CONTEXT, baseline=_before(0.5, 200)))
    page = built.pages["en"]
    assert "What changed since 15 November 2026" in page
    assert "&lt;b&gt;Orders&lt;/b&gt; fell." in page
    assert "▼ down: 50% before, 30% here" in page
    assert "▲ up from 200" in page
    assert built.n_changes == 1


def test_what_did_not_change_is_said_too():
    built = build(Request(notebook=_notebook(), context=CONTEXT, baseline=_before(0.31, 300)))
    assert "Nothing moved by more than noise. Compared: 1 statement." in built.pages["en"]
    assert "as in the last report" in built.pages["en"]


def test_without_anything_earlier_nothing_is_compared():
    assert changes_of(None, {"findings": []}) == {"first": True}
    assert changes_of({}, {"findings": []}) == {"first": True}  # of a damaged file


def test_jupyterlab_offers_the_page_in_its_export_menu():
    # the menu lists every exporter of these entry points that says what it is called there
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["nbconvert.exporters"]["cjm"].partition(":")
    exporter = get_exporter(f"{module}.{name}")
    assert exporter is CjmExporter
    assert exporter().export_from_notebook == "Customer research page"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_nbconvert_makes_the_page(tmp_path, language):
    path = tmp_path / "done.ipynb"
    nbformat.write(_notebook(), path)
    exporter = "cjm_research.report.exporter.CjmExporter"
    words = ["nbconvert", "--to", exporter, f"--CjmExporter.language={language}", "done.ipynb"]
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "done.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}"' in page
    assert "<script" not in page


def test_nbconvert_runs_a_notebook_before_it_makes_the_page(tmp_path):
    shown = f"from IPython.display import display\ndisplay({{{MIME!r}: {BLOCKS[0]!r}}}, raw=True)"
    cells = [nbformat.v4.new_code_cell(shown)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "not_run.ipynb")
    exporter = "cjm_research.report.exporter.CjmExporter"
    words = ["nbconvert", "--to", exporter, "not_run.ipynb"]

    def export(*more):
        command = [sys.executable, "-m", *words, *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "run its cells first" in export().stderr
    assert export("--execute").returncode == 0
    assert "<h1>Data quality</h1>" in (tmp_path / "not_run.html").read_text(encoding="utf-8")
