"""The page of the last runs: one section for each contest, ratios only."""

from __future__ import annotations

import math
import os
import platform
import re
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.contest import Contest, Promise
    from benchmarks.measure import Row

HEAD = """# Benchmarks

Written by `make benchmarks` (`python -m benchmarks`); do not edit. Each table is one contest: the
same made-up data, every tool in a process of its own, in turn, for several rounds. **Numbers are
times the floor's**, the bare code of the first row: the median of the rounds, compared within
each round, and in brackets the least and the most. Reading the input into memory and importing
are not counted, unless the task says so. "Extra" is memory above what was held when the work
began. Less is better everywhere. A tool of another environment takes part when `CJM_PEERS` names
the folder of that environment (several: separated as in `PATH`).
"""
OWN = "cjm_research"
MEASURES = {"wall": "wall time", "CPU": "CPU time", "peak": "peak memory"}
_SECTION = re.compile(r"^## (\S+)$", re.MULTILINE)
_ROW = re.compile(r"^\|(?! tool | ---).*\|$", re.MULTILINE)
_NUMBER = re.compile(r"\d+\.\d\d")


def section(contest: Contest, rows: Sequence[Row], *, size: int, rounds: int) -> str:
    """Return the section of a contest as Markdown."""
    floor = next(r for r in rows if r.tool.role == "floor")
    heads = ["tool", "wall", "CPU", "peak memory", "extra", *contest.shown, "answer"]
    lines = [
        f"## {contest.name}",
        "",
        f"{contest.task}",
        _circumstances(contest, rows, size=size, rounds=rounds),
        "",
        f"| {' | '.join(heads)} |",
        f"| {' | '.join(['---', *['---:'] * (len(heads) - 2), '---'])} |",
        *[f"| {' | '.join(_cells(contest, row, floor))} |" for row in rows],
        "",
        *[f"- {row.tool.name}: {row.tool.note}" for row in rows if row.tool.note],
        *[f"- Promise: {kept(promise, rows)}" for promise in contest.promises],
        "",
    ]
    return "\n".join(lines)


def kept(promise: Promise, rows: Sequence[Row]) -> str:
    """Say whether ours is within a promise, and by how much."""
    rivals_named = _listed(promise.against)
    words = f"at most {promise.at_most:.2g} times the {MEASURES[promise.of]} of {rivals_named}"
    ours = next(r for r in rows if r.tool.role == "ours")
    rivals = [r for r in rows if r.tool.name in promise.against and r.runs]
    if not rivals or not ours.runs:
        return f"{words}: not measured."
    ratio = max(ours.ratio(rival, promise.of) for rival in rivals)
    return f"{words}: {'kept' if ratio <= promise.at_most else '**not kept**'}, {ratio:.2f}."


def merged(page: str, contest: str, text: str, *, order: Sequence[str]) -> str:
    """Put a section into a page, in place of the one of an earlier run."""
    found = _SECTION.split(page)
    sections = dict(zip(found[1::2], found[2::2], strict=True))
    sections = {name: f"## {name}{body}" for name, body in sections.items()} | {contest: text}
    chosen = {name: sections[name].strip() for name in order if name in sections}
    return "\n".join([HEAD, overview(chosen), *(f"{section}\n" for section in chosen.values())])


def overview(sections: Mapping[str, str]) -> str:
    """Return the table of ours beside the quickest peer, read from the sections."""
    lines = ["| contest | floor | ours: wall | CPU | peak memory | quickest peer | its wall |",
             "| --- | --- | ---: | ---: | ---: | --- | ---: |"]  # fmt: skip
    for name, text in sections.items():
        rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in _ROW.findall(text)]
        floor = next(r[0] for r in rows if r[0].endswith(" (floor)"))
        ours = next((r for r in rows if r[0] == "**ours**"), None)
        peers = [r for r in rows if not r[0].startswith(("**", "ours"))]
        measured = [(float(r[1].split()[0]), r[0]) for r in peers if _NUMBER.match(r[1])]
        measured = [(wall, peer) for wall, peer in measured if peer != floor]
        wall, peer = min(measured, default=(math.nan, ""))
        own = ours[1:4] if ours and _NUMBER.match(ours[1]) else ["", "", ""]
        shown = [name, floor.removesuffix(" (floor)"), *own, peer, f"{wall:.2f}" if peer else ""]
        lines.append(f"| {' | '.join(shown)} |")
    return "\n".join([*lines, ""])


def write(path: Path, contest: str, text: str, *, order: Sequence[str]) -> None:
    """Write a section into the page's file."""
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(merged(before, contest, text, order=order), encoding="utf-8")


def _cells(contest: Contest, row: Row, floor: Row) -> list[str]:
    name = {"floor": f"{row.tool.name} (floor)", "ours": f"**{row.tool.name}**"}.get(
        row.tool.role, row.tool.name
    )
    if not row.runs:
        return [name, row.failed, *[""] * (4 + len(contest.shown))]
    answer = row.runs[0]["answer"]
    shown = [f"{answer[key]:.3f}" if key in answer else "" for key in contest.shown]
    ratios = [_ratio(row.ratios(floor, what)) for what in ("wall", "CPU", "peak")]
    extra = "" if math.isnan(row.extra) else f"{row.extra:,.0f} MB"
    return [name, *ratios, extra, *shown, "**other**" if row.answer_differs else "same"]


def _ratio(found: list[float]) -> str:
    if not found:
        return ""
    low, high = f"{min(found):.2f}", f"{max(found):.2f}"
    return low if low == high else f"{median(found):.2f} ({low} to {high})"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"the best of {', '.join(names)}"


def _circumstances(contest: Contest, rows: Sequence[Row], *, size: int, rounds: int) -> str:
    return (
        f"Size: {size:,} {contest.of}. Rounds: {rounds}, on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. {_versions(rows)}"
    )


def _versions(rows: Sequence[Row]) -> str:
    found: dict[str, set[str]] = {}
    for run in (run for row in rows for run in row.runs):
        for name, version in run["versions"].items():
            found.setdefault(name, set()).add(version)
    shown = [f"{n} {' and '.join(sorted(v))}" for n, v in sorted(found.items()) if n != OWN]
    return ", ".join(shown) + "."
