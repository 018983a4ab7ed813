"""JupyterLab in a browser: the page in its export menu, and its menus in three languages."""

from __future__ import annotations

from importlib.metadata import entry_points

import nbformat
import pytest
from tests.conftest import absent
from tests.path.lab import TOKEN, browser, lab, set_language, until

pytestmark = [pytest.mark.path, pytest.mark.slow]

MIME = "application/vnd.cjm.block+json"
MENU, ITEM = ".lm-MenuBar-item", ".lm-Menu-item"


def _block(kind, html):
    block = {"kind": kind, "id": kind, "title": {"en": "Orders"}, "html": {"en": html},
             "findings": [], "tables": [], "report": "data_quality"}  # fmt: skip
    data = {MIME: block, "text/plain": kind}
    return nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("display_data", data=data)], execution_count=1
    )


@pytest.fixture(scope="module")
def opened(chromium, tmp_path_factory):
    """Give Lab's address and a browser, beside a notebook whose cells show blocks."""
    if "cjm" not in {e.name for e in entry_points(group="nbconvert.exporters")}:
        absent("The package is not installed with its entry points: pip install -e .")
    folder = tmp_path_factory.mktemp("project")
    cells = [_block("question", '<p class="question" id="question">Who buys?</p>'),
             _block("exhibit", '<figure class="exhibit" id="ex"><figcaption>Orders fell'
                               "</figcaption></figure>")]  # fmt: skip
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "orders.ipynb")
    settings = tmp_path_factory.mktemp("settings")
    profile = tmp_path_factory.mktemp("browser") / "profile"
    with lab(folder, settings) as address, browser(chromium, profile) as tab:
        yield address, tab


def _open(address, tab):
    tab.ask("Page.navigate", url=f"{address}/lab/tree/orders.ipynb?token={TOKEN}")
    until(
        lambda: tab.see("!!document.querySelector('.jp-Notebook .jp-OutputArea-output')"),
        what="the notebook",
    )


def test_the_export_menu_gives_the_page(opened, tmp_path):
    address, tab = opened
    _open(address, tab)
    tab.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    menus = (ITEM, "Save and Export Notebook As"), (ITEM, "Cjm")
    tab.choose((MENU, "File"), *menus)
    (path,) = until(lambda: list(tmp_path.glob("*.html")), what="the page")
    page = path.read_text(encoding="utf-8")
    assert "Orders fell" in page
    assert "default-src 'none'" in page
    assert "<script" not in page


@pytest.mark.parametrize(("locale", "file"), [("ru_RU", "Файл"), ("zh_CN", "文件")])
def test_its_menus_are_in_the_language_of_the_researcher(opened, locale, file):
    address, tab = opened
    set_language(address, locale)
    _open(address, tab)
    assert until(lambda: tab.place(MENU, file), what=f"the menu {file}")
