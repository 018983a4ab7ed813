"""The tones of one tool, told by a Python that has it: ``python -m benchmarks.needs.tones``.

Contest, folder of its data and tool; prints one line of JSON. It imports what the tool imports
and nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.contest import find
from benchmarks.measure import ROOT, python_with
from benchmarks.needs.labelled import TONES, load

MODULE = "benchmarks.needs.tones"


def told_tones(contest: str, folder: Path, tool: str) -> list[float]:
    """Return a tone for each text; none where no Python here has the tool."""
    needs = next(t.needs for t in find(contest).tools if t.name == tool)
    python = python_with(needs)
    if not python:
        return []
    words = [python, "-W", "ignore", "-m", MODULE, contest, str(folder), tool]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the tones."""
    contest, folder, tool = sys.argv[1:4]
    find(contest)  # its module says which tools there are
    sys.stdout.write(f"\n{json.dumps(TONES[contest, tool](load(Path(folder))))}\n")


if __name__ == "__main__":
    main()
