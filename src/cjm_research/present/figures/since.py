"""The figure of an effect by days since exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.experiments.since_tables import SinceExposure
    from cjm_research.present.words import Words
    from cjm_research.results import Unit


def since_days(since: SinceExposure, words: Words) -> Figure:
    """Draw the effect of each day after exposure, and under it that of all days so far.

    Parameters
    ----------
    since : SinceExposure
        Effects by day; a line and a mark of its own for each arm.
    words : Words
        The language.
    """
    figure = theme.new_figure(height=5.0)
    daily, so_far = figure.subplots(2, 1, sharex=True)
    frame = since.to_frame()
    among = {"experiment": since.experiment}
    arms = list(dict.fromkeys(frame["arm"]))
    for i, arm in enumerate(arms):
        rows = frame[frame["arm"] == arm]
        colour, line = theme.SERIES[i % len(theme.SERIES)], theme.LINES[i % len(theme.LINES)]
        at = rows["since_day"].to_numpy() + (i - (len(arms) - 1) / 2) * 0.25
        daily.vlines(at, rows["daily_low"], rows["daily_high"], color=colour, linewidth=1.2,
                     alpha=0.6)  # fmt: skip
        daily.plot(at, rows["daily_difference"], theme.MARKERS[i % len(theme.MARKERS)],
                   color=colour, markersize=4)  # fmt: skip
        so_far.fill_between(rows["since_day"], rows["so_far_low"], rows["so_far_high"],
                            color=colour, alpha=0.15, linewidth=0)  # fmt: skip
        so_far.plot(rows["since_day"], rows["so_far_difference"], color=colour, linestyle=line,
                    label=words.label("arm", arm, among=among))  # fmt: skip
    _dress(daily, words, since.unit, "figure.since_daily")
    _dress(so_far, words, since.unit, "figure.since_so_far")
    so_far.set_xlabel(words("figure.since_day"))
    so_far.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside upper left", ncols=3)
    return figure


def _dress(axes: Axes, words: Words, unit: Unit, title: str) -> None:
    axes.axhline(0, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)))
    theme.quiet(axes, grid="y")
    axes.yaxis.set_major_formatter(words.tick(unit))
    axes.locator_params(axis="y", nbins=5)
    axes.set_ylabel(theme.wrapped(words(title), width=2.2))
