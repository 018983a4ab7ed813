"""Charts of the journey page: the funnel, the stages with problems, the map as a wide picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.charts import Chart
from cjm_research.present.figures.journey_map import journey_map
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.tables import table
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.mood import Mood
    from cjm_research.journey.pains import StageProblems
    from cjm_research.present.bodies import Body
    from cjm_research.present.words import Words

WIDTH = 8.6
NAME = Pen(size=theme.SIZE)
STRONG = Pen(size=theme.SIZE, bold=True)
QUIET = Pen(size=8.5, color=theme.SOFT)
BAR = 0.3
PLOT = 2.3


def funnel_chart(result: Funnel, words: Words) -> Figure:
    """Draw a bar per step, and between two bars how many go on and how many are lost.

    Parameters
    ----------
    result : Funnel
        Steps in their order.
    words : Words
        The language.
    """
    left, room = 2.3, 4.4
    sheet = Sheet(width=WIDTH)
    weakest = min((s.passed for s in result.steps[1:] if s.passed == s.passed), default=None)
    y = 0.1
    for i, step in enumerate(result.steps):
        if i:
            color = theme.BAD if step.passed == weakest and len(result.steps) > 2 else theme.SOFT
            pen = replace(QUIET, color=color)
            text = words("figure.funnel.step", passed=step.passed, lost=step.lost)
            if step.passed == step.passed:
                sheet.write((left, y + 0.12), f"↓ {text}", pen)
            y += 0.22
        name = NAME.lines(capital(words.label("stage", step.stage)), left - 0.3, most=2)
        height = max(BAR, NAME.height(len(name)))
        sheet.write_lines((0.1, y + (height - NAME.height(len(name))) / 2), name, NAME)
        top = y + (height - BAR) / 2
        sheet.bar((left, top), (room, BAR), fill=theme.PALE)
        if step.share == step.share:
            sheet.bar((left, top), (room * step.share, BAR), fill=theme.ACCENT)
        number = words.value(step.reached, Unit.COUNT)
        at = left + room + 0.12
        sheet.write((at, top + 0.2), number, STRONG)
        share = words.value(step.share, Unit.SHARE)
        sheet.write((at + STRONG.width(number) + 0.1, top + 0.2), share, QUIET)
        y += height + 0.05
    return sheet.done(y + 0.05)


def problems_chart(result: StageProblems, words: Words) -> Figure:
    """Draw, stage by stage, the share of those who wrote that named a problem.

    Parameters
    ----------
    result : StageProblems
        Stages in the order of the journey.
    words : Words
        The language.
    """
    frame = result.to_frame()
    sheet = Sheet(width=WIDTH)
    columns = Columns(left=0.1, right=WIDTH - 0.1, n=len(frame), gap=0.3)
    top = max([0.01, *frame["high"].dropna()])
    floor = 0.45 + PLOT
    worst = frame["share"].max()
    feet = []
    for i, row in enumerate(frame.to_dict("records")):
        center = columns.center(i)
        if row["share"] == row["share"]:
            color = theme.BAD if row["share"] == worst else theme.ACCENT
            width = min(columns.width, 0.8)
            height, low, high = (PLOT * row[c] / top for c in ("share", "low", "high"))
            sheet.bar((center - width / 2, floor - height), (width, height), fill=color, alpha=0.75)
            sheet.line([(center, floor - low), (center, floor - high)], color=theme.INK, width=1.3)
            text = words.value(row["share"], Unit.SHARE)
            sheet.write((center, floor - high - 0.08), text, replace(STRONG, align="center"))
        pen = replace(NAME, align="center")
        name = NAME.lines(capital(words.label("stage", row["stage"])), columns.width + 0.2, most=2)
        below = sheet.write_lines((center, floor + 0.08), name, pen)
        n = words("figure.map.n", n=row["n"])
        feet.append(sheet.write_lines((center, below), [n], replace(QUIET, align="center")))
    sheet.line([(0.1, floor), (WIDTH - 0.1, floor)], color=theme.LINE)
    return sheet.done(max([floor, *feet]) + 0.1)


def mood_chart(result: Mood, words: Words) -> Figure:
    """Draw the mood of each stage as a point on its interval, from −1 to +1.

    Parameters
    ----------
    result : Mood
        Points in the order of the journey.
    words : Words
        The language.
    """
    frame = result.to_frame()
    left, room = 2.3, 4.6
    sheet = Sheet(width=WIDTH)
    y, row_height = 0.45, 0.4
    foot = y + row_height * len(frame)

    def x(mood: float) -> float:
        return left + room * (mood + 1) / 2

    sheet.bar((left, y), (room / 2, foot - y), fill=theme.BAD_PALE, alpha=0.45)
    sheet.bar((x(0), y), (room / 2, foot - y), fill=theme.GOOD_PALE, alpha=0.45)
    sheet.dashes([(x(0), y), (x(0), foot)], color=theme.SOFT)
    for mood in (-1.0, 0.0, 1.0):
        text = words.value(mood, Unit.MOOD) if mood else words.value(0, Unit.COUNT)
        sheet.write((x(mood), y - 0.08), text, replace(QUIET, align="center"))
    for row in frame.to_dict("records"):
        middle = y + row_height / 2
        name = NAME.lines(capital(words.label("stage", row["stage"])), left - 0.3, most=2)
        sheet.write_lines((0.1, middle - NAME.height(len(name)) / 2), name, NAME)
        if row["mood"] == row["mood"]:
            sheet.line([(x(row["low"]), middle), (x(row["high"]), middle)],
                       color=theme.ACCENT, width=3)  # fmt: skip
            sheet.mark((x(row["mood"]), middle), shape="o", color=theme.ACCENT)
            text = words.value(row["mood"], Unit.MOOD)
            sheet.write((left + room + 0.12, middle + 0.05), text, STRONG)
        n = words("figure.map.n", n=row["n"])
        sheet.write((WIDTH - 0.1, middle + 0.05), n, replace(QUIET, align="right"))
        y += row_height
    return sheet.done(foot + 0.15)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WideChart(Chart):
    """A picture that needs more width than a column: it scrolls rather than shrinks."""

    def html(self, words: Words, *, title: str = "", alt: str = "") -> str:
        """Return the figure in a box of its own width."""
        drawn = Chart.html(self, words, title=title, alt=alt)
        return drawn.replace('<div class="scroll"', '<div class="scroll wide"', 1)


def map_body(result: JourneyMap) -> Body:
    """Return the drawn map with its table in a fold."""
    return WideChart(draw=journey_map, result=result, options={}, twin=table(result))
