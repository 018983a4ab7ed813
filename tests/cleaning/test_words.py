"""Texts, ids, choices and yes or no in three languages."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cjm_research.cleaning.load import load
from cjm_research.cleaning.parsing.columns import kind_of
from cjm_research.cleaning.parsing.distinct import distinct_texts
from cjm_research.cleaning.parsing.words import parse_booleans, parse_choices, parse_ids
from cjm_research.schema.columns import Kind
from cjm_research.study.sources import Source


def _found(*texts):
    return distinct_texts(pa.array(texts, pa.string()))


@pytest.mark.parametrize(
    "text", ["", " ", "-", "—", "н/д", "Нет данных", "N/A", "#N/A", "暂无", "NULL"]
)
def test_words_for_not_known_are_missing(text):
    assert _found(text).index.tolist() == [-1]


@pytest.mark.parametrize("text", ["NA", "none", "нет", "无", "0"])
def test_words_that_can_be_answers_are_kept_in_texts(text):
    assert _found(text).index.tolist() == [0]


def test_invisible_marks_and_blanks_around_go():
    assert _found("\ufeff a\u200b ", "a\u00a0").texts.to_pylist() == ["a", "a"]


def test_ids_keep_their_zeros():
    assert parse_ids("customer_id", _found("007", "7")).cells.tolist() == ["007", "7"]


def test_ids_that_a_float_column_spoilt_lose_their_fraction():
    assert parse_ids("customer_id", _found("17850.0", "13047.0")).cells.tolist() == [
        "17850",
        "13047",
    ]


def test_ids_that_a_spreadsheet_rounded_are_pointed_out():
    (note,) = parse_ids("customer_id", _found("5.70306E+17", "570306133677760000")).notes
    assert (note.code, note.rows) == ("rounded_id", 1)


def test_long_ids_that_all_end_in_zeros_are_pointed_out():
    (note,) = parse_ids("customer_id", _found("570306133677760000", "570301130888122000")).notes
    assert note.rows == 2


@pytest.mark.parametrize("text", ["да", "Да", "YES", "y", "1", "true", "是", "✓"])
def test_yes_is_read_in_three_languages(text):
    assert parse_booleans(_found(text)).cells.tolist() == [True]


@pytest.mark.parametrize("text", ["нет", "No", "n", "0", "false", "否", "无"])
def test_no_is_read_in_three_languages(text):
    assert parse_booleans(_found(text)).cells.tolist() == [False]


def test_neither_yes_nor_no_is_not_guessed():
    parsed = parse_booleans(_found("maybe", "yes"))
    assert parsed.cells.isna().tolist() == [True, False]
    assert parsed.unread.tolist() == [True, False]


def test_choices_are_read_in_any_case_and_others_are_not():
    parsed = parse_choices(_found("Completed", "lost in space"), ("completed", "returned"))
    assert parsed.cells.isna().tolist() == [False, True]
    assert parsed.cells[0] == "completed"


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("1", "2.5", "-3"), Kind.NUMBER),
        (("1 200,50", "7"), Kind.NUMBER),
        (("01234", "99999"), Kind.TEXT),
        (("2024-01-01", "2024-02-01 10:00"), Kind.TIME),
        (("12 items", "3"), Kind.TEXT),
        (("да", "нет"), Kind.TEXT),
        (("", "н/д"), Kind.TEXT),
    ],
)
def test_the_kind_of_an_own_column_is_found(texts, kind):
    assert kind_of(_found(*texts)) is kind


def test_the_studys_values_come_first_then_any_case_then_all_others(write):
    source = Source(
        table="orders",
        file="o.csv",
        columns={"customer_id": "id", "amount": "sum", "status": "state"},
        values={"status": {"Отменён": "cancelled", "*": "completed"}},
    )
    text = "id,sum,state\na,1,Отменён\nb,1,отменён\nc,1,Доставлен\nd,1,\n"
    status = load(write(text, "o.csv"), source).table["status"]
    assert status.fillna("?").tolist() == ["cancelled", "cancelled", "completed", "?"]


def test_an_unforeseen_value_of_a_needed_choice_sets_the_row_aside(write):
    source = Source(
        table="feedback", file="f.csv", columns={"kind": "type", "score": "grade"},
        values={"kind": {"NPS": "nps"}},
    )  # fmt: skip
    loaded = load(write("type,grade\nNPS,9\nPOLL,1\n", "f.csv"), source)
    assert loaded.table["score"].tolist() == [9.0]
    assert loaded.quarantine[["code", "value"]].to_numpy().tolist() == [["unknown_choice", "POLL"]]


def test_marks_that_keep_a_spreadsheet_from_counting_are_no_part_of_an_id():
    found = parse_ids("customer_id", _found('="007"', "'008", "9"))
    assert found.cells.tolist() == ["007", "008", "9"]


def test_marks_of_the_direction_of_writing_are_no_part_of_an_id():
    assert _found("\u202eC1", "\u2066C2\u2069").texts.to_pylist() == ["C1", "C2"]
