"""A line of a trust table: what was simulated, how often it held."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import ArrayLike


class Row(NamedTuple):
    """One line."""

    what: str
    held: int
    runs: int


class Part(NamedTuple):
    """One table: its title, what *held* means in it, its lines."""

    title: str
    meaning: str
    rows: list[Row]


def held(what: str, interval: tuple[ArrayLike, ArrayLike], truth: float | np.ndarray) -> Row:
    """Count the runs whose interval holds the truth."""
    low, high = interval
    inside = (low <= truth) & (truth <= high)  # type: ignore[operator]
    return Row(what, int(inside.sum()), int(inside.size))


def lines(part: Part) -> list[str]:
    """Return the table as Markdown, each share with the 99 % interval of the simulation."""
    head = ["| case | runs | held | from | to |", "| --- | ---: | ---: | ---: | ---: |"]
    return ["", f"## {part.title}", "", part.meaning, "", *head, *_cells(part.rows)]


def _cells(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        low, high = wilson_interval(row.held, row.runs, confidence=0.99)
        yield (
            f"| {row.what} | {row.runs:,} | {100 * row.held / row.runs:.1f} % "
            f"| {100 * float(low):.1f} | {100 * float(high):.1f} |"
        )
