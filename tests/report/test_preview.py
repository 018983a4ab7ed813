"""``%load_ext cjm_research`` in a shell: blocks that cells show become the page."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

import cjm_research
from cjm_research.errors import ParameterError
from cjm_research.present.blocks import MIME

CELL = """
class Shown:
    def _repr_mimebundle_(self, **_):
        both = lambda text: {"en": text, "ru": text}
        return {MIME: {"kind": "exhibit", "id": "ex", "title": both("T"), "findings": [],
                       "tables": [], "html": both("<p>BODY</p>")}, "text/plain": "x"}
Shown()"""


@pytest.fixture
def shell():
    made = InteractiveShell()
    cjm_research.load_ipython_extension(made)
    made.user_ns["MIME"] = MIME
    yield made
    made.history_manager.end_session() if made.history_manager else None
    InteractiveShell.clear_instance()


def run(shell, cell):
    assert shell.run_cell(cell, store_history=False).success


def test_preview_shows_what_the_cells_show_and_no_cell_twice(shell, tmp_path):
    with pytest.raises(ParameterError, match="run the notebook first"):
        shell.user_ns["preview"]()
    run(shell, CELL)
    run(shell, CELL)
    path = tmp_path / "page.html"
    shell.user_ns["preview"]("ru", str(path))
    text = path.read_text(encoding="utf-8")
    assert text.count("<p>BODY</p>") == 1
    assert '<html lang="ru">' in text
    frame = shell.user_ns["preview"]()
    assert 'sandbox srcdoc="&lt;!doctype html&gt;' in frame.data


def test_a_language_that_the_blocks_lack_is_named(shell):
    run(shell, CELL)
    with pytest.raises(ParameterError, match="language"):
        shell.user_ns["preview"]("zh")
