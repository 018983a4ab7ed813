"""The customer journey map as one drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.figures.journey_map import curve, head, rows
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import footer
from cjm_research.present.theme import SOFT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.present.words import Words

LEFT, RIGHT = 1.56, 0.42
SMALLEST_COLUMN = 1.95
SMALLEST_WIDTH = 11.8
FOOT = Pen(size=8, color=SOFT)


def journey_map(result: JourneyMap, words: Words, *, width: float = SMALLEST_WIDTH) -> Figure:
    """Draw the map: a column per stage, rows from reach to opportunities.

    Parameters
    ----------
    result : JourneyMap
        Every number that is drawn stands in its `to_frame`.
    words : Words
        The language.
    width : float
        Inches; more where the stages would be too narrow. The height follows from the content.
    """
    width = max(width, LEFT + RIGHT + SMALLEST_COLUMN * len(result.stages))
    sheet = Sheet(width=width)
    columns = Columns(left=LEFT, right=width - RIGHT, n=len(result.stages))
    y = head.draw_title(sheet, result, words, y=0.2)
    y = head.draw_card(sheet, result, words, y=y)
    y = head.draw_stages(sheet, result, words, columns=columns, y=y)
    head.row_label(sheet, words("figure.map.stage"), words("figure.map.reached"), y=y - 0.72)
    for what in ("goal", "expectation"):
        y = _row(sheet, y, rows.draw_phrases(sheet, result, words, columns=columns, y=y, what=what))
    for draw in (rows.draw_touchpoints, curve.draw_mood, rows.draw_pains, rows.draw_flow):
        y = _row(sheet, y, draw(sheet, result, words, columns=columns, y=y))
    y = rows.draw_opportunities(sheet, result, words, columns=columns, y=y) + 0.14
    y = sheet.write_lines((0.25, y), FOOT.lines(footer(result, words), width - 0.5, most=5), FOOT)
    return sheet.done(y + 0.15)


def _row(sheet: Sheet, top: float, foot: float) -> float:
    """Rule off a row that was drawn; return where the next begins."""
    if foot == top:
        return top
    head.ruled(sheet, y=foot + 0.07)
    return foot + 0.15
