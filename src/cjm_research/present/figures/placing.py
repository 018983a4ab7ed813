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
_STEPS = (0.06, 0.2, 0.36, 0.55, 0.8, 1.1, 1.5)  # inches from point to name, the nearest first
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

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of its edge, or inside, that is nearest to a point."""
        return min(max(x, self.left), self.right), min(max(y, self.bottom), self.top)


def place_labels(axes: Axes, labels: Sequence[Label], *, size: tuple[float, float]) -> None:
    """Write each name near its point, clear of all points and of the names before it.

    Of seven distances and eight directions the first place that is free is taken, else the one
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
        box, leader = _free_place(text, point, taken, size=size, bold=label.bold)
        taken += [box, *leader]
        middle = ((box.left + box.right) / 2, (box.bottom + box.top) / 2)
        at = (left + middle[0] / size[0] * (right - left),
              bottom + middle[1] / size[1] * (top - bottom))  # fmt: skip
        if leader:
            edge = box.nearest(*point)
            axes.plot([label.x, left + edge[0] / size[0] * (right - left)],
                      [label.y, bottom + edge[1] / size[1] * (top - bottom)],
                      color=theme.SOFT, linewidth=0.7, zorder=1)  # fmt: skip
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
) -> tuple[_Box, list[_Box]]:
    """Return the place of a name, and the places that the line to it takes up."""
    width = max(theme.text_width(line, bold=bold) for line in text.split("\n"))
    height = _LINE * (text.count("\n") + 1)
    best, least = (_Box(*point, *point), list[_Box]()), float("inf")
    for step in _STEPS:
        for dx, dy in _DIRECTIONS:
            x = point[0] + dx * (width / 2 + _POINT + step * (abs(dx) if dy == 0 else 0.3))
            y = point[1] + dy * (height / 2 + _POINT + step * abs(dy))
            box = _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            outside = box.left < 0 or box.bottom < 0 or box.right > size[0] or box.top > size[1]
            leader = _leader(point, box) if step > _STEPS[1] else []
            covered = sum(place.cuts(t) for t in taken for place in (box, *leader))
            covered += 10.0 if outside else 0.0
            if covered < least - 1e-9:
                best, least = (box, leader), covered
            if covered == 0:
                return best
    return best


def _leader(point: tuple[float, float], box: _Box) -> list[_Box]:
    """Return small places along the line from a point to a name."""
    x, y = box.nearest(*point)
    length = ((x - point[0]) ** 2 + (y - point[1]) ** 2) ** 0.5
    n = int(length / (2 * _STROKE))
    return [
        _Box(at_x - _STROKE, at_y - _STROKE, at_x + _STROKE, at_y + _STROKE)
        for k in range(n)
        for at_x, at_y in [(point[0] + (x - point[0]) * k / n, point[1] + (y - point[1]) * k / n)]
        if max(abs(at_x - point[0]), abs(at_y - point[1])) > _POINT + _STROKE
    ]
