"""The mood curve: one point per touchpoint, its band, broken where too few spoke."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from cjm_research.journey.mood import MoodPoint
from cjm_research.present import theme
from cjm_research.present.figures.journey_map.head import row_label
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import place_of
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.present.words import Words

HEIGHT = 1.75
SMALLEST_END = 0.3
"""Mood above and below zero that is always in sight."""
PADDING = 0.12
TICK = Pen(size=8, color=theme.SOFT)
NAME = Pen(size=7.5, color=theme.SOFT, align="center")
FEW = Pen(size=7.5, color=theme.SOFT, align="center", italic=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A point of the curve with its place on the sheet."""

    point: MoodPoint
    x: float
    room: float
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Where mood stands on the sheet, so that all that is drawn has room and zero is in it."""

    top: float
    high: float
    low: float

    @classmethod
    def around(cls, points: Sequence[MoodPoint], *, top: float) -> Self:
        """Return the band that holds all points with their intervals."""
        ends = [e for p in points for e in (p.low, p.high, p.mood) if e == e]
        high, low = max(SMALLEST_END, *ends), min(-SMALLEST_END, *ends)
        margin = PADDING * (high - low)
        return cls(top=top, high=high + margin, low=low - margin)

    def y(self, mood: float) -> float:
        """Return the height of a mood."""
        return self.top + HEIGHT * (self.high - mood) / (self.high - self.low)


def nobody(stage: str, touchpoint: str) -> MoodPoint:
    """Return the point of a place where nobody told a mood."""
    nan = float("nan")
    return MoodPoint(stage=stage, touchpoint=touchpoint, mood=nan, low=nan, high=nan, n=0,
                     answers=0, graded_share=nan, response_share=nan, sd=nan)  # fmt: skip


def draw_mood(
    sheet: Sheet, journey: JourneyMap, words: Words, *, columns: Columns, y: float
) -> float:
    """Draw the curve; nothing where nobody told a mood."""
    spots = _spots(journey, columns)
    shown = [s for s in spots if s.is_shown]
    if not shown:
        return y
    left = [p for p in journey.lost_mood if journey.is_shown(p.n)]
    band = Band.around([*(s.point for s in shown), *left], top=y)
    foot = row_label(
        sheet,
        words("figure.map.mood_row"),
        words("figure.map.mood_is", confidence=journey.confidence),
        y=y,
    )
    draw_ground(sheet, band, words, columns=columns)
    for run in runs_of(spots):
        draw_curve(sheet, band, run)
    _lost_curve(sheet, journey, words, band=band, spots=spots)
    for spot in shown:
        _mark(sheet, band, spot)
    _label_ends(sheet, journey, words, band=band, spots=shown)
    below = draw_names(sheet, spots, words, y=y + HEIGHT + 0.05)
    return max(foot, below)


def _spots(journey: JourneyMap, columns: Columns) -> list[Spot]:
    spots = []
    for i, stage in enumerate(journey.stages):
        room = columns.width / max(len(stage.mood), 1)
        spots += [
            Spot(
                point=point,
                x=columns.x(i) + room * (k + 0.5),
                room=room,
                is_shown=journey.is_shown(point.n),
            )
            for k, point in enumerate(stage.mood)
        ]
    return spots


def runs_of(spots: Sequence[Spot]) -> list[list[Spot]]:
    """Return the points in a row that were measured: the line never crosses a gap."""
    runs: list[list[Spot]] = [[]]
    for spot in spots:
        if spot.is_shown:
            runs[-1].append(spot)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def draw_ground(sheet: Sheet, band: Band, words: Words, *, columns: Columns) -> None:
    """Draw what lies behind a curve: good above zero, bad below, and the scale."""
    middle, bottom = band.y(0), band.top + HEIGHT
    for i in range(columns.n):
        x, width = columns.x(i), columns.width
        sheet.bar((x, band.top), (width, middle - band.top), fill=theme.GOOD_PALE, alpha=0.45)
        sheet.bar((x, middle), (width, bottom - middle), fill=theme.BAD_PALE, alpha=0.45)
    right = columns.x(columns.n - 1) + columns.width
    sheet.face((right + 0.24, band.top - 0.03), is_glad=True, color=theme.GOOD)
    sheet.face((right + 0.24, bottom + 0.02), is_glad=False, color=theme.BAD)
    sheet.dashes([(columns.left, middle), (right, middle)], color=theme.SOFT)
    margin = PADDING / (1 + 2 * PADDING) * (band.high - band.low)
    for mood in (band.high - margin, 0.0, band.low + margin):
        text = words.value(round(mood, 1), Unit.MOOD) if mood else words.value(0, Unit.COUNT)
        sheet.write((right + 0.06, band.y(mood) + 0.04), text, TICK)


def draw_curve(sheet: Sheet, band: Band, run: Sequence[Spot], *, color: str = theme.ACCENT) -> None:
    """Draw a line without gaps and the band of its intervals; a point alone has a bar."""
    known = [s for s in run if s.point.low == s.point.low]
    if len(run) == 1:
        spot = run[0]
        if known:
            high, low = band.y(spot.point.high), band.y(spot.point.low)
            sheet.bar((spot.x - 0.05, high), (0.1, low - high), fill=color, alpha=0.25)
        return
    upper = [(s.x, band.y(s.point.high)) for s in known]
    lower = [(s.x, band.y(s.point.low)) for s in reversed(known)]
    sheet.shape([*upper, *lower], fill=color, alpha=0.2)
    sheet.line([(s.x, band.y(s.point.mood)) for s in run], color=color, width=2.0)


def _lost_curve(
    sheet: Sheet, journey: JourneyMap, words: Words, *, band: Band, spots: Sequence[Spot]
) -> None:
    """Draw the mood of those who left as grey dashes, where enough of them spoke."""
    known = {(p.stage, p.touchpoint): p for p in journey.lost_mood if journey.is_shown(p.n)}
    runs: list[list[tuple[float, float]]] = [[]]
    for spot in spots:
        point = known.get((spot.point.stage, spot.point.touchpoint))
        if point is not None:
            runs[-1].append((spot.x, band.y(point.mood)))
        elif runs[-1]:
            runs.append([])
    if not any(len(run) > 1 for run in runs):
        return
    for run in runs:
        if len(run) > 1:
            sheet.dashes(run, color=theme.SOFT, width=1.4)
    text = words("figure.map.lost_mood")
    end = max(s.x + s.room / 2 for s in spots)
    foot = band.top + HEIGHT - 0.08
    sheet.write((end - 0.08, foot), text, replace(NAME, align="right"))
    start = end - 0.14 - NAME.width(text)
    sheet.dashes([(start - 0.4, foot - 0.04), (start, foot - 0.04)], color=theme.SOFT, width=1.4)


def _mark(sheet: Sheet, band: Band, spot: Spot) -> None:
    """Draw ▲ above zero, ▼ below it, ● where the interval crosses it."""
    at = spot.x, band.y(spot.point.mood)
    if spot.point.low > 0:
        sheet.mark(at, shape="^", color=theme.GOOD)
    elif spot.point.high < 0:
        sheet.mark(at, shape="v", color=theme.BAD)
    else:
        sheet.mark(at, shape="o", color=theme.ACCENT)


def _label_ends(
    sheet: Sheet, journey: JourneyMap, words: Words, *, band: Band, spots: Sequence[Spot]
) -> None:
    """Write name, mood and n at the lowest and the highest point, if these are clear."""
    for point, is_low in ((journey.low_point(), True), (journey.high_point(), False)):
        if point is None:
            continue
        here = [s for s in spots if point in (s.point, _stage_of(s, point))]
        if not here:
            continue
        x = sum(s.x for s in here) / len(here)
        color = theme.BAD if is_low else theme.GOOD
        pen = Pen(size=8.5, bold=True, color=color, align="center")
        text = words("figure.map.point", place=place_of(point, words), mood=point.mood, n=point.n)
        half = pen.width(text) / 2
        left, right = (e.x + side * e.room / 2 for e, side in ((spots[0], -1), (spots[-1], 1)))
        x = max(min(x, right - half), left + half)
        over = [s for s in spots if abs(s.x - x) <= half + 0.2]
        places = {(s.point.stage, s.point.touchpoint) for s in over}
        left_there = [p.mood for p in journey.lost_mood if (p.stage, p.touchpoint) in places]
        ends = [e for s in over for e in (s.point.low, s.point.high, s.point.mood) if e == e]
        foot = _clear_line(band, [*ends, *left_there], is_low=is_low)
        sheet.write((x, foot), text, pen)


def _stage_of(spot: Spot, point: MoodPoint) -> MoodPoint | None:
    """Return the point of the whole stage for every spot of the stage."""
    return point if not point.touchpoint and spot.point.stage == point.stage else None


def _clear_line(band: Band, moods: Sequence[float], *, is_low: bool) -> float:
    """Return the foot of a line that lies clear of the curve: below a low point, above a high."""
    below, above = band.y(min(moods)) + 0.2, band.y(max(moods)) - 0.1
    zero, floor, ceiling = band.y(0), band.top + HEIGHT - 0.05, band.top + 0.13
    if below - 0.14 < zero < below + 0.06:
        below = zero + 0.18
    if above - 0.14 < zero < above + 0.06:
        above = zero - 0.08
    if is_low:
        return below if below <= floor else max(above, ceiling)
    return above if above >= ceiling else min(below, floor)


def draw_names(sheet: Sheet, spots: Sequence[Spot], words: Words, *, y: float) -> float:
    """Write the touchpoints' names under the curve, and n where too few spoke."""
    by_stage: dict[str, list[Spot]] = {}
    for spot in spots:
        by_stage.setdefault(spot.point.stage, []).append(spot)
    feet = [_stage_names(sheet, here, words, y=y) for here in by_stage.values()]
    for spot in spots:
        if not spot.is_shown:
            sheet.write((spot.x, y - 0.12), words("figure.map.n", n=spot.point.n), FEW)
    return max(y, *feet)


def _stage_names(sheet: Sheet, spots: Sequence[Spot], words: Words, *, y: float) -> float:
    """Write the names of a stage side by side; of three that are too wide, one below the others.

    Then the outer two begin and end with the column and have half of it each.
    """
    names = [_name(s.point, words) for s in spots]
    room = spots[0].room
    parts = [part for name in names for part in NAME.pieces(name)]
    if len(spots) < 3 or max(map(NAME.width, parts)) <= room - 0.06:
        return max(
            sheet.write_lines((s.x, y), NAME.lines(name, room - 0.06, most=3), NAME)
            for s, name in zip(spots, names, strict=True)
        )
    left, right = spots[0].x - room / 2, spots[-1].x + room / 2
    half = (right - left) / 2 - 0.05
    first, last = replace(NAME, align="left"), replace(NAME, align="right")
    foot = max(
        sheet.write_lines((left, y), first.lines(names[0], half, most=2), first),
        sheet.write_lines((right, y), last.lines(names[-1], half, most=2), last),
    )
    for spot, name in zip(spots[1:-1], names[1:-1], strict=True):
        lines = NAME.lines(name, 2 * half, most=2)
        foot = sheet.write_lines((spot.x, foot), lines, NAME)
    return foot


def _name(point: MoodPoint, words: Words) -> str:
    if not point.touchpoint:
        return words("figure.map.whole_stage")
    return capital(words.label("touchpoint", point.touchpoint))
