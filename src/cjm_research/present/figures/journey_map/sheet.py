"""A sheet to draw on in inches: one axes over the whole figure, y downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle

from cjm_research.present import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    Point = tuple[float, float]

Align = Literal["left", "center", "right"]
LEADING = 1.32
"""Distance of two lines, in sizes of the text."""


def line_height(size: float) -> float:
    """Return the inches from one line of text to the next."""
    return size * LEADING / 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """How a text looks."""

    size: float = 8.5
    color: str = theme.INK
    bold: bool = False
    italic: bool = False
    align: Align = "left"

    def width(self, text: str) -> float:
        """Return the inches that a line of text takes."""
        return theme.text_width(text, size=self.size, bold=self.bold)

    def lines(self, text: str, width: float, *, most: int = 4) -> list[str]:
        """Return a text in lines of at most `width` inches."""
        if not text:
            return []
        shown = theme.wrapped(text, width=width, size=self.size, lines=most, bold=self.bold)
        return shown.split("\n")

    def pieces(self, text: str) -> list[str]:
        """Return what a line break cannot part, one piece a line."""
        return [piece.rstrip() for piece in theme.pieces(text)]

    def height(self, n_lines: float) -> float:
        """Return the inches that so many lines take."""
        return n_lines * line_height(self.size)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A figure of `width` inches that grows downwards; `done` cuts it to what was drawn."""

    width: float
    figure: Figure = field(default_factory=lambda: Figure(figsize=(1, 1)))
    axes: Axes = field(init=False)

    def __post_init__(self) -> None:
        """Spread one axes without any frame over the whole figure."""
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()

    def done(self, height: float) -> Figure:
        """Give the figure its size and return it."""
        self.figure.set_size_inches(self.width, height)
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(height, 0)
        return self.figure

    def write(self, at: Point, text: str, pen: Pen) -> None:
        """Write one line; `at` is on the line's foot."""
        self.axes.text(
            at[0],
            at[1],
            text,
            fontsize=pen.size,
            color=pen.color,
            fontweight="bold" if pen.bold else "normal",
            fontstyle="italic" if pen.italic else "normal",
            ha=pen.align,
            va="baseline",
        )

    def write_lines(self, at: Point, lines: Sequence[str], pen: Pen) -> float:
        """Write lines below `at`; return where the next thing may begin."""
        x, y = at
        for line in lines:
            self.write((x, y + 0.78 * line_height(pen.size)), line, pen)
            y += line_height(pen.size)
        return y

    def box(self, at: Point, size: Point, *, fill: str, edge: str = "none") -> None:
        """Draw a box with round corners; `at` is its upper left one."""
        shape = FancyBboxPatch(
            at,
            *size,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor=fill,
            edgecolor=edge,
            linewidth=1.2 if edge != "none" else 0,
        )
        self.axes.add_patch(shape)

    def bar(self, at: Point, size: Point, *, fill: str, alpha: float = 1.0) -> None:
        """Draw a plain rectangle."""
        self.axes.add_patch(Rectangle(at, *size, facecolor=fill, linewidth=0, alpha=alpha))

    def circle(self, center: Point, radius: float, *, fill: str, edge: str = "none") -> None:
        """Draw a circle."""
        width = 1.1 if edge != "none" else 0
        self.axes.add_patch(Circle(center, radius, facecolor=fill, edgecolor=edge, linewidth=width))

    def face(self, center: Point, *, is_glad: bool, color: str) -> None:
        """Draw a small face, glad or sad."""
        (x, y), turn = center, 1 if is_glad else -1
        self.circle(center, 0.085, fill="none", edge=color)
        for side in (-0.03, 0.03):
            self.circle((x + side, y - 0.022), 0.01, fill=color)
        mouth = [(x + dx, y + 0.036 + turn * 0.012 * (1 - (dx / 0.042) ** 2) * 1.6 - turn * 0.01)
                 for dx in (-0.042, -0.028, -0.014, 0.0, 0.014, 0.028, 0.042)]  # fmt: skip
        self.line(mouth, color=color, width=1.1)

    def square(self, at: Point, *, part: float) -> None:
        """Draw the mark of a row: full if measured, empty if assumed, half if it has both."""
        (x, y), side = at, 0.075
        self.axes.add_patch(
            Rectangle(at, side, side, facecolor="none", edgecolor=theme.ACCENT, linewidth=0.9)
        )
        if part:
            self.bar((x, y + side * (1 - part)), (side, side * part), fill=theme.ACCENT)

    def shape(self, points: Sequence[Point], *, fill: str, alpha: float = 1.0) -> None:
        """Draw a filled shape."""
        self.axes.add_patch(
            Polygon(list(points), closed=True, facecolor=fill, linewidth=0, alpha=alpha)
        )

    def line(self, points: Sequence[Point], *, color: str, width: float = 0.8) -> None:
        """Draw a line through points."""
        xs, ys = zip(*points, strict=True)
        self.axes.plot(xs, ys, color=color, linewidth=width, solid_capstyle="butt")

    def dashes(self, points: Sequence[Point], *, color: str, width: float = 0.8) -> None:
        """Draw a thin dashed line."""
        xs, ys = zip(*points, strict=True)
        self.axes.plot(xs, ys, color=color, linewidth=width, linestyle=(0, (4, 3)))

    def mark(self, at: Point, *, shape: str, color: str) -> None:
        """Draw a mark of a curve, with a rim that sets it off."""
        self.axes.plot(*at, shape, color=color, markersize=6.5, markeredgecolor=theme.BG,
                       markeredgewidth=0.8)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the stages' columns stand."""

    left: float
    right: float
    n: int
    gap: float = 0.14

    @property
    def width(self) -> float:
        """Inches of a column without the gap."""
        return (self.right - self.left) / self.n - self.gap

    def x(self, i: int) -> float:
        """Return the left edge of a column."""
        return self.left + i * (self.right - self.left) / self.n

    def center(self, i: int) -> float:
        """Return the middle of a column."""
        return self.x(i) + self.width / 2
