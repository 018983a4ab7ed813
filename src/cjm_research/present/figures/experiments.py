"""Figures of the campaign page: effects of all metrics, and one effect by segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.experiments.campaign import CampaignResult
    from cjm_research.experiments.effect import Effect
    from cjm_research.experiments.timeline import Timeline
    from cjm_research.present.words import Words

_ROW, _NAME = 0.44, 2.7
_LOOKS = {"good": (theme.GOOD, "^"), "bad": (theme.BAD, "v"), "safe": (theme.GOOD, "s"),
          "": (theme.SOFT, "o")}  # fmt: skip
_VERDICTS = {"better": "good", "safe": "safe", "worse": "bad", "harmed": "bad"}


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate with its interval, its name at the left and its words at the right."""

    name: str
    at: float
    low: float
    high: float
    text: str
    shrunken: float = float("nan")
    """The estimate drawn towards all others: an open diamond."""
    look: str = ""
    is_strong: bool = False


def effects_forest(campaign: CampaignResult, words: Words) -> Figure:
    """Draw the relative change of every metric in every arm, with its interval.

    Relative, because metrics of different measures share one axis only so; the difference
    itself stands at the right. A row without a lift has no point.

    Parameters
    ----------
    campaign : CampaignResult
        The effects.
    words : Words
        The language.
    """
    among = {"experiment": campaign.experiment.id}
    rows = [
        Row(
            name=words(
                "figure.effect_name",
                metric=words.label("metric", e.metric, among=among),
                arm=words.label("arm", e.arm, among=among),
            ),
            at=e.lift,
            low=e.lift_low,
            high=e.lift_high,
            text=_difference(e, words),
            look="" if campaign.checks.is_broken else _VERDICTS.get(e.verdict, ""),
        )
        for e in _drawn(campaign)
    ]
    return forest(rows, words, unit=Unit.SHARE, axis=words("figure.effect_lift"))


def _drawn(campaign: CampaignResult) -> list[Effect]:
    """Return the effects that a test could be made of; every one where there is none."""
    every = [e for e in campaign.rows if e.is_main]
    return [e for e in every if not e.problem] or every


def segments_forest(
    campaign: CampaignResult, words: Words, *, grouping: str, metric: str, arm: str
) -> Figure:
    """Draw one effect in every segment of a grouping, the largest first, below the whole.

    Parameters
    ----------
    campaign : CampaignResult
        The effects by segment.
    words : Words
        The language.
    grouping, metric, arm : str
        Which effect.
    """
    among = {"experiment": campaign.experiment.id}
    whole = next(e for e in campaign.rows if (e.metric, e.arm, e.is_main) == (metric, arm, True))
    parts = [
        row
        for table in (campaign.by_segment.effects if campaign.by_segment else ())
        for row in table.rows
        if (row.grouping, row.effect.metric, row.effect.arm) == (grouping, metric, arm)
        and row.status != "hidden_small_n"
    ]
    parts = sorted(parts, key=lambda r: -r.effect.difference)
    rows = [
        _row(whole, words("figure.effect_whole"), words, is_strong=True),
        *(
            replace(
                _row(
                    p.effect,
                    segment_name(words, grouping, p.segment),
                    words,
                    told=p.status == "shown",
                ),
                shrunken=p.shrunken,
            )
            for p in parts
        ),
    ]
    axis = words("figure.effect_difference", metric=words.label("metric", metric, among=among),
                 arm=words.label("arm", arm, among=among))  # fmt: skip
    return forest(rows, words, unit=unit_of(whole), axis=axis)


def timeline_lines(timeline: Timeline, words: Words) -> Figure:
    """Draw the relative change as units came in: a line per arm, its interval as a band.

    Parameters
    ----------
    timeline : Timeline
        Cumulative effects by day of exposure.
    words : Words
        The language.
    """
    frame = timeline.to_frame()
    figure = theme.new_figure(height=3.2)
    axes = figure.subplots()
    axes.axhline(0, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)))
    days = list(dict.fromkeys(frame["exposed_on"]))
    among = {"experiment": timeline.experiment}
    for i, (arm, rows) in enumerate(frame.groupby("arm", sort=False)):
        colour, line = theme.SERIES[i % len(theme.SERIES)], theme.LINES[i % len(theme.LINES)]
        at = [days.index(d) for d in rows["exposed_on"]]
        axes.fill_between(at, rows["relative_low"], rows["relative_high"], color=colour,
                          alpha=0.15, linewidth=0)  # fmt: skip
        axes.plot(at, rows["relative_change"], color=colour, linestyle=line,
                  label=words.label("arm", arm, among=among))  # fmt: skip
        alone = [(x, y) for x, y in zip(at, rows["daily_change"], strict=True) if y == y]
        if alone:
            name = words("figure.daily", arm=words.label("arm", arm, among=among))
            marker = theme.MARKERS[i % len(theme.MARKERS)]
            axes.plot([x for x, _ in alone], [y for _, y in alone], marker, color=colour,
                      markersize=4, alpha=0.6, label=name)  # fmt: skip
    places = sorted({0, len(days) // 2, len(days) - 1})
    axes.set_xticks(places, [words.cell(days[p], Unit.DATE) for p in places])
    axes.set_xlim(-0.04 * len(days), 1.04 * len(days) - 1)
    theme.quiet(axes, grid="y")
    axes.yaxis.set_major_formatter(words.tick(Unit.SHARE))
    axes.locator_params(axis="y", nbins=5)
    axes.set_ylabel(theme.wrapped(words("figure.effect_lift"), width=2.2))
    figure.legend(loc="outside upper left", ncols=3)
    return figure


def unit_of(effect: Effect) -> Unit:
    """Return the unit of an effect's difference."""
    if effect.is_share:
        return Unit.POINTS
    return Unit.MONEY if effect.is_money else Unit.NUMBER


def segment_name(words: Words, grouping: str, segment: str) -> str:
    """Return the words for a segment: those of its grouping, else of the column it is from."""
    names = (words.label(v, segment) for v in (f"segment.{grouping}", grouping, "segment"))
    return next((n for n in names if n != segment), segment)


def _row(
    effect: Effect, name: str, words: Words, *, told: bool = False, is_strong: bool = False
) -> Row:
    good = "good" if effect.goodness > 0 else "bad"
    return Row(
        name=name,
        at=effect.difference,
        low=effect.low,
        high=effect.high,
        text=_difference(effect, words),
        look=good if told else "",
        is_strong=is_strong,
    )


def _difference(effect: Effect, words: Words) -> str:
    text = words("figure.effect_text", difference=effect.difference, unit=unit_of(effect),
                 n=effect.n)  # fmt: skip
    if effect.problem:
        return words.label("effect_problem", effect.problem)
    return text


def forest(
    rows: Sequence[Row], words: Words, *, unit: Unit, axis: str, line: float | None = 0.0
) -> Figure:
    """Draw estimates with their intervals, one below the other.

    Parameters
    ----------
    rows : Sequence of Row
        From top to bottom.
    words : Words
        The language.
    unit : Unit
        Of the estimates.
    axis : str
        What they are.
    line : float, optional
        Where a dashed line stands: no effect, or the whole.
    """
    figure = theme.new_figure(height=0.8 + _ROW * len(rows))
    axes = figure.subplots()
    if line is not None:
        axes.axvline(line, color=theme.SOFT, linewidth=1, linestyle=(0, (4, 3)))
    for place, row in enumerate(rows):
        _draw(axes, row, place)
    names = [theme.wrapped(r.name, width=_NAME, lines=2) for r in rows]
    axes.set_yticks(range(len(rows)), names)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row.is_strong else "normal")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    theme.quiet(axes, grid="x")
    axes.xaxis.set_major_formatter(words.tick(unit))
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(axis)
    right = axes.twinx()
    theme.quiet(right)
    right.set_ylim(axes.get_ylim())
    right.set_yticks(range(len(rows)), [r.text for r in rows])
    return figure


def _draw(axes: Axes, row: Row, place: int) -> None:
    if row.at != row.at:
        return
    colour, marker = _LOOKS[row.look]
    if row.low == row.low:
        axes.hlines(place, row.low, row.high, color=colour, linewidth=4, alpha=0.35)
    axes.plot([row.at], [place], marker, color=colour, markersize=9 if row.is_strong else 7)
    if row.shrunken == row.shrunken:
        axes.plot([row.shrunken], [place], "D", color=theme.SOFT, markersize=6, fillstyle="none")
