"""A telephone on a page is found; a number that the page wrote is none, whatever stands beside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.needs.text import clean_text
from cjm_research.present.values import Values
from cjm_research.present.words import Words
from cjm_research.report.gate import page_faults, text_faults
from cjm_research.report.telephones import telephones
from cjm_research.results import Unit

# Of ITU-T E.164, national plans and the numbers that regulators keep for films and examples.
PHONES = [
    "+7 921 123-45-67",  # Russia
    "+79211234567",
    "8 (921) 123-45-67",
    "8 921 123 45 67",
    "8-800-555-35-35",
    "8 (4812) 12-34-56",
    "89211234567",
    "+7 (701) 555 44 33",  # Kazakhstan
    "+375 29 123-45-67",  # Belarus
    "+375 291 234 567",
    "+998 90 123 45 67",  # Uzbekistan
    "+86 138 0013 8000",  # China
    "＋86 138 0013 8000",
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "0086 138 0013 8000",
    "+852 2123 4567",  # Hong Kong
    "+886 912 345 678",  # Taiwan
    "+1 (415) 555-2671",  # United States
    "(415) 555-2671",
    "+44 20 7946 0958",  # United Kingdom
    "+44 (0)20 7946 0958",
    "+49 30 901820",  # Germany
    "+49 (0)30/901820",
    "+33 6 12 34 56 78",  # France
    "+34 612 34 56 78",  # Spain
    "+39 06 1234 5678",  # Italy
    "+90 532 123 45 67",  # Turkey
    "+91 98765 43210",  # India
    "+81 90-1234-5678",  # Japan
    "+82 10-1234-5678",  # Korea
    "+971 50 123 4567",  # Emirates
    "+55 11 91234-5678",  # Brazil
    "+972 50-123-4567",  # Israel
]
SPACES = [" ", "\u00a0", "\u2009", "\u202f"]

languages = st.sampled_from(("en", "ru", "zh"))
units = st.sampled_from(
    (Unit.COUNT, Unit.MONEY, Unit.SHARE, Unit.POINTS, Unit.NUMBER, Unit.NPS, Unit.INDEX,
     Unit.SCORE, Unit.LIFT, Unit.DAYS, Unit.MOOD)
)  # fmt: skip
numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(-1e12, 1e12),
    st.sampled_from([1234567890, 79211234567, 13800138000, 375291234567, 86138001380]),
)


@given(languages, units, numbers, st.booleans())
def test_no_number_of_a_page_is_a_telephone(language, unit, number, sign):
    values = Values(language)
    written = (values.text(number, unit, sign=sign), values.cell(number, unit, sign=sign))
    assert [telephones([f"{w}, {w}"]) for w in written] == [[], []]


@given(languages, units, numbers, numbers)
def test_a_change_with_what_it_was_is_no_telephone(language, unit, before, after):
    values = Values(language)
    change, was, now = (
        values.text(after - before, unit, sign=True), values.text(before, unit),
        values.cell(after, unit),
    )  # fmt: skip
    beside = [f"{change} ({was})", f"{change} {now}", f"({was} – {now})"]
    assert [telephones([t]) for t in beside] == [[], [], []]


@given(languages, units, numbers, numbers)
def test_an_interval_is_no_telephone(language, unit, one, other):
    low, high = sorted((float(one), float(other)))
    assert telephones([Values(language).interval(low, high, unit)]) == []


@given(languages, st.lists(st.tuples(units, numbers), max_size=20))
def test_figures_one_beside_the_other_are_no_telephone(language, found):
    values = Values(language)
    lines = [values.text(number, unit, sign=True) for unit, number in found]
    assert telephones(lines) == []


@given(languages, st.lists(st.integers(-9999, 9999), max_size=20))
def test_marks_of_an_axis_are_no_telephone(language, marks):
    assert telephones([Values(language).text(m, Unit.COUNT, sign=True) for m in marks]) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["Изменение", "+14\u202f806", "35\u202f327 → 50\u202f133", "с 1 апреля 2026"],
        ["+14", "22.11.2026", "01.12.2026"],
        ["+4", "2026-11-22", "2026-12-22"],
        ["+10", "20", "30", "40", "50", "60"],
    ],
)
def test_numbers_and_days_of_a_figure_are_no_telephone(lines):
    assert telephones(lines) == []


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("said", ["{}", "Звоните {}, жду", "Call {}.", "请拨打{}谢谢", "({})"])
def test_a_telephone_in_a_customers_text_is_found(phone, said):
    assert text_faults(said.format(phone), "x")


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("phone", [p for p in PHONES if " " in p])
def test_a_telephone_is_found_whatever_its_spaces_are(phone, space):
    said = clean_text(f"My phone: {phone.replace(' ', space)}.")
    assert text_faults(said, "x")


@pytest.mark.parametrize("space", SPACES)
def test_no_value_of_the_data_looks_like_a_number_of_the_page(space):
    name = "+375 291 234 567".replace(" ", space)
    assert text_faults(Words("ru").label("category", name), "x")


def test_a_sentence_within_a_sentence_keeps_its_numbers_whole():
    said = f"Охвачено: {Words('ru').noun('customer', 14200)}"
    assert Words("ru")("summary.of_test", name="Письмо", said=said).endswith(said)


@pytest.mark.parametrize("phone", [p for p in PHONES if " " in p and len(p) > 9])
def test_a_telephone_is_found_over_the_end_of_a_line(phone):
    first, _, rest = phone.partition(" ")
    assert telephones([f"Позвоните мне {first}", f"{rest} после шести вечера"])


def test_a_page_with_a_change_above_its_ends_may_be_published():
    page = (
        '<figure id="a"><svg role="img" aria-label="b"><text>+14\u202f806</text>'
        "<text>35\u202f327 → 50\u202f133</text></svg></figure>"
    )
    assert page_faults(page)[0] == []


def test_a_telephone_of_two_elements_is_found():
    assert [f.what for f in page_faults("<p>call <b>+7</b> 921 123-45-67</p>")[0]] == ["phone"]


@pytest.mark.parametrize(
    "text", ["订单号13800138000", "заказ 13800138000", "order no. 13800138000"]
)
def test_the_number_of_an_order_is_no_telephone(text):
    assert text_faults(text, "x") == []
