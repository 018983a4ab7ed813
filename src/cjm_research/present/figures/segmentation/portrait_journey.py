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

_WIDE, _HIGH, _LEFT, _TOP, _LABELS = 400, 140, 34, 12, 50
_FONT, _FLAG = 9.2, 56
"""Size of letters; what the difference takes beside its mark."""


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
        _flag(at, own, base, words),
        _names(at, own.points, words),
    ]  # fmt: skip
    drawn = (
        f'<svg class="curve" viewBox="0 0 {_WIDE} {_HIGH + _LABELS}" role="img"'
        f' aria-label="{markup.text(title)}">{"".join(parts)}</svg>'
    )
    legend = markup.tag("p", markup.text(words("portrait.journey_legend")), class_="meta")
    return _gap(own, base, words) + drawn + legend


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
    """Return the intervals of a run of stages as one band, and of a single stage as a bar."""
    found = []
    for run in _runs([(i, p) for i, p in points if p.low == p.low]):
        ends = [f"{at.x(i):.1f} {at.y(p.low):.1f}" for i, p in run]
        ends += [f"{at.x(i):.1f} {at.y(p.high):.1f}" for i, p in reversed(run)]
        look = 'fill="var(--accent)" fill-opacity=".18"'
        if len(run) == 1:
            look = 'stroke="var(--accent)" stroke-width="7" stroke-opacity=".28"'
        found.append(f'<path d="M{"L".join(ends)}Z" {look}/>')
    return "".join(found)


def _runs(points: Sequence[tuple[int, MoodPoint]]) -> list[list[tuple[int, MoodPoint]]]:
    """Return points in runs of neighbouring stages."""
    runs: list[list[tuple[int, MoodPoint]]] = []
    for i, point in points:
        if runs and runs[-1][-1][0] == i - 1:
            runs[-1].append((i, point))
        else:
            runs.append([(i, point)])
    return runs


def _flag(at: _Places, own: Mood, base: Mood, words: Words) -> str:
    """Return the difference at the stage where they part most from all, beside its mark."""
    gap = _furthest(own, base)
    if gap is None:
        return ""
    i, difference, point = gap
    x, y = at.x(i), at.y(point.mood)
    below = difference < 0 and y + 22 < _HIGH
    text = words.value(difference, Unit.MOOD)
    # Beside the last stage there is no room to the right.
    place, anchor = (x - 9, "end") if x + _FLAG > _WIDE else (x + 9, "start")
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="var(--warn)"'
        f' stroke-width="2"/><text x="{place:.1f}" y="{y + (16 if below else -8):.1f}"'
        f' text-anchor="{anchor}" font-size="{_FONT + 2}" font-weight="600" fill="var(--warn)">'
        f"{markup.text(text)}</text>"
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


def _furthest(own: Mood, base: Mood) -> tuple[int, float, MoodPoint] | None:
    """Return the stage where they part most from all, if their interval leaves all out."""
    of_all = {p.stage: p.mood for p in base.points}
    apart = [
        (i, p.mood - of_all[p.stage], p)
        for i, p in enumerate(own.points)
        if p.mood == p.mood
        and of_all.get(p.stage, float("nan")) == of_all.get(p.stage)
        and not p.low <= of_all[p.stage] <= p.high
    ]
    return max(apart, key=lambda a: (abs(a[1]), a[2].stage), default=None)


def _gap(own: Mood, base: Mood, words: Words) -> str:
    found = _furthest(own, base)
    if found is None:
        return markup.tag("p", markup.text(words("portrait.journey_alike")))
    _, difference, point = found
    here = {"here": point.mood, "low": point.low, "high": point.high, "n": point.n}
    base_mood = point.mood - difference
    said = words("portrait.journey_gap", stage=point.stage, base=base_mood, **here)
    return markup.tag("p", markup.text(capital(said)))
