"""One name has one form, however it is written; two names stay two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.identity.agreement import Agreement, NameBook
from cjm_research.cleaning.identity.names import canonical_name, differ_in_gender, spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлкина Анна", "анна  ЕЛКИНА"),
        ("Осипова Анна", "Ocипoва Анна"),  # Latin o and c
        ("Ｗａｎｇ Ｗｅｉ", "wang wei"),
        ("José Núñez", "Jose Nunez"),
        ("Smith, John", "john smith"),
    ],
)
def test_ways_to_write_a_name_are_one(one, other):
    assert canonical_name(one) == canonical_name(other)


@pytest.mark.parametrize(
    ("russian", "latin"),
    [("Юлия Щукина", "Yulia Shchukina"), ("Сергей Хрущёв", "Sergei Khrushchev"),
     ("Дмитрий Цветков", "Dmitry Tsvetkov"), ("Юрий Алексеев", "Yuri Alexeev"),
     ("Наталья Жукова", "Natalya Zhukova")],
)  # fmt: skip
def test_passport_spellings_of_russian_names_are_one(russian, latin):
    forms = [canonical_name(t, is_latin_too=True).words for t in (russian, latin)]
    assert forms[0] == forms[1]


@pytest.mark.parametrize(
    ("text", "left"),
    [("ООО «Ромашка»", "ромашка"), ("Ромашка, ООО", "ромашка"),
     ("Общество с ограниченной ответственностью Ромашка", "ромашка"),
     ("Acme Inc.", "acme"), ("北京华信科技有限公司", "北京华信科技")],
)  # fmt: skip
def test_a_legal_form_is_no_part_of_the_name(text, left):
    name = canonical_name(text)
    assert (name.text, name.is_company) == (left, True)


def test_a_person_who_trades_under_his_name_is_a_person():
    assert canonical_name("ИП Иванов Иван") == canonical_name("Иванов Иван")


@given(st.lists(st.text("абвгдеёжзийклмнопрст", min_size=2, max_size=8), min_size=1, max_size=4))
def test_the_order_of_words_and_case_do_not_count(words):
    assert canonical_name(" ".join(words)) == canonical_name(" ".join(words[::-1]).upper())


@given(st.text(max_size=15))
def test_a_spelling_is_one_form(text):
    assert spelling(spelling(text)) == spelling(text)


@pytest.mark.parametrize(
    ("man", "woman"),
    [("иванов", "иванова"), ("петрович", "петровна"), ("достоевский", "достоевская"),
     ("евгений", "евгения"), ("александр", "александра"), ("ivanov", "ivanova")],
)  # fmt: skip
def test_a_name_of_a_man_and_of_a_woman_are_two(man, woman):
    assert differ_in_gender(man, woman)
    assert differ_in_gender(woman, man)


def _compare(*names, is_company=False):
    words = [tuple(sorted(n.split())) for n in names]
    book = NameBook(words=words, is_company=[is_company] * len(words))
    return Agreement(book.compare(np.array([[0, 1]]))[0])


def test_two_known_first_names_are_no_slip():
    many = ["иванова мария"] * 3 + ["иванова марина"] * 3
    words = [tuple(n.split()) for n in many]
    book = NameBook(words=words, is_company=[False] * 6)
    assert book.compare(np.array([[0, 5]]))[0] == Agreement.CONTRADICT


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("иванов петр", "иванов петр", Agreement.EQUAL),
        ("иванов петр", "иваноа петр", Agreement.SIMILAR),
        ("иванов петр", "иванов п", Agreement.SIMILAR),
        ("иванов петр", "иванов петр олегович", Agreement.SIMILAR),
        ("иванов петр", "иванов", Agreement.UNKNOWN),
        ("иванов петр", "", Agreement.UNKNOWN),
        ("иванов петр", "иванов олег", Agreement.CONTRADICT),
        ("иванов петр олегович", "иванов петр ильич", Agreement.CONTRADICT),
        ("王小明", "王小红", Agreement.CONTRADICT),
        ("иванов александр", "иванова александра", Agreement.CONTRADICT),
    ],
)
def test_names_of_people_agree_or_contradict(one, other, expected):
    assert _compare(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ромашка", "ромашка", Agreement.EQUAL),
        ("ромашка", "логистика ромашка", Agreement.CONTRADICT),
        ("7 ромашка", "8 ромашка", Agreement.CONTRADICT),
    ],
)
def test_a_further_word_is_another_company(one, other, expected):
    assert _compare(one, other, is_company=True) == expected
