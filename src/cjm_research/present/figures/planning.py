"""Figures of a test that is planned, and of one that is looked at while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cjm_research.present import theme
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.experiments.look_tables import Looks
    from cjm_research.experiments.power_tables import PowerPlan
    from cjm_research.present.words import Words


def power_curves(
    plan: PowerPlan, words: Words, *, what: Literal["detectable_change", "target_power"]
) -> Figure:
    """Draw what tests of rising size can see: a line per success metric, the arm that needs most.

    Parameters
    ----------
    plan : PowerPlan
        The sizes.
    words : Words
        The language.
    what : {"detectable_change", "target_power"}
        The smallest change that is seen, or the chance of seeing the target.
    """
    frame = plan.curve.to_frame().dropna(subset=[what])
    figure = theme.new_figure(height=3.4)
    axes = figure.subplots()
    at = {"detectable_change": plan.target_change, "target_power": plan.power}[what]
    axes.axhline(at, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)))
    if plan.needed_units == plan.needed_units:
        axes.axvline(plan.needed_units, color=theme.SOFT, linewidth=1, linestyle=(0, (1, 2)))
    among = {"experiment": plan.experiment}
    for i, (metric, rows) in enumerate(frame.groupby("metric", sort=False)):
        own = rows[rows["arm"] == rows["arm"].iloc[0]]
        axes.plot(
            own["n"], own[what], color=theme.SERIES[i % len(theme.SERIES)],
            linestyle=theme.LINES[i % len(theme.LINES)],
            label=words.label("metric", metric, among=among),
        )  # fmt: skip
    theme.quiet(axes, grid="y")
    axes.xaxis.set_major_formatter(words.tick(Unit.COUNT))
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.locator_params(axis="x", nbins=6)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(words("figure.plan_units"))
    axes.set_ylabel(theme.wrapped(words(f"figure.plan_{what}"), width=2.4))
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def look_intervals(looks: Looks, words: Words, *, metric: str) -> Figure:
    """Draw every look at a metric: intervals that hold at all looks together, a colour per arm.

    Parameters
    ----------
    looks : Looks
        The looks so far.
    words : Words
        The language.
    metric : str
        Which metric.
    """
    own = [r for r in looks.rows if r.metric == metric and r.relative_low == r.relative_low]
    arms = list(dict.fromkeys(r.arm for r in own))
    figure = theme.new_figure(height=3.2)
    axes = figure.subplots()
    axes.axhline(0, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)))
    for i, arm in enumerate(arms):
        rows = [r for r in own if r.arm == arm]
        colour, marker = theme.SERIES[i % len(theme.SERIES)], theme.MARKERS[i % len(theme.MARKERS)]
        at = [r.look + 0.12 * (i - (len(arms) - 1) / 2) for r in rows]
        axes.vlines(at, [r.relative_low for r in rows], [r.relative_high for r in rows],
                    color=colour, linewidth=3, alpha=0.4)  # fmt: skip
        name = words.label("arm", arm, among={"experiment": looks.experiment})
        axes.plot(at, [r.relative_change for r in rows], marker, color=colour, label=name)
    theme.quiet(axes, grid="y")
    axes.locator_params(axis="x", integer=True)
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.set_xlabel(words("figure.look"))
    axes.set_ylabel(theme.wrapped(words("figure.effect_lift"), width=2.2))
    figure.legend(loc="outside upper left", ncols=3)
    return figure
