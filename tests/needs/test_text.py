"""Clean texts, their language, sentences and answers without content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.needs.sentences import has_content, sentences
from cjm_research.needs.text import LONGEST, clean_text, fold, sameness_key, script_of


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("<p>Первый</p><p>второй</p>", "Первый\nвторой"),
        ("<script>alert(1)</script>Ок, <b>хо</b>рошо", "Ок, хорошо"),
        ("<style>p{}</style>текст<script>не закрыт", "текст"),
        ("сло\u200bво\ufeff и\u00a0пробел", "слово и пробел"),
        ("1 < 2 и 3 > 2", "1 < 2 и 3 > 2"),
        ("价格太高，不买了！", "价格太高，不买了！"),
        ("ＡＢＣ　１２３", "ABC 123"),
        ("a\r\n\r\n b", "a\nb"),
    ],
)
def test_clean_text_keeps_the_words_and_nothing_else(raw, clean):
    assert clean_text(raw) == clean


@given(st.text(max_size=200))
def test_clean_text_changes_nothing_the_second_time_but_for_entities(raw):
    once = clean_text(raw.replace("&", "").replace("<", ""))
    assert clean_text(once) == once


def test_a_text_of_a_megabyte_is_cut():
    assert len(clean_text("ужас " * 250_000)) <= LONGEST


def test_folding_makes_forms_of_writing_equal():
    assert fold("ЁЛКА’S") == "елка's"
    assert sameness_key("Всё  ОК!!! 👍") == sameness_key("все ок")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Курьер не позвонил", "ru"),
        ("送餐太慢了", "zh"),
        ("Late again", "en"),
        ("iPhone 15 Pro Max用着不错", "zh"),
        ("Заказал iPhone 15 Pro", "ru"),
        ("今日は遅い", "other"),
        ("12:30, 100 %", "other"),
        ("@user https://t.co/abc спасибо", "ru"),
        ("[PHONE] 不接电话", "zh"),
    ],
)
def test_language_follows_the_script(text, language):
    assert script_of(text).language == language


def test_a_text_of_two_scripts_keeps_a_flag():
    assert script_of("Доставка опоздала, very very late delivery").is_mixed
    assert not script_of("Заказал iPhone, всё хорошо, спасибо большое").is_mixed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ждал 2.5 часа. Не привезли!", ["Ждал 2.5 часа.", "Не привезли!"]),
        ("Заказ на ул. Ленина, д. 5. Опоздали.", ["Заказ на ул. Ленина, д. 5.", "Опоздали."]),
        ("Вернули 500 руб. Остальное нет.", ["Вернули 500 руб.", "Остальное нет."]),
        ("т.е. плохо", ["т.е. плохо"]),
        ("Ужасно!!! Почему?! Нет слов…", ["Ужасно!!!", "Почему?!", "Нет слов…"]),
        ("Mr. Smith was late. Bad.", ["Mr. Smith was late.", "Bad."]),
        ("хорошо.Но дорого", ["хорошо.", "Но дорого"]),
        ("味道好。太慢了！不点了", ["味道好。", "太慢了！", "不点了"]),
        ("первая строка\nвторая", ["первая строка", "вторая"]),
        ("...", []),
        ("", []),
        ("👍👍", ["👍👍"]),
        ("г. Москва, ул. Мира. Ждал", ["г. Москва, ул. Мира.", "Ждал"]),
        ("Открылись в 2025 г. Потом закрылись", ["Открылись в 2025 г.", "Потом закрылись"]),
        ("1. Долго\n2. Дорого", ["1. Долго", "2. Дорого"]),
        ("Спасибо))) Всё понравилось", ["Спасибо)))", "Всё понравилось"]),
        ("Плохо(((Не придём", ["Плохо(((", "Не придём"]),
        ("См. https://shop.ru/a?b=1. Ошибка", ["См. https://shop.ru/a?b=1.", "Ошибка"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert sentences(text) == expected


@given(st.text(alphabet="абвГД .!?\n1。！", max_size=80))
def test_cutting_loses_no_letter(text):
    assert sameness_key("".join(sentences(text))) == sameness_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "нет",
        "Нет.",
        "-",
        "...",
        "无",
        "没有",
        "N/A",
        "всё ок!",
        "5",
        "нет, нет",
        "x",
        "см. выше",
        "не сталкивался",
        "same as above",
        "不适用",
        "沒有意見",
    ],
)
def test_an_answer_that_says_nothing_has_no_content(text):
    assert not has_content(text)


@pytest.mark.parametrize(
    "text",
    ["Нет доставки", "没有送到", "no delivery", "плохо", "👎", ":(", ":D", "贵", "нет парковки"],
)
def test_a_short_answer_that_says_something_has_content(text):
    assert has_content(text)
