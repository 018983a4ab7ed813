"""Figures of what matters to the overall grade: Kano's plane, drivers, penalty and reward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.placing import Label, place_labels
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.needs.survey.contrast import PenaltyReward
    from cjm_research.needs.survey.kano import Kano
    from cjm_research.needs.survey.key_drivers import KeyDrivers
    from cjm_research.present.words import Words

_ROW, _NAME = 0.42, 2.6
_PLANE = (8.6, 5.0)
_INSIDE = (0.085, 0.115, 0.895, 0.855)
_CORNERS = (
    ("attractive", 0.01, 0.985, "left", "top"),
    ("one_dimensional", 0.99, 0.985, "right", "top"),
    ("indifferent", 0.01, 0.015, "left", "bottom"),
    ("must_be", 0.99, 0.015, "right", "bottom"),
)


def kano_plane(result: Kano, words: Words, *, limit: int = 20) -> Figure:
    """Draw how far each feature pleases against how far its lack displeases.

    Parameters
    ----------
    result : Kano
        Features with enough answers.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(*_PLANE)
    figure.set_layout_engine("none")  # names are placed in inches, so the axes must stand still
    axes = figure.add_axes(_INSIDE)
    theme.quiet(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.axvline(0.5, color=theme.LINE)
    axes.axhline(0.5, color=theme.LINE)
    for key, x, y, across, up in _CORNERS:
        axes.text(x, y, words.label("category", key), transform=axes.transAxes, ha=across, va=up,
                  color=theme.SOFT, style="italic")  # fmt: skip
    for row in rows:
        x, y = -row.displeases, row.pleases
        axes.hlines(y, -row.displeases_high, -row.displeases_low, color=theme.ACCENT, alpha=0.3,
                    linewidth=3)  # fmt: skip
        axes.vlines(x, row.pleases_low, row.pleases_high, color=theme.ACCENT, alpha=0.3,
                    linewidth=3)  # fmt: skip
        axes.plot(x, y, "D" if row.is_tie else "o", color=theme.ACCENT, markersize=7,
                  fillstyle="none" if row.is_tie else "full")  # fmt: skip
    labels = [
        Label(words.label("question", r.question), -r.displeases, r.pleases, bold=not r.is_tie)
        for r in rows
    ]
    place_labels(axes, labels, size=(_PLANE[0] * _INSIDE[2], _PLANE[1] * _INSIDE[3]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.needs_displeases"))
    axes.set_ylabel(words("figure.needs_pleases"))
    return figure


def driver_bars(result: KeyDrivers, words: Words, *, limit: int = 15) -> Figure:
    """Draw what part of the explained variance goes with each driver, LMG as a stroke.

    Parameters
    ----------
    result : KeyDrivers
        Drivers, the most important first.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(height=1.1 + _ROW * len(rows))
    axes = figure.subplots()
    top = max([0.05, *(r.high for r in rows)])
    equal = 1 / len(result.rows) if result.rows else 0.0
    for n, row in enumerate(rows):
        is_clear = row.low > equal
        axes.barh(n, row.importance, height=0.5, color=theme.ACCENT if is_clear else theme.PALE)
        axes.hlines(n, row.low, row.high, color=theme.INK, linewidth=1.4)
        axes.plot([row.lmg] * 2, [n - 0.3, n + 0.3], color=theme.ORANGE, linewidth=2,
                  label=words("figure.needs_lmg") if n == 0 else None)  # fmt: skip
        text = words("figure.needs_driver", importance=row.importance, mean=row.mean)
        axes.text(max(row.high, equal) + 0.015 * top, n, text, va="center")
    axes.axvline(equal, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)),
                 label=words("figure.needs_equal"))  # fmt: skip
    names = [theme.wrapped(words.label("question", r.question), width=_NAME, lines=2) for r in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, top * 1.45)
    axes.set_xticks([t for t in axes.get_xticks() if t <= 1])  # the rest is room for numbers
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.needs_driver_share"))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    return figure


def penalty_bars(result: PenaltyReward, words: Words, *, limit: int = 15) -> Figure:
    """Draw what a low grade of each part takes and a high one adds.

    Parameters
    ----------
    result : PenaltyReward
        Parts, the largest penalty first.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(height=1.1 + _ROW * len(rows))
    axes = figure.subplots()
    reach = max([0.5, *(max(-r.penalty_low, r.reward_high) for r in rows)])
    for n, row in enumerate(rows):
        for part, colour, side in (("penalty", theme.BAD, -1), ("reward", theme.GOOD, 1)):
            value, low, high = (float(getattr(row, f"{part}{e}")) for e in ("", "_low", "_high"))
            axes.barh(n, value, height=0.5, color=colour,
                      label=words(f"figure.needs_{part}") if n == 0 else None)  # fmt: skip
            axes.hlines(n, low, high, color=theme.INK, linewidth=1.4)
            end = min(low, value) if side < 0 else max(high, value)
            axes.text(end + side * 0.02 * reach, n, words.value(value, Unit.NUMBER), va="center",
                      ha="right" if side < 0 else "left")  # fmt: skip
        axes.text(reach * 1.35, n, words.label("factor", row.factor), va="center")
    axes.axvline(0, color=theme.SOFT, linewidth=0.8)
    names = [theme.wrapped(words.label("question", r.question), width=_NAME, lines=2) for r in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-reach * 1.25, reach * 1.3)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(Unit.NUMBER))
    axes.set_xlabel(words("figure.needs_points_of_ten"))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    return figure
