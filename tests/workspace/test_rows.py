"""Some rows and columns of a study's tables, without the others."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from cjm_research.store.extents import extent_in
from cjm_research.store.store import Store, commit
from cjm_research.workspace.tables import Tables

DAYS = pd.date_range("2026-01-01", periods=400, tz="UTC")


@pytest.fixture(params=[1_000, 50], ids=["one bucket", "eight buckets"])
def tables(tmp_path, request):
    orders = pd.DataFrame(
        {
            "customer_id": [f"c{i % 90}" for i in range(400)],
            "ordered_at": DAYS,
            "amount": range(400),
            "note": "x",
        }
    )
    orders.loc[7, "customer_id"] = None
    commit(tmp_path, {"orders": orders}, info={}, rows_per_bucket=request.param)
    return SimpleNamespace(made=Tables(Store.open(tmp_path)), orders=orders)


def test_rows_of_some_customers_are_theirs_and_the_newest(tables):
    asked = pd.Series(["c3", "c40", "nobody"])
    found = tables.made.rows_of("orders", asked, ("amount", "absent"), clock="ordered_at")
    everything = tables.orders
    kept = everything["customer_id"].isin(asked) | (everything["ordered_at"] == DAYS[-1])
    assert list(found) == ["customer_id", "ordered_at", "amount"]
    assert sorted(found["amount"]) == sorted(everything.loc[kept, "amount"])
    assert found["ordered_at"].max() == DAYS[-1]


def test_rows_of_nobody_tell_how_long_the_table_was_kept(tables):
    found = tables.made.rows_of("orders", pd.Series([], dtype="string"), (), clock="ordered_at")
    assert found["ordered_at"].tolist() == [DAYS[-1]]
    assert tables.made.rows_of("events", pd.Series(["c1"]), (), clock="occurred_at").empty


def test_the_extent_is_that_of_the_whole_table_read_or_not(tables):
    clocks = ("given_at", "ordered_at")
    found = tables.made.extent("orders", clocks)
    assert found == extent_in(tables.orders, clocks) == (400, 90, DAYS[0], DAYS[-1])
    assert tables.made.extent("orders", ("amount",)).last == 399
    assert tables.made.extent("events", ("occurred_at",)) == (0, 0, None, None)
    assert tables.made.extent("exposures", ("exposed_at",)) == (0, None, None, None)
