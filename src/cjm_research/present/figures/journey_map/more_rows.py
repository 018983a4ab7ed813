"""Rows of the map that a study asks for: emotions, quotes, rivals, planned against actual."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.journey.arrivals import START
from cjm_research.journey.emotions import BAD, GOOD
from cjm_research.journey.map_table import TRIGGERS
from cjm_research.present import theme
from cjm_research.present.figures.journey_map.head import row_label
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import (
    between,
    dash,
    phrase_of,
    quote_in,
    share_of,
    time_of,
)
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.journey.arrivals import Arrival
    from cjm_research.journey.map_result import JourneyMap, MapStage
    from cjm_research.present.words import Words

TEXT = Pen(size=8.5)
ASSUMED = Pen(size=8.5, italic=True)
QUOTE = Pen(size=8.5, italic=True, color=theme.SOFT)
QUIET = Pen(size=8, color=theme.SOFT)
STRONG = Pen(size=9.5, bold=True)


def draw_emotions(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Write the most frequent emotion at each touchpoint of the map."""
    shown = [[e for e in s.emotions if journey.is_shown(e.n)] for s in journey.stages]
    if not any(shown):
        return y
    under = words("figure.map.emotions_are")
    feet = [row_label(sheet, words("figure.map.emotions"), under, y=y)]
    for i, emotions in enumerate(shown):
        foot, x = y, columns.x(i)
        for e in emotions:
            vocabulary = "touchpoint" if e.touchpoint else "stage"
            name = capital(words.label(vocabulary, e.touchpoint or e.stage))
            felt = words("figure.map.emotion", place=name, emotion=e.emotion, share=e.share)
            _mark(sheet, e.emotion, at=(x + 0.05, foot + 0.08))
            lines = TEXT.lines(felt, columns.width - 0.17, most=3)
            foot = sheet.write_lines((x + 0.17, foot), lines, TEXT) + 0.03
        if not emotions:
            foot = sheet.write_lines((x, y), [dash(words)], QUIET)
        feet.append(foot)
    return max(feet)


def _mark(sheet: Sheet, emotion: str, *, at: tuple[float, float]) -> None:
    """Draw ▲ for a good emotion, ▼ for a bad one, ● for one between."""
    if emotion in GOOD:
        sheet.mark(at, shape="^", color=theme.GOOD)
    elif emotion in BAD:
        sheet.mark(at, shape="v", color=theme.BAD)
    else:
        sheet.mark(at, shape="o", color=theme.ACCENT)


def draw_quotes(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Write a customer's sentence for each stage."""
    texts = [quote_in(s.quotes, words.language) for s in journey.stages]
    if not any(texts):
        return y
    feet = [row_label(sheet, words("figure.map.quotes"), words("figure.map.quotes_are"), y=y)]
    for i, text in enumerate(texts):
        quote = words("figure.map.quote", text=text) if text else dash(words)
        lines = QUOTE.lines(quote, columns.width, most=5)
        feet.append(sheet.write_lines((columns.x(i), y), lines, QUOTE))
    return max(feet)


def draw_triggers(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Write what comes right before moving on more often than chance has it."""
    if not any(s.triggers is not None for s in journey.stages):
        return y
    under = words("figure.map.triggers_are", confidence=journey.confidence)
    feet = [row_label(sheet, words("figure.map.triggers"), under, y=y)]
    for i, stage in enumerate(journey.stages[:-1]):
        x, foot = columns.x(i), y
        for t in (stage.triggers or ())[:TRIGGERS]:
            times = words.value(t.times, Unit.LIFT)
            name = capital(words.label("touchpoint", t.touchpoint))
            room = columns.width - STRONG.width(times) - 0.08
            sheet.write((x + columns.width, foot + 0.13), times, replace(STRONG, align="right"))
            foot = sheet.write_lines((x, foot), TEXT.lines(name, room, most=2), TEXT)
            low, high = (words.value(end, Unit.LIFT) for end in (t.low, t.high))
            rests = words("figure.map.trigger_rests", low=low, high=high, n=t.n)
            lines = QUIET.lines(rests, columns.width, most=2)
            foot = sheet.write_lines((x, foot), lines, QUIET) + 0.03
        if not stage.triggers:
            none = dash(words) if stage.triggers is None else words("figure.map.no_trigger")
            foot = sheet.write_lines((x, y), QUIET.lines(none, columns.width, most=2), QUIET)
        feet.append(foot)
    return max(feet)


def draw_rivals(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Write what rivals do there (assumed), and the mood of answers about them (measured)."""
    measured = [s for s in journey.stages if _told(journey, s)]
    if not measured and not any(s.rivals for s in journey.stages):
        return y
    under = words("figure.map.rivals_are" if measured else "figure.map.assumed")
    part = 0.5 if measured else 0.0
    feet = [row_label(sheet, words("figure.map.rivals"), under, y=y, measured=part)]
    for i, stage in enumerate(journey.stages):
        lines = ASSUMED.lines(capital(phrase_of(stage.rivals, words)), columns.width, most=5)
        foot = sheet.write_lines((columns.x(i), y), lines, ASSUMED)
        point = stage.rivals_mood
        if point is not None and stage in measured:
            text = words("figure.map.rivals_mood", mood=point.mood, n=point.n)
            below = QUIET.lines(capital(text), columns.width, most=2)
            foot = sheet.write_lines((columns.x(i), foot), below, QUIET)
        feet.append(foot)
    return max(feet)


def _told(journey: JourneyMap, stage: MapStage) -> bool:
    return stage.rivals_mood is not None and journey.is_shown(stage.rivals_mood.n)


def draw_planned(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Write how many came from the stage before, from where else, and the planned time."""
    known = [s for s in journey.stages if s.arrival is not None and s.arrival.n]
    if not known and not any(s.planned_days for s in journey.stages):
        return y
    under = words("figure.map.planned_is")
    feet = [row_label(sheet, words("figure.map.planned"), under, y=y)]
    for i, stage in enumerate(journey.stages):
        at, foot = columns.x(i), y
        if stage.arrival is not None and not journey.is_shown(stage.arrival.n):
            few = words("figure.map.few", n=stage.arrival.n)
            foot = sheet.write_lines((at, y), QUIET.lines(few, columns.width), QUIET)
        elif stage.arrival is not None:
            foot = _came(sheet, stage.arrival, words, at=(at, y), width=columns.width)
        for line in QUIET.lines(_time_planned(journey, stage, words), columns.width, most=4):
            foot = sheet.write_lines((at, foot), [line], QUIET)
        feet.append(foot)
    return max(feet)


def _came(
    sheet: Sheet, arrival: Arrival, words: Words, *, at: tuple[float, float], width: float
) -> float:
    x, y = at
    share = share_of(arrival.share, words)
    sheet.write((x, y + 0.15), share, STRONG)
    interval = between(arrival.low, arrival.high, words)
    sheet.write((x + STRONG.width(share) + 0.08, y + 0.15), interval, QUIET)
    foot = y + 0.2
    if not arrival.other:
        return foot
    key = "figure.map.otherwise_start" if arrival.other == START else "figure.map.otherwise"
    text = words(key, stage=arrival.other, share=arrival.other_share)
    return sheet.write_lines((x, foot), QUIET.lines(text, width, most=3), QUIET)


def _time_planned(journey: JourneyMap, stage: MapStage, words: Words) -> str:
    if stage.planned_days is None or stage is journey.stages[-1]:
        return ""
    text = words("figure.map.planned_days", planned=time_of(stage.planned_days, words))
    actual = stage.flow.half_moved_days
    if actual != actual or not journey.is_shown(stage.flow.customers):
        return text
    is_late = actual > stage.planned_days
    return words("figure.map.is_late" if is_late else "figure.map.is_in_time", text=text)
