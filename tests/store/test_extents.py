"""How many customers parts have, counted without making a text of each row."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cjm_research.store.extents import customers_of, is_full

TEXTS = ["b", "a", None, "b", "c", "a", "a", "d"]


def _coded(texts, words):
    places = [None if t is None else words.index(t) for t in texts]
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), words)


@pytest.mark.parametrize(
    "column",
    [
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS, pa.string()),
        _coded(TEXTS, ["never", "a", "b", "c", "d", "nor this"]),
        pa.array([2, 1, None, 2, 3, 1, 1, 4]),
    ],
    ids=["texts", "short texts", "codes with words of no row", "numbers"],
)
@pytest.mark.parametrize("rows", [8, 3])
def test_every_customer_counts_once_and_nobody_does_not(tmp_path, column, rows):
    paths = [tmp_path / "one.parquet", tmp_path / "other.parquet"]
    pq.write_table(pa.table({"customer_id": column}), paths[0], row_group_size=rows)
    pq.write_table(pa.table({"customer_id": column.slice(0, 3)}), paths[1])
    assert customers_of(paths[:1]) == 4
    assert customers_of(paths) == 4 + 2  # of different customers, as buckets hold them


def test_a_part_without_rows_has_no_customers(tmp_path):
    path = tmp_path / "none.parquet"
    pq.write_table(pa.table({"customer_id": pa.array([], pa.large_string())}), path)
    assert customers_of([path]) == 0


@pytest.mark.parametrize("rows", [8, 3])
def test_a_column_is_full_where_every_row_of_every_part_has_a_value(tmp_path, rows):
    paths = [tmp_path / "one.parquet", tmp_path / "other.parquet"]
    some, every = pa.array(TEXTS), pa.array(["x"] * len(TEXTS))
    for path, column in zip(paths, (every, some), strict=True):
        pq.write_table(pa.table({"order_id": column}), path, row_group_size=rows)
    assert is_full(paths[:1], "order_id")
    assert not is_full(paths, "order_id")
