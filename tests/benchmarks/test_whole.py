"""The made-up base of the whole study, and what is measured of it."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from benchmarks.whole.base import write_base
from benchmarks.whole.watch import Watch

from cjm_research.study.load import load_study

HOLDS = "import time; held = bytearray(300_000_000); time.sleep(4)"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    write_base(folder, 2_000)
    return folder


def _read(base, name):
    return pd.read_csv(base / "data/raw/base" / f"{name}.csv")


def test_a_customer_has_ten_order_lines_and_twenty_events(base):
    n = len(_read(base, "customers"))
    assert n == 2_000
    assert len(_read(base, "orders")) / n == pytest.approx(10, rel=0.05)
    assert len(_read(base, "events")) / n == pytest.approx(20, rel=0.05)


def test_ids_name_one_thing_and_rows_belong_to_customers(base):
    clients = _read(base, "customers")["Client"]
    assert clients.is_unique
    assert _read(base, "events")["Hit"].is_unique
    for name in ("orders", "events", "answers", "mailing"):
        assert _read(base, name)["Client"].isin(clients).all()


def test_its_study_can_be_read_and_names_its_files(base):
    study = load_study(base / "studies" / "base.toml")
    raw = {p.name for p in (base / "data/raw/base").iterdir()}
    assert {s.file for s in study.sources} == raw
    assert [g.id for g in study.groupings] == ["life_situation", "lifecycle", "by_value", "taste"]


def test_memory_is_that_of_all_processes_together():
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])"
    process = subprocess.Popen([sys.executable, "-c", child])
    with Watch(process.pid) as watch:
        process.wait()
    assert 300e6 < watch.most < 400e6
    assert watch.cpu > 0
