"""Every contest runs at a small size and all tools give the same answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(page: Path, *words: str) -> subprocess.CompletedProcess[str]:
    quiet = {k: v for k, v in os.environ.items() if k != "CJM_PEERS"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words, "--rounds", "1", "--page", str(page)],
        cwd=ROOT, env=quiet, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["cleaning", "identity", "segmentation", "experiments", "needs", "journey", "runs"]
)
def test_all_tools_of_a_field_give_the_same_answer(name, tmp_path):
    done = _run(tmp_path / "page.md", name, "--scale", "0.002")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "**other**" not in done.stdout


@pytest.mark.slow
def test_the_page_keeps_the_sections_of_earlier_runs(tmp_path):
    page = tmp_path / "page.md"
    _run(page, "experiments.effects", "--scale", "0.002")
    _run(page, "cleaning", "--scale", "0.002")
    text = page.read_text(encoding="utf-8")
    assert text.index("## cleaning") < text.index("## experiments.effects")


def test_an_unknown_contest_is_named_with_those_that_exist(tmp_path):
    done = _run(tmp_path / "page.md", "clusters")
    assert done.returncode == 2
    assert "no contest 'clusters'" in done.stderr
    assert "segmentation.rfm" in done.stderr


def test_starting_the_command_loads_the_standard_library_only():
    heavy = ("numpy", "pandas", "pyarrow", "duckdb", "cjm_research")
    code = "import sys, benchmarks.__main__, benchmarks.contest as c; [c.find(n) for n in c.NAMES];"
    code += f"print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
