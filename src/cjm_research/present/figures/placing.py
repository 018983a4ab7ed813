"""Names beside points so that none lies on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cjm_research.present import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_WIDTH, _LINES, _LINE = 1.9, 2, 0.165  # inches of a name, its lines, a line's height
_POINT = 0.08  # inches kept free around a point
_STROKE = 0.03  # and on both sides of a line
_STEPS = (0.06, 0.2, 0.36, 0.55, 0.8)  # inches from point to name, the nearest first
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))


@dataclass(frozen=True, slots=True)
class Label:
    """A name and the point that it belongs to."""

    text: str
    x: float
    y: float
    bold: bool = False
    span: tuple[float, float] | None = None
    """Ends of the line through the point, which no name may cover."""


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def cuts(self, other: _Box) -> float:
        """Return the common area."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, width) * max(0.0, height)


def place_labels(axes: Axes, labels: Sequence[Label], *, size: tuple[float, float]) -> None:
    """Write each name near its point, clear of all points and of the names before it.

    Of five distances and eight directions the first place that is free is taken, else the one
    that covers least; a name that stands off its point has a thin line to it.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    labels : sequence of Label
        The most important first.
    size : tuple of float
        Width and height of the axes in inches.
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    points = [
        ((p.x - left) / (right - left) * size[0], (p.y - bottom) / (top - bottom) * size[1])
        for p in labels
    ]
    taken = [_Box(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in points]
    for label, (_, y) in zip(labels, points, strict=True):
        if label.span is not None:
            low, high = ((end - left) / (right - left) * size[0] for end in label.span)
            taken.append(_Box(low, y - _STROKE, high, y + _STROKE))
    for label, point in zip(labels, points, strict=True):
        text = theme.wrapped(label.text, width=_WIDTH, lines=_LINES, bold=label.bold)
        box, away = _free_place(text, point, taken, size=size, bold=label.bold)
        taken.append(box)
        middle = ((box.left + box.right) / 2, (box.bottom + box.top) / 2)
        at = (left + middle[0] / size[0] * (right - left),
              bottom + middle[1] / size[1] * (top - bottom))  # fmt: skip
        if away > _STEPS[1]:
            axes.plot([label.x, at[0]], [label.y, at[1]], color=theme.SOFT, linewidth=0.7, zorder=1)
        axes.text(
            *at, text, ha="center", va="center", linespacing=1.05, zorder=3,
            fontweight="bold" if label.bold else "normal", color=theme.INK,
        )  # fmt: skip


def _free_place(
    text: str,
    point: tuple[float, float],
    taken: Sequence[_Box],
    *,
    size: tuple[float, float],
    bold: bool,
) -> tuple[_Box, float]:
    width = max(theme.text_width(line, bold=bold) for line in text.split("\n"))
    height = _LINE * (text.count("\n") + 1)
    best, least, away = None, float("inf"), 0.0
    for step in _STEPS:
        for dx, dy in _DIRECTIONS:
            x = point[0] + dx * (width / 2 + _POINT + step * (abs(dx) if dy == 0 else 0.3))
            y = point[1] + dy * (height / 2 + _POINT + step * abs(dy))
            box = _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            outside = box.left < 0 or box.bottom < 0 or box.right > size[0] or box.top > size[1]
            covered = sum(box.cuts(t) for t in taken) + (10.0 if outside else 0.0)
            if covered < least - 1e-9:
                best, least, away = box, covered, step
            if covered == 0:
                return box, step
    if best is None:
        return _Box(*point, *point), 0.0
    return best, away
