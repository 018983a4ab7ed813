"""Orders that were bought, held against the same question asked of pandas word for word."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cjm_research.journey.order_path import (
    NOT_BOUGHT,
    bought_by_part,
    bought_orders,
    with_bought,
)

LINE = st.fixed_dictionaries(
    {
        "customer_id": st.sampled_from(["b", "a", "aa", "c"]),
        "ordered_at": st.one_of(
            st.none(), st.sampled_from(["2026-01-02", "2026-01-01", "2026-03-01"])
        ),
        "order_id": st.sampled_from(["9", "10", "1", "2"]),
        "status": st.sampled_from(["completed", "returned", "cancelled", None]),
        "amount": st.integers(1, 5),
    }
)


def table(lines):
    columns = ["customer_id", "ordered_at", "order_id", "status", "amount"]
    frame = pd.DataFrame(lines, columns=columns)
    texts = dict.fromkeys(("customer_id", "order_id", "status"), "string[pyarrow]")
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"], utc=True)).astype(texts)


def asked_plainly(orders, key):
    bought = orders.loc[orders["ordered_at"].notna() & ~orders["status"].isin(NOT_BOUGHT)]
    rows = bought.sort_values(["customer_id", "ordered_at"], kind="stable").drop_duplicates(key)
    return rows.assign(number=rows.groupby("customer_id").cumcount() + 1).reset_index(drop=True)


@given(st.lists(LINE, max_size=12))
def test_orders_are_those_of_plain_pandas(lines):
    orders = table(lines)
    expected = asked_plainly(orders, ["customer_id", "order_id"])
    got = pd.DataFrame(bought_orders(orders))
    pd.testing.assert_frame_equal(got, expected, check_dtype=False)


@given(st.lists(LINE, max_size=12))
def test_without_order_ids_lines_of_one_stamp_are_one_order(lines):
    orders = table(lines).drop(columns="order_id")
    expected = asked_plainly(orders, ["customer_id", "ordered_at"])
    got = pd.DataFrame(bought_orders(orders))
    pd.testing.assert_frame_equal(got, expected, check_dtype=False)


def test_orders_that_were_counted_are_given_back_and_a_part_of_them_is_counted_anew():
    lines = [
        {"customer_id": "a", "ordered_at": day, "order_id": day, "status": None, "amount": 1}
        for day in ("2026-01-01", "2026-02-01")
    ]
    counted = bought_orders(table(lines))
    assert bought_orders(counted) is counted
    assert bought_orders(counted.iloc[1:])["number"].tolist() == [1]


@pytest.mark.parametrize("orders", [pd.DataFrame({"customer_id": ["a"]}), table([])])
def test_without_a_time_nothing_was_bought(orders):
    assert with_bought(orders) is None


@given(st.lists(LINE, max_size=20), st.integers(1, 4))
def test_orders_of_parts_that_share_no_customer_are_those_of_all_lines(lines, n_parts):
    orders = table(lines)
    assume(orders["ordered_at"].notna().any())
    part = orders["customer_id"].map({"b": 0, "a": 1, "aa": 2, "c": 3}).to_numpy() % n_parts
    parts = [orders[part == i] for i in range(n_parts)]
    expected = pd.DataFrame(with_bought(orders, columns=["amount"]))[
        ["customer_id", "ordered_at", "amount", "number"]
    ]
    got = pd.DataFrame(bought_by_part(parts, columns=["amount"]))
    pd.testing.assert_frame_equal(got, expected, check_dtype=False)


def test_parts_without_a_time_hold_no_orders():
    assert bought_by_part([table([]), table([])]) is None
