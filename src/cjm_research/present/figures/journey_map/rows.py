"""Rows of the map below the stages, but for the curve: one function each, top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.journey.map_table import SHOWN
from cjm_research.present import theme
from cjm_research.present.figures.journey_map.head import row_label
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import (
    between,
    changed,
    dash,
    phrase_of,
    share_of,
    time_of,
)
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.journey.map_result import JourneyMap, MapStage
    from cjm_research.journey.opportunities import Opportunity
    from cjm_research.journey.pains import StagePain
    from cjm_research.present.words import Words

ASSUMED = Pen(size=8.5, italic=True)
NAME = Pen(size=8.5)
NUMBER = Pen(size=8.5, color=theme.SOFT, align="right")
QUIET = Pen(size=8, color=theme.SOFT)
OWNER = Pen(size=8, color=theme.SOFT, align="right")
BAR = 0.055
SCORE_ROOM = 1.0
"""Inches that a score with its rank takes of a card."""


def draw_phrases(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float, what: str
) -> float:
    """Write a row of the study's own texts, such as ``goal``. They are not measured."""
    texts = [phrase_of(getattr(s, what), words) for s in journey.stages]
    if not any(texts):
        return y
    under = words("figure.map.assumed")
    feet = [row_label(sheet, words(f"figure.map.{what}"), under, y=y, measured=0)]
    for i, text in enumerate(texts):
        pen = ASSUMED if text else QUIET
        lines = pen.lines(capital(text) or dash(words), columns.width, most=5)
        feet.append(sheet.write_lines((columns.x(i), y), lines, pen))
    return max(feet)


def draw_touchpoints(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw the share of each stage's customers who met a touchpoint."""
    if not any(s.touchpoints for s in journey.stages):
        return y
    feet = [row_label(sheet, words("figure.map.touchpoints"), words("figure.map.of_stage"), y=y)]
    for i, stage in enumerate(journey.stages):
        foot = y
        if not stage.touchpoints:
            foot = sheet.write_lines((columns.x(i), y), [dash(words)], QUIET)
        for touchpoint in stage.touchpoints:
            share = share_of(touchpoint.share, words)
            name = capital(words.label("touchpoint", touchpoint.touchpoint))
            lines = NAME.lines(name, columns.width - NUMBER.width(share) - 0.08, most=2)
            sheet.write((columns.x(i) + columns.width, foot + 0.13), share, NUMBER)
            foot = sheet.write_lines((columns.x(i), foot), lines, NAME) + 0.01
            sheet.bar((columns.x(i), foot), (columns.width, BAR), fill=theme.PALE)
            sheet.bar((columns.x(i), foot), (columns.width * touchpoint.share, BAR),
                      fill=theme.ACCENT, alpha=0.8)  # fmt: skip
            foot += BAR + 0.08
        feet.append(foot)
    return max(feet)


def draw_pains(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw the share of those who wrote at a stage that named a pain, with its interval."""
    worst = journey.worst_pain()
    shown = [p for s in journey.stages for p in s.pains[:SHOWN] if journey.is_shown(p.n)]
    if not shown:
        return y
    under = words("figure.map.of_writers", confidence=journey.confidence)
    feet = [row_label(sheet, words("figure.map.pains"), under, y=y)]
    scale = max(p.high for p in shown)
    for i, stage in enumerate(journey.stages):
        foot = y
        drawn = [p for p in stage.pains[:SHOWN] if journey.is_shown(p.n)]
        for pain in drawn:
            at = columns.x(i), foot
            change = changed(journey, words, "pain", stage=stage.stage, name=pain.theme)
            foot = _pain(
                sheet,
                pain,
                words,
                at=at,
                width=columns.width,
                look=_Look(scale=scale, is_worst=pain is worst, change=change),
            )
        if not drawn:
            foot = _nothing(sheet, stage, words, at=(columns.x(i), foot), width=columns.width)
        feet.append(foot)
    return max(feet)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How a pain is drawn."""

    scale: float
    is_worst: bool
    change: tuple[str, str]


def _pain(
    sheet: Sheet,
    pain: StagePain,
    words: Words,
    *,
    at: tuple[float, float],
    width: float,
    look: _Look,
) -> float:
    (x, y), scale, is_worst = at, look.scale, look.is_worst
    name = Pen(size=8.5, bold=is_worst)
    share = Pen(size=8.5, bold=True, align="right", color=theme.BAD if is_worst else theme.INK)
    text = share_of(pain.share, words)
    change, color = look.change
    if change:
        sheet.write((x + width, y + 0.13), change, replace(OWNER, color=color))
    free = width - (OWNER.width(change) + 0.1 if change else 0)
    lines = name.lines(capital(words.label("theme", pain.theme)), free, most=3)
    foot = sheet.write_lines((x, y), lines, name) + 0.02
    room = width - share.width(words.value(0.888, Unit.SHARE)) - 0.1
    middle = foot + 0.06
    sheet.bar((x, foot), (room * pain.share / scale, 0.12), fill=theme.BAD,
              alpha=1.0 if is_worst else 0.45)  # fmt: skip
    ends = [(x + room * end / scale, middle) for end in (pain.low, pain.high)]
    sheet.line(ends, color=theme.INK, width=1.3)
    sheet.write((x + width, foot + 0.11), text, share)
    return foot + 0.2


def _nothing(
    sheet: Sheet, stage: MapStage, words: Words, *, at: tuple[float, float], width: float
) -> float:
    if not stage.writers:
        text = words("figure.map.no_texts")
    elif stage.pains:
        text = words("figure.map.few", n=stage.writers)
    else:
        text = words("figure.map.no_pain", n=stage.writers)
    return sheet.write_lines(at, QUIET.lines(text, width), QUIET)


def draw_flow(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Write the share that moves on, that steps back, and how soon."""
    if len(journey.stages) < 2:
        return y
    has_rounds = any(s.flow.began_again for s in journey.stages)
    under = words("figure.map.flow_rounds" if has_rounds else "figure.map.flow_is")
    feet = [row_label(sheet, words("figure.map.flow"), under, y=y)]
    known = [s for s in journey.stages[:-1] if journey.is_shown(s.flow.customers)]
    weakest = min(known, key=lambda s: s.flow.on, default=None)
    for i, stage in enumerate(journey.stages):
        foot, at = y, columns.x(i)
        if not journey.is_shown(stage.flow.customers):
            text = words("figure.map.few", n=stage.flow.customers)
            feet.append(sheet.write_lines((at, y), QUIET.lines(text, columns.width), QUIET))
            continue
        if stage is not journey.stages[-1]:
            color = theme.BAD if stage is weakest and len(known) > 1 else theme.INK
            foot = _moves_on(sheet, stage, words, at=(at, y), color=color)
        lines = _back_and_time(journey, stage, words)
        for line in lines:
            foot = sheet.write_lines((at, foot), QUIET.lines(line, columns.width, most=2), QUIET)
        feet.append(foot)
    return max(feet)


def _moves_on(
    sheet: Sheet, stage: MapStage, words: Words, *, at: tuple[float, float], color: str
) -> float:
    big = Pen(size=10.5, bold=True, color=color)
    text = f"→ {share_of(stage.flow.on, words)}"
    foot = at[1] + 0.17
    sheet.write((at[0], foot), text, big)
    interval = between(stage.flow.on_low, stage.flow.on_high, words)
    sheet.write((at[0] + big.width(text) + 0.08, foot), interval, QUIET)
    return foot + 0.06


def _back_and_time(journey: JourneyMap, stage: MapStage, words: Words) -> list[str]:
    lines = []
    days = stage.flow.half_moved_days
    if stage is not journey.stages[-1] and days == days:
        lines.append(words("figure.map.half_within", time=time_of(days, words)))
    if stage not in (journey.stages[0], journey.stages[-1]) and stage.flow.stepped_back:
        lines.append(words("figure.map.back", share=stage.flow.back))
    if stage.flow.began_again:
        lines.append(words("figure.map.again", share=stage.flow.again))
    if not lines and stage is journey.stages[-1]:
        lines.append(words("figure.map.last_stage"))
    return lines


def draw_opportunities(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw a card per stage: what to do (assumed), and the score of the pain it is against."""
    if not any(s.best or s.action for s in journey.stages):
        return y
    under = words("figure.map.score_is")
    title = words("figure.map.opportunities")
    foot = row_label(sheet, title, under, y=y + 0.06, measured=0.5)
    order = sorted((s.best.rank, s.stage) for s in journey.stages if s.best and s.best.score)
    rank = {stage: i for i, (_, stage) in enumerate(order, start=1)}
    room = columns.width - 0.2
    actions = [ASSUMED.lines(capital(phrase_of(s.action, words)), room, most=5)
               for s in journey.stages]  # fmt: skip
    pains = [QUIET.lines(_against(s, words), room, most=6) for s in journey.stages]
    text = max(ASSUMED.height(len(a)) + QUIET.height(len(p))
               for a, p in zip(actions, pains, strict=True))  # fmt: skip
    owners = [_owner(s, words) for s in journey.stages]
    is_apart = any(OWNER.width(o) > room - SCORE_ROOM for o in owners)
    height = text + 0.55 + (OWNER.height(1) if is_apart else 0)
    for i, stage in enumerate(journey.stages):
        is_first = rank.get(stage.stage) == 1
        sheet.box((columns.x(i), y), (columns.width, height),
                  fill=theme.GOOD_PALE if is_first else theme.CARD,
                  edge=theme.GOOD if is_first else "none")  # fmt: skip
        at = columns.x(i) + 0.1
        below = sheet.write_lines((at, y + 0.08), actions[i], ASSUMED)
        sheet.write_lines((at, below + 0.03), pains[i], QUIET)
        foot_of_card = y + height - 0.12
        if stage.best is not None and stage.stage in rank:
            _score(sheet, stage.best, words, at=(at, foot_of_card), rank=rank[stage.stage])
        up = OWNER.height(1.35) if is_apart else 0
        for line in OWNER.lines(owners[i], room, most=1):
            sheet.write((at + room, foot_of_card - up), line, OWNER)
    return max(foot, y + height)


def _against(stage: MapStage, words: Words) -> str:
    if stage.best is None:
        return ""
    return words("figure.map.against", theme=stage.best.theme, affected=stage.best.affected_about)


def _score(
    sheet: Sheet, best: Opportunity, words: Words, *, at: tuple[float, float], rank: int
) -> None:
    score = Pen(size=11, bold=True, color=theme.GOOD)
    text = words.value(round(best.score, 1), Unit.NUMBER)
    sheet.write(at, text, score)
    rest = words("figure.map.rank", rank=rank)
    sheet.write((at[0] + score.width(text) + 0.06, at[1]), rest, QUIET)


def _owner(stage: MapStage, words: Words) -> str:
    return words.label("owner", stage.owner) if stage.owner else ""
