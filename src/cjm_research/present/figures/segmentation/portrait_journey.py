"""How a segment feels along the journey, beside all customers: a small curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import markup, theme
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.mood import Mood, MoodPoint
    from cjm_research.present.words import Words

_WIDE, _HIGH, _LEFT, _TOP, _LABELS = 460, 118, 34, 10, 52
_FONT = 10.5


def journey_curve(mood: tuple[Mood, Mood], words: Words) -> str:
    """Return the curve of a segment with its interval, and that of all customers, dashed.

    A stage where too few of the segment answered has no mark; empty if there is none at all.
    """
    own, base = mood
    points = [(i, p) for i, p in enumerate(own.points) if p.mood == p.mood]
    if not points:
        return ""
    everyone = [(i, p) for i, p in enumerate(base.points) if p.mood == p.mood]
    at = _Places(own.points, [p for _, p in (*points, *everyone)])
    title = words("portrait.journey")
    parts = [
        _axis(at, words),
        _band(at, points),
        _line(at, everyone, dashed=True),
        _line(at, points, dashed=False),
        *(f'<circle cx="{at.x(i):.1f}" cy="{at.y(p.mood):.1f}" r="3.6" fill="var(--accent)"/>'
          for i, p in points),
        _names(at, own.points, words),
    ]  # fmt: skip
    drawn = (
        f'<svg class="curve" viewBox="0 0 {_WIDE} {_HIGH + _LABELS}" role="img"'
        f' aria-label="{markup.text(title)}">{"".join(parts)}</svg>'
    )
    legend = markup.tag("p", markup.text(words("portrait.journey_legend")), class_="meta")
    return drawn + _gap(own, base, words) + legend


class _Places:
    """Where stages and moods lie on the picture."""

    def __init__(self, stages: Sequence[MoodPoint], shown: Sequence[MoodPoint]) -> None:
        ends = [v for p in shown for v in (p.low, p.high, p.mood) if v == v]
        self.low, self.high = min(*ends, 0.0), max(*ends, 0.0)
        self.n = len(stages)

    def x(self, stage: float) -> float:
        """Return the middle of a stage."""
        return _LEFT + (stage + 0.5) * (_WIDE - _LEFT) / self.n

    def y(self, mood: float) -> float:
        """Return the height of a mood."""
        span = max(self.high - self.low, 0.2)
        return _TOP + (self.high - mood) / span * (_HIGH - _TOP - 8)


def _axis(at: _Places, words: Words) -> str:
    lines = []
    for value in sorted({at.low, 0.0, at.high}):
        y = at.y(value)
        if value and abs(y - at.y(0)) < _FONT:
            continue
        lines.append(
            f'<path d="M{_LEFT} {y:.1f}H{_WIDE}" stroke="var(--line)" stroke-width="1"/>'
            f'<text x="{_LEFT - 4}" y="{y + 3.5:.1f}" text-anchor="end" font-size="{_FONT}"'
            f' fill="var(--soft)">{markup.text(words.value(value, Unit.MOOD))}</text>'
        )
    return "".join(lines)


def _band(at: _Places, points: Sequence[tuple[int, MoodPoint]]) -> str:
    return "".join(
        f'<path d="M{at.x(i):.1f} {at.y(p.low):.1f}V{at.y(p.high):.1f}" stroke="var(--accent)"'
        ' stroke-width="7" stroke-opacity=".28"/>'
        for i, p in points
        if p.low == p.low
    )


def _line(at: _Places, points: Sequence[tuple[int, MoodPoint]], *, dashed: bool) -> str:
    path = "L".join(f"{at.x(i):.1f} {at.y(p.mood):.1f}" for i, p in points)
    look = 'stroke="var(--soft)" stroke-dasharray="5 4" stroke-width="1.6"' if dashed else (
        'stroke="var(--accent)" stroke-width="2.2"'
    )  # fmt: skip
    return f'<path d="M{path}" fill="none" {look}/>'


def _names(at: _Places, points: Sequence[MoodPoint], words: Words) -> str:
    found = []
    room = (_WIDE - _LEFT) / at.n / 72 * 0.96
    for i, point in enumerate(points):
        name = capital(words.label("stage", point.stage))
        lines = theme.wrapped(name, width=room, size=_FONT, lines=3).split("\n")
        lines.append(words("portrait.answers", n=point.n))
        found += [
            f'<text x="{at.x(i):.1f}" y="{_HIGH + 12 + 12 * row}" text-anchor="middle"'
            f' font-size="{_FONT}" fill="var(--{"ink" if row < len(lines) - 1 else "soft"})">'
            f"{markup.text(line)}</text>"
            for row, line in enumerate(lines)
        ]
    return "".join(found)


def _gap(own: Mood, base: Mood, words: Words) -> str:
    """Return the stage where they part most from all, if their interval leaves all out."""
    of_all = {p.stage: p.mood for p in base.points}
    apart = [
        (abs(p.mood - of_all[p.stage]), p)
        for p in own.points
        if p.mood == p.mood
        and not p.low <= of_all.get(p.stage, float("nan")) <= p.high
        and of_all.get(p.stage, float("nan")) == of_all.get(p.stage)
    ]
    if not apart:
        return markup.tag("p", markup.text(words("portrait.journey_alike")))
    _, point = max(apart, key=lambda a: (a[0], a[1].stage))
    said = words("portrait.journey_gap", stage=point.stage, here=point.mood,
                 base=of_all[point.stage], low=point.low, high=point.high, n=point.n)  # fmt: skip
    return markup.tag("p", markup.text(capital(said)))
