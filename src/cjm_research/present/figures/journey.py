"""Charts of the journey page: the funnel, the stages with problems, the map as a wide picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.charts import Chart
from cjm_research.present.figures.journey_map import journey_map
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import between
from cjm_research.present.figures.journey_map.versus import comparison_map
from cjm_research.present.tables import table
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.map_compare import MapComparison
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.mood import Mood, MoodPoint
    from cjm_research.journey.pains import StageProblems
    from cjm_research.journey.period_funnel import PeriodFunnel, PeriodStep
    from cjm_research.journey.segment_funnel import SegmentFunnel, SegmentStep
    from cjm_research.present.bodies import Body
    from cjm_research.present.words import Words
    from cjm_research.study.model import Limits

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


def segments_chart(result: SegmentFunnel, words: Words) -> Figure:
    """Write each segment's share that goes on, step by step; an arrow marks a clear difference.

    Parameters
    ----------
    result : SegmentFunnel
        One row per segment and step.
    words : Words
        The language.
    """
    clear = {(f.subject["segment"], f.subject["stage"]): f.direction
             for f in result.findings() if f.status == "shown"}  # fmt: skip
    cells = {(r.segment, r.stage): r for r in result.rows}
    names = {s: capital(words.label("segment", s)) for s in dict.fromkeys(s for s, _ in cells)}
    return _steps(_Steps(names=names, cells=cells, clear=clear, limits=result.limits), words)


def periods_chart(result: PeriodFunnel, words: Words) -> Figure:
    """Write each period's share that goes on; an arrow marks a clear change from the one before.

    Parameters
    ----------
    result : PeriodFunnel
        One row per period and step.
    words : Words
        The language.
    """
    clear = {(str(f.values["began"]), f.subject["stage"]): f.direction
             for f in result.findings() if f.status == "shown"}  # fmt: skip
    cells = {(r.began, r.stage): r for r in result.rows}
    names = {p: words("figure.map.since", first=p) for p in dict.fromkeys(p for p, _ in cells)}
    return _steps(_Steps(names=names, cells=cells, clear=clear, limits=result.limits), words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """Shares that pass each step, of several groups."""

    names: Mapping[str, str]
    """Of the groups, from top to bottom."""
    cells: Mapping[tuple[str, str], SegmentStep | PeriodStep]
    """By group and stage."""
    clear: Mapping[tuple[str, str], str]
    limits: Limits


def _steps(shown: _Steps, words: Words) -> Figure:
    """Write the shares in a row per group and a column per step."""
    stages = list(dict.fromkeys(stage for _, stage in shown.cells))
    sheet = Sheet(width=WIDTH)
    columns = Columns(left=2.3, right=WIDTH - 0.1, n=max(len(stages), 1))
    if not shown.names:
        sheet.write((0.1, 0.25), words("table.empty"), QUIET)
        return sheet.done(0.4)
    heads = [STRONG.lines(f"→ {capital(words.label('stage', s))}", columns.width, most=3)
             for s in stages]  # fmt: skip
    feet = [sheet.write_lines((columns.x(i), 0.1), head, STRONG) for i, head in enumerate(heads)]
    y = max(feet) + 0.05
    for group, name in shown.names.items():
        sheet.line([(0.1, y), (WIDTH - 0.1, y)], color=theme.LINE)
        foot = sheet.write_lines((0.1, y + 0.06), NAME.lines(name, 2.0, most=3), NAME)
        for i, stage in enumerate(stages):
            row = shown.cells[group, stage]
            if shown.limits.level(row.n) in ("hidden", "facts"):
                text = words("figure.map.few", n=row.n)
                lines = QUIET.lines(text, columns.width, most=3)
                foot = max(foot, sheet.write_lines((columns.x(i), y + 0.06), lines, QUIET))
                continue
            direction = shown.clear.get((group, stage))
            _cell(sheet, row, words, at=(columns.x(i), y), direction=direction)
        y = max(foot, y + 0.46) + 0.04
    return sheet.done(y + 0.05)


def _cell(
    sheet: Sheet,
    row: SegmentStep | PeriodStep,
    words: Words,
    *,
    at: tuple[float, float],
    direction: str | None,
) -> None:
    """Write a share with its interval below; coloured and with an arrow if clearly different."""
    arrow, color = {"good": ("▲ ", theme.GOOD), "bad": ("▼ ", theme.BAD)}.get(
        direction or "", ("", theme.INK)
    )
    text = f"{arrow}{words.value(row.passed, Unit.SHARE)}"
    sheet.write((at[0], at[1] + 0.21), text, replace(STRONG, color=color))
    interval = between(row.low, row.high, words)
    sheet.write((at[0], at[1] + 0.38), interval, replace(QUIET, size=8))


def mood_chart(result: Mood, words: Words) -> Figure:
    """Draw the mood of each stage or touchpoint as a point on its interval, from −1 to +1.

    Parameters
    ----------
    result : Mood
        Points in the order of the journey.
    words : Words
        The language.
    """
    left, room = 2.5, 4.4
    sheet = Sheet(width=WIDTH)
    top = 0.35
    y = top
    stage = ""
    rows = []
    for point in result.points:
        if result.by_touchpoint and point.stage != stage:
            stage = point.stage
            title = capital(words.label("stage", stage))
            y = sheet.write_lines((0.1, y + 0.06), STRONG.lines(title, left - 0.2, most=2), STRONG)
        text = words.label(*_place(point))
        name = NAME.lines(capital(text), left - 0.35, most=2)
        height = max(0.27, NAME.height(len(name)) + 0.06)
        indent = 0.22 if result.by_touchpoint else 0.1
        sheet.write_lines((indent, y + (height - NAME.height(len(name))) / 2), name, NAME)
        rows.append((point, y + height / 2))
        y += height
    _mood_ground(sheet, words, band=(top, y), plot=(left, room))
    for point, middle in rows:
        _mood_row(sheet, point, words, middle=middle, plot=(left, room),
                  is_shown=result.limits.level(point.n) in ("estimates", "claims"))  # fmt: skip
    return sheet.done(y + 0.15)


def _place(point: MoodPoint) -> tuple[str, str]:
    return ("touchpoint", point.touchpoint) if point.touchpoint else ("stage", point.stage)


def _mood_ground(
    sheet: Sheet, words: Words, *, band: tuple[float, float], plot: tuple[float, float]
) -> None:
    (top, foot), (left, room) = band, plot
    middle = left + room / 2
    sheet.bar((left, top), (room / 2, foot - top), fill=theme.BAD_PALE, alpha=0.45)
    sheet.bar((middle, top), (room / 2, foot - top), fill=theme.GOOD_PALE, alpha=0.45)
    sheet.dashes([(middle, top), (middle, foot)], color=theme.SOFT)
    for mood, x in ((-1, left), (0, middle), (1, left + room)):
        text = words.value(mood, Unit.MOOD) if mood else words.value(0, Unit.COUNT)
        sheet.write((x, top - 0.08), text, replace(QUIET, align="center"))


def _mood_row(
    sheet: Sheet,
    point: MoodPoint,
    words: Words,
    *,
    middle: float,
    plot: tuple[float, float],
    is_shown: bool,
) -> None:
    left, room = plot
    if is_shown:
        low, high, at = (left + room * (m + 1) / 2 for m in (point.low, point.high, point.mood))
        sheet.line([(low, middle), (high, middle)], color=theme.ACCENT, width=3)
        sheet.mark((at, middle), shape="o", color=theme.ACCENT)
        sheet.write((left + room + 0.12, middle + 0.05), words.value(point.mood, Unit.MOOD), STRONG)
    n = words("figure.map.n", n=point.n)
    sheet.write((WIDTH - 0.1, middle + 0.05), n, replace(QUIET, align="right"))


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


def comparison_body(result: MapComparison) -> Body:
    """Return the drawn comparison of two maps with its table in a fold."""
    return WideChart(draw=comparison_map, result=result, options={}, twin=table(result))
