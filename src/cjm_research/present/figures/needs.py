"""Figures of the pains-and-needs page: pain matrix, problems by stage, themes by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from cjm_research.present import theme
from cjm_research.present.figures.placing import Label, place_labels
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.needs.by_segment import SegmentTheme, SegmentThemes
    from cjm_research.needs.pains import ThemeShare, ThemeShares
    from cjm_research.needs.stages import StagePains
    from cjm_research.needs.telling import Telling
    from cjm_research.present.words import Words

_TOP = 3
_MATRIX = (8.6, 4.8)
_INSIDE = (0.085, 0.12, 0.895, 0.85)  # left, bottom, width, height of the matrix' axes
_STAGE_ROW, _CELL_ROW = 0.62, 0.42
_NAME = 2.4  # inches of a row's name
_HEAD_LINES = 4


def pain_matrix(result: ThemeShares, words: Words, *, limit: int = 15) -> Figure:
    """Draw how many name each pain against how bad it is for them, each point with its name.

    Parameters
    ----------
    result : ThemeShares
        Pains, the largest product of share and severity first.
    words : Words
        The language.
    limit : int
        Draw the largest only; the table has all.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(*_MATRIX)
    figure.set_layout_engine("none")  # names are placed in inches, so the axes must stand still
    axes = figure.add_axes(_INSIDE)
    theme.quiet(axes)
    axes.grid(linewidth=0.8)
    _matrix_limits(axes, rows)
    for rank, row in enumerate(rows):
        colour = theme.BAD if rank < _TOP else theme.ACCENT
        axes.hlines(row.severity, row.low, row.high, color=colour, linewidth=3, alpha=0.3)
        axes.plot(row.share, row.severity, "o" if rank < _TOP else "D", color=colour,
                  markersize=8 if rank < _TOP else 5.5)  # fmt: skip
    labels = [
        Label(
            theme_name(r.theme, words, result.telling),
            r.share,
            r.severity,
            bold=rank < _TOP,
            span=(r.low, r.high),
        )
        for rank, r in enumerate(rows)
    ]
    place_labels(axes, labels, size=(_MATRIX[0] * _INSIDE[2], _MATRIX[1] * _INSIDE[3]))
    axes.text(0.995, 0.985, words("figure.needs_often_and_bad") + " ↗", transform=axes.transAxes,
              ha="right", va="top", color=theme.SOFT, style="italic")  # fmt: skip
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.needs_share"))
    axes.set_ylabel(words("figure.needs_severity"))
    return figure


def problems_by_stage(result: StagePains, words: Words) -> Figure:
    """Draw the share with a problem at each stage, in the order of the journey.

    Parameters
    ----------
    result : StagePains
        Stages in their order.
    words : Words
        The language.
    """
    rows = result.rows
    figure = theme.new_figure(height=0.8 + _STAGE_ROW * len(rows))
    axes = figure.subplots()
    top = max([0.05, *(r.high for r in rows)])
    worst = max(rows, key=lambda r: r.share, default=None)
    for n, row in enumerate(rows):
        colour = theme.BAD if row is worst else theme.ACCENT
        axes.barh(n - 0.12, row.share, height=0.34, color=colour)
        axes.hlines(n - 0.12, row.low, row.high, color=theme.INK, linewidth=1.4)
        axes.text(0, n + 0.14, _most_often(row.theme, row.theme_share, words), va="top",
                  color=theme.SOFT)  # fmt: skip
        numbers = f"{words.value(row.share, Unit.SHARE)} · n = {words.value(row.n, Unit.COUNT)}"
        if result.is_clear(row):
            numbers = f"{numbers} {'▲' if row.share > row.elsewhere else '▼'}"
        axes.text(row.high + 0.015 * top, n - 0.12, numbers, va="center", color=theme.INK)
    names = [theme.wrapped(words.label("stage", r.stage), width=_NAME, lines=2) for r in rows]
    axes.set_yticks([n - 0.12 for n in range(len(rows))], names)
    axes.set_ylim(len(rows) - 0.35, -0.5)
    axes.set_xlim(0, top * 1.3)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    base = "needs_problem_share" if result.has_touchpoints else "needs_share"
    axes.set_xlabel(words(f"figure.{base}"))
    return figure


def theme_bars(result: ThemeShares, words: Words, *, limit: int = 15) -> Figure:
    """Draw the share that names each theme, from zero, with its interval.

    Parameters
    ----------
    result : ThemeShares
        Themes; drawn with the most named first.
    words : Words
        The language.
    limit : int
        Draw the most named only; the table has all.
    """
    rows = sorted(result.rows, key=lambda r: -r.share)[:limit]
    figure = theme.new_figure(height=0.8 + 0.42 * len(rows))
    axes = figure.subplots()
    top = max([0.05, *(r.high for r in rows)])
    for n, row in enumerate(rows):
        colour = theme.GOOD if row.theme_kind == "delight" else theme.ACCENT
        axes.barh(n, row.share, height=0.5, color=colour)
        axes.hlines(n, row.low, row.high, color=theme.INK, linewidth=1.4)
        numbers = f"{words.value(row.share, Unit.SHARE)} · {words.noun('customer', row.customers)}"
        axes.text(row.high + 0.015 * top, n, numbers, va="center")
    names = [
        theme.wrapped(theme_name(r.theme, words, result.telling), width=_NAME, lines=2)
        for r in rows
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, top * 1.35)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.needs_share"))
    return figure


def themes_by_segment(result: SegmentThemes, words: Words, *, limit: int = 16) -> Figure:
    """Draw the share that names each theme, a row per theme, a column per segment.

    A cell that clearly differs from all other customers is framed and has an arrow.

    Parameters
    ----------
    result : SegmentThemes
        Cells of one grouping.
    words : Words
        The language.
    limit : int
        Draw the most named themes only; the table has all.
    """
    themes = list(dict.fromkeys(r.theme for r in result.rows))[:limit]
    segments = list(dict.fromkeys(r.segment for r in result.rows))
    cells = {(r.theme, r.segment): r for r in result.rows}
    width = (8.6 - _NAME - 0.3) / max(1, len(segments))
    heads = [_segment_head(result, s, words, width=width - 0.1) for s in segments]
    lines = max((h.count("\n") + 1 for h in heads), default=1)
    figure = theme.new_figure(height=0.5 + 0.17 * lines + _CELL_ROW * len(themes))
    axes = figure.subplots()
    deepest = max((r.share for r in result.rows), default=1.0)
    for i, name in enumerate(themes):
        for j, segment in enumerate(segments):
            _cell(axes, (i, j), cells.get((name, segment)), (result, deepest, words))
    names = [
        theme.wrapped(theme_name(t, words, result.telling), width=_NAME, lines=2) for t in themes
    ]
    axes.set_yticks(np.arange(len(themes)) + 0.5, names)
    axes.set_xticks(np.arange(len(segments)) + 0.5, heads)
    axes.set_xlim(0, len(segments))
    axes.set_ylim(len(themes), 0)
    axes.xaxis.tick_top()
    theme.quiet(axes)
    return figure


def theme_name(name: str, words: Words, telling: Telling) -> str:
    """Return a theme's name, marked where people agree too little on it.

    Examples
    --------
    >>> from cjm_research.needs.telling import Telling
    >>> from cjm_research.present.words import Words
    >>> theme_name("late", Words("en"), Telling(unreliable=frozenset({"late"})))
    'late (unreliable)'
    """
    label = words.label("theme", name)
    return words("figure.needs_unreliable", theme=label) if name in telling.unreliable else label


def _matrix_limits(axes: Axes, rows: tuple[ThemeShare, ...]) -> None:
    """Leave room for names: axes from zero share, severity around what there is."""
    right = max([0.05, *(r.high for r in rows)])
    severities = [r.severity for r in rows] or [0.5]
    low, high = min(severities), max(severities)
    room = max(0.06, 0.25 * (high - low))
    axes.set_xlim(0, right * 1.12)
    axes.set_ylim(max(0.0, low - room), min(1.0, high + room))


def _most_often(name: str | None, share: float, words: Words) -> str:
    if name is None:
        return words("figure.needs_no_problem")
    return words("figure.needs_most_often", theme=name, share=share)


def _segment_head(result: SegmentThemes, segment: str, words: Words, *, width: float) -> str:
    row = next(r for r in result.rows if r.segment == segment)
    name = words.label("segment", segment, among={"grouping": row.grouping})
    head = theme.wrapped(name, width=width, lines=_HEAD_LINES)
    return f"{head}\nn = {words.value(row.n, Unit.COUNT)}"


def _cell(
    axes: Axes,
    place: tuple[int, int],
    row: SegmentTheme | None,
    drawn: tuple[SegmentThemes, float, Words],
) -> None:
    result, deepest, words = drawn
    i, j = place
    if row is None or row.customers < result.telling.min_customers:
        axes.text(j + 0.5, i + 0.5, "·", ha="center", va="center", color=theme.SOFT)
        return
    clear = result.is_clear(row)
    alpha = 0.06 + 0.34 * row.share / deepest
    corner, size = (j + 0.03, i + 0.07), (0.94, 0.86)
    axes.add_patch(Rectangle(corner, *size, color=theme.ACCENT, alpha=alpha, lw=0))
    text = words.value(row.share, Unit.SHARE)
    colour = theme.INK
    if clear:
        is_more = row.difference > 0
        colour = theme.INK if row.theme_kind not in _TONES else _TONES[row.theme_kind][is_more]
        text = f"{text} {'▲' if is_more else '▼'}"
        axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colour, linewidth=1.6))
    axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=colour,
              fontweight="bold" if clear else "normal")  # fmt: skip


_TONES = {"pain": (theme.GOOD, theme.BAD), "delight": (theme.BAD, theme.GOOD)}
"""Colour of a theme that is named less, and more."""
