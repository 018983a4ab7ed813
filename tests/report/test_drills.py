"""The runner is killed at any moment: pages stay whole, and the next run heals."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from cjm_research.report.manifest import all_manifests, content_hash
from cjm_research.report.run import run_study

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no such signal there"),
]


def _start(project, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "cjm_research.cli.main", "run", "shop", *words],
        cwd=project.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _faults(project):
    """Return pages that are cut off; a page may be newer than its manifest, never half of one."""
    pages = sorted(project.pages.glob("*.html"))
    return [p.name for p in pages if not p.read_text(encoding="utf-8").rstrip().endswith("</html>")]


KILLS = 50


def test_a_runner_that_is_killed_at_any_moment_leaves_whole_pages(project):
    rng = random.Random(20261122)  # noqa: S311
    project.show("01_data_quality", "a whole run")
    begun = time.monotonic()
    assert _start(project, "data_quality").wait(timeout=300) == 0
    whole = time.monotonic() - begun
    for i in range(KILLS):
        project.show("01_data_quality", f"body {i}")
        run = _start(project, "data_quality")
        time.sleep(rng.uniform(0.02, whole))
        run.send_signal(signal.SIGKILL)
        run.wait(timeout=30)
        assert _faults(project) == []
        manifests = sorted(project.pages.glob("*.manifest.json"))
        assert all(json.loads(m.read_text(encoding="utf-8")) for m in manifests)
    run_study("shop", project.root)
    assert f"body {KILLS - 1}" in project.page(language="en")
    assert f"body {KILLS - 1}" in project.page(language="ru")
    for manifest in all_manifests(project.root / "reports"):
        for page in (manifest.get("pages") or {}).values():
            text = (project.pages / page["file"]).read_text(encoding="utf-8")
            assert content_hash(text) == page["sha256"]
    left = [p for p in (project.root / "reports/.runs/shop").iterdir() if p.is_dir()]
    assert left == []


def test_kernels_end_with_a_runner_that_is_killed(project):
    mark = project.root / "begun"
    begin = f"open({str(mark)!r}, 'w').write(str(__import__('os').getpid()))"
    project.cells("01_data_quality", begin, "__import__('time').sleep(120)")
    run = _start(project)
    deadline = time.monotonic() + 180
    while not (mark.is_file() and mark.read_text()) and time.monotonic() < deadline:
        time.sleep(0.1)
    run.send_signal(signal.SIGKILL)
    run.wait(timeout=30)
    pid, deadline = int(mark.read_text()), time.monotonic() + 20
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _is_alive(pid)


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True,
                           check=False).stdout  # fmt: skip
    return bool(state.strip()) and not state.strip().startswith("Z")
