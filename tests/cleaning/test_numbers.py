"""The decimal mark is a property of the column; a text that proves nothing is not guessed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.load import load
from cjm_research.cleaning.parsing.numbers import number_texts


def _read(texts, decimal=None):
    return number_texts(pa.array(texts)).values(decimal)[0].tolist()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234 567,89", 1_234_567.89),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234\u202f567", 1_234_567),
        ("1'234.50", 1234.5),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("12,5", 12.5),
        ("0,125", 0.125),
        ("\u22127,5", -7.5),
        ("(7,5)", -7.5),
        ("5-", -5),
        ("+7", 7),
        ("１２３", 123),
        ("1,2万", 12_000),
        ("3亿", 3e8),
        ("3,5 тыс. руб.", 3500),
        ("2,5 млн ₽", 2.5e6),
        ("15 000,00 руб.", 15_000),
        ("₽ 99,90", 99.9),
        ("$1,000.50", 1000.5),
        ("￥99.50", 99.5),
        ("99元", 99),
        ("12 %", 0.12),
        ("1e5", 1e5),
        ("12 рублей", 12),
        ("1 рубль", 1),
        ("7р", 7),
        ("12,5 т.р.", 12_500),
        ("7 т. р.", 7_000),
        ("15 долларов США", 15),
        ("14 тенге", 14),
        ("Rs. 500", 500),
        ("12元整", 12),
        ("5块钱", 5),
        ("2 трлн", 2e12),
        ("3百万", 3e6),
        ("1 млн 200 тыс. руб.", 1_200_000),
        ("3万5千", 35_000),
        ("2万3000", 23_000),
        ("'12,5", 12.5),
    ],
)
def test_a_text_that_can_be_read_in_one_way_is_read_so(text, value):
    assert _read([text]) == [pytest.approx(value)]


@pytest.mark.parametrize(
    "text", ["12abc", "1 2", "1,23,456", "--5", "1.2.3", "#REF!", "по договорённости", "'", "e5"]
)
def test_what_is_no_number_is_not_read(text):
    assert np.isnan(_read([text])).all()


def test_a_text_that_can_be_read_both_ways_is_ambiguous():
    assert np.isnan(_read(["1,234", "1.234"])).all()


def test_the_columns_mark_decides():
    assert _read(["1,234", "5,5"], ",") == [1.234, 5.5]
    assert _read(["1,234", "5.5"], ".") == [1234.0, 5.5]


AMOUNTS = st.lists(
    st.decimals(min_value="-9999999.99", max_value="9999999.99", places=2), min_size=1, max_size=30
)


def _written(value, mark, group):
    text = f"{value:,.2f}".replace(",", "\0").replace(".", mark)
    return text.replace("\0", group)


@given(AMOUNTS, st.sampled_from([(",", " "), (",", "."), (".", ","), (",", "\u00a0"), (".", "'")]))
def test_amounts_come_back_from_every_style(values, style):
    texts = [_written(v, *style) for v in values]
    assert _read(texts) == [float(v) for v in values]


def test_a_mark_is_taken_from_another_column_of_the_file(load_orders):
    text = "client;sum;weight;day\nc1;1,234;0,5;2026-01-01\nc2;5,678;1,75;2026-01-02\n"
    columns = {"customer_id": "client", "amount": "sum", "weight": "weight"}
    loaded = load_orders(text, columns=columns)
    assert loaded.table["amount"].tolist() == [1.234, 5.678]


def test_an_ambiguous_amount_is_set_aside_not_guessed(load_orders):
    loaded = load_orders("client;sum;day\nc1;1,234;2026-01-01\n")
    assert loaded.quarantine["code"].tolist() == ["ambiguous_number"]
    assert loaded.quarantine["value"].tolist() == ["1,234"]


def test_the_study_overrides_the_evidence(load_orders):
    loaded = load_orders("client;sum;day\nc1;1,234;2026-01-01\n", decimal=".")
    assert loaded.table["amount"].tolist() == [1234.0]


def test_two_marks_in_one_column_are_pointed_out(load_orders):
    loaded = load_orders("client;sum;day\nc1;1,5;2026-01-01\nc2;2.5;2026-01-01\n")
    assert loaded.table["amount"].tolist() == [1.5, 2.5]
    assert loaded.issues["code"].tolist() == ["mixed_decimals"]


def test_two_currencies_in_one_column_are_pointed_out(load_orders):
    loaded = load_orders("client;sum;day\nc1;1,5 €;2026-01-01\nc2;2,5 ₽;2026-01-01\n")
    assert loaded.issues["code"].tolist() == ["mixed_currencies"]


def test_the_choice_names_its_evidence_and_its_override(load_orders):
    loaded = load_orders("client;sum;day\nc1;1,5;2026-01-01\nc2;7;2026-01-01\n")
    (choice,) = loaded.choices.to_dict("records")
    assert (choice["choice"], choice["evidence"]) == ("decimal=','", "1: 1,5")
    assert choice["override"] == 'decimal = ","'


@pytest.mark.parametrize(
    ("header", "factor"),
    [("Сумма, тыс. руб.", 1e3), ("金额（万元）", 1e4), ("Amount (USD million)", 1e6), ("sum", 1)],
)
def test_a_unit_in_the_header_counts_and_is_said(write, header, factor):
    path = write(f"customer_id;{header}\nc1;5.5\nc2;7.25\n")
    hints = {"columns": {"amount": header, "customer_id": "customer_id"}, "decimal": "."}
    loaded = load(path, "orders", hints=hints)
    assert loaded.table["amount"].tolist() == [5.5 * factor, 7.25 * factor]
    plain = load(path, "orders", hints=hints | {"units": {"amount": 1}})
    assert plain.table["amount"].tolist() == [5.5, 7.25]


def test_units_in_some_cells_only_are_said(write):
    loaded = load(write("customer_id;amount\nc1;5\nc2;1,5 тыс.\nc3;2 млн\n"), "orders")
    assert loaded.table["amount"].tolist() == [5.0, 1500.0, 2e6]
    assert loaded.issues.set_index("code").loc["mixed_units", "rows"] == 2


@given(
    st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=80),
    st.integers(0, 4),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
)
def test_numbers_of_many_forms_are_read_as_their_digits_say(wholes, places, gap):
    written = [f"{n / 10**places:,.{places}f}".replace(",", gap).replace(".", ",") for n in wholes]
    expected = [float(t.replace(gap, "").replace(",", ".")) for t in written]
    assert _read(written, ",") == expected


def test_a_form_is_read_alike_whatever_stands_beside_it():
    plain = ["1 234,50", "-7", "1,5", "12,345", "0,125"]
    odd = ["12 34", "5 ₽", "1.234,5", "(8)", "x", "1e3", "٣"]
    alone = [_read([t], ",")[0] for t in plain]
    assert _read(plain + odd, ",")[: len(plain)] == alone


def test_a_long_row_of_digits_is_left_to_the_exact_reader():
    assert _read(["12345678901234567", "9007199254740993"], ".") == [
        12345678901234567.0, 9007199254740993.0,
    ]  # fmt: skip


def test_a_comma_before_an_exponent_is_decimal(write):
    text = "order_id;customer_id;amount\n1;a;1,5E+03\n2;b;2,25e-1\n3;c;1E5\n"
    loaded = load(write(text, "c.csv"), "orders")
    assert loaded.table["amount"].tolist() == [1500.0, 0.225, 100_000.0]


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        ("5分", 5), ("4,5 балла", 4.5), ("10 баллов", 10), ("4/5", 4), ("3 из 5", 3),
        ("4.5 out of 5 stars", 4.5), ("1 star", 1), ("4颗星", 4), ("★★★★☆", 4), ("⭐️⭐️", 2),
        ("☆☆☆☆☆", 0), ("звезда", None), ("11/2/3", None),
    ],
)  # fmt: skip
def test_grades_that_say_what_they_count(cell, score, tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(f"date;rating;review\n2024-03-05;{cell};a\n2024-03-06;3;b\n", encoding="utf-8")
    found = load(path, "feedback").table["score"].tolist()
    assert found[1] == 3
    assert found[0] == score or (score is None and np.isnan(found[0]))


def test_pieces_are_counted_and_money_keeps_its_words(tmp_path):
    path = tmp_path / "orders.csv"
    lines = [
        "order_id,date,customer_id,total,quantity",
        "1,2024-03-05,a,10,2 шт.",
        "2,2024-03-05,a,5分,3件",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    loaded = load(path, "orders")
    assert loaded.table["quantity"].tolist() == [2]
    assert loaded.quarantine["value"].tolist() == ["5分"]  # a hundredth of a yuan, not five


def test_indian_groups_are_read_where_no_text_has_groups_of_three():
    found = number_texts(pa.array(["1,23,456.78", "12,34,567", "5,000.00", "₹ 99,999"]))
    assert found.values(".")[0].tolist() == [123456.78, 1234567, 5000, 99999]
    assert found.point.tolist() == [True, True, True, False]


def test_indian_groups_among_groups_of_three_are_a_slip_and_not_read():
    values, problems = number_texts(pa.array(["1,23,456.78", "123,456.00"])).values(".")
    assert np.isnan(values[0])
    assert values[1] == 123456
    assert problems[Code.UNREADABLE_NUMBER].tolist() == [True, False]


@pytest.mark.parametrize(
    ("written", "roubles"),
    [("1 000 руб. 50 коп.", 1000.5), ("5 рублей 5 копеек", 5.05), ("0 руб. 07 коп.", 0.07),
     ("7 р. 10 к.", 7.1), ("-12 руб 99 коп", -12.99)],
)  # fmt: skip
def test_roubles_and_kopecks_in_words_are_one_number(written, roubles):
    found = number_texts(pa.array([written, "12 345,60 руб."]))
    assert found.values(",")[0].tolist() == [roubles, 12345.6]
    assert found.currencies == ("RUB",)


@pytest.mark.parametrize("text", ["1 млн 2", "3万5", "200 тыс. 1 млн", "1e400", "5 т"])
def test_parts_that_do_not_go_together_and_numbers_beyond_all_are_not_read(text):
    values, unread = number_texts(pa.array([text, "7"])).values(None)
    assert np.isnan(values[0])
    assert unread[Code.UNREADABLE_NUMBER].tolist() == [True, False]


def test_nothing_has_no_sign():
    values = number_texts(pa.array(["-0", "-0,00 ₽", "(0)"])).values(None)[0]
    assert not np.signbit(values).any()


def test_percents_among_plain_numbers_are_pointed_out(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("customer_id;amount\nc1;12%\nc2;0.5\nc3;7\n", encoding="utf-8")
    issues = load(path, "orders").issues.set_index("code")
    assert issues.loc["mixed_units", ["rows", "example"]].tolist() == [1, "12%"]
