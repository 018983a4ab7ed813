"""Which sentences the rules of a theme find."""

from __future__ import annotations

import pytest

from cjm_research.needs.codebook import Theme
from cjm_research.needs.matching import SentenceIndex, rule_matches
from cjm_research.needs.text import fold


def _found(language, sentences, kind="pain", **rules):
    theme = Theme.model_validate({"id": "t", "kind": kind, "label": "T", **rules})
    index = SentenceIndex([fold(s) for s in sentences], language)
    return [r.sentences.tolist() for r in rule_matches(index, theme)]


def test_a_word_stands_for_its_forms():
    texts = ["Курьер опоздал", "Опоздали на час", "Курьер вежливый", "Опоздание!"]
    assert _found("ru", texts, any={"ru": ["опоздать"]}) == [[0, 1]]
    assert _found("ru", texts, any={"ru": ["опозда*"]}) == [[0, 1, 3]]


def test_a_phrase_stands_in_its_order_within_one_sentence():
    texts = ["статуса груза нет", "груза статус", "где статус", "груза нет"]
    assert _found("ru", texts, any={"ru": ["статус груз"]}) == [[0]]
    assert _found("ru", texts, any={"ru": ["статус где"]}) == [[]]


@pytest.mark.parametrize(("within", "expected"), [(1, [[]]), (2, [[0]]), (4, [[0, 1]])])
def test_near_words_stand_in_any_order_within_so_many_words(within, expected):
    texts = ["ждал очень долго", "долго я заказа этого ждал", "ждал. и всё", "долго"]
    rule = [{"words": ["ждать", "долго"], "within": within}]
    assert _found("ru", texts, near={"ru": rule}) == expected


def test_near_takes_three_words():
    texts = ["курьер привёз заказ поздно", "заказ привёз курьер", "поздно курьер, где заказ"]
    rule = [{"words": ["курьер", "заказ", "поздно"], "within": 5}]
    assert _found("ru", texts, near={"ru": rule}) == [[0, 2]]


def test_a_denied_pain_is_none_and_a_pattern_may_begin_with_a_negation():
    texts = ["не опоздали", "ни разу не опоздал", "не очень опоздали", "опоздали", "без опозданий"]
    assert _found("ru", texts, any={"ru": ["опозда*"]}) == [[3]]
    assert _found("ru", ["статуса нет", "нет статуса"], any={"ru": ["нет статус"]}) == [[1]]
    assert _found("en", ["not late at all", "late", "was never late"], any={"en": ["late"]}) == [
        [1]
    ]
    assert _found("zh", ["不慢", "太慢了"], any={"zh": ["慢"]}) == [[1]]


def test_a_denied_neutral_word_still_tells_the_theme():
    texts = ["Нет информации о грузе", "Без упаковки привезли"]
    assert _found("ru", texts, any={"ru": ["информация", "упаковка"]}) == [[0], [1]]


def test_chinese_is_matched_sign_by_sign():
    texts = ["送餐太慢了", "慢送餐", "送餐慢"]
    assert _found("zh", texts, any={"zh": ["送餐慢"]}) == [[2]]
    assert _found("zh", texts, near={"zh": [{"words": ["送餐", "慢"], "within": 2}]}) == [[0, 1, 2]]


def test_excluded_phrases_silence_every_rule():
    texts = ["опоздал", "лучше поздно, чем никогда, но опоздал"]
    rules = {"any": {"ru": ["опоздать"]}, "not": {"ru": ["лучше поздно"]}}
    assert _found("ru", texts, **rules) == [[0]]


def test_a_regular_expression_reads_the_folded_sentence():
    assert _found("ru", ["Ёлка 5 ШТ", "елка"], regex={"ru": [r"елка \d+ шт"]}) == [[0]]


def test_other_languages_and_no_sentences_find_nothing():
    assert _found("en", ["late"], any={"ru": ["late"]}) == []
    assert _found("ru", [], any={"ru": ["опоздать"]}) == [[]]
