"""Top of the map: the finding, who it is about, the stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.journey_map.sheet import Pen
from cjm_research.present.figures.journey_map.texts import headline, share_of
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.present.figures.journey_map.sheet import Columns, Sheet
    from cjm_research.present.words import Words

TITLE = Pen(size=14, bold=True)
NAME = Pen(size=11, bold=True)
FACTS = Pen(size=8.5, color=theme.SOFT)
QUOTE = Pen(size=9, color=theme.SOFT, italic=True)
BIG = Pen(size=13, bold=True, align="right")
UNDER = Pen(size=8, color=theme.SOFT, align="right")
STAGE = Pen(size=9.5, bold=True, color=theme.ON_COLOUR)
REACHED = Pen(size=8.5, color=theme.ON_COLOUR)
LABEL_WIDTH = 1.16
"""Inches of the column with the names of the rows."""
POINT = 0.13
"""Depth of a chevron's point."""


def draw_title(sheet: Sheet, journey: JourneyMap, words: Words, *, y: float) -> float:
    """Write the finding of the map; return where the next row begins."""
    lines = TITLE.lines(headline(journey, words), sheet.width - 0.5, most=3)
    return sheet.write_lines((0.25, y), lines, TITLE) + 0.1


def draw_card(sheet: Sheet, journey: JourneyMap, words: Words, *, y: float) -> float:
    """Draw who the map is about: name and facts, a customer's words, figures."""
    figures = _figures(journey, words)
    left = 0.45
    right = sheet.width - 0.45
    step = max(1.15, *(max(BIG.width(big), UNDER.width(label)) + 0.25 for big, label in figures))
    first = right - step * len(figures)
    name, facts = _who(journey, words)
    name_lines = NAME.lines(name, 3.0, most=2)
    fact_lines = [line for fact in facts for line in FACTS.lines(fact, 3.3, most=2)]
    quote = _quote(journey, words)
    quote_lines = QUOTE.lines(quote, max(first - 4.2, 1.0), most=3) if first > 5.2 else []
    text = NAME.height(len(name_lines)) + FACTS.height(len(fact_lines))
    height = max(text, QUOTE.height(len(quote_lines)), 0.55) + 0.3
    sheet.box((0.25, y), (sheet.width - 0.5, height), fill=theme.CARD)
    below = sheet.write_lines((left, y + 0.13), name_lines, NAME)
    sheet.write_lines((left, below + 0.02), fact_lines, FACTS)
    top = y + (height - QUOTE.height(len(quote_lines))) / 2
    sheet.write_lines((4.0, top), quote_lines, QUOTE)
    for i, (big, label) in enumerate(figures):
        x = first + step * (i + 1)
        sheet.write((x, y + height / 2 - 0.01), big, BIG)
        sheet.write((x, y + height / 2 + 0.19), label, UNDER)
    return y + height + 0.16


def draw_stages(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw the chevrons with the customers of each stage, and its share as a bar."""
    room = columns.width - 2 * POINT
    names = [STAGE.lines(capital(words.label("stage", s.stage)), room, most=2)
             for s in journey.stages]  # fmt: skip
    n_lines = max(map(len, names))
    height = STAGE.height(n_lines) + REACHED.height(1) + 0.16
    for i, (stage, lines) in enumerate(zip(journey.stages, names, strict=True)):
        x, width, share = columns.x(i), columns.width, stage.flow.share
        dent = 0.0 if i == 0 else POINT
        sheet.shape(
            [(x, y), (x + width, y), (x + width + POINT, y + height / 2),
             (x + width, y + height), (x, y + height), (x + dent, y + height / 2)],
            fill=theme.ACCENT,
        )  # fmt: skip
        top = y + 0.07 + STAGE.height(n_lines - len(lines)) / 2
        top = sheet.write_lines((x + 0.2, top), lines, STAGE)
        reached = f"{words.value(stage.flow.customers, Unit.COUNT)} · {share_of(share, words)}"
        sheet.write_lines((x + 0.2, top), [reached], REACHED)
        sheet.bar((x, y + height + 0.06), (width, 0.05), fill=theme.PALE)
        if share == share:
            sheet.bar((x, y + height + 0.06), (width * share, 0.05), fill=theme.ACCENT)
    return y + height + 0.24


def _who(journey: JourneyMap, words: Words) -> tuple[str, list[str]]:
    name = words.label("segment", journey.segment) if journey.segment else words("figure.map.all")
    facts = []
    if journey.window is not None:
        first, last = journey.window
        facts.append(words("figure.map.period", first=first, last=last))
    facts.append(words("figure.map.rests_on", events=journey.n_events,
                       answers=journey.mood.n_answers))  # fmt: skip
    return capital(name), facts


def _quote(journey: JourneyMap, words: Words) -> str:
    by_language = {q.language: q.text for q in journey.quotes}
    text = by_language.get(words.language) or next(iter(by_language.values()), "")
    return words("figure.map.quote", text=text) if text else ""


def _figures(journey: JourneyMap, words: Words) -> list[tuple[str, str]]:
    """Return a few numbers in large type, each with what it is."""
    found = [(words.value(journey.n_customers, Unit.COUNT), words("figure.map.customers"))]
    mood = journey.mood
    if len(journey.stages) > 1 and journey.n_customers:
        last = journey.stages[-1].flow
        found.append((share_of(last.share, words), words("figure.map.reached_last")))
    if journey.is_shown(mood.n):
        found.append((words.value(mood.overall, Unit.MOOD), words("figure.map.mood")))
    return found


def ruled(sheet: Sheet, *, y: float) -> None:
    """Draw the rule between two rows."""
    sheet.line([(0.25, y), (sheet.width - 0.25, y)], color=theme.LINE)


def row_label(sheet: Sheet, title: str, under: str, *, y: float) -> float:
    """Write the name of a row and, smaller, what its numbers are; return its foot."""
    name = Pen(size=9, bold=True, color=theme.ACCENT)
    small = Pen(size=7.5, color=theme.SOFT)
    foot = sheet.write_lines((0.25, y), name.lines(title, LABEL_WIDTH, most=3), name)
    return sheet.write_lines((0.25, foot + 0.01), small.lines(under, LABEL_WIDTH, most=5), small)
