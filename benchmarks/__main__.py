"""The command: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.contest import NAMES, Contest, NoDataError, find
from benchmarks.measure import ROOT, prepared, run_contest
from benchmarks.page import section, write
from benchmarks.promises import update

PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Run the contests that are named; return 1 if an answer differs or a tool fails."""
    known = {name: find(name) for name in NAMES}
    asked = _parser(known).parse_args()
    sizes = dict(text.split("=") for text in asked.size)
    unknown = [n for n in (*asked.names, *sizes) if not _chosen(known, n)]
    if unknown:
        sys.stderr.write(f"There is no contest {unknown[0]!r}; there are {', '.join(known)}.\n")
        return 2
    names = [n for name in asked.names or known for n in _chosen(known, name)]
    is_good = True
    for name in dict.fromkeys(names):
        own = next((int(rows) for n, rows in sizes.items() if name in _chosen(known, n)), None)
        size = own or max(known[name].warm_up, int(known[name].size * asked.scale), 1)
        is_good &= _run(known[name], size, asked, order=list(known))
    return 0 if is_good else 1


def _run(contest: Contest, size: int, asked: argparse.Namespace, *, order: list[str]) -> bool:
    page, rounds = Path(asked.page), asked.rounds
    with tempfile.TemporaryDirectory(prefix="cjm") as passing:
        kept = Path(asked.data) / f"{contest.name}-{size}" if asked.data else None
        try:
            folder = prepared(contest, kept or Path(passing) / "data", size=size)
        except NoDataError as error:
            sys.stderr.write(f"{contest.name}: left out, {error}\n")
            return True
        if not rounds:
            return True
        rows = run_contest(contest, folder, rounds=rounds, say=_progress)
    text = section(contest, rows, size=size, rounds=rounds)
    sys.stdout.write(f"{text}\n")
    write(page, contest.name, text, order=order)
    if page.resolve() == PAGE:
        update()
    wrong = [f"{r.tool.name}: {r.answer_differs}" for r in rows if r.answer_differs]
    failed = [f"{r.tool.name}: {r.failed}" for r in rows if r.failed not in ("", "not installed")]
    for words in (*wrong, *failed):
        sys.stderr.write(f"{contest.name}: {words}\n")
    return not (wrong or failed)


def _parser(known: dict[str, Contest]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"fields or contests: {', '.join(known)}")
    parser.add_argument("--size", action="append", default=[], metavar="NAME=ROWS",
                        help="rows of the data of a contest")  # fmt: skip
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual size of all")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often each tool runs; 0 makes the data only"
    )
    parser.add_argument("--data", default="", metavar="FOLDER",
                        help="keeps the data here, and takes those of an earlier run")  # fmt: skip
    parser.add_argument("--page", default=str(PAGE),
                        help="file that the tables are written to")  # fmt: skip
    return parser


def _chosen(known: dict[str, Contest], name: str) -> list[str]:
    """Return the contests that a name stands for: its own, or all of a field."""
    return [n for n in known if n == name or n.split(".", maxsplit=1)[0] == name]


def _progress(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
