"""Named regions of the RFM scores, as data: every cell has exactly one name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.plans import Rfm as RfmPlan

Cell = tuple[int, ...]
"""One score for each axis of a grid, 1 (worst) to 5 (best)."""
Box = tuple[str, ...]
"""A name, then the scores that it holds on each axis: ``("loyal", "34", "45")``."""

N_SCORES = 5
SCORES = ("r", "f", "m", "fm")
"""Axes that a grid can have; ``fm`` is the mean of orders and money, halves counted up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A way to name the scores; made by `grid_of`, which checks it."""

    id: str
    axes: tuple[str, ...]
    names: tuple[str, ...]
    """In the order that a page shows them, best first."""
    cells: tuple[tuple[Cell, str], ...]

    def name_of(self, cell: Cell) -> str:
        """Return the name of one cell."""
        return dict(self.cells)[cell]

    def places(self, scores: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Return the position in `names` of each customer, from the scores on each axis."""
        lookup = np.empty((N_SCORES,) * len(self.axes), dtype=np.int64)
        for cell, name in self.cells:
            lookup[tuple(s - 1 for s in cell)] = self.names.index(name)
        found: NDArray[np.int64] = lookup[tuple(s - 1 for s in scores)]
        return found


def grid_of(name: str, axes: Sequence[str], boxes: Iterable[Box]) -> Grid:
    """Make a grid and check that its boxes name every cell, each once.

    Raises
    ------
    ParameterError
        If a cell has two names or none, or an axis is not known.

    Examples
    --------
    >>> grid_of("halves", ("r",), [("awake", "345"), ("asleep", "12")]).name_of((2,))
    'asleep'
    >>> grid_of("hole", ("r",), [("awake", "345")])
    Traceback (most recent call last):
        ...
    cjm_research.errors.ParameterError: RFM grid 'hole' has no name for the cells [(1,), (2,)].
    """
    for axis in axes:
        if axis not in SCORES:
            raise ParameterError.unknown("axis of an RFM grid", axis, known=SCORES)
    named: dict[Cell, str] = {}
    names: list[str] = []
    for region, *levels in boxes:
        for cell in product(*(map(int, text) for text in levels)):
            if cell in named:
                raise ParameterError(
                    f"RFM grid {name!r} calls the cell {cell} both {named[cell]!r} and {region!r}."
                )
            named[cell] = region
        if region not in names:
            names.append(region)
    _check(name, set(named), n_axes=len(axes))
    return Grid(id=name, axes=tuple(axes), names=tuple(names), cells=tuple(sorted(named.items())))


def _check(name: str, named: set[Cell], *, n_axes: int) -> None:
    every = set(product(range(1, N_SCORES + 1), repeat=n_axes))
    holes, beyond = sorted(every - named), sorted(named - every)
    if holes:
        raise ParameterError(f"RFM grid {name!r} has no name for the cells {holes}.")
    if beyond:
        raise ParameterError(f"RFM grid {name!r} names cells that do not exist: {beyond}.")


_HIGH, _LOW = "45", "123"

GRIDS: dict[str, Grid] = {
    g.id: g
    for g in (
        grid_of(
            "regions",
            ("r", "f"),
            (
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
            ),
        ),
        grid_of(  # 重要/一般 by money, 价值/发展/保持/挽留 by recency and frequency
            "eight",
            ("r", "f", "m"),
            (
                ("key_value", _HIGH, _HIGH, _HIGH),
                ("key_develop", _HIGH, _LOW, _HIGH),
                ("key_keep", _LOW, _HIGH, _HIGH),
                ("key_win_back", _LOW, _LOW, _HIGH),
                ("plain_value", _HIGH, _HIGH, _LOW),
                ("plain_develop", _HIGH, _LOW, _LOW),
                ("plain_keep", _LOW, _HIGH, _LOW),
                ("plain_win_back", _LOW, _LOW, _LOW),
            ),
        ),
        grid_of(  # the eleventh, prospects, are those who never ordered
            "eleven",
            ("r", "fm"),
            (
                ("champions", "5", "5"),
                ("loyal", "5", "4"),
                ("loyal", "34", "45"),
                ("active", "45", "3"),
                ("recent", "5", "12"),
                ("promising", "4", "12"),
                ("attention", "3", "23"),
                ("almost_lost", "3", "1"),
                ("almost_lost", "2", "12"),
                ("at_risk", "2", "345"),
                ("once_loyal", "1", "345"),
                ("dormant", "1", "12"),
            ),
        ),
    )
}
"""The grids that a study can choose: 25 cells of recency x frequency, the eight classes that are
common in China, and the eleven groups of shop platforms."""

PROSPECTS = {"eleven": "prospects"}
"""Name of the customers without an order, in a grid that has one."""

GRID: dict[Cell, str] = dict(GRIDS["regions"].cells)
"""Name of each of the 25 cells of recency x frequency."""

NAMES: tuple[str, ...] = GRIDS["regions"].names
"""Names of its regions in the order that a page shows them, best first."""


def grid(name: str) -> Grid:
    """Return a grid by its name.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in GRIDS:
        raise ParameterError.unknown("RFM grid", name, known=GRIDS)
    return GRIDS[name]


def cuts_by(plan: RfmPlan) -> str:
    """Return who sets the cuts: ``quintiles``, the ``study``, or ``both``.

    Examples
    --------
    >>> from cjm_research.study.plans import Rfm
    >>> cuts_by(Rfm()), cuts_by(Rfm(orders=[1, 2, 4, 9]))
    ('quintiles', 'both')
    """
    own = [bool(cuts) for cuts in (plan.recency_days, plan.orders, plan.revenue)]
    return "study" if all(own) else "both" if any(own) else "quintiles"
