"""Figures of what stands behind a pain, and of how long tickets wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.needs import theme_name
from cjm_research.present.figures.needs_scores import period_name
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.needs.impact import ThemeImpacts
    from cjm_research.needs.places import PlacePain, PlacePains
    from cjm_research.needs.tickets import TicketCurves
    from cjm_research.present.words import Words

_ROW, _NAME = 0.46, 2.5
_DAY = 24.0
_LONG = 72.0  # hours from which the axis counts days


def impact_bars(result: ThemeImpacts, words: Words, *, limit: int = 15) -> Figure:
    """Draw by how much the score of those who name a theme differs, with people and money.

    Parameters
    ----------
    result : ThemeImpacts
        Themes, the one that pulls the score down most first.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    """
    rows = result.rows[:limit]
    unit = Unit.NPS if result.outcome == "nps" else Unit.SCORE
    figure = theme.new_figure(height=0.8 + _ROW * len(rows))
    axes = figure.subplots()
    reach = max([0.1, *(max(abs(r.low), abs(r.high)) for r in rows)])
    for n, row in enumerate(rows):
        colour = (
            (theme.BAD if row.difference < 0 else theme.GOOD)
            if result.is_clear(row)
            else theme.SOFT
        )
        axes.hlines(n, row.low, row.high, color=colour, linewidth=4, alpha=0.35)
        axes.plot(row.difference, n, "o", color=colour, markersize=6)
        texts = [words("figure.needs_effect", effect=words.value(row.difference, unit)),
                 words.noun("customer", row.customers)]  # fmt: skip
        if row.revenue == row.revenue:
            texts.append(words.value(row.revenue, Unit.MONEY))
        axes.text(reach * 1.12, n, "\n".join([texts[0], " · ".join(texts[1:])]), va="center",
                  linespacing=1.15)  # fmt: skip
    axes.axvline(0, color=theme.SOFT, linewidth=0.8)
    names = [
        theme.wrapped(theme_name(r.theme, words, result.telling), width=_NAME, lines=2)
        for r in rows
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-reach * 1.08, reach * 1.08)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(unit))
    key = "figure.needs_effect_nps" if result.outcome == "nps" else "figure.needs_effect_grade"
    axes.set_xlabel(words(key))
    return figure


def place_bars(
    result: PlacePains, words: Words, *, limit: int = 12, wave: str = "quarter"
) -> Figure:
    """Draw where and when a pain is clearly more frequent, against everywhere else.

    Parameters
    ----------
    result : PlacePains
        Clear differences, the largest first.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    wave : str
        Length of the periods, for their names.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(height=1.1 + 0.5 * len(rows))
    axes = figure.subplots()
    top = max([0.05, *(r.high for r in rows)])
    for n, row in enumerate(rows):
        axes.barh(n, row.share, height=0.5, color=theme.BAD)
        axes.hlines(n, row.low, row.high, color=theme.INK, linewidth=1.4)
        axes.plot([row.elsewhere] * 2, [n - 0.32, n + 0.32], color=theme.ORANGE, linewidth=2,
                  label=words("figure.needs_elsewhere") if n == 0 else None)  # fmt: skip
        axes.text(row.high + 0.015 * top, n, words.value(row.share, Unit.SHARE), va="center")
    names = [
        _place_name(_where(r, wave, words), theme_name(r.theme, words, result.telling))
        for r in rows
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, top * 1.2)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.needs_place_share"))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return figure


def ticket_curves(result: TicketCurves, words: Words) -> Figure:
    """Draw the share of tickets answered, and solved, by the time since they came.

    Parameters
    ----------
    result : TicketCurves
        Points of both curves.
    words : Words
        The language.
    """
    figure = theme.new_figure(height=3.2)
    axes = figure.subplots()
    reach = max((r.hours for r in result.rows), default=1.0)
    scale, key = (_DAY, "figure.needs_days") if reach > _LONG else (1.0, "figure.needs_hours")
    for n, measure in enumerate(dict.fromkeys(r.measure for r in result.rows)):
        own = [r for r in result.rows if r.measure == measure]
        x = [0.0, *(r.hours / scale for r in own)]
        axes.fill_between(x, [0.0, *(r.low for r in own)], [0.0, *(r.high for r in own)],
                          step="post", color=theme.SERIES[n], alpha=0.15, linewidth=0)  # fmt: skip
        axes.step(x, [0.0, *(r.share for r in own)], where="post", color=theme.SERIES[n],
                  linestyle=theme.LINES[n], label=words.label("measure", measure))  # fmt: skip
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, None)
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.xaxis.set_major_formatter(words.tick(Unit.NUMBER))
    axes.set_xlabel(words(key))
    axes.legend(loc="lower right")
    theme.quiet(axes, grid="y")
    return figure


def _where(row: PlacePain, wave: str, words: Words) -> str:
    if row.dimension == "period":
        return period_name(row.place, wave, words)
    label = words.label(row.dimension, row.place)
    return label[:1].upper() + label[1:]


def _place_name(where: str, pain: str) -> str:
    return "\n".join(theme.wrapped(line, width=_NAME, lines=1) for line in (where, pain))
