"""The emotion map: touchpoints down, emotions across, the share of customers in each cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.journey.emotions import BAD, GOOD, place
from cjm_research.present import theme
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.journey.emotions import EmotionMap, TouchpointEmotion
    from cjm_research.present.words import Words

WIDTH = 8.6
MOST = 8
"""Emotions that have room; the most frequent ones are drawn, the table has all."""
LEFT, RIGHT = 2.5, 0.95
CELL = 0.27
NAME = Pen(size=theme.SIZE)
STRONG = Pen(size=theme.SIZE, bold=True)
HEAD = Pen(size=8.5, align="center")
NUMBER = Pen(size=8.5, align="center")
QUIET = Pen(size=8.5, color=theme.SOFT, align="right")


def emotions_chart(result: EmotionMap, words: Words) -> Figure:
    """Draw the share of a touchpoint's customers with each emotion; darker is more.

    Parameters
    ----------
    result : EmotionMap
        Where too few customers told an emotion, only how many they are is written.
    words : Words
        The language.
    """
    sheet = Sheet(width=WIDTH)
    emotions = _most_frequent(result)
    if not emotions:
        sheet.write((0.1, 0.25), words("table.empty"), replace(QUIET, align="left"))
        return sheet.done(0.4)
    columns = Columns(left=LEFT, right=WIDTH - RIGHT, n=len(emotions), gap=0.06)
    y = _heads(sheet, emotions, words, columns=columns)
    cells = {(r.stage, r.touchpoint, r.emotion): r for r in result.rows}
    stage = ""
    for at_stage, touchpoint in result.places:
        if at_stage != stage:
            stage = at_stage
            sheet.line([(0.1, y + 0.04), (WIDTH - 0.1, y + 0.04)], color=theme.LINE)
            title = STRONG.lines(capital(words.label("stage", stage)), LEFT - 0.2, most=2)
            foot = sheet.write_lines((0.1, y + 0.08), title, STRONG)
            y = foot if touchpoint else y + 0.06
        row = [cells[stage, touchpoint, e] for e in emotions]
        y = _row(sheet, result, row, words, columns=columns, y=y)
    return sheet.done(y + 0.1)


def _most_frequent(result: EmotionMap) -> list[str]:
    """Return the emotions that are drawn, from the best to the worst."""
    total: dict[str, int] = {}
    for r in result.rows:
        total[r.emotion] = total.get(r.emotion, 0) + r.customers
    most = sorted(total, key=lambda e: (-total[e], e))[:MOST]
    return sorted(most, key=place)


def _heads(sheet: Sheet, emotions: list[str], words: Words, *, columns: Columns) -> float:
    """Write the emotions above their columns, each with a mark that says how good it is."""
    lines = [HEAD.lines(capital(_name(e, words)), columns.width + 0.04, most=3) for e in emotions]
    most = max(map(len, lines))
    for i, (emotion, label) in enumerate(zip(emotions, lines, strict=True)):
        color, shape = _look(emotion)
        sheet.mark((columns.center(i), 0.16), shape=shape, color=color)
        sheet.write_lines((columns.center(i), 0.28), label, HEAD)
    return 0.28 + HEAD.height(most) + 0.02


def _row(
    sheet: Sheet,
    result: EmotionMap,
    row: list[TouchpointEmotion],
    words: Words,
    *,
    columns: Columns,
    y: float,
) -> float:
    first = row[0]
    lines = NAME.lines(capital(words.label("touchpoint", first.touchpoint)), LEFT - 0.4, most=2)
    lines = lines if first.touchpoint else []
    height = max(CELL, NAME.height(len(lines)) + 0.04)
    sheet.write_lines((0.25, y + (height - NAME.height(len(lines))) / 2), lines, NAME)
    n = words("figure.map.n", n=first.n)
    sheet.write((WIDTH - 0.1, y + height / 2 + 0.05), n, QUIET)
    if result.limits.level(first.n) in ("estimates", "claims"):
        for i, cell in enumerate(row):
            box = (columns.x(i), y + 0.02), (columns.width, height - 0.04)
            sheet.bar(*box, fill=theme.CARD)
            sheet.bar(*box, fill=_look(cell.emotion)[0], alpha=0.55 * cell.share)
            text = words.value(cell.share, Unit.SHARE)
            sheet.write((columns.center(i), y + height / 2 + 0.05), text, NUMBER)
    return y + height


def _look(emotion: str) -> tuple[str, str]:
    if emotion in GOOD:
        return theme.GOOD, "^"
    return (theme.BAD, "v") if emotion in BAD else (theme.ACCENT, "o")


def _name(emotion: str, words: Words) -> str:
    """Return the words for an emotion: of the study, else of a tagged theme."""
    found = words.label("emotion", emotion)
    return found if found != emotion else words.label("theme", emotion)
