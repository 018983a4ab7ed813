"""A fold on a real Dask cluster of two workers gives what one process gives."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("distributed")

SCRIPT = """
import sys

import distributed
import numpy as np
import pandas as pd

from cjm_research.store.fold import fold
from cjm_research.store.store import Store, commit


def revenue(tables):
    return tables["orders"].groupby("customer_id")["amount"].sum()


def merge(left, right):
    return pd.concat([left, right])


if __name__ == "__main__":
    rng, n, folder = np.random.default_rng(20261122), 40_000, sys.argv[1]
    ids = [f"c{i}" for i in rng.integers(0, 3_000, n)]
    orders = pd.DataFrame({"customer_id": ids, "amount": rng.lognormal(3, 1, n)})
    from pathlib import Path
    commit(Path(folder) / "store", {"orders": orders}, info={}, rows_per_bucket=4_000)
    store = Store.open(Path(folder) / "store")
    here = fold(store, revenue, merge, tables=["orders"])
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1", local_directory=folder,
    )
    client = distributed.Client(cluster)
    client.wait_for_workers(2)
    there = fold(store, revenue, merge, tables=["orders"], executor=client.get_executor())
    workers = len(set(client.run(lambda: __import__("os").getpid()).values()))
    client.close()
    cluster.close()
    whole = orders.groupby("customer_id")["amount"].sum().sort_index()
    assert there.index.equals(here.index)
    assert (there - here).abs().max() <= 1e-10
    assert np.allclose(there.sort_index(), whole, rtol=1e-10, atol=0)
    print(store.version.n_buckets, workers)
"""


@pytest.mark.slow
def test_two_workers_agree_with_one_process(tmp_path):
    script = tmp_path / "fold_there.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["16", "2"]
