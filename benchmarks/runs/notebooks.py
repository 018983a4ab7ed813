"""Notebooks: six small ones with parameters, executed one after the other or side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

PARAMETERS = 'path: str = ""  # the table\nseed: int = 0  # of the draw, at least 0'
IMPORTS = """import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import stats
from cjm_research import open_study, present, report
from cjm_research.{domain} import {name}"""
DOMAINS = (
    ("cleaning.quality.data_quality", "data_quality"), ("segmentation.portraits", "portraits"),
    ("needs.coding", "feedback_codes"), ("journey.analysis", "analyse_journey"),
    ("experiments.of_study", "study_campaign"), ("segmentation.matrix", "customer_matrix"),
)  # fmt: skip
"""What the six notebooks of the project import, one each."""
READ = "table = pd.read_parquet(path)\ntable.head()"
BODIES = (
    "found = table.groupby('segment')['amount'].agg(['size', 'mean', 'median'])\nfound",
    "found = table.pivot_table(index='segment', columns='arm', values='amount')\nfound",
    "found = stats.ttest_ind(*(g['amount'] for _, g in table.groupby('arm')))\nfound",
    "found = table.assign(day=table['day'] // 7).groupby('day')['amount'].sum()\nfound",
    "rng = np.random.default_rng(seed)\nfound = rng.choice(table['amount'], 9999)",
    "found = pd.crosstab(table['segment'], table['arm'], normalize=True)\nfound",
)
DRAW = """figure = Figure(figsize=(6, 4))
axes = figure.subplots()
axes.plot(np.sort(table['amount'].to_numpy())[::50])
figure"""
LAST = "print(float(np.nan_to_num(np.asarray(found, dtype=float)).sum()))"


def make(folder: Path, size: int) -> None:
    """Write six notebooks and the table that they read."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20260107)
    pd.DataFrame(
        {
            "segment": np.array(["new", "loyal", "lost"])[rng.integers(0, 3, size)],
            "arm": np.array(["control", "letter"])[rng.integers(0, 2, size)],
            "day": rng.integers(0, 300, size),
            "amount": rng.gamma(2, 40, size),
        }
    ).to_parquet(folder / "table.parquet")
    for number, (body, (domain, name)) in enumerate(zip(BODIES, DOMAINS, strict=True)):
        imports = IMPORTS.format(domain=domain, name=name)
        sources = [PARAMETERS, imports, READ, body, DRAW, LAST]
        write_notebook(folder / f"notebook_{number}.ipynb", sources)


def write_notebook(path: Path, sources: list[str]) -> None:
    """Write a notebook whose first cell holds the parameters."""
    cells: list[Any] = [
        {
            "cell_type": "code", "id": f"cell-{i}", "source": source, "outputs": [],
            "execution_count": None, "metadata": {"tags": ["parameters"]} if i == 0 else {},
        }
        for i, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    plain = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(plain), encoding="utf-8")


CONTEST = Contest(
    name="runs.notebooks",
    task="Execute six small notebooks with parameters, from the start of the process to the last "
    "executed notebook. Each imports pandas, scipy, matplotlib and one field of this "
    "package, reads a table, computes, draws a figure.",
    size=20_000,
    of="rows in the table of the notebooks",
    make=make,
    repeat=1,
    warm_up=0,
    promises=(
        Promise(at_most=1 / 3, of="wall", against=("papermill, its API in a loop",)),
        Promise(at_most=1 / 2.5, of="CPU", against=("papermill, its API in a loop",)),
        Promise(at_most=1 / 4.5, of="wall", against=("papermill, its command line",)),
    ),
)


def notebooks(folder: Path) -> list[Path]:
    """Return the notebooks, in order."""
    return sorted(folder.glob("notebook_*.ipynb"))


def _printed(executed: list[Any]) -> Answer:
    """Return the number that each notebook prints last."""
    found = [nb["cells"][-1]["outputs"][-1]["text"] for nb in executed]
    return {"printed": [float("".join(text)) for text in found]}


@CONTEST.tool("papermill, its API in a loop", role="floor", load=notebooks, needs=("papermill",))
def papermill_api(paths: list[Path]) -> Answer:
    """Execute one after the other; each starts a kernel."""
    import papermill

    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    return _printed(
        [
            papermill.execute_notebook(
                str(path), str(path.with_suffix(".done.json")), progress_bar=False,
                parameters={"path": str(path.parent / "table.parquet"), "seed": 1},
            )
            for path in paths
        ]
    )  # fmt: skip


@CONTEST.tool(
    "ours",
    role="ours",
    load=notebooks,
    needs=("cjm_research",),
    note="`Session.execute` in as many threads as there are cores, as `cjm run` does: "
    "papermill with kernels that are forks of one process",
)
def ours(paths: list[Path]) -> Answer:
    """Execute them as a run does."""
    from concurrent.futures import ThreadPoolExecutor

    from cjm_research.report.session import Session

    workers = min(os.cpu_count() or 1, 8)
    folder = paths[0].parent
    given: dict[str, str | float] = {"path": str(folder / "table.parquet"), "seed": 1}
    with Session(folder, workers=workers) as session, ThreadPoolExecutor(workers) as threads:
        session.start()
        done = list(threads.map(lambda path: session.execute(path, given)[0], paths))
    failed = [d.failure for d in done if d.failure]
    if failed:
        raise RuntimeError(failed[0].message)
    return _printed([d.notebook for d in done])


@CONTEST.tool("papermill, its command line", load=notebooks, needs=("papermill",))
def papermill_command(paths: list[Path]) -> Answer:
    """Execute each in a process of its own."""
    done = []
    for path in paths:
        out = path.with_suffix(".done.json")
        given = ["-p", "path", str(path.parent / "table.parquet"), "-p", "seed", "1"]
        subprocess.run(
            [sys.executable, "-m", "papermill", str(path), str(out), *given, "--no-progress-bar"],
            check=True, capture_output=True,
        )  # fmt: skip
        done.append(json.loads(out.read_text(encoding="utf-8")))
    return _printed(done)
