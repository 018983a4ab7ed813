"""The tutorials run as they stand: commands, code, what they print, and what pages say."""

from __future__ import annotations

import contextlib
import html
import io
import re
import shlex

import pytest
from tests.docs.conftest import ROOT, blocks, commands

from cjm_research.cli.main import run_app

pytestmark = [pytest.mark.path, pytest.mark.slow]
_PAGE = re.compile(r"`(reports/[\w./-]+\.html)`")
_NUMBER = re.compile(r"\d[\d,. \u00a0\u202f]*")


@pytest.fixture(scope="module", params=["tutorial-retail.md", "tutorial-freight.ru.md"])
def told(request, tmp_path_factory):
    """Run a tutorial in an empty folder; return its folder and text, and what was not as told."""
    folder = tmp_path_factory.mktemp("tutorial")
    page = ROOT / "docs" / request.param
    names, said, wrong = {}, "", []
    with contextlib.chdir(folder):
        for block in blocks(page):
            if block.language == "sh":
                said, codes = _shell(block.text)
                wrong += [f"{code}: {block.text}" for code in codes if code]
            elif block.language == "python":
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    exec(compile(block.text, str(page), "exec"), names)  # noqa: S102  # the page's own
                said = out.getvalue()
            elif block.language == "text":
                wrong += [line for line in block.text.splitlines() if line not in said]
            elif block.named:
                (folder / block.named).write_text(block.text, encoding="utf-8")
    return folder, page.read_text(encoding="utf-8"), wrong


def _shell(text):
    said, codes = io.StringIO(), []
    for line in commands(text):
        with contextlib.redirect_stdout(said):
            codes.append(run_app(shlex.split(line)[1:]))
    return said.getvalue(), codes


def test_every_block_runs_and_prints_what_is_told(told):
    assert told[2] == []


def test_every_quoted_sentence_has_its_numbers_on_the_page(told):
    folder, text, _ = told
    missing = [
        quote
        for quote, page in _quotes(text)
        if not any(_numbers(quote) <= _numbers(line) for line in _lines(folder / page))
    ]
    assert missing == []


def _quotes(text):
    """Return each quotation with the page that was named last before it."""
    for found in re.finditer(r"^> (.+)$", text, flags=re.MULTILINE):
        yield found[1], _PAGE.findall(text[: found.start()])[-1]


def _lines(page):
    body = re.sub(r"<(style|svg).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    parts = re.split(r"</?(?:li|p|h\d|figcaption|td|summary)\b[^>]*>", body)
    return [html.unescape(re.sub(r"<[^>]+>", "", part)) for part in parts]


def _numbers(sentence):
    return {re.sub(r"[ \u00a0\u202f]", "", n).rstrip(",.") for n in _NUMBER.findall(sentence)}
