"""A codebook to begin with: for both trades, in three languages, of every kind."""

from __future__ import annotations

from typing import get_args

import pytest

from cjm_research.cli.starter_codebook import KINDS, new_codebook
from cjm_research.errors import ParameterError
from cjm_research.needs.codebook import ThemeKind, load_codebook
from cjm_research.needs.matching import SentenceIndex, rule_matches
from cjm_research.needs.text import fold

TOLD = [
    ("retail", "late_delivery", "ru", "Курьер опоздал на два часа"),
    ("retail", "late_delivery", "en", "My parcel was delayed again"),
    ("retail", "late_delivery", "zh", "送餐太慢了"),
    ("retail", "payment_fails", "ru", "Оплата не проходит второй день"),
    ("retail", "polite_staff", "en", "Very friendly people"),
    ("freight", "missed_deadline", "ru", "Задержали груз на неделю"),
    ("freight", "hidden_charges", "en", "There was a surcharge nobody mentioned"),
    ("freight", "customs", "zh", "货在海关被查验"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_starter_has_every_kind_in_three_languages(tmp_path, kind):
    book = load_codebook(new_codebook("shop", tmp_path, kind=kind))
    assert set(book.kinds.values()) == set(get_args(ThemeKind))
    assert all(set(t.any) == {"ru", "en", "zh"} for t in book.themes)
    assert len(book.themes) >= 30


@pytest.mark.parametrize(("kind", "theme", "language", "sentence"), TOLD)
def test_a_starter_finds_what_it_is_for(tmp_path, kind, theme, language, sentence):
    book = load_codebook(new_codebook("shop", tmp_path, kind=kind))
    index = SentenceIndex([fold(sentence)], language)
    rules = next(t for t in book.themes if t.id == theme)
    assert any(len(r.sentences) for r in rule_matches(index, rules))


def test_a_road_is_not_dear(tmp_path):
    book = load_codebook(new_codebook("shop", tmp_path, kind="retail"))
    index = SentenceIndex([fold("Долгая дорога до магазина")], "ru")
    dear = next(t for t in book.themes if t.id == "high_price")
    assert not any(len(r.sentences) for r in rule_matches(index, dear))


def test_a_codebook_that_is_there_stays(tmp_path):
    new_codebook("shop", tmp_path, kind="retail")
    with pytest.raises(ParameterError, match="already"):
        new_codebook("shop", tmp_path, kind="freight")


def test_an_unknown_trade_is_told_with_the_nearest(tmp_path):
    with pytest.raises(ParameterError, match="retail"):
        new_codebook("shop", tmp_path, kind="retial")
