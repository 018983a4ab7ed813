"""How long contracts run: a falling line for each segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.present.words import Words
    from cjm_research.segmentation.value.contract_life import ContractLife

_CROWDED = 6  # months before that have no mark of their own on a long axis
MOST = len(theme.SERIES)
"""Segments that are told apart by colour, line and mark; the table has all."""


def contract_lines(result: ContractLife, words: Words) -> Figure:
    """Draw the part of contracts that still run after so many months, with its interval.

    Parameters
    ----------
    result : ContractLife
        Contracts of each segment.
    words : Words
        The language.
    """
    figure = theme.new_figure(height=3.6)
    axes = figure.subplots()
    segments = list(dict.fromkeys(p.segment for p in result.points))[:MOST]
    among = {"grouping": result.grouping}
    for segment, colour, line, marker in zip(
        segments, theme.SERIES, theme.LINES, theme.MARKERS, strict=False
    ):
        points = [p for p in result.points if p.segment == segment and p.share == p.share]
        at = [0, *(p.period for p in points)]
        axes.fill_between(at, [1.0, *(p.low for p in points)], [1.0, *(p.high for p in points)],
                          color=colour, alpha=0.15, linewidth=0)  # fmt: skip
        axes.plot(at, [1.0, *(p.share for p in points)], color=colour, linestyle=line,
                  marker=marker, markersize=5,
                  label=capital(words.label("segment", segment, among=among)))  # fmt: skip
    axes.set_ylim(0, 1.03)
    axes.set_xlim(left=0)
    seen = {p.period for p in result.points}
    axes.set_xticks(sorted({0, *(m for m in seen if m >= _CROWDED or max(seen) <= 2 * _CROWDED)}))
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.months_with_us"))
    theme.quiet(axes, grid="y")
    figure.legend(loc="outside upper left", ncols=min(3, len(segments)), borderaxespad=0)
    return figure
