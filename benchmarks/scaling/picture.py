"""The curves: times what the smallest, the one bucket or the one process takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

OURS, OTHER, FAINT = "#1f6f8b", "#b5532a", "#777777"


class Curve(NamedTuple):
    """One line: what it is, and its points, each relative to the first."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


def draw_rows(panels: dict[str, list[Curve]], path: Path) -> None:
    """Draw a small chart for each contest: time beside rows, both times the least."""
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure = _figure(8.5, 0.5 + 2.5 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (name, curves) in zip(grid, panels.items(), strict=False):
        _draw(axes, curves)
        _line(axes, Curve("as the rows", curves[0].x, curves[0].x))
        axes.set_title(name, fontsize=9, loc="left")
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    grid[0].legend(frameon=False, fontsize=8, loc="upper left")
    figure.supxlabel("rows, times the least", fontsize=9)
    figure.supylabel("wall time, times the least", fontsize=9)
    _save(figure, path)


def draw_one(curves: list[Curve], *, x: str, y: str, path: Path) -> None:
    """Draw one chart of several curves over a number of buckets or workers."""
    figure = _figure(5.5, 3.2)
    axes = figure.subplots()
    _draw(axes, curves)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    _save(figure, path)


def _draw(axes: Axes, curves: list[Curve]) -> None:
    for curve, colour, marker in zip(curves, (OURS, OTHER), ("o", "s"), strict=False):
        axes.plot(curve.x, curve.y, color=colour, marker=marker, markersize=5, label=curve.name)
    axes.set_xscale("log")
    axes.set_xticks(curves[0].x, [f"{x:g}" for x in curves[0].x])
    axes.xaxis.set_minor_locator(NullLocator())
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _line(axes: Axes, curve: Curve) -> None:
    axes.plot(
        curve.x, curve.y, label=curve.name, color=FAINT, linewidth=1, linestyle=(0, (4, 3))
    )  # fmt: skip


def _figure(width: float, height: float) -> Figure:
    mpl.rcParams.update({"svg.hashsalt": "cjm", "svg.fonttype": "none", "font.size": 9})
    return Figure(figsize=(width, height), layout="constrained")


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
