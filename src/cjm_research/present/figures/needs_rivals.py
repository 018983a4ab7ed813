"""Figures of brands side by side: scores with intervals, strengths and weaknesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from cjm_research.present import theme
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.needs.rivals import Brands, BrandScore
    from cjm_research.present.words import Words

_ROW = 0.36
_COLOURS = {"better": theme.GOOD, "worse": theme.BAD, "alike": theme.SOFT}
_MARKS = {"better": "o", "worse": "D", "alike": "s"}
_COLUMNS = 2


def brand_scores(result: Brands, words: Words) -> Figure:
    """Draw each measure of each brand with its interval: better, worse or alike.

    Brands stand in one order in all panels, ours first, then by how many speak of them: an
    order by score would rank what may be noise.

    Parameters
    ----------
    result : Brands
        Brands and measures.
    words : Words
        The language.
    """
    measures = list(dict.fromkeys(r.measure for r in result.rows))
    columns = min(_COLUMNS, len(measures)) or 1
    lines = -(-len(measures) // columns) or 1
    figure = theme.new_figure(height=lines * (1.0 + _ROW * len(result.brands)))
    panels = figure.subplots(lines, columns, squeeze=False)
    for axes, measure in zip(panels.flat, measures, strict=False):
        _panel(axes, result.of(measure), result.brands, words)
    for axes in list(figure.axes)[len(measures) :]:
        axes.set_visible(False)
    return figure


def _panel(axes: Axes, result: Brands, brands: tuple[str, ...], words: Words) -> None:
    rows = {r.brand: r for r in result.rows}
    for n, brand in enumerate(brands):
        if brand in rows:
            _point(axes, n, rows[brand], words)
    axes.set_yticks(range(len(brands)), [_name(b, result, words) for b in brands])
    axes.set_ylim(len(brands) - 0.5, -0.5)
    top = max((r.high for r in result.rows), default=1.0)
    axes.set_xlim(0, min(1.35, top * 1.45))
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    title = words.label("measure", result.rows[0].measure)
    axes.set_title(theme.wrapped(title, width=3.4, lines=2), loc="left")


def _point(axes: Axes, place: int, row: BrandScore, words: Words) -> None:
    colour = _COLOURS[row.standing]
    axes.hlines(place, row.low, row.high, color=colour, linewidth=4, alpha=0.3)
    axes.plot(row.share, place, _MARKS[row.standing], color=colour, markersize=6)
    mark = {"better": " ▲", "worse": " ▼"}.get(row.standing, "")
    text = f"{words.value(row.share, Unit.SHARE)}{mark}"
    axes.annotate(text, (row.high, place), xytext=(6, 0), textcoords="offset points", va="center")


def _name(brand: str, result: Brands, words: Words) -> str:
    label = words.label("brand", brand)
    name = words("figure.needs_ours", brand=label) if brand == result.own else label
    return theme.wrapped(name, width=1.5, lines=2)
