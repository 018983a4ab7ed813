"""A line of a trust table: what was simulated, how often it held; or what was measured."""

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


class Measure(NamedTuple):
    """One line of what was measured where the truth is known."""

    what: str
    n: int
    share: float
    """Nothing to one, as the two ends of its 95 % interval are."""
    low: float
    high: float


class Measured(NamedTuple):
    """A table of measures: what `n` counts stands in its head."""

    title: str
    meaning: str
    counted: str
    rows: list[Measure]


def held(what: str, interval: tuple[ArrayLike, ArrayLike], truth: float | np.ndarray) -> Row:
    """Count the runs whose interval holds the truth."""
    low, high = interval
    inside = (low <= truth) & (truth <= high)  # type: ignore[operator]
    return Row(what, int(inside.sum()), int(inside.size))


def lines(part: Part | Measured) -> list[str]:
    """Return the table as Markdown: a share held with the 99 % interval of the simulation."""
    if isinstance(part, Measured):
        heads, rows = f"| what | {part.counted} | share | from | to |", part.rows
    else:
        heads, rows = "| case | runs | held | from | to |", [_share_held(r) for r in part.rows]
    head = [heads, "| --- | ---: | ---: | ---: | ---: |"]
    return ["", f"## {part.title}", "", part.meaning, "", *head, *_cells(rows)]


def _share_held(row: Row) -> Measure:
    low, high = wilson_interval(row.held, row.runs, confidence=0.99)
    return Measure(row.what, row.runs, row.held / row.runs, float(low), float(high))


def _cells(rows: Iterable[Measure]) -> Iterable[str]:
    for row in rows:
        yield (
            f"| {row.what} | {row.n:,} | {100 * row.share:.1f} % "
            f"| {100 * row.low:.1f} | {100 * row.high:.1f} |"
        )
