"""Parts of a run: on one machine or many, the same pages in the end."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from cjm_research.errors import ParameterError, StoreError
from cjm_research.report.manifest import all_manifests
from cjm_research.report.prepare import Selection
from cjm_research.report.publish import study_lock
from cjm_research.report.run import Options, run_study


def stems(project, **given):
    options = Options(selection=Selection(**given))
    return [d.stem for d in run_study("shop", project.root, options=options)]


def test_shards_share_the_pages_out_and_leave_none(project):
    parts = [stems(project, shard=(i, 2)) for i in (1, 2)]
    assert sorted(parts[0] + parts[1]) == sorted(stems(project))
    assert not set(parts[0]) & set(parts[1])


def test_a_job_is_named_exactly(project):
    assert stems(project, jobs=("customer_matrix",)) == ["customer_matrix"]
    with pytest.raises(ParameterError, match="customer_matrix"):
        stems(project, jobs=("customer_matri",))


def test_a_shard_waits_for_no_other_shard_but_keeps_a_whole_run_out(project):
    with study_lock(project.root / "reports", "shop", shared=True):
        assert stems(project, shard=(1, 2))
        with pytest.raises(StoreError, match="in use by another run"):
            stems(project)


@pytest.mark.slow
def test_shards_at_once_from_raw_files_give_all_pages(project):
    for folder in ("reports", "data/processed"):
        shutil.rmtree(project.root / folder)
    command = [sys.executable, "-m", "cjm_research.cli.main", "run", "shop", "--shard"]
    runs = [
        subprocess.Popen([*command, f"{i}/3"], cwd=project.root, stdout=subprocess.DEVNULL)
        for i in (1, 2, 3)
    ]
    assert [run.wait(timeout=300) for run in runs] == [0, 0, 0]
    found = {m["stem"]: m["status"] for m in all_manifests(project.root / "reports")}
    assert found == {
        "summary": "fresh", "data_quality": "fresh", "customer_matrix": "fresh",
        "pains_and_needs": "skipped",
    }  # fmt: skip
    assert "customer_matrix.en.html" in (project.root / "reports/index.html").read_text("utf-8")
    again = subprocess.run(command[:-1], cwd=project.root, capture_output=True, check=True)
    assert b"up to date" in again.stdout
