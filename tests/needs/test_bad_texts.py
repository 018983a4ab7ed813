"""Texts as nobody wants them: read without an error, counted, never shown as they came."""

from __future__ import annotations

import pytest

from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.quality import feedback_quality
from cjm_research.needs.suggested import suggested_themes
from cjm_research.needs.trends import theme_trends

BAD = {
    "one text": ["Опоздали"],
    "all say nothing": ["нет", "无", "-", "n/a"] * 30,
    "all alike": ["Опоздали на два часа, ужасно долго"] * 120,
    "a megabyte": ["ужас " * 200_000],
    "markup": ["<script>alert(1)</script><b>Late</b> &lt;img src=x onerror=y&gt;"] * 60,
    "emoji only": ["👎👎", "👍", "😡😡😡", ":("] * 40,
    "one letter": ["а", "b", "好"] * 40,
    "another language": ["Die Lieferung kam zu spät"] * 50,
    "blanks": ["", "   ", "\n\t"] * 20,
}


@pytest.mark.parametrize("texts", BAD.values(), ids=BAD)
def test_bad_texts_are_read_to_the_end(feedback, codebook, texts):
    rows = feedback([(f"c{n}", "open", t) for n, t in enumerate(texts)])
    codes = feedback_codes(rows, codebook)
    assert feedback_quality(rows, codes).count("answers") == len(texts)
    assert suggested_themes(codes, codebook).public().rows == ()
    assert theme_trends(codes).clear().rows == ()
    assert not codes["text"].fillna("").str.contains("<script", regex=False).any()


def test_two_runs_give_the_same_codes(feedback, codebook):
    texts = [f"{w} {n % 17}" for n in range(150) for w in ("Ужасно опоздали", "Отлично, вкусно")]
    rows = feedback([(f"c{n}", "open", t) for n, t in enumerate(texts)])
    once, again = feedback_codes(rows, codebook), feedback_codes(rows, codebook)
    assert once.equals(again)
    assert once.to_csv() == again.to_csv()
