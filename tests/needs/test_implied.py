"""What customers say without a word of praise or blame; each remark invented and told by hand.

A line of `said/LANGUAGE.txt` is the tone that a reader hears (`-`, `+`, `0`), the remark, and the
theme of a starter codebook that it tells. Some say it by the deed alone ("one window of five is
open"): no lexicon hears that, so shares are asked for, not every remark.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cjm_research.cli.starter_codebook import new_codebook
from cjm_research.needs.codebook import load_codebook
from cjm_research.needs.matching import SentenceIndex, rule_matches
from cjm_research.needs.sentiment import sentence_tones
from cjm_research.needs.text import fold

LANGUAGES = ("ru", "en", "zh")
TRADES = ("retail", "freight")


def _said(language):
    lines = (Path(__file__).parent / "said" / f"{language}.txt").read_text("utf-8").splitlines()
    return [tuple((line + "||").split("|")[:3]) for line in lines]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    return [load_codebook(new_codebook(t, tmp_path_factory.mktemp(t), kind=t)) for t in TRADES]


def _found(books, language, theme, remarks):
    index = SentenceIndex([fold(r) for r in remarks], language)
    rules = [t for book in books for t in book.themes if t.id == theme]
    return {remarks[n] for t in rules for r in rule_matches(index, t) for n in r.sentences}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_of_ten_are_heard_as_a_reader_hears_them(language):
    said = _said(language)
    tones = sentence_tones([remark for _, remark, _ in said], language)
    heard = ["-" if t < 0 else "+" if t > 0 else "0" for t in tones]
    assert sum(h == s[0] for h, s in zip(heard, said, strict=True)) >= 0.88 * len(said)
    wrong = [s for h, s in zip(heard, said, strict=True) if {h, s[0]} == {"-", "+"}]
    assert len(wrong) <= 0.03 * len(said), wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_starter_codebook_finds_the_theme_that_is_told(books, language):
    said = [(remark, theme) for _, remark, theme in _said(language) if theme]
    lost = [s for s in said if s[0] not in _found(books, language, s[1], [s[0]])]
    assert len(lost) <= 0.05 * len(said), lost


@pytest.mark.parametrize("language", LANGUAGES)
def test_praise_is_no_pain_of_a_starter_codebook(books, language):
    praise = [remark for tone, remark, _ in _said(language) if tone == "+"]
    pains = {t.id for book in books for t in book.themes if t.kind == "pain"}
    told = {(p, r) for p in pains for r in _found(books, language, p, praise)}
    assert len(told) <= 2, told
