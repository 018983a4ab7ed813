"""A version is whole or not there; the same data are the same version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm_research.errors import ParameterError, StoreError
from cjm_research.store import store as store_module
from cjm_research.store import writing
from cjm_research.store.buckets import bucket_of
from cjm_research.store.coded import coded_text
from cjm_research.store.fold import fold
from cjm_research.store.lock import locked
from cjm_research.store.reading import read_part
from cjm_research.store.store import Store, commit, sweep


@pytest.fixture
def orders():
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in rng.integers(0, 500, 5_000)],
            "amount": rng.integers(1, 1_000, 5_000).astype(float),
        }
    )


def _sums(tables):
    return tables["orders"].groupby("customer_id")["amount"].sum()


def _add(left, right):
    return left.add(right, fill_value=0)


def test_a_column_that_a_table_lacks_is_told_with_the_nearest(tmp_path, orders):
    commit(tmp_path, {"orders": orders}, info={})
    with pytest.raises(ParameterError, match=r"no column 'amont'\. Did you mean 'amount'"):
        Store.open(tmp_path).read("orders", columns=["customer_id", "amont"])


def test_nothing_loaded_yet_says_what_to_run(tmp_path):
    with pytest.raises(StoreError, match="cjm clean"):
        Store.open(tmp_path / "retail")


def test_a_table_comes_back_as_it_was(tmp_path, orders):
    commit(tmp_path, {"orders": orders}, info={})
    pd.testing.assert_frame_equal(Store.open(tmp_path).read("orders"), orders)


@pytest.mark.parametrize("rows_per_group", [1, 3, 1_000])
def test_a_part_file_is_read_as_pandas_would_have_written_it(tmp_path, monkeypatch, rows_per_group):
    monkeypatch.setattr(writing, "_GROUP", rows_per_group)
    texts = ["b", None, "a", "b", "c", "a"]
    frame = pd.DataFrame(
        {
            "channel": pd.Series(coded_text(pa.array(texts))),
            "none": pd.Series(coded_text(pa.nulls(6, pa.string()))),
            "text": pd.Series(texts, dtype="string[pyarrow]"),
            "amount": [1.5, np.nan, 2.0, 3.0, -0.0, 1e300],
            "rows": pd.array([1, None, 3, 4, 5, 6], dtype="Int64"),
            "is_made": pd.array([True, None, False, True, True, False], dtype="boolean"),
            "at": pd.date_range("2026-01-01", periods=6, tz="UTC", unit="us"),
            "kind": pd.Categorical(["x", "y", "x", None, "y", "x"]),
            "plain": ["u", "v", None, "w", "u", "v"],
        }
    )
    frame.attrs["ignored"] = {"orders": 3}
    frame.to_parquet(tmp_path / "pandas.parquet", index=False)
    (tmp_path / "ours.parquet").write_bytes(writing.parquet_bytes(frame))
    ours, expected = (read_part(tmp_path / f"{name}.parquet") for name in ("ours", "pandas"))
    pd.testing.assert_frame_equal(ours, expected)
    assert ours.attrs == expected.attrs == frame.attrs
    schemas = [pq.read_schema(tmp_path / f"{name}.parquet") for name in ("ours", "pandas")]
    assert schemas[0].equals(schemas[1])


def test_what_is_filled_is_told_without_reading_what_every_row_fills(tmp_path):
    plain = pd.DataFrame(
        {
            "customer_id": pd.Series(["a", "b", "c"], dtype="string[pyarrow]"),
            "amount": [1.0, np.nan, 3.0],
            "cost": [np.nan] * 3,
            "quantity": [1.0, 2.0, 3.0],
        }
    )
    commit(tmp_path, {"orders": plain}, info={}, rows_per_bucket=1)
    store = Store.open(tmp_path)
    found = store.read_filled("orders", valued=["customer_id"])
    assert found["customer_id"].tolist() == store.read("orders")["customer_id"].tolist()
    pd.testing.assert_frame_equal(found.notna(), store.read("orders").notna())
    assert found["quantity"].tolist() == [True] * 3


def test_an_absent_table_is_empty_with_its_columns(tmp_path, orders):
    commit(tmp_path, {"orders": orders}, info={})
    events = Store.open(tmp_path).read("events")
    assert events.empty
    assert {"customer_id", "name", "occurred_at"} <= set(events.columns)


def test_equal_data_are_the_same_version(tmp_path, orders):
    first = commit(tmp_path / "a", {"orders": orders}, info={"x": 1})
    second = commit(tmp_path / "b", {"orders": orders.copy()}, info={"x": 1})
    assert first.id == second.id


def test_all_rows_of_a_customer_share_a_bucket(tmp_path, orders):
    commit(tmp_path, {"orders": orders}, info={}, rows_per_bucket=1_000)
    store = Store.open(tmp_path)
    assert store.version.n_buckets == 8
    seen = [set(store.read("orders", bucket=b)["customer_id"]) for b in range(8)]
    assert sum(len(s) for s in seen) == len(set().union(*seen)) == orders["customer_id"].nunique()


@pytest.mark.parametrize("rows_per_bucket", [10_000, 1_000, 300])
def test_a_fold_does_not_depend_on_buckets_or_executor(tmp_path, orders, rows_per_bucket):
    commit(tmp_path, {"orders": orders}, info={}, rows_per_bucket=rows_per_bucket)
    store = Store.open(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        spread = fold(store, _sums, _add, tables=["orders"], executor=pool)
    alone = fold(store, _sums, _add, tables=["orders"])
    expected = orders.groupby("customer_id")["amount"].sum()
    pd.testing.assert_series_equal(spread.sort_index(), expected, check_dtype=False)
    pd.testing.assert_series_equal(alone.sort_index(), expected, check_dtype=False)


def test_a_failed_commit_leaves_the_last_version(tmp_path, orders, monkeypatch):
    before = commit(tmp_path, {"orders": orders}, info={})
    whole = store_module._write_table

    def broken(folder, name, *rest):
        if name == "orders":
            raise OSError("disk full")
        return whole(folder, name, *rest)

    monkeypatch.setattr(store_module, "_write_table", broken)
    with pytest.raises(OSError, match="disk full"):
        commit(tmp_path, {"events": orders, "orders": orders.head(1)}, info={})
    assert Store.open(tmp_path).version == before
    assert len(Store.open(tmp_path).read("orders")) == len(orders)


def test_a_pinned_version_is_readable_after_a_commit(tmp_path, orders):
    commit(tmp_path, {"orders": orders}, info={})
    pinned = Store.open(tmp_path)
    commit(tmp_path, {"orders": orders.head(10)}, info={})
    sweep(tmp_path)
    assert len(pinned.read("orders")) == len(orders)
    assert len(Store.open(tmp_path).read("orders")) == 10


def test_sweep_deletes_only_what_no_kept_version_uses(tmp_path, orders):
    for n in (10, 20, 30):
        commit(tmp_path, {"orders": orders.head(n)}, info={})
    assert sweep(tmp_path, keep=1) == 2
    assert len(Store.open(tmp_path).read("orders")) == 30


def test_two_writers_at_once_are_told(tmp_path, orders):
    with (
        locked(tmp_path / ".lock", what="The store of study 'retail'"),
        pytest.raises(StoreError, match="in use by another run"),
    ):
        commit(tmp_path, {"orders": orders}, info={})


def test_a_damaged_manifest_is_one_clear_error(tmp_path, orders):
    version = commit(tmp_path, {"orders": orders}, info={})
    (tmp_path / "versions" / f"{version.id}.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(tmp_path)


def test_a_derived_table_is_made_once(tmp_path, orders):
    commit(tmp_path, {"orders": orders}, info={})
    store, made = Store.open(tmp_path), []

    def make():
        made.append(1)
        return orders.head(3)

    first = store.derived("features", key="k", bucket=0, make=make)
    again = store.derived("features", key="k", bucket=0, make=make)
    assert len(made) == 1
    pd.testing.assert_frame_equal(first, again)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=50), st.integers(1, 10))
@settings(max_examples=50)
def test_doubling_the_buckets_splits_each_in_two(ids, power):
    customers = pd.Series(ids, dtype="str")
    coarse, fine = bucket_of(customers, 2**power), bucket_of(customers, 2 ** (power + 1))
    assert (fine // 2 == coarse).all()
    assert ((coarse >= 0) & (coarse < 2**power)).all()


def test_the_number_of_buckets_is_a_power_of_two():
    with pytest.raises(ParameterError, match="power of two"):
        bucket_of(pd.Series(["a"]), 3)


@pytest.mark.parametrize("rows_per_bucket", [10_000, 300])
def test_the_span_of_a_column_is_its_least_and_greatest_value(tmp_path, orders, rows_per_bucket):
    at = pd.to_datetime("2026-01-01", utc=True) + pd.to_timedelta(orders.index, unit="h")
    tables = {"orders": orders.assign(ordered_at=at.where(orders["amount"] > 500), cost=None)}
    commit(tmp_path, tables, info={}, rows_per_bucket=rows_per_bucket)
    store = Store.open(tmp_path)
    known = tables["orders"]["ordered_at"].dropna()
    assert store.span("orders", "ordered_at") == (known.min(), known.max())
    assert store.span("orders", "cost") is None
    assert store.span("events", "occurred_at") is None
