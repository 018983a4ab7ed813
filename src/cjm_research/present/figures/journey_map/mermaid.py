"""The journey map and its flow as Mermaid text, which code hosts and wikis draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.figures.journey_map.texts import headline, place_of, share_of
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.moves import Transitions
    from cjm_research.present.words import Words

LEAST_SHARE = 0.05
"""Moves of less than this share of a stage's visits are left out of the flow."""
_MEANT = str.maketrans({'"': "'", ":": "\u2236", ";": ",", "#": "\u266f", "<": "\u2039",
                        ">": "\u203a", "\n": " ", "\r": " ", "|": "/", "[": "(", "]": ")",
                        "{": "(", "}": ")", "`": "'"})  # fmt: skip


def plain(text: str) -> str:
    """Return a text without the characters that mean something in Mermaid.

    Examples
    --------
    >>> plain('Cart: "x"; <b>')
    "Cart∶ 'x', ‹b›"
    """
    return " ".join(text.translate(_MEANT).split())


def journey_chart(result: JourneyMap, words: Words) -> str:
    """Return a ``journey`` chart: a section per stage, touchpoints with a mood from 1 to 5.

    Parameters
    ----------
    result : JourneyMap
        A touchpoint whose mood is hidden is left out; a stage without any stands empty.
    words : Words
        The language.
    """
    who = words.label("segment", result.segment) if result.segment else words("figure.map.all")
    lines = ["journey", f"  title {plain(headline(result, words))}"]
    for stage in result.stages:
        lines.append(f"  section {plain(capital(words.label('stage', stage.stage)))}")
        for point in stage.mood:
            if result.is_shown(point.n):
                score = round(3 + 2 * point.mood)
                lines.append(f"    {plain(place_of(point, words))}: {score}: {plain(who)}")
    return "\n".join(lines) + "\n"


def flow_chart(result: JourneyMap, words: Words, *, moves: Transitions | None = None) -> str:
    """Return a ``flowchart``: stages with their customers, arrows with shares.

    Parameters
    ----------
    result : JourneyMap
        Stages and how many go on.
    words : Words
        The language.
    moves : Transitions, optional
        Draws the moves from each stage; moves back are dashed.
    """
    number = {s.stage: f"s{i}" for i, s in enumerate(result.stages)}
    lines = ["flowchart LR"]
    for s in result.stages:
        name = plain(capital(words.label("stage", s.stage)))
        n = words.value(s.flow.customers, Unit.COUNT)
        lines.append(f'  {number[s.stage]}["{name}<br/>{n} · {share_of(s.flow.share, words)}"]')
    if moves is None:
        for one, following in zip(result.stages, result.stages[1:], strict=False):
            share = share_of(one.flow.on, words)
            lines.append(f'  {number[one.stage]} -->|"{share}"| {number[following.stage]}')
        return "\n".join(lines) + "\n"
    for m in moves.moves:
        if m.share < LEAST_SHARE or m.stage not in number or m.next_stage not in number:
            continue
        arrow = "-.->" if m.direction == "back" else "-->"
        share = share_of(m.share, words)
        lines.append(f'  {number[m.stage]} {arrow}|"{share}"| {number[m.next_stage]}')
    return "\n".join(lines) + "\n"
