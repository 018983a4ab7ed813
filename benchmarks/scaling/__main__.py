"""The command: ``python -m benchmarks.scaling`` writes docs/scaling.md and its figures.

Every point is the median of the rounds, and times the least of its curve: no absolute times.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.contest import find
from benchmarks.measure import ROOT, prepared, run_contest
from benchmarks.scaling.picture import Curve, draw_one, draw_rows

if TYPE_CHECKING:
    from benchmarks.contest import Contest
    from benchmarks.measure import Row

TIMES = (1, 10, 100)
LEAST = {
    "cleaning": 50_000,
    "segmentation.rfm": 50_000,
    "segmentation.profile": 10_000,
    "experiments.effects": 10_000,
    "journey": 100_000,
    "needs.whole": 1_000,
}
"""Contests whose rows grow, and their smallest size."""
FEWEST = 200
"""Rows below which themes cannot be found."""
HEAD = """# How time and memory grow

Written by `python -m benchmarks.scaling`; do not edit. Nothing here is an absolute time: each
number is times the first of its table or contest. Importing and starting are not counted.
{machine}

## Rows

The tasks of [the benchmarks](benchmarks.md), ours and the bare floor beside it, at three sizes.
A hundred times the rows should take at most about a hundred times the time; less at first, where
a fixed cost weighs, and where equal values are worked on once.

![Time beside rows](figures/scaling-rows.svg)
"""
BUCKETS = """## Buckets

A store keeps every customer's rows in one bucket. {task} {size} What a bucket costs is what it
takes to open it; what it saves is memory.

![Time and memory by number of buckets](figures/scaling-buckets.svg)
"""
WORKERS = """## Workers

{task} {size} One process already reads and sorts with a second thread, so that two gain less than
half; processes beyond the cores bring nothing.

![Time by number of processes](figures/scaling-workers.svg)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Where the data lie, how large they are and how often each tool runs."""

    folder: Path
    scale: float
    rounds: int

    def sizes(self, least: int) -> list[int]:
        """Return the three sizes of a contest whose rows grow."""
        return [max(FEWEST, round(least * self.scale)) * times for times in TIMES]

    def size(self, contest: Contest) -> int:
        """Return the size of a contest of buckets or workers."""
        return round(contest.size * self.scale)

    def make(self) -> None:
        """Make all data and measure nothing."""
        asked = [(find(name), size) for name, least in LEAST.items() for size in self.sizes(least)]
        asked += [(c, self.size(c)) for c in (find("scaling.buckets"), find("scaling.workers"))]
        for contest, size in asked:
            prepared(contest, self.folder / f"{contest.name}-{size}", size=size)

    def measured(
        self, contest: Contest, size: int, *, by_name: bool = False
    ) -> dict[str, dict[str, float]]:
        """Return wall time and extra memory by tool: by its role, or by its name."""
        folder = prepared(contest, self.folder / f"{contest.name}-{size}", size=size)
        rows = run_contest(contest, folder, rounds=self.rounds, say=_progress)
        for row in rows:
            if wrong := row.failed or row.answer_differs:
                raise RuntimeError(f"{contest.name}, {row.tool.name}: {wrong}")
        return {(row.tool.name if by_name else row.tool.role): _medians(row) for row in rows}


def main() -> int:
    """Measure all three, write the page and the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual sizes")
    parser.add_argument("--rounds", type=int, default=1, help="of each tool; 0 makes the data only")
    parser.add_argument("--data", default="", metavar="FOLDER",
                        help="keeps the data here, and takes those of an earlier run")  # fmt: skip
    parser.add_argument("--docs", default=str(ROOT / "docs"), help="folder of the page")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cjm") as passing:
        run = Run(Path(asked.data or passing), asked.scale, asked.rounds)
        if not run.rounds:
            run.make()
            return 0
        write(Path(asked.docs), run)
    return 0


def write(docs: Path, run: Run) -> None:
    """Measure rows, buckets and workers; write the page and its figures."""
    text = [HEAD.format(machine=f"{os.cpu_count()} cores, Python {platform.python_version()}.")]
    text += [*_rows(docs, run), *_buckets(docs, run), *_workers(docs, run)]
    (docs / "scaling.md").write_text("\n".join(text), encoding="utf-8")


def _rows(docs: Path, run: Run) -> list[str]:
    lines = [
        "| contest | rows | ours: time | floor: time | ours: memory |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    panels = {}
    for name, least in LEAST.items():
        contest = find(name)
        chosen = [t for t in contest.tools if t.role in ("ours", "floor")]
        small = replace(contest, tools=chosen)
        sizes = run.sizes(least)
        found = [run.measured(small, size) for size in sizes]
        curves = [
            Curve(r, TIMES, _relative([f[r]["wall"] for f in found])) for r in ("ours", "floor")
        ]
        panels[name] = [curves[0], curves[1]._replace(name="bare floor")]
        lines += [
            f"| {name} | {size:,} | {curves[0].y[i]:.1f} | {curves[1].y[i]:.1f} "
            f"| {found[i]['ours']['extra'] / 2**20:,.0f} MB |"
            for i, size in enumerate(sizes)
        ]
    draw_rows(panels, docs / "figures" / "scaling-rows.svg")
    return [*lines, "", "Memory is what was held above the data themselves.", ""]


def _buckets(docs: Path, run: Run) -> list[str]:
    contest = find("scaling.buckets")
    size = run.size(contest)
    found = run.measured(contest, size, by_name=True)
    counts = [int(name) for name in found]
    time = Curve("time", counts, _relative([f["wall"] for f in found.values()]))
    memory = Curve(
        "memory above the start", counts, _relative([f["extra"] for f in found.values()])
    )
    draw_one([time, memory], x="buckets", y="times that of one bucket",
             path=docs / "figures" / "scaling-buckets.svg")  # fmt: skip
    rows = [
        f"| {n} | {t:.2f} | {m:.2f} |" for n, t, m in zip(counts, time.y, memory.y, strict=True)
    ]
    head = ["| buckets | time | memory |", "| ---: | ---: | ---: |"]
    return [BUCKETS.format(task=contest.task, size=f"{size:,} {contest.of}."), *head, *rows, ""]


def _workers(docs: Path, run: Run) -> list[str]:
    contest = find("scaling.workers")
    size = run.size(contest)
    found = run.measured(contest, size, by_name=True)
    counts = [int(name) for name in found]
    time = Curve("time", counts, _relative([f["wall"] for f in found.values()]))
    cores = os.cpu_count() or 1
    ideal = Curve(f"ideal on {cores} cores", counts, [1 / min(n, cores) for n in counts])
    draw_one([time, ideal], x="processes", y="times that of one process",
             path=docs / "figures" / "scaling-workers.svg")  # fmt: skip
    head = ["| processes | time | ideal |", "| ---: | ---: | ---: |"]
    rows = [f"| {n} | {t:.2f} | {i:.2f} |" for n, t, i in zip(counts, time.y, ideal.y, strict=True)]
    return [WORKERS.format(task=contest.task, size=f"{size:,} {contest.of}."), *head, *rows, ""]


def _medians(row: Row) -> dict[str, float]:
    return {what: median(run[what] for run in row.runs) for what in ("wall", "extra")}


def _relative(found: list[float]) -> list[float]:
    return [value / found[0] for value in found]


def _progress(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
