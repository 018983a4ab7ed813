"""Whatever people or systems put into feedback, the page says something true or one clear error."""

from __future__ import annotations

import html
import json
import re

import pandas as pd
import pytest
from tests.needs.test_notebook_subsets import CODEBOOK, _page, _rows

from cjm_research.errors import StudyError
from cjm_research.needs.codebook import load_codebook

SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)> Опоздали на час &amp; грубили'
EMOJI = "😡😡😡👎"


def _texts(texts, n=150, **columns):
    frame = _rows("open", n, score=False)
    return frame.assign(text=[texts[i % len(texts)] for i in range(n)], **columns)


BAD = {
    "all say nothing, ru": _texts(["нет"]),
    "all say nothing, zh": _texts(["无"]),
    "one language only": _texts(["太慢了，等了一个小时", "还可以", "送餐慢"]),
    "all doubles": _texts(["Опоздали на целый час, очень плохо, больше не закажу"]),
    "doubles of one customer": _texts(["Опоздали на час, это плохо"], who="c1"),
    "html and script": _texts([SCRIPT, "Опоздали"]),
    "a text of a megabyte": _texts(["Опоздали. " * 100_000, "Опоздали"], n=40),
    "a megabyte without a space": _texts(["а" * 1_000_000, "慢" * 300_000, "Опоздали"], n=30),
    "emoji only": _texts([EMOJI]),
    "nothing but marks": _texts(["…", "???", "--", "\u200b"]),
    "formulas": _texts(['=HYPERLINK("http://x")', "+1", "@SUM(A1)", "Опоздали"]),
    "one text": _texts(["Опоздали"], n=1),
}


@pytest.fixture
def page(tmp_path, monkeypatch):
    return lambda rows: _page(rows, tmp_path, monkeypatch)


@pytest.mark.parametrize("case", BAD)
def test_the_page_is_made_in_three_languages_and_holds_no_foreign_markup(case, page):
    blocks = page(BAD[case])
    assert {b["kind"] for b in blocks} >= {"question", "headline", "exhibit"}
    text = json.dumps(blocks, ensure_ascii=False)
    assert "<script" not in text
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", text)
    assert not re.search(r"\bnan\b|\bNone\b", re.sub("<[^>]*>", " ", blocks[1]["html"]["en"]))
    assert all(set(b["html"]) == {"en", "ru", "zh"} for b in blocks)


@pytest.mark.parametrize("case", ["all say nothing, ru", "all say nothing, zh", "emoji only"])
def test_where_nothing_was_said_no_pain_is_told(case, page):
    told = [f for b in page(BAD[case]) for f in b["findings"]]
    assert [f for f in told if f["kind"].startswith("pain")] == []


def test_what_is_left_of_markup_is_read_as_text(page):
    blocks = page(BAD["html and script"])
    told = {f["kind"]: f for b in blocks for f in b["findings"]}
    assert told["pain_share_at_stage"]["estimate"] == 1.0
    quoted = "".join(html.unescape(b["html"]["en"]) for b in blocks if "quote" in b["html"]["en"])
    assert "<script>" not in quoted


def test_grades_on_mixed_scales_are_not_mixed(page):
    rows = _rows("nps", 200, text=False)
    five = pd.Series(range(200)) % 2 == 0
    rows["score"] = rows["score"].where(~five, 250.0)  # outside of the scale that the file has
    blocks = page(rows)
    told = {f["kind"]: f for b in blocks for f in b["findings"]}
    assert told["nps"]["n"] == 100


BROKEN = {
    "a pattern without letters": (
        CODEBOOK.replace('ru = ["опоздать"]', 'ru = ["!!!"]'),
        r"book.toml: line .*theme 'late'.*any.ru: pattern '!!!' has no letters",
    ),
    "a broken expression": (
        CODEBOOK + '\n[themes.regex]\nru = ["(опозд"]\n',
        r"book.toml: line .*theme 'late'.*regex.ru: pattern 1, '\(опозд', is broken",
    ),
    "a kind that there is not": (
        CODEBOOK.replace('kind = "pain"', 'kind = "pian"'),
        r"book.toml: line .*theme 'late', kind: .*Did you mean 'pain'",
    ),
    "no TOML": (
        CODEBOOK.replace("[[themes]]", "[[themes]"),
        r"book.toml is not valid TOML in UTF-8: .*line 2",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_codebook_names_file_theme_and_place(tmp_path, case):
    text, told = BROKEN[case]
    (tmp_path / "book.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=f"(?s){told}"):
        load_codebook(tmp_path / "book.toml")
