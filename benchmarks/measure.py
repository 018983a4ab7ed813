"""Runs the tools of a contest in turn, several rounds, and compares them within each round.

This module and all that it imports is the standard library: a process's peak of memory begins
with that of the process that started it.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.contest import NoDataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.contest import Answer, Contest, Tool

ROOT = Path(__file__).parents[1]
TIME_LIMIT = 900
NO_DATA = 3
"""Exit code of a worker whose data are not on this machine."""
_CAN_IMPORT = "import sys, importlib; [importlib.import_module(m) for m in sys.argv[1:]]"


@dataclass(slots=True)
class Row:
    """What was measured of one tool: one entry a round."""

    tool: Tool
    runs: list[dict[str, Any]] = field(default_factory=list)
    failed: str = ""
    """Why it did not take part."""
    answer_differs: str = ""
    """The part of the answer that is not the floor's."""

    def ratios(self, floor: Row, what: str) -> list[float]:
        """Return how many times the floor's, round by round."""
        return [
            mine[what] / theirs[what]
            for mine, theirs in zip(self.runs, floor.runs, strict=False)
            if theirs[what]
        ]

    def ratio(self, floor: Row, what: str) -> float:
        """Return the median of the rounds; NaN if there is none."""
        found = self.ratios(floor, what)
        return median(found) if found else math.nan

    @property
    def extra(self) -> float:
        """Memory above what was held before the work, in megabytes; NaN if not known."""
        found = [r["extra"] for r in self.runs if r["extra"] is not None]
        return median(found) / 2**20 if found else math.nan


def prepared(contest: Contest, folder: Path, *, size: int) -> Path:
    """Make the data of a contest, where the folder does not hold them yet.

    Raises
    ------
    NoDataError
        If the data are not on this machine.
    RuntimeError
        If the data cannot be made.
    """
    if folder.is_dir():
        return folder
    staged = folder.with_name(f".{folder.name}.{os.getpid()}")
    staged.mkdir(parents=True)
    made = _worker(sys.executable, "make", contest.name, str(staged), str(size))
    if made.returncode == NO_DATA:
        raise NoDataError(made.stderr.strip())
    if made.returncode:
        raise RuntimeError(f"No data for {contest.name}:\n{made.stderr}")
    return staged.rename(folder)


def run_contest(
    contest: Contest, folder: Path, *, rounds: int, say: Callable[[str], None]
) -> list[Row]:
    """Let all tools work in turn on the data of a folder, and compare their answers.

    Raises
    ------
    RuntimeError
        If the floor fails.
    """
    rows = [Row(tool) for tool in contest.tools]
    for number in range(rounds):
        for row in rows:
            say(f"{contest.name}: round {number + 1} of {rounds}: {row.tool.name}")
            _run_tool(contest, row, folder)
    floor = next(r for r in rows if r.tool.role == "floor")
    if floor.failed:
        raise RuntimeError(f"The floor of {contest.name} failed: {floor.failed}")
    for row in rows:
        for run in row.runs:
            row.answer_differs = row.answer_differs or first_difference(
                run["answer"], floor.runs[0]["answer"], contest
            )
    return rows


def first_difference(answer: Answer, expected: Answer, contest: Contest) -> str:
    """Return the first part of an answer that is not as expected; empty if all are."""
    for name in answer:
        if name in contest.shown or name not in expected:
            continue
        mine, theirs = (v if isinstance(v, list) else [v] for v in (answer[name], expected[name]))
        if len(mine) != len(theirs) or not all(
            _same(a, b, contest.tolerance) for a, b in zip(mine, theirs, strict=True)
        ):
            return f"{name}: {answer[name]}, not {expected[name]}"
    return ""


@lru_cache
def python_with(modules: tuple[str, ...]) -> str:
    """Return a Python that has all the modules: this one, or one of `CJM_PEERS`; else empty."""
    named = os.environ.get("CJM_PEERS", "").split(os.pathsep)
    others = [str(Path(folder) / "bin" / "python") for folder in named if folder]
    for python in [sys.executable, *others]:
        asked = [python, "-c", _CAN_IMPORT, *modules]
        if subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0:
            return python
    return ""


def _run_tool(contest: Contest, row: Row, folder: Path) -> None:
    if row.failed:
        return
    python = python_with(row.tool.needs)
    if not python:
        row.failed = "not installed"
        return
    try:
        done = _worker(python, "run", contest.name, str(folder), row.tool.name)
    except subprocess.TimeoutExpired:
        row.failed = f"took longer than {TIME_LIMIT} s"
        return
    if done.returncode:
        row.failed = f"failed: {(done.stderr.strip().splitlines() or ['killed'])[-1][:200]}"
        row.runs.clear()
        return
    row.runs.append(json.loads(done.stdout.strip().splitlines()[-1]))


def _worker(python: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-W", "ignore", "-m", "benchmarks.worker", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=TIME_LIMIT, check=False,
    )  # fmt: skip


def _same(one: float, other: float, tolerance: float) -> bool:
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
