"""One process of a contest: makes the data, or lets one tool work and measures it.

Started by `measure`; prints one line of JSON. It imports what the tool imports and nothing
else, so it also runs in an environment that has only a peer.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import sys
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contest import NoDataError, find
from benchmarks.measure import NO_DATA

if TYPE_CHECKING:
    from benchmarks.contest import Contest, Tool

WARM_UP = "warm_up"
"""Folder, beside the data, of the small data that a process works on first."""
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


def main() -> None:
    """Make data (``make CONTEST FOLDER SIZE``) or run a tool (``run CONTEST FOLDER TOOL``)."""
    what, name, folder, last = sys.argv[1:5]
    contest = find(name)
    if what == "make":
        make_data(contest, Path(folder), int(last))
        return
    tool = next(t for t in contest.tools if t.name == last)
    measured = measured_tool(tool, Path(folder), repeat=contest.repeat)
    sys.stdout.write(f"\n{json.dumps(measured)}\n")


def make_data(contest: Contest, folder: Path, size: int) -> None:
    """Write the data of a contest, and beside them a little of the same for the first try."""
    try:
        contest.make(folder, size)
        if contest.warm_up:
            (folder / WARM_UP).mkdir()
            contest.make(folder / WARM_UP, min(contest.warm_up, size))
    except NoDataError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(NO_DATA)


def measured_tool(tool: Tool, folder: Path, *, repeat: int) -> dict[str, Any]:
    """Let a tool work; return its best times, its memory, its answer and its versions."""
    adopt_orphans()
    if (folder / WARM_UP).is_dir():
        tool.work(tool.load(folder / WARM_UP))
    data = tool.load(folder)
    gc.collect()
    forget_peak()
    held, walls, cpus = held_memory(), [], []
    answer: Any = None
    for _ in range(repeat):
        answer = None
        wall, cpu = time.perf_counter(), cpu_seconds()
        answer = tool.work(data)
        walls.append(time.perf_counter() - wall)
        reap()
        cpus.append(cpu_seconds() - cpu)
    peak = peak_memory()
    return {
        "wall": min(walls),
        "CPU": min(cpus),
        "peak": peak,
        "extra": max(0, peak - held) if held else None,
        "answer": answer,
        "versions": {n: v for n in tool.needs if (v := version(n))},
    }


def cpu_seconds() -> float:
    """Return the processor time of this process, its threads and its ended children."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def peak_memory() -> int:
    """Return the most that this process, or the largest of its children, held, in bytes."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(u.ru_maxrss for u in used) * _UNIT


def held_memory() -> int:
    """Return what this process holds, in bytes; 0 where the system does not say."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize()
    return 0


def forget_peak() -> None:
    """Count the peak from here on, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def adopt_orphans() -> None:
    """Become the parent of processes that children leave behind, so that their time counts."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def reap(*, patience: float = 2.0) -> None:
    """Wait for children to end; those that last as long as this process are left alone."""
    until = time.monotonic() + patience
    with suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)


def version(module: str) -> str:
    """Return the version of the package that a module comes from; empty if it has none."""
    names = metadata.packages_distributions().get(module.partition(".")[0], [])
    return metadata.version(names[0]) if names else ""


if __name__ == "__main__":
    main()
