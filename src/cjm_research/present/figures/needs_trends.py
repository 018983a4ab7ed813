"""Figure of themes that are named more and more often, or less and less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.needs import theme_name
from cjm_research.present.figures.needs_scores import period_name
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.needs.trends import ThemeTrends
    from cjm_research.present.words import Words

_PER_ROW = 2
_HEIGHT = 2.6
_NAME = 3.8  # inches of a panel's title


def theme_trends(result: ThemeTrends, words: Words, *, limit: int = 6) -> Figure:
    """Draw the share of each period with its interval, a panel per theme.

    Parameters
    ----------
    result : ThemeTrends
        The trends to draw, the clearest first.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    """
    rows = result.rows[:limit]
    lines = -(-len(rows) // _PER_ROW) or 1
    figure = theme.new_figure(height=_HEIGHT * lines)
    panels = figure.subplots(lines, min(len(rows), _PER_ROW) or 1, squeeze=False).flat
    top = max((p.high for r in rows for p in result.of(r.theme)), default=1.0)
    for axes, row in zip(panels, rows, strict=False):
        points = result.of(row.theme)
        colour = {"pain": theme.BAD, "delight": theme.GOOD}.get(row.theme_kind, theme.ACCENT)
        at = range(len(points))
        axes.fill_between(at, [p.low for p in points], [p.high for p in points], color=colour,
                          alpha=0.16, linewidth=0)  # fmt: skip
        axes.plot(at, [p.share for p in points], "o-", color=colour, linewidth=1.3, markersize=4)
        ends = (0, len(points) - 1)
        axes.set_xticks(ends, [_day(points[i].period, result.period, words) for i in ends])
        axes.set_ylim(0, top * 1.08)
        axes.margins(x=0.12)
        axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
        theme.quiet(axes, grid="y")
        name = theme.wrapped(theme_name(row.theme, words, result.telling), width=_NAME, lines=2)
        axes.set_title(name, loc="left")
    for axes in list(figure.axes)[len(rows) :]:
        axes.set_visible(False)
    return figure


def _day(start: str, period: str, words: Words) -> str:
    return words.value(start, Unit.DATE) if period == "week" else period_name(start, period, words)
