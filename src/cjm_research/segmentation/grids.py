"""Named regions of the RFM scores, as data: every cell has exactly one name."""

from __future__ import annotations

from itertools import product

from cjm_research.errors import ParameterError

Cell = tuple[int, int]
"""Recency score and frequency score, 1 (worst) to 5 (best)."""

_BOXES: tuple[tuple[str, str, str], ...] = (
    # name, recency scores, frequency scores
    ("champions", "5", "45"),
    ("loyal", "34", "45"),
    ("potential", "45", "23"),
    ("new", "5", "1"),
    ("promising", "4", "1"),
    ("attention", "3", "3"),
    ("about_to_sleep", "3", "12"),
    ("cannot_lose", "12", "5"),
    ("at_risk", "12", "34"),
    ("hibernating", "12", "12"),
)


def _grid() -> dict[Cell, str]:
    grid: dict[Cell, str] = {}
    for name, recencies, frequencies in _BOXES:
        for cell in product(map(int, recencies), map(int, frequencies)):
            if cell in grid:
                raise ParameterError(f"RFM cell {cell} is both {grid[cell]!r} and {name!r}.")
            grid[cell] = name
    return grid


GRID: dict[Cell, str] = _grid()
"""Name of each of the 25 cells of recency x frequency."""

NAMES: tuple[str, ...] = tuple(name for name, _, _ in _BOXES)
"""Names in the order that a page shows them, best first."""
