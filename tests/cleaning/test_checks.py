"""Impossible values are set aside or left out; doubtful ones are pointed out."""

from __future__ import annotations

import pytest

from cjm_research.cleaning.load import load
from cjm_research.study.sources import Source


@pytest.fixture
def loaded(write):
    """Return a function that loads one table from lines of text."""

    def _loaded(table, text, **settings):
        headers = text.split("\n", 1)[0].split(",")
        source = Source.model_validate(
            {"table": table, "file": "x.csv", "columns": {h: h for h in headers}, **settings}
        )
        return load(write(text, "x.csv"), source)

    return _loaded


def _issues(found):
    return found.issues[["code", "column", "outcome", "rows"]].to_numpy().tolist()


def test_a_negative_quantity_of_a_completed_order_sets_the_row_aside(loaded):
    text = "customer_id,amount,quantity,status\na,1,-1,completed\na,1,-1,returned\na,1,-1,\n"
    found = loaded("orders", text)
    assert _issues(found) == [["negative_quantity", "quantity", "set_aside", 1]]
    assert len(found.table) == 2


def test_a_negative_amount_is_pointed_out_and_kept(loaded):
    found = loaded("orders", "customer_id,amount,status\na,-1,completed\n")
    assert _issues(found) == [["negative_amount", "amount", "flagged", 1]]
    assert found.table["amount"].tolist() == [-1.0]


def test_delivered_before_ordered_leaves_the_delivery_out(loaded):
    found = loaded(
        "orders",
        "customer_id,amount,ordered_at,delivered_at\n"
        "a,1,2026-01-05 10:00,2026-01-03\nb,1,2026-01-05 10:00,2026-01-05\n",
    )
    assert _issues(found) == [["delivered_before_ordered", "delivered_at", "left_out", 1]]


@pytest.mark.parametrize(
    ("row", "aside"),
    [("nps,11,,", 1), ("nps,-1,,", 1), ("nps,10,,", 0), ("csat,6,1,5", 1), ("csat,5,1,5", 0),
     ("csat,900,,", 0), ("nps,,,", 0)],
)  # fmt: skip
def test_a_score_outside_its_scale_sets_the_row_aside(loaded, row, aside):
    found = loaded("feedback", f"kind,score,scale_min,scale_max\n{row}\n")
    assert len(found.quarantine) == aside


def test_feedback_that_says_nothing_is_pointed_out(loaded):
    found = loaded("feedback", "kind,score,text\nopen,,\nopen,,late again\n")
    assert _issues(found) == [["empty_feedback", "text", "flagged", 1]]


def test_an_impossible_number_of_employees_is_left_out(loaded):
    found = loaded("customers", "customer_id,employees\na,-5\nb,12\n")
    assert found.table["employees"].isna().tolist() == [True, False]
    assert found.changes[["source_line", "code", "before"]].to_numpy().tolist() == [
        [2, "out_of_range", "-5"]
    ]


def test_a_needed_value_out_of_range_sets_the_row_aside(loaded):
    found = loaded("campaign_totals", "experiment,arm,metric,n,total\ne,a,m,-1,2\n")
    assert _issues(found) == [["out_of_range", "n", "set_aside", 1]]


def test_a_contract_that_ends_before_it_starts_loses_its_end(loaded):
    text = "contract_id,customer_id,starts_on,ends_on\nk,a,2026-02-01,2026-01-01\n"
    found = loaded("contracts", text)
    assert found.table["ends_on"].isna().tolist() == [True]


def test_a_row_is_set_aside_once_for_its_first_reason(loaded):
    found = loaded("orders", "customer_id,amount,ordered_at\n,x,31.02.2026\n")
    assert len(found.quarantine) == 1


TIMED = {
    "orders": ("customer_id,amount,ordered_at", "a,1"),
    "feedback": ("kind,score,given_at", "nps,5"),
    "events": ("customer_id,name,occurred_at", "a,x"),
}


@pytest.mark.parametrize("table", TIMED)
def test_a_row_without_a_time_is_kept_and_one_with_a_spoilt_time_is_not(loaded, table):
    header, row = TIMED[table]
    found = loaded(table, f"{header}\n{row},\n{row},32.01.2026\n{row},31.01.2026\n")
    assert found.table["source_line"].tolist() == [2, 4]
    assert found.quarantine["code"].tolist() == ["unreadable_date"]


def test_a_column_in_which_no_time_can_be_read_costs_no_row(loaded):
    found = loaded("orders", "customer_id,amount,ordered_at\na,1,Sat-Oct-11\nb,2,Sun-Oct-12\n")
    assert len(found.table) == 2
    assert _issues(found) == [["unreadable_date", "ordered_at", "left_out", 2]]


def test_a_stand_in_time_costs_no_row(loaded):
    found = loaded("orders", "customer_id,amount,ordered_at\na,1,1900-01-01\nb,2,2026-01-02\n")
    assert found.table["ordered_at"].isna().tolist() == [True, False]


def test_a_word_that_stands_again_and_again_among_dates_means_not_known(loaded):
    rows = "a,1,2026-01-05\n" * 50 + "a,1,Date not captured\n" * 20 + "a,1,soon\n"
    found = loaded("orders", "customer_id,amount,ordered_at\n" + rows)
    assert len(found.table) == 70
    assert found.quarantine["value"].tolist() == ["soon"]
    assert found.choices["choice"].tolist() == ["not_known"]
