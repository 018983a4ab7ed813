"""Figures of scores and interviews: NPS with its parts, periods, grades, counted talks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date
from pandas import Timestamp

from cjm_research.present import theme
from cjm_research.present.figures.needs import theme_name
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cjm_research.needs.grades import GradeDistribution
    from cjm_research.needs.scores import NpsRow, NpsScores
    from cjm_research.needs.talks import InterviewThemes
    from cjm_research.present.words import Words

_ROW = 0.46
_NAME = 2.2  # inches of a row's name
_PARTS = (("detractors", theme.BAD), ("passives", theme.SOFT), ("promoters", theme.GOOD))
_SMALLEST_WRITTEN = 0.07  # share that has room for its number
_GRADES_PER_ROW = 3
_PERIODS = {
    "quarter": {"en": "QQQ y", "ru": "QQQ y", "zh": "y年第QQQ"},
    "month": {"en": "MMM y", "ru": "LLL y", "zh": "y年M月"},
    "year": {"en": "y", "ru": "y", "zh": "y年"},
}


def nps_parts(result: NpsScores, words: Words, *, limit: int = 12) -> Figure:
    """Draw detractors, passives and promoters of each group, its score at the right.

    Parameters
    ----------
    result : NpsScores
        Everybody, then segments.
    words : Words
        The language.
    limit : int
        Draw the first rows only; the table has all.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(height=1.0 + _ROW * len(rows))
    axes = figure.subplots()
    for n, row in enumerate(rows):
        start = 0.0
        for part, colour in _PARTS:
            share = float(getattr(row, part))
            name = words(f"figure.needs_{part}") if n == 0 else None
            axes.barh(n, share, left=start, height=0.6, color=colour, label=name)
            if share >= _SMALLEST_WRITTEN:
                axes.text(start + share / 2, n, words.value(share, Unit.SHARE), ha="center",
                          va="center", color=theme.ON_COLOUR)  # fmt: skip
            start += share
        score = words("figure.needs_score", score=row.score, low=row.low, high=row.high)
        axes.text(1.015, n, f"{score}\nn = {words.value(row.n, Unit.COUNT)}", va="center",
                  linespacing=1.15)  # fmt: skip
    axes.set_yticks(range(len(rows)), [_segment(r, words) for r in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    theme.quiet(axes)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure


def nps_by_period(result: NpsScores, words: Words) -> Figure:
    """Draw the score of each period with its interval, in time.

    Parameters
    ----------
    result : NpsScores
        Waves only.
    words : Words
        The language.
    """
    rows = result.rows
    figure = theme.new_figure(height=2.9)
    axes = figure.subplots()
    places = range(len(rows))
    axes.vlines(places, [r.low for r in rows], [r.high for r in rows], color=theme.ACCENT,
                linewidth=4, alpha=0.3)  # fmt: skip
    axes.plot(places, [r.score for r in rows], "o-", color=theme.ACCENT, linewidth=1.2)
    for n, row in enumerate(rows):
        axes.annotate(words.value(row.score, Unit.NPS), (n, row.score), xytext=(8, 6),
                      textcoords="offset points")  # fmt: skip
    axes.axhline(0, color=theme.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    heads = [
        f"{period_name(str(r.wave), result.period, words)}\nn = {words.value(r.n, Unit.COUNT)}"
        for r in rows
    ]
    axes.set_xticks(places, heads)
    axes.margins(x=0.1, y=0.15)
    theme.quiet(axes, grid="y")
    axes.yaxis.set_major_formatter(words.tick(Unit.NPS))
    axes.set_ylabel("NPS")
    return figure


def grade_bars(result: GradeDistribution, words: Words) -> Figure:
    """Draw the answers by grade, a panel per kind of question.

    Parameters
    ----------
    result : GradeDistribution
        Every grade of every kind.
    words : Words
        The language.
    """
    kinds = list(dict.fromkeys(r.kind for r in result.rows))
    columns = min(len(kinds), _GRADES_PER_ROW) or 1
    lines = -(-len(kinds) // columns) or 1
    figure = theme.new_figure(height=2.4 * lines)
    panels = figure.subplots(lines, columns, squeeze=False).flat
    for axes, kind in zip(panels, kinds, strict=False):
        _panel(axes, result, kind, words)
    for axes in list(figure.axes)[len(kinds) :]:
        axes.set_visible(False)
    return figure


def interview_bars(result: InterviewThemes, words: Words, *, limit: int = 15) -> Figure:
    """Draw in how many interviews each theme came up, one square per interview.

    Parameters
    ----------
    result : InterviewThemes
        Themes, the most frequent first.
    words : Words
        The language.
    limit : int
        Draw the first only; the table has all.
    """
    rows = result.rows[:limit]
    figure = theme.new_figure(height=0.7 + 0.36 * len(rows))
    axes = figure.subplots()
    for n, row in enumerate(rows):
        colour = theme.BAD if row.theme_kind == "pain" else theme.ACCENT
        for k in range(result.n):
            is_said = k < row.interviews
            axes.barh(n, 0.82, left=k + 0.09, height=0.62, color=colour if is_said else theme.PALE)
        text = words("figure.needs_of", k=row.interviews, n=result.n)
        axes.text(result.n + 0.2, n, text, va="center")
    names = [
        theme.wrapped(theme_name(r.theme, words, result.telling), width=2.6, lines=2) for r in rows
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, result.n * 1.15)
    axes.set_xticks([])
    axes.set_xlabel(words("figure.needs_interviews"))
    theme.quiet(axes)
    return figure


def period_name(day: str, period: str, words: Words) -> str:
    """Return the name of a period in the language of the page.

    Examples
    --------
    >>> from cjm_research.present.words import Words
    >>> [period_name("2026-04-01", "quarter", Words(x)) for x in ("en", "ru", "zh")]
    ['Q2 2026', '2-й кв. 2026', '2026年第2季度']
    """
    pattern = _PERIODS.get(period, _PERIODS["month"])[words.language]
    return str(format_date(Timestamp(day).date(), pattern, locale=words.language))


def _panel(axes: Axes, result: GradeDistribution, kind: str, words: Words) -> None:
    rows = [r for r in result.rows if r.kind == kind]
    top = max(r.share for r in rows)
    places = range(len(rows))
    axes.bar(places, [r.share for r in rows], color=theme.ACCENT, width=0.78)
    if len(rows) <= 7:
        for n, row in enumerate(rows):
            axes.text(n, row.share + 0.02 * top, words.value(row.share, Unit.SHARE), ha="center",
                      va="bottom", fontsize=theme.SIZE - 1.5)  # fmt: skip
    axes.set_xticks(places, [words.value(r.grade, Unit.NUMBER) for r in rows])
    axes.set_ylim(0, top * 1.2)
    axes.set_yticks([])
    theme.quiet(axes)
    n_all = words.value(sum(r.n for r in rows), Unit.COUNT)
    name = theme.wrapped(words.label("kind", kind), width=2.5, lines=2)
    axes.set_title(words("figure.needs_asked", name=name, n=n_all), loc="left")
    axes.set_xlabel(words("figure.needs_grade"))


def _segment(row: NpsRow, words: Words) -> str:
    name = words.label("segment", row.segment, among={"grouping": row.grouping})
    return theme.wrapped(name, width=_NAME, lines=2)
