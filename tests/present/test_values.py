"""Values by unit and language."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.errors import ReportError
from cjm_research.present.catalogue import LOCALES
from cjm_research.present.digits import Digits
from cjm_research.present.values import DASH, Values
from cjm_research.results import Unit

NUMERIC = [u for u in Unit if u not in {Unit.TEXT, Unit.LABEL, Unit.IDENTIFIER, Unit.DATE}]
SHOWN = [u for u in Unit if u is not Unit.IDENTIFIER]
LANGUAGES = ["en", "ru", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", SHOWN)
@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT, np.nan])
def test_what_is_not_known_is_a_dash(value, unit, language):
    values = Values(language)
    assert (values.text(value, unit), values.cell(value, unit)) == (DASH, DASH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interval_without_an_end_is_a_dash(language):
    assert Values(language).interval(0.1, float("nan"), Unit.SHARE) == DASH


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_identifier_is_never_written(language):
    with pytest.raises(ReportError, match="identifier"):
        Values(language).text("C-00017", Unit.IDENTIFIER)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1e12, 1e12), unit=st.sampled_from(NUMERIC))
def test_no_number_has_a_hyphen_for_a_minus_or_a_plain_space(value, unit, language):
    text = Values(language).text(value, unit)
    assert "-" not in text
    assert text.replace("< ", "").count(" ") <= (language == "en" and unit is Unit.DAYS)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.floats(-1, 1), unit=st.sampled_from([Unit.POINTS, Unit.MOOD]))
def test_a_difference_wears_its_sign(value, unit, language):
    text = Values(language).text(value, unit)
    digits = any(c in "123456789" for c in text)
    sign = {1: "+", -1: "−"}.get(int(np.sign(value))) if digits else text[0]
    assert text[0] == sign


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_has_no_sign(language):
    assert not set(Values(language).text(-0.00001, Unit.POINTS)) & {"+", "−"}


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [
        ("en", 8_911_407.9, "₽8.91M"),
        ("en", 1_250_000_000, "₽1.25B"),
        ("ru", 8_911_407.9, "8,91 млн ₽"),
        ("ru", 1_250_000_000, "1,25 млрд ₽"),
        ("ru", -541_909, "−541 909 ₽"),
        ("zh", 541_909, "54.2万卢布"),
        ("zh", 125_000_000, "1.25亿卢布"),
        ("zh", 80.95, "80.95卢布"),
    ],
)
def test_money_is_written_as_in_the_country(language, amount, text):
    assert Values(language).text(amount, Unit.MONEY).replace("\u202f", " ") == text


def test_money_of_a_currency_without_a_pattern_is_named():
    assert Values("en", "KZT").text(5, Unit.MONEY) == "KZT\xa05"


def test_a_column_writes_money_in_full():
    assert Values("en").cell(8_911_407.9, Unit.MONEY) == "₽8,911,408"


@pytest.mark.parametrize(
    "day", [date(2026, 11, 22), "2026-11-22", pd.Timestamp("2026-11-22 10:00")]
)
def test_a_day_is_the_same_in_any_form(day):
    assert Values("zh").text(day, Unit.DATE) == "2026年11月22日"


def test_the_noun_goes_with_the_number_that_is_seen():
    # 2.04 is shown as 2
    forms = ("раз", "раза", "раз")
    assert [Values("ru").noun(forms, x).split("\u202f")[1] for x in (2.04, 5, 21, 2.5)] == [
        "раза",
        "раз",
        "раз",
        "раза",
    ]


def test_p_is_never_zero():
    assert Values("ru").cell(0.0, Unit.P_VALUE) == "< 0,001"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pattern", ["#,##0", "#,##0.#", "#,##0.0#", "#,##0.00", "0.000"])
@given(number=st.floats(-1e18, 1e18) | st.floats(-1e4, 1e4) | st.integers(-(10**9), 10**9))
def test_digits_are_babels(number, pattern, language):
    written = format_decimal(number, format=pattern, locale=LOCALES[language])
    own = Digits(language).decimal(number, pattern)
    plain = own.replace("−", "-").replace("\u202f", "\xa0")
    assert plain == (written if any(c in "123456789" for c in written) else written.strip("-"))


@given(low=st.floats(0, 1), high=st.floats(0, 1))
def test_both_ends_of_an_interval_have_the_same_decimals(low, high):
    first, last = Values("en").interval(low, high, Unit.SHARE).split(" to ")
    is_tiny = any(0 < x < 0.001 for x in (low, high))
    assert ("." in first) == ("." in last) or is_tiny


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("unit", [Unit.MONEY, Unit.DAYS, Unit.COUNT, Unit.SHARE, Unit.LIFT])
def test_what_has_no_end_is_written_and_ends(language, unit):
    # a cost per order whose interval holds no order at all
    values = Values(language)
    assert "∞" in values.text(float("inf"), unit)
    assert "∞" in values.cell(float("inf"), unit)
    assert "∞" in values.interval(1.0, float("inf"), unit)


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [("en", 999_950_000, "₽1B"), ("ru", -999_950_000, "−1 млрд ₽"), ("zh", 99_999_999, "1亿卢布"),
     ("en", 999_400_000, "₽999M")],
)  # fmt: skip
def test_money_that_is_rounded_up_to_the_next_size_has_its_word(language, amount, text):
    assert Values(language).text(amount, Unit.MONEY).replace("\u202f", " ") == text
