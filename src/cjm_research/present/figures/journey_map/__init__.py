"""The customer journey map as one drawing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cjm_research.present.figures.journey_map import curve, head, more_rows, rows
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import footer
from cjm_research.present.theme import SOFT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.present.words import Words

LEFT, RIGHT = 1.56, 0.42
SMALLEST_COLUMN = 1.95
SMALLEST_WIDTH = 11.8
FOOT = Pen(size=8, color=SOFT)

ROWS: Mapping[str, Callable[..., float]] = {
    "goal": partial(rows.draw_phrases, what="goal"),
    "expectation": partial(rows.draw_phrases, what="expectation"),
    "actions": partial(rows.draw_phrases, what="actions"),
    "touchpoints": rows.draw_touchpoints,
    "triggers": more_rows.draw_triggers,
    "mood": curve.draw_mood,
    "emotions": more_rows.draw_emotions,
    "quotes": more_rows.draw_quotes,
    "pains": rows.draw_pains,
    "rivals": more_rows.draw_rivals,
    "flow": rows.draw_flow,
    "planned": more_rows.draw_planned,
    "opportunities": rows.draw_opportunities,
}
"""Row of the study file: what draws it and returns where the next may begin."""


def journey_map(result: JourneyMap, words: Words, *, width: float = SMALLEST_WIDTH) -> Figure:
    """Draw the map: a column per stage, rows as the study file has them.

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
    missing = []
    for name in result.rows:
        foot = ROWS[name](sheet, result, words, columns=columns, y=y) if name in ROWS else y
        if foot == y:
            missing.append(name)
        else:
            y = _ruled(sheet, foot)
    y = head.draw_key(sheet, words, y=y + 0.02)
    lines = FOOT.lines(footer(result, words, missing=missing), width - 0.5, most=6)
    return sheet.done(sheet.write_lines((0.25, y), lines, FOOT) + 0.15)


def _ruled(sheet: Sheet, foot: float) -> float:
    """Rule off a row that was drawn; return where the next begins."""
    head.ruled(sheet, y=foot + 0.07)
    return foot + 0.15
