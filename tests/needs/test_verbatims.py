"""Quotes: verbatim, redacted, one per customer, the same each time."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.needs.coding import feedback_codes
from cjm_research.needs.verbatims import quotes
from cjm_research.present.verbatims import quotes as shown
from cjm_research.present.words import Words

SAID = [
    "Курьер опоздал на целых два часа, это плохо.",
    "Опять опоздали с доставкой, ужинать сели ночью.",
    "Снова опоздали, третий раз за месяц подводят.",
    "Доставка опоздала, и никто даже не извинился.",
    "Очень сильно опоздали, пришлось отменить встречу.",
    "Опоздали на час, зато курьер был вежливый человек.",
]


@pytest.fixture
def codes(feedback, codebook):
    return lambda rows, **columns: feedback_codes(feedback(rows, **columns), codebook)


def _said(texts=SAID):
    return [(f"c{n}", "open", t) for n, t in enumerate(texts)]


def test_a_quote_stands_word_for_word_in_the_feedback(codes):
    found = quotes(codes(_said()), ["late"], per_theme=3)
    assert len(found.rows) == 3
    assert {r.text for r in found.rows} <= set(SAID)


def test_a_customer_is_quoted_once(codes):
    rows = [("c0", "open", t) for t in SAID[:3]] + _said(SAID)[3:] + [("c7", "open", "Опоздали!")]
    found = quotes(codes([*rows, ("c8", "open", "Опоздали.")]), ["late"], per_theme=9)
    texts = [r.text for r in found.rows]
    assert sum(t in SAID[:3] for t in texts) == 1


def test_the_same_table_in_any_order_gives_the_same_quotes(codes):
    table = codes(_said())
    shuffled = table.sample(frac=1, random_state=3)
    assert quotes(table, ["late"]) == quotes(shuffled, ["late"])


@pytest.mark.parametrize(
    "text",
    [
        "Курьер опоздал, мой телефон +7 912 345-67-89, звоните",
        "Курьер опоздал с заказом номер 4500123456 на день",
        "Опоздал менеджер, которого зовут Иван Петров, на час",
        "Опоздали с заказом AB12345678 на целый день",
    ],
)
def test_what_may_give_somebody_away_is_not_quoted(codes, text):
    found = quotes(codes([*_said(SAID[:5]), ("x", "open", text)]), ["late"], per_theme=9)
    assert len(found.rows) == 5
    assert all("[" not in r.text and "Петров" not in r.text for r in found.rows)


def test_a_theme_of_few_customers_is_not_quoted(codes):
    assert quotes(codes(_said(SAID[:4])), ["late"]).rows == ()


def test_a_pain_is_quoted_by_complaints(codes):
    good = "Опоздали, но вкусно, отлично, прекрасно, спасибо"
    found = quotes(codes([*_said(), ("y", "open", good)]), ["late"], per_theme=9)
    assert good not in {r.text for r in found.rows}


def test_a_quote_says_who_speaks(codes):
    groups = pd.DataFrame({"customer_id": [f"c{n}" for n in range(6)], "segment": "families"})
    found = quotes(codes(_said(), channel="app"), ["late"], groups=groups)
    assert {(r.segment, r.channel, r.given_on) for r in found.rows} == {
        ("families", "app", "2026-02-01")
    }


def test_a_quote_carries_the_day_and_the_grade_in_every_language(codes):
    found = quotes(codes(_said(), score=2.0, scale_min=1.0, scale_max=5.0), ["late"])
    assert {r.score for r in found.rows} == {2.0}
    body = shown(found, about=("theme",))
    told = {x: body.html(Words(x)) for x in ("en", "ru", "zh")}
    assert "grade 2" in told["en"]
    assert "оценка 2" in told["ru"]
    assert "评分2" in told["zh"]
    assert "2026年2月1日" in told["zh"]


def test_sentences_that_tell_something_are_quoted_where_enough_people_said_such(codes):
    long = [f"Опоздали на {n} часов, хотя обещали привезти заказ утром." for n in "абвгдежз"]
    short = [f"Опоздали, и это очень плохо {n}." for n in "абвгд"]
    found = quotes(codes(_said([*short, *long])), ["late"], per_theme=2)
    assert {r.text for r in found.rows} <= set(long)
    few = quotes(codes(_said([*short, long[0]])), ["late"], per_theme=2)
    assert len(few.rows) == 2
