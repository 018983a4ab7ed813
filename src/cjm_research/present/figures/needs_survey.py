"""Figures of a questionnaire: spread of grades, choices, importance against satisfaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.placing import Label, place_labels
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.needs.survey.choices import Choices, OptionShare
    from cjm_research.needs.survey.likert import GradeShare, Likert
    from cjm_research.needs.survey.opportunity import Opportunities
    from cjm_research.present.words import Words

_ROW, _NAME = 0.46, 2.4
_PLANE = (8.6, 5.0)
_INSIDE = (0.085, 0.115, 0.895, 0.855)
_FAINTEST = 0.35
_EDGE = 1e-9
_LINES = ((10.0, "figure.needs_line_10"), (15.0, "figure.needs_line_15"))


def likert_bars(result: Likert, words: Words) -> Figure:
    """Draw the grades of each question to both sides of the middle, a panel per kind.

    Low grades go to the left and high ones to the right, the outer the stronger; a question
    whose low grades are the good ones is turned. The net score stands at the right.

    Parameters
    ----------
    result : Likert
        Of questions with enough answers.
    words : Words
        The language.
    """
    kinds = list(dict.fromkeys(r.kind for r in result.rows))
    names = {k: list(dict.fromkeys(r.question for r in result.rows if r.kind == k)) for k in kinds}
    heights = [len(names[k]) + 1.0 for k in kinds]
    figure = theme.new_figure(height=0.5 + _ROW * sum(heights))
    panels = figure.subplots(len(kinds) or 1, 1, squeeze=False, height_ratios=heights or [1])
    for axes, kind in zip(panels.flat, kinds, strict=False):
        for n, question in enumerate(names[kind]):
            own = [r for r in result.rows if (r.kind, r.question) == (kind, question)]
            _likert_row(axes, own, (n, question in result.turned), words)
        shown = [theme.wrapped(words.label("question", q), width=_NAME, lines=2)
                 for q in names[kind]]  # fmt: skip
        axes.set_yticks(range(len(shown)), shown)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(-1.12, 1.12)
        axes.set_xticks([])
        axes.axvline(0, color=theme.SOFT, linewidth=0.8)
        theme.quiet(axes)
        axes.set_title(words.label("kind", kind), loc="left")
    return figure


def choice_bars(result: Choices, words: Words, *, limit: int = 10) -> Figure:
    """Draw the share that chose each option, a block per question.

    Parameters
    ----------
    result : Choices
        Of everybody.
    words : Words
        The language.
    limit : int
        Draw so many options of a question; the table has all.
    """
    blocks = [[r for r in result.rows if r.question == q][:limit] for q in result.questions()]
    heights = [len(b) + 1.4 for b in blocks]
    figure = theme.new_figure(height=0.4 + 0.36 * sum(heights))
    panels = figure.subplots(len(blocks) or 1, 1, squeeze=False, height_ratios=heights or [1])
    for axes, rows in zip(panels.flat, blocks, strict=False):
        _choice_block(axes, rows, words)
    return figure


def opportunity_plane(result: Opportunities, words: Words, *, limit: int = 15) -> Figure:
    """Draw importance against satisfaction, with the lines from which a need is underserved.

    Parameters
    ----------
    result : Opportunities
        Needs of one group, the largest score first.
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
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 10)
    axes.fill_between([5, 10], [0, 10], 0, color=theme.BAD_PALE, zorder=0)
    axes.fill_between([0, 10], [0, 10], 10, color=theme.CARD, zorder=0)
    for score, key in _LINES:
        x = [score / 2, 10]
        axes.plot(x, [0, 20 - score], color=theme.BAD, linewidth=1, linestyle=(0, (4, 3)))
        axes.text(score / 2 + 0.36, 0.12, words(key), color=theme.SOFT, va="bottom", ha="left",
                  fontsize=theme.SIZE - 1.5)  # fmt: skip
    axes.text(0.1, 9.85, words("figure.needs_overserved"), va="top", color=theme.SOFT,
              style="italic")  # fmt: skip
    for row in rows:
        is_open = row.score >= _LINES[0][0]
        axes.plot(row.importance, row.satisfaction, "o" if is_open else "D",
                  color=theme.BAD if is_open else theme.ACCENT,
                  markersize=8 if is_open else 5.5)  # fmt: skip
    labels = [
        Label(words.label("question", r.question), r.importance, r.satisfaction,
              bold=r.score >= _LINES[0][0])
        for r in rows
    ]  # fmt: skip
    place_labels(axes, labels, size=(_PLANE[0] * _INSIDE[2], _PLANE[1] * _INSIDE[3]))
    axes.set_xlabel(words("figure.needs_importance"))
    axes.set_ylabel(words("figure.needs_satisfaction"))
    return figure


def _likert_row(axes: Axes, rows: list[GradeShare], place: tuple[int, bool], words: Words) -> None:
    n, is_turned = place
    grades = [r.grade for r in rows]
    middle = (grades[0] + grades[-1]) / 2
    half = (grades[-1] - grades[0]) / 2
    off = {r.grade: (middle - r.grade if is_turned else r.grade - middle) / half for r in rows}
    neutral = sum(r.share for r in rows if abs(off[r.grade]) < _EDGE)
    ends = {}
    for side, colour in ((-1, theme.BAD), (1, theme.GOOD)):
        start = side * neutral / 2
        own = sorted(
            (r for r in rows if off[r.grade] * side > _EDGE), key=lambda r: abs(off[r.grade])
        )
        for row in own:
            strength = _FAINTEST + (1 - _FAINTEST) * abs(off[row.grade])
            axes.barh(n, side * row.share, left=start, height=0.62, color=colour, alpha=strength)
            start += side * row.share
        ends[side] = (start, sum(r.share for r in own))
    if neutral > 0:
        axes.barh(n, neutral, left=-neutral / 2, height=0.62, color=theme.PALE)
    for side, where in ((-1, "right"), (1, "left")):
        end, share = ends[side]
        axes.text(end + side * 0.015, n, words.value(share, Unit.SHARE), va="center", ha=where)
    net = words("figure.needs_net", net=rows[0].net)
    axes.text(1.13, n, f"{net}\nn = {words.value(rows[0].n, Unit.COUNT)}", va="center",
              linespacing=1.15)  # fmt: skip


def _choice_block(axes: Axes, rows: list[OptionShare], words: Words) -> None:
    top = max([0.05, *(r.high for r in rows)])
    for n, row in enumerate(rows):
        axes.barh(n, row.share, height=0.56, color=theme.ACCENT)
        axes.hlines(n, row.low, row.high, color=theme.INK, linewidth=1.4)
        axes.text(row.high + 0.015 * top, n, words.value(row.share, Unit.SHARE), va="center")
    names = [
        theme.wrapped(
            words.label("option", r.option, among={"question": r.question}), width=_NAME, lines=1
        )
        for r in rows
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, top * 1.2)
    axes.set_xticks([])
    theme.quiet(axes)
    question = words.label("question", rows[0].question) if rows else ""
    n_all = words.value(rows[0].n, Unit.COUNT) if rows else ""
    title = words("figure.needs_asked", name=question, n=n_all)
    axes.set_title(theme.wrapped(title, width=6.0, lines=2), loc="left")
