"""Questions that no theme holds: by their words, by customer, nobody given away."""

from __future__ import annotations

import pytest

from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.questions_asked import asked_questions
from cjm_research.needs.telling import Telling

PLANTED = {
    "en": ("Can I pay with a gift voucher for order {}?", "voucher"),
    "ru": ("Можно ли оплатить подарочным сертификатом заказ {}?", "сертификат"),
    "zh": ("可以用礼品卡付款吗{}？", "礼品"),
}


def _rows(text, customers, *, repeat=1):
    return [(f"c{i}", "open", text.format(i)) for i in range(customers) for _ in range(repeat)]


@pytest.mark.parametrize("language", PLANTED)
def test_a_planted_question_stands_first_with_its_customers(feedback, codebook, language):
    text, word = PLANTED[language]
    other = {"en": "Where is the shop {}?", "ru": "Где ваш магазин {}?", "zh": "商店在哪里{}？"}
    rows = _rows(text, 8, repeat=2) + _rows(other[language], 3)
    found = asked_questions(feedback_codes(feedback(rows), codebook), codebook)
    assert word in found.rows[0].keywords
    assert found.rows[0].customers == 8
    assert found.n == 8


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Здравствуйте, подскажите, как вернуть кофемолку {}", "кофемолка"),
        ("Хотела бы узнать про гарантию на кофемолку {}", "кофемолка"),
        ("How do I return the grinder {}", "grinder"),
        ("I would like to know about the warranty of the grinder {}", "grinder"),
        ("请问咖啡机{}可以退货吗", "咖啡机"),
        ("咖啡机{}怎么退", "咖啡机"),
    ],
)
def test_a_question_without_its_mark_is_one(feedback, codebook, text, word):
    found = asked_questions(feedback_codes(feedback(_rows(text, 6)), codebook), codebook)
    assert [(r.customers, word in r.keywords) for r in found.rows] == [(6, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Как всегда прекрасная кофемолка {}",
        "How nice, the grinder {} works",
        "没什么，咖啡机{}",
        "难道咖啡机{}不能用？",
        "Неужели кофемолка {} работает?",
        "$285 for the grinder {} and the mill?",
        "Кофемолка {} и мельница?",
        "送来的咖啡机{}？",
        "咖啡机{}不错呢！",
        "这叫咖啡机{}配送吗？",
        "What the f**k is the grinder {} doing in the mill?",
    ],
)
def test_what_only_sounds_like_a_question_is_none(feedback, codebook, text):
    assert asked_questions(feedback_codes(feedback(_rows(text, 6)), codebook)).rows == ()


def test_a_question_that_names_one_thing_only_asks_nothing(feedback, codebook):
    rows = _rows("Can you please help with order {}?", 6) + _rows("What's going on {}?", 6)
    assert asked_questions(feedback_codes(feedback(rows), codebook)).rows == ()


def test_what_few_ask_is_not_shown(feedback, codebook):
    rows = _rows("Do you deliver to the island {}?", 4)
    found = asked_questions(feedback_codes(feedback(rows), codebook), telling=Telling())
    assert found.rows[0].customers == 4
    assert found.public().rows == ()


def test_a_statement_and_a_question_with_a_theme_are_not_gathered(feedback, codebook):
    rows = _rows("Why was the courier late {} times?", 6) + _rows("A voucher would be nice.", 6)
    assert asked_questions(feedback_codes(feedback(rows), codebook)).rows == ()


def test_the_example_gives_nobody_away(feedback, codebook):
    rows = _rows("Where is my parcel 77812{:04d} with the gift voucher?", 6)
    assert asked_questions(feedback_codes(feedback(rows), codebook)).rows == ()


def test_the_order_of_rows_changes_nothing(feedback, codebook):
    table = feedback(_rows("Can I pay by voucher {}?", 6) + _rows("Is there a shop {}?", 5))
    one = asked_questions(feedback_codes(table, codebook))
    assert asked_questions(feedback_codes(table.iloc[::-1], codebook)) == one
