"""Unchanged: a run that finds every page up to date."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contest import Contest, Promise
from benchmarks.runs.notebooks import write_notebook

if TYPE_CHECKING:
    from benchmarks.contest import Answer

ROOT = Path(__file__).parents[2]
STUDY = """title = { en = "Shop" }
languages = ["en"]
currency = "EUR"
[research]
question = { en = "Can we trust the orders?" }
[[sources]]
table = "orders"
file = "orders.csv"
columns = { customer_id = "client", amount = "sum", ordered_at = "day" }
[[reports]]
id = "data_quality"
"""
_CJM = [sys.executable, "-m", "cjm_research.cli.main", "run", "shop"]


def make(folder: Path, size: int) -> None:
    """Write a project with one study, and make its page."""
    for name in ("studies", "notebooks", "data/raw/shop", "reports"):
        (folder / name).mkdir(parents=True)
    (folder / "studies" / "shop.toml").write_text(STUDY, encoding="utf-8")
    shutil.copy(ROOT / "notebooks" / "01_data_quality.ipynb", folder / "notebooks")
    rows = "".join(f"c{i % 400:04d},{i % 97},2026-01-{1 + i % 28:02d}\n" for i in range(size))
    (folder / "data/raw/shop/orders.csv").write_text(f"client,sum,day\n{rows}", encoding="utf-8")
    write_notebook(folder / "trivial.ipynb", ["x = 1", "x + 1"])
    _up_to_date(folder)


CONTEST = Contest(
    name="runs.unchanged",
    task="`cjm run` on a study whose pages stand as they would be made, beside one run of a "
    "notebook of two cells. From the start of the command to its end.",
    size=2_000,
    of="order lines in the study",
    make=make,
    warm_up=0,
    promises=(Promise(at_most=0.05, of="CPU", against=("papermill, a trivial notebook",)),),
)


def _folder(folder: Path) -> Path:
    return folder


@CONTEST.tool("papermill, a trivial notebook", role="floor", load=_folder, needs=("papermill",))
def papermill(folder: Path) -> Answer:
    """Run two cells."""
    words = [sys.executable, "-m", "papermill", "trivial.ipynb", "done.ipynb"]
    done = subprocess.run(
        [*words, "--no-progress-bar"], cwd=folder, capture_output=True, check=False
    )
    return {"exit": done.returncode}


def _up_to_date(folder: Path) -> Path:
    done = subprocess.run(_CJM, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return folder


@CONTEST.tool("ours", role="ours", load=_up_to_date, needs=("cjm_research",))
def ours(folder: Path) -> Answer:
    """Run the study again."""
    done = subprocess.run(_CJM, cwd=folder, capture_output=True, text=True, check=False)
    if "up to date" not in done.stdout:
        raise RuntimeError(f"There was work to do: {done.stdout}{done.stderr}")
    return {"exit": done.returncode}
