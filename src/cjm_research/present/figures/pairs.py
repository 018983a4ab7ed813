"""Two shares per row, customers and revenue, joined by a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.present.words import Words

_ROW = 0.42
_NAME = 2.4  # inches


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One row: a name, the share of customers with its interval, the share of revenue."""

    name: str
    share: float
    low: float
    high: float
    revenue_share: float


def pairs(rows: Sequence[Pair], words: Words) -> Figure:
    """Draw an empty mark for customers and a full one for revenue, with the numbers at the right.

    Parameters
    ----------
    rows : sequence of Pair
        From the top. A share of revenue that is not known is not drawn.
    words : Words
        The language.
    """
    figure = theme.new_figure(height=1.15 + _ROW * len(rows))
    axes = figure.subplots()
    at = list(range(len(rows)))
    shares = [r.share for r in rows]
    money = [r.revenue_share for r in rows]
    axes.hlines(at, [r.low for r in rows], [r.high for r in rows],
                color=theme.SOFT, linewidth=5, alpha=0.35)  # fmt: skip
    axes.plot(shares, at, "o", markerfacecolor=theme.BG, markeredgecolor=theme.INK, markersize=8,
              markeredgewidth=1.6, clip_on=False,
              label=words("figure.share_customers"))  # fmt: skip
    if any(m == m for m in money):
        axes.hlines(at, shares, money, color=theme.ACCENT, linewidth=1.4, zorder=1.5)
        axes.plot(money, at, "s", color=theme.ACCENT, markersize=7, clip_on=False,
                  label=words("figure.share_revenue"))  # fmt: skip
    axes.set_yticks(at, [theme.wrapped(r.name, width=_NAME, lines=2) for r in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    theme.quiet(axes, grid="x")
    _numbers(axes, rows, words)
    figure.legend(loc="outside upper left", ncols=2, handletextpad=0.3, borderaxespad=0)
    return figure


def _numbers(axes: Axes, rows: Sequence[Pair], words: Words) -> None:
    right = axes.twinx()
    theme.quiet(right)
    right.set_ylim(axes.get_ylim())
    texts = [
        " · ".join(words.value(v, Unit.SHARE) for v in (r.share, r.revenue_share) if v == v)
        for r in rows
    ]
    right.set_yticks(range(len(rows)), texts)
