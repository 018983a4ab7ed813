"""What comes next for one segment: forecast and its check, who comes back, the next test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup
from cjm_research.present.figures.segmentation.portrait_head import joined, raised, themes
from cjm_research.results import Unit
from cjm_research.segmentation.next_test import next_test

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjm_research.present.figures.segmentation.facts import Facts
    from cjm_research.present.words import Words
    from cjm_research.segmentation.portraits import Portraits
    from cjm_research.segmentation.value.prospects import Prospect, Prospects
    from cjm_research.segmentation.value.retention import Retention, RetentionPoint

_WIDE, _HIGH, _LEFT, _TOP, _LABELS = 380, 112, 40, 8, 18
_FONT = 9.8


def ahead(segment: str, facts: Facts, words: Words) -> str:
    """Return the check of the forecast, and the curve of those who come back."""
    parts = []
    if facts.prospects is not None:
        row = facts.prospects.of(segment)
        if row is not None:
            lines = _checked(row, facts.prospects, words)
            parts.append("".join(markup.tag("p", markup.text(x), class_="meta") for x in lines))
    elif facts.retention is not None:
        none = words("portrait.ahead_none", horizon=facts.horizon)
        parts.append(markup.tag("p", markup.text(none), class_="meta"))
    if facts.retention is not None:
        parts.append(_curve(facts.retention, segment, words))
    return "".join(parts)


def to_do(portraits: Portraits, segment: str, facts: Facts, *, words: Words) -> list[str]:
    """Return lines on matrix, contacts, rhythm and the next test."""
    lines = []
    care = facts.care.get(segment)
    if care is not None:
        lines.append(words("portrait.cell", cell=care.cell, share=care.cell_share,
                           days=care.cadence_days))  # fmt: skip
        if care.pause_days == care.pause_days:
            lines.append(words("portrait.rhythm", days=care.pause_days))
        if facts.has_contacts:
            lines.append(words("portrait.due", n=care.n_due, all=care.n))
    return [*lines, *_next_test(portraits, segment, facts, words)]


def _next_test(portraits: Portraits, segment: str, facts: Facts, words: Words) -> list[str]:
    row = facts.prospects.of(segment) if facts.prospects is not None else None
    if row is None or facts.prospects is None or portraits.size(segment).level != "claims":
        return []
    test = next_test(row.came_share, row.n, confidence=portraits.confidence)
    if test is None:
        return []
    pains = raised(portraits, segment, "pain")[:1]
    said = []
    if pains:
        said.append(words("portrait.test_idea", items=themes(pains, words)))
    said.append(words("portrait.test", horizon=facts.prospects.horizon, base=test.base,
                      goal=test.goal, n=test.n_per_arm))  # fmt: skip
    if test.is_enough:
        said.append(words("portrait.test_enough", n=row.n))
    elif test.seen == test.seen:
        said.append(words("portrait.test_short", n=row.n, seen=test.seen))
    return [("" if words.language == "zh" else " ").join(said)]


def _checked(row: Prospect, found: Prospects, words: Words) -> list[str]:
    first, last = found.checked
    lines = [words("portrait.ahead_checked", first=first, last=last, n=row.n_checked,
                   expected=row.expected_share, came=row.came_share)]  # fmt: skip
    if row.money_came == row.money_came and row.money_expected == row.money_expected:
        lines[0] = joined([lines[0], words("portrait.ahead_money", expected=row.money_expected,
                                           came=row.money_came)], words)  # fmt: skip
    silent = (row.p_active != row.p_active, row.year_value != row.year_value)
    key = {(True, True): "neither", (True, False): "not_chance", (False, True): "not_value"}
    if silent in key:
        lines.append(words(f"portrait.ahead_{key[silent]}", horizon=found.horizon))
    return lines


def _curve(found: Retention, segment: str, words: Words) -> str:
    """Return the segment's curve with intervals, and that of all customers, dashed."""
    own, base = found.of(segment), found.of("")
    if len(own) < 2:
        return ""
    highest = max(*(p.high for p in own), *(p.share for p in base), 0.05)
    last = max(p.age for p in (*own, *base))

    def x(age: int) -> float:
        return _LEFT + 8 + (age - 1) * (_WIDE - _LEFT - 16) / max(last - 1, 1)

    def y(share: float) -> float:
        return _TOP + (1 - share / highest) * (_HIGH - _TOP)

    def line(points: Sequence[RetentionPoint], look: str) -> str:
        path = "L".join(f"{x(p.age):.1f} {y(p.share):.1f}" for p in points)
        return f'<path d="M{path}" fill="none" {look}/>'

    bars = "".join(
        f'<path d="M{x(p.age):.1f} {y(p.low):.1f}V{y(p.high):.1f}" stroke="var(--accent)"'
        f' stroke-width="7" stroke-opacity=".28"/><circle cx="{x(p.age):.1f}"'
        f' cy="{y(p.share):.1f}" r="3" fill="var(--accent)"/>'
        for p in own
    )
    drawn = (
        _axes((0.0, highest / 2, highest), y, words)
        + line(base, 'stroke="var(--soft)" stroke-dasharray="5 4" stroke-width="1.6"')
        + line(own, 'stroke="var(--accent)" stroke-width="2.2"')
        + bars
        + "".join(
            f'<text x="{x(age):.1f}" y="{_HIGH + 14}" text-anchor="middle" font-size="{_FONT}"'
            f' fill="var(--soft)">{age}</text>'
            for age in range(1, last + 1)
        )
    )
    title = words("portrait.retention")
    picture = (
        f'<svg class="curve" viewBox="0 0 {_WIDE} {_HIGH + _LABELS}" role="img"'
        f' aria-label="{markup.text(title)}">{drawn}</svg>'
    )
    at = own[min(2, len(own) - 1)]
    of_all = next((p for p in base if p.age == at.age), at)
    told = words(f"portrait.retention_{found.period}", age=at.age, share=at.share, low=at.low,
                 high=at.high, base=of_all.share, n=at.n)  # fmt: skip
    legend = words(f"portrait.retention_legend_{found.period}")
    return (
        markup.tag("p", markup.text(told))
        + picture
        + markup.tag("p", markup.text(legend), class_="meta")
    )


def _axes(values: Sequence[float], y: Callable[[float], float], words: Words) -> str:
    return "".join(
        f'<path d="M{_LEFT} {y(v):.1f}H{_WIDE}" stroke="var(--line)" stroke-width="1"/>'
        f'<text x="{_LEFT - 4}" y="{y(v) + 3.5:.1f}" text-anchor="end" font-size="{_FONT}"'
        f' fill="var(--soft)">{markup.text(words.value(round(v, 3), Unit.SHARE))}</text>'
        for v in values
    )
