"""Top of the map: the finding, who it is about, the stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.journey_map.sheet import Pen
from cjm_research.present.figures.journey_map.texts import (
    between,
    changed,
    headline,
    quote_in,
    share_of,
)
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.present.figures.journey_map.sheet import Columns, Sheet
    from cjm_research.present.words import Words

TITLE = Pen(size=14, bold=True)
NAME = Pen(size=11, bold=True)
ABOUT = Pen(size=8.5, italic=True)
INITIAL = Pen(size=15, bold=True, color=theme.ON_COLOUR, align="center")
LEFT_OF_TEXT = 1.2
LABEL_ROOM = 1.05
"""Inches that the words below a number of the card may take; longer ones take more lines."""
FACTS = Pen(size=8.5, color=theme.SOFT)
QUOTE = Pen(size=9, color=theme.SOFT, italic=True)
BIG = Pen(size=13, bold=True, align="right")
UNDER = Pen(size=8, color=theme.SOFT, align="right")
ROW = Pen(size=9, bold=True, color=theme.ACCENT)
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
    right = sheet.width - 0.45
    step = max(0.9, *(max(map(UNDER.width, (*f.labels, f.interval, f.change))) + 0.2
                      for f in figures))  # fmt: skip
    first = right - step * len(figures)
    room = first - LEFT_OF_TEXT
    name = _name(journey, words)
    parts = [
        (NAME.lines(name, room, most=2), NAME),
        (ABOUT.lines(_about(journey, words), room, most=3), ABOUT),
        ([x for fact in _facts(journey, words) for x in FACTS.lines(fact, room, most=2)], FACTS),
        (QUOTE.lines(_quote(journey, words), room, most=3), QUOTE),
    ]
    text = sum(pen.height(len(lines)) for lines, pen in parts)
    tall = max(0.3 + UNDER.height(len(f.labels) + bool(f.interval) + bool(f.change))
               for f in figures)  # fmt: skip
    height = max(text, tall, 0.62) + 0.28
    sheet.box((0.25, y), (sheet.width - 0.5, height), fill=theme.CARD)
    sheet.circle((0.72, y + height / 2), 0.29, fill=theme.ACCENT)
    sheet.write((0.72, y + height / 2 + 0.075), name[:1].upper(), INITIAL)
    below = y + (height - text) / 2 - 0.02
    for lines, pen in parts:
        below = sheet.write_lines((LEFT_OF_TEXT, below), lines, pen) + 0.01
    for i, figure in enumerate(figures):
        x, foot = first + step * (i + 1), y + (height - tall) / 2 + 0.22
        sheet.write((x, foot), figure.big, BIG)
        under = [(label, UNDER) for label in (*figure.labels, figure.interval) if label]
        under += [(figure.change, replace(UNDER, color=figure.color))] if figure.change else []
        for k, (line, pen) in enumerate(under):
            sheet.write((x, foot + 0.18 + UNDER.height(k)), line, pen)
    return y + height + 0.16


def draw_stages(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw the chevrons with the customers of each stage, and its share as a bar."""
    reached = [f"{words.value(s.flow.customers, Unit.COUNT)} · {share_of(s.flow.share, words)}"
               for s in journey.stages]  # fmt: skip
    row_label(sheet, words("figure.map.stage"), words("figure.map.reached"), y=y + 0.03)
    foot = _chevrons(sheet, journey, words, columns=columns, y=y, under=reached)
    for i, stage in enumerate(journey.stages):
        at, share = (columns.x(i), foot + 0.06), stage.flow.share
        sheet.bar(at, (columns.width, 0.05), fill=theme.PALE)
        if share == share:
            sheet.bar(at, (columns.width * share, 0.05), fill=theme.ACCENT)
    return foot + 0.24


def draw_stage_heads(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw the chevrons with the names of the stages only."""
    sheet.write_lines((0.25, y + 0.03), [words("figure.map.stage")], ROW)
    return _chevrons(sheet, journey, words, columns=columns, y=y, under=()) + 0.14


def _chevrons(
    sheet: Sheet,
    journey: JourneyMap,
    words: Words,
    *,
    columns: Columns,
    y: float,
    under: Sequence[str],
) -> float:
    """Draw a chevron per stage with its name and a line below it; return its foot."""
    names = [STAGE.lines(capital(words.label("stage", s.stage)), columns.width - 2 * POINT, most=2)
             for s in journey.stages]  # fmt: skip
    n_lines = max(map(len, names))
    height = STAGE.height(n_lines) + (REACHED.height(1) if under else 0) + 0.16
    for i, lines in enumerate(names):
        x, width, dent = columns.x(i), columns.width, POINT if i else 0.0
        sheet.shape(
            [(x, y), (x + width, y), (x + width + POINT, y + height / 2),
             (x + width, y + height), (x, y + height), (x + dent, y + height / 2)],
            fill=theme.ACCENT,
        )  # fmt: skip
        top = y + 0.07 + STAGE.height(n_lines - len(lines)) / 2
        top = sheet.write_lines((x + 0.2, top), lines, STAGE)
        sheet.write_lines((x + 0.2, top), under[i : i + 1], REACHED)
    return y + height


def _name(journey: JourneyMap, words: Words) -> str:
    persona = journey.card.persona
    if persona is not None:
        return persona.name.text(words.language)
    name = words.label("segment", journey.segment) if journey.segment else words("figure.map.all")
    return capital(name)


def _about(journey: JourneyMap, words: Words) -> str:
    persona = journey.card.persona
    return " · ".join(p.text(words.language) for p in persona.about) if persona else ""


def _facts(journey: JourneyMap, words: Words) -> list[str]:
    card, facts = journey.card, []
    parts = []
    if card.share == card.share:
        parts.append(words("figure.map.segment_share", share=card.share, n=card.n_all))
    if card.persona is not None and journey.segment:
        parts.insert(0, capital(words.label("segment", journey.segment)))
    if words.label("channel", card.channel) != card.channel:  # a key alone says nothing
        parts.append(capital(words("figure.map.channel", channel=card.channel,
                                   share=card.channel_share)))  # fmt: skip
    facts = [" · ".join(parts)] if parts else []
    if journey.window is not None:
        first, last = journey.window
        facts.append(words("figure.map.period", first=first, last=last))
    key = "figure.map.rests_on" if journey.mood.n_answers else "figure.map.rests_on_events"
    facts.append(words(key, events=journey.n_events, answers=journey.mood.n_answers))
    return facts


def _quote(journey: JourneyMap, words: Words) -> str:
    persona = journey.card.persona
    text = quote_in(journey.quotes, words.language)
    if persona is not None and persona.quote is not None:
        text = persona.quote.text(words.language)
    return words("figure.map.quote", text=text) if text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A number in large type, what it is, its interval, and how it changed."""

    big: str
    labels: tuple[str, ...]
    interval: str = ""
    change: str = ""
    color: str = theme.SOFT


def _figures(journey: JourneyMap, words: Words) -> list[_Figure]:
    n = words.value(journey.n_customers, Unit.COUNT)
    found = [_Figure(big=n, labels=(words("figure.map.customers"),))]
    through, mood = journey.through, journey.mood
    if through is not None and journey.is_shown(through.started):
        ends = (through.share, through.low, through.high)
        found.append(_figure(journey, words, "through", ends, unit=Unit.SHARE))
    if journey.is_shown(mood.n):
        ends = (mood.overall, mood.overall_low, mood.overall_high)
        found.append(_figure(journey, words, "overall_mood", ends, unit=Unit.MOOD))
    for score in journey.scores:
        if journey.is_shown(score.n):
            unit = Unit.NPS if score.kind == "nps" else Unit.SHARE
            ends = (score.score, score.low, score.high)
            found.append(_figure(journey, words, score.kind, ends, unit=unit))
    return found


def _figure(
    journey: JourneyMap, words: Words, row: str, ends: tuple[float, float, float], *, unit: Unit
) -> _Figure:
    change, color = changed(journey, words, row)
    started = journey.through.started if journey.through is not None else 0
    label = UNDER.lines(words(f"figure.map.card_{row}", started=started), LABEL_ROOM, most=4)
    return _Figure(
        big=words.value(ends[0], unit),
        labels=tuple(label),
        interval=between(ends[1], ends[2], words, unit=unit),
        change=change,
        color=color,
    )


def draw_key(sheet: Sheet, words: Words, *, y: float) -> float:
    """Draw what the marks beside the rows mean."""
    x = 0.25
    for part, key in ((1.0, "key_measured"), (0.0, "key_assumed")):
        sheet.square((x, y + 0.03), part=part)
        text = words(f"figure.map.{key}")
        sheet.write((x + 0.14, y + 0.11), text, FACTS)
        x += 0.14 + FACTS.width(text) + 0.3
    return y + 0.2


def ruled(sheet: Sheet, *, y: float) -> None:
    """Draw the rule between two rows."""
    sheet.line([(0.25, y), (sheet.width - 0.25, y)], color=theme.LINE)


def row_label(sheet: Sheet, title: str, under: str, *, y: float, measured: float = 1.0) -> float:
    """Write the name of a row and, smaller, what its numbers are; return its foot.

    `measured` is the part of the row that was measured: 1, 0.5, or 0 for what is assumed.
    """
    sheet.square((0.105, y + 0.045), part=measured)
    small = Pen(size=7.5, color=theme.SOFT)
    foot = sheet.write_lines((0.25, y), ROW.lines(title, LABEL_WIDTH, most=3), ROW)
    return sheet.write_lines((0.25, foot + 0.01), small.lines(under, LABEL_WIDTH, most=5), small)
