"""The command: ``python -m benchmarks.whole`` runs all reports of a made-up base of any size.

It prints what each page took and held, and what all processes held together.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.whole.base import write_base
from benchmarks.whole.watch import Watch


def main() -> int:
    """Make the base where there is none, run it, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--data", default="", metavar="FOLDER", help="keeps the project here")
    parser.add_argument("--make", action="store_true", help="makes the base and runs nothing")
    parser.add_argument("--workers", type=int, default=0, help="as of `cjm run`")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cjm") as passing:
        folder = Path(asked.data or passing)
        if not (folder / "studies").is_dir():
            write_base(folder, asked.customers)
        if asked.make:
            return 0
        return run(folder, asked.workers)


def run(folder: Path, workers: int) -> int:
    """Run the base's reports; print what each took and what the whole held."""
    words = [sys.executable, "-m", "cjm_research.cli.main", "run", "base", "--force",
             "--workers", str(workers)]  # fmt: skip
    begun = time.perf_counter()
    process = subprocess.Popen(words, cwd=folder)
    with Watch(process.pid) as watch:
        code = process.wait()
    seconds = time.perf_counter() - begun
    print(f"{seconds:.1f} s, {watch.cpu:.1f} s of processor, {watch.most / 2**30:.2f} GB together")
    print("| page | seconds | memory of its process |\n| --- | ---: | ---: |")
    for path in sorted((folder / "reports" / "base").glob("*.manifest.json")):
        made = json.loads(path.read_text(encoding="utf-8"))
        memory = made.get("peak_memory", 0) / 2**30
        print(f"| {made['stem']} | {made.get('seconds', 0):.1f} | {memory:.2f} GB |")
    return code


if __name__ == "__main__":
    sys.exit(main())
