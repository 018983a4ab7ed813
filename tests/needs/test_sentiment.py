"""The tone of a sentence: direction, negation, contrast, emphasis, emoji."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.needs.lexicon import LEXICON_LANGUAGES, lexicon
from cjm_research.needs.sentiment import sentence_tones


def _tone(text, language):
    return sentence_tones([text], language)[0]


@pytest.mark.parametrize(
    ("language", "better", "worse"),
    [
        ("ru", "Хорошая доставка", "Плохая доставка"),
        ("ru", "Доставка не опоздала", "Доставка опоздала"),
        ("ru", "Понравилось", "Не понравилось"),
        ("ru", "Долго, но вкусно", "Вкусно, но долго"),
        ("ru", "Плохо", "Очень плохо"),
        ("ru", "Задержка", "Ужасная задержка"),
        ("ru", "Доставка 👍", "Доставка 👎"),
        ("en", "Great service", "Terrible service"),
        ("en", "I was not disappointed", "I was disappointed"),
        ("en", "Slow but friendly", "Friendly but slow"),
        ("en", "No problems at all", "Problems"),
        ("zh", "味道不错", "味道不好"),
        ("zh", "好吃", "不太好吃"),
        ("zh", "送餐快，但味道一般，总体满意", "送餐慢，味道一般"),
        ("zh", "有点慢", "太慢了，垃圾"),
    ],
)
def test_the_better_sentence_scores_higher(language, better, worse):
    assert _tone(better, language) > _tone(worse, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [("ru", "Пришёл во вторник"), ("en", "It came on Tuesday"), ("zh", "星期二送来的牛肉")],
)
def test_a_plain_fact_has_no_tone(language, text):
    assert _tone(text, language) == 0


@given(st.text(max_size=60), st.sampled_from(LEXICON_LANGUAGES))
def test_a_tone_stays_between_minus_one_and_one(text, language):
    assert -1 <= _tone(text, language) <= 1


def test_another_language_has_no_tone_but_for_its_emoji():
    assert math.isnan(_tone("Schlecht", "de"))
    assert _tone("Schlecht 👎", "de") < 0


def test_own_words_win_over_the_lexicon():
    assert sentence_tones(["Холодный чай"], "ru", own_words={"холодный": 1.0})[0] > 0


@pytest.mark.parametrize("language", LEXICON_LANGUAGES)
def test_a_lexicon_holds_several_hundred_words_none_of_them_twice(language):
    known = lexicon(language)
    assert len(known.words) > 600
    assert all(t in (-2, -1, 1, 2) for t in known.words.values())
