"""A derived table that several ask for is made once."""

from __future__ import annotations

import threading
import time

import pandas as pd
import pytest

from cjm_research.store.store import Store, commit


def stored(folder, **columns):
    ids = pd.Series(list("abcd"), dtype="string[pyarrow]")
    frame = pd.DataFrame({"customer_id": ids, **columns})
    commit(folder, {"orders": frame}, info={}, rows_per_bucket=1)
    return Store.open(folder)


def test_a_table_that_two_ask_for_at_once_is_made_once(tmp_path):
    store, made = stored(tmp_path), []

    def make():
        made.append(1)
        time.sleep(0.2)
        return pd.DataFrame({"n": [1]})

    def ask():
        store.derived("slow", key="k", bucket=0, make=make)

    both = [threading.Thread(target=ask) for _ in range(2)]
    [t.start() for t in both]
    [t.join() for t in both]
    assert made == [1]
    assert [p.suffix for p in (tmp_path / "derived" / "slow").iterdir()] == [".parquet"]


def test_who_failed_to_make_a_file_leaves_it_to_the_next(tmp_path):
    store = stored(tmp_path)
    with pytest.raises(ZeroDivisionError):
        store.derived("slow", key="k", bucket=0, make=lambda: 1 / 0)
    made = store.derived("slow", key="k", bucket=0, make=lambda: pd.DataFrame({"n": [1]}))
    assert made["n"].tolist() == [1]
