"""A fold on a real Dask cluster of two workers gives what one process gives."""

from __future__ import annotations

import shutil
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


DERIVED = """
import sys
from pathlib import Path

import distributed
import pandas as pd

from cjm_research.report.remote import derive
from cjm_research.store.store import Store, commit
from cjm_research.workspace.build import clean
from cjm_research.workspace.project import store_folder
from cjm_research.workspace.workspace import open_study

TABLES = ("event_stages", "feedback_codes", "features", "memberships")


def tables(root):
    world = open_study("retail", root=root)
    return {t: getattr(world, t) for t in TABLES}


def kept(root):
    return sorted(p.name for p in root.glob("**/derived/*/*.parquet"))


def forget(root):
    for path in root.glob("**/derived/*/*.parquet"):
        path.unlink()


if __name__ == "__main__":
    root = Path(sys.argv[1])
    clean("retail", root)
    folder = store_folder(root, "retail")
    whole = Store.open(folder)
    content = {p.table: whole.read(p.table) for p in whole.version.parts}
    one = tables(root)
    commit(folder, content, info=whole.version.info, rows_per_bucket=100_000)
    n = Store.open(folder).version.n_buckets
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1", local_directory=str(root),
    )
    address = cluster.scheduler_address.replace("tcp://", "dask://")
    for where in (address, "processes:2"):
        forget(root)
        derive("retail", root, where)
        made = kept(root)
        assert len(made) == 2 * n + 1, made
        many = tables(root)
        assert [name for name in kept(root) if name not in made] != made
        for table in TABLES:
            left, right = (f[table].copy() for f in (one, many))
            by = [c for c in ("customer_id", "grouping", "event_id", "feedback_id", "sentence",
                              "theme") if c in left]
            left, right = (
                f.sort_values(by, kind="stable", ignore_index=True) for f in (left, right)
            )
            pd.testing.assert_frame_equal(left, right[left.columns], rtol=1e-10, atol=1e-10)
    cluster.close()
    print(n)
"""


@pytest.mark.slow
def test_derived_tables_of_a_cluster_equal_those_of_one_process(demo_project, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(demo_project, project, ignore=shutil.ignore_patterns("store", "reports"))
    script = tmp_path / "derive_there.py"
    script.write_text(DERIVED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(project)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) >= 4
