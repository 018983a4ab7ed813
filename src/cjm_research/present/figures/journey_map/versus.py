"""Two journey maps in one drawing: each number twice, and what is clearly different."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.figures.journey_map import curve
from cjm_research.present.figures.journey_map.head import draw_stage_heads, row_label, ruled
from cjm_research.present.figures.journey_map.sheet import Columns, Pen, Sheet
from cjm_research.present.figures.journey_map.texts import points_between, share_of
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from cjm_research.journey.map_cells import MapDifference
    from cjm_research.journey.map_compare import MapComparison
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.present.words import Words
    from cjm_research.results import Finding

LEFT, RIGHT = 1.56, 0.42
SMALLEST_COLUMN = 1.95
SMALLEST_WIDTH = 11.8
TITLE = Pen(size=14, bold=True)
NAME = Pen(size=8.5)
SIDE = Pen(size=10, bold=True)
QUIET = Pen(size=8, color=theme.SOFT)
CLEAR = Pen(size=8, bold=True)
FOOT = Pen(size=8, color=theme.SOFT)
COLORS = (theme.ACCENT, theme.ORANGE)
SHAPES = ("o", "D")
BAR = 0.07


def comparison_map(result: MapComparison, words: Words, *, width: float = SMALLEST_WIDTH) -> Figure:
    """Draw two maps on one: bars in pairs, two curves, differences with their intervals.

    Parameters
    ----------
    result : MapComparison
        Every number that is drawn stands in its `to_frame`.
    words : Words
        The language.
    width : float
        Inches; more where the stages would be too narrow. The height follows from the content.
    """
    stages = result.first.stages
    width = max(width, LEFT + RIGHT + SMALLEST_COLUMN * len(stages))
    sheet = Sheet(width=width)
    columns = Columns(left=LEFT, right=width - RIGHT, n=len(stages))
    lines = TITLE.lines(comparison_headline(result, words), width - 0.5, most=3)
    y = sheet.write_lines((0.25, 0.2), lines, TITLE) + 0.1
    y = _sides(sheet, result, words, y=y)
    y = draw_stage_heads(sheet, result.first, words, columns=columns, y=y)
    drawn = _Drawn(sheet=sheet, result=result, words=words, columns=columns)
    for row in ("reach", "touchpoint"):
        y = drawn.pairs(row, y=y)
    y = drawn.moods(y=y)
    for row in ("pain", "on", "back"):
        y = drawn.pairs(row, y=y)
    key = "figure.versus.periods_note" if result.is_of_periods else "figure.versus.segments_note"
    note = words(key, confidence=result.confidence, n=result.first.limits.facts_below)
    return sheet.done(sheet.write_lines((0.25, y), FOOT.lines(note, width - 0.5), FOOT) + 0.15)


def comparison_headline(result: MapComparison, words: Words) -> str:
    """Write the surest difference of those that matter most; else that none is clear.

    Who goes on, what hurts and how it feels come before who was seen where.
    """
    told = [f for f in result.findings() if f.status == "shown"]
    first = min(told, key=lambda f: (f.direction == "neutral", _row_of(f) in _SEEN), default=None)
    if first is None:
        return words("figure.versus.alike")
    unit = Unit.SHARE if first.unit is Unit.POINTS else first.unit
    what = words(f"figure.versus.head_{_row_of(first)}", **first.subject)
    ends = {side: words.value(first.values[side], unit) for side in ("first", "second")}
    sides = {"days": result.days} if result.is_of_periods else _segments(result)
    key = "headline_periods" if result.is_of_periods else "headline_segments"
    return words(f"figure.versus.{key}", what=capital(what), **ends, **sides)


_SEEN = ("reach", "touchpoint", "back")


def _row_of(finding: Finding) -> str:
    """Return the row that a difference is of: what follows ``period`` or ``segment``."""
    return finding.kind.partition("_")[2]


def _segments(result: MapComparison) -> dict[str, str]:
    return {"segment": result.first.segment, "other_segment": result.second.segment}


def side_names(result: MapComparison, words: Words) -> tuple[str, str]:
    """Name the two sides: segments, or the first and last day of each period."""
    if result.is_of_periods:
        return _period(result.first, words), _period(result.second, words)
    return (
        capital(words.label("segment", result.first.segment)),
        capital(words.label("segment", result.second.segment)),
    )


def _period(journey: JourneyMap, words: Words) -> str:
    if journey.window is None:
        return words("figure.map.all")
    return words("figure.map.period", first=journey.window[0], last=journey.window[1])


def _sides(sheet: Sheet, result: MapComparison, words: Words, *, y: float) -> float:
    """Draw who is compared, each with its colour and mark."""
    height, x = 0.62, 0.25
    sheet.box((x, y), (sheet.width - 0.5, height), fill=theme.CARD)
    half = (sheet.width - 0.5) / 2
    for i, journey in enumerate((result.first, result.second)):
        at = x + i * half
        sheet.bar((at + 0.18, y + 0.2), (0.32, 0.1), fill=COLORS[i])
        sheet.mark((at + 0.34, y + 0.25), shape=SHAPES[i], color=COLORS[i])
        line = SIDE.lines(side_names(result, words)[i], half - 0.9, most=1)
        sheet.write_lines((at + 0.62, y + 0.1), line, SIDE)
        n = words("figure.versus.rests_on", n=journey.n_customers, answers=journey.mood.n_answers)
        sheet.write_lines((at + 0.62, y + 0.33), QUIET.lines(n, half - 0.9, most=1), QUIET)
    return y + height + 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """The sheet with what is drawn on it."""

    sheet: Sheet
    result: MapComparison
    words: Words
    columns: Columns

    def pairs(self, map_row: str, *, y: float) -> float:
        """Draw a row of shares, each as two bars with the difference below."""
        cells = [self._cells(map_row, s.stage) for s in self.result.first.stages]
        if not any(cells):
            return y
        words, scale = self.words, 1.0
        if map_row == "pain":
            scale = max(max(r.first, r.second) for row in cells for r in row) or 1.0
        title = words(f"figure.versus.{map_row}")
        feet = [row_label(self.sheet, title, words(f"figure.versus.{map_row}_is"), y=y)]
        for i, here in enumerate(cells):
            foot = y
            for row in here:
                foot = self._pair(row, at=(self.columns.x(i), foot), scale=scale)
            feet.append(foot)
        return self._ruled(max(feet))

    def _cells(self, map_row: str, stage: str) -> list[MapDifference]:
        return [r for r in self.result.rows if (r.map_row, r.stage) == (map_row, stage)]

    def _pair(self, row: MapDifference, *, at: tuple[float, float], scale: float) -> float:
        (x, y), sheet, words, width = at, self.sheet, self.words, self.columns.width
        if row.name:
            vocabulary = "theme" if row.map_row == "pain" else "touchpoint"
            lines = NAME.lines(capital(words.label(vocabulary, row.name)), width, most=2)
            y = sheet.write_lines((x, y), lines, NAME) + 0.02
        room = width - NAME.width(words.value(0.888, Unit.SHARE)) - 0.1
        for share, color in zip((row.first, row.second), COLORS, strict=True):
            sheet.bar((x, y + 0.03), (room, BAR), fill=theme.PALE)
            sheet.bar((x, y + 0.03), (room * share / scale, BAR), fill=color)
            pen = Pen(size=8, align="right")
            sheet.write((x + width, y + 0.11), share_of(share, words), pen)
            y += 0.135
        return self._difference(row, at=(x, y + 0.01)) + 0.05

    def _difference(self, row: MapDifference, *, at: tuple[float, float]) -> float:
        """Write a difference with its interval; with an arrow and in colour if it is clear."""
        text = points_between(row, self.words)
        pen = QUIET
        if self.result.is_clear(row):
            text = f"{'▲' if row.difference > 0 else '▼'} {text}"
            pen = replace(CLEAR, color=_color(row))
        lines = pen.lines(text, self.columns.width, most=2)
        return self.sheet.write_lines(at, lines, pen)

    def moods(self, *, y: float) -> float:
        """Draw both curves; nothing where nobody told a mood in either map."""
        maps = (self.result.first, self.result.second)
        places = self._places()
        known = [[_spot(m, p, self.columns, places) for p in places] for m in maps]
        shown = [s for spots in known for s in spots if s.is_shown]
        if not shown:
            return y
        words, sheet = self.words, self.sheet
        band = curve.Band.around([s.point for s in shown], top=y)
        under = words("figure.map.mood_is", confidence=self.result.confidence)
        foot = row_label(sheet, words("figure.map.mood_row"), under, y=y)
        curve.draw_ground(sheet, band, words, columns=self.columns)
        for spots, color, shape in zip(known, COLORS, SHAPES, strict=True):
            for run in curve.runs_of(spots):
                curve.draw_curve(sheet, band, run, color=color)
            for spot in (s for s in spots if s.is_shown):
                sheet.mark((spot.x, band.y(spot.point.mood)), shape=shape, color=color)
        any_side = [a if a.is_shown else b for a, b in zip(*known, strict=True)]
        below = curve.draw_names(sheet, any_side, words, y=y + curve.HEIGHT + 0.05)
        return self._ruled(max(foot, self._clear_moods(y=below + 0.02)))

    def _clear_moods(self, *, y: float) -> float:
        """Write the clear differences of mood below the names."""
        feet = [y]
        for i, stage in enumerate(self.result.first.stages):
            foot = y
            for row in self._cells("mood", stage.stage):
                if not self.result.is_clear(row):
                    continue
                vocabulary = ("touchpoint", row.name) if row.name else ("stage", row.stage)
                place = capital(self.words.label(*vocabulary))
                text = self.words("figure.versus.mood", place=place,
                                  arrow="▲" if row.difference > 0 else "▼",
                                  difference=row.difference)  # fmt: skip
                pen = replace(CLEAR, color=_color(row))
                lines = pen.lines(text, self.columns.width, most=2)
                foot = self.sheet.write_lines((self.columns.x(i), foot), lines, pen)
            feet.append(foot)
        return max(feet)

    def _places(self) -> list[tuple[int, str, str]]:
        """Return number of the column, stage and touchpoint of each point of either curve."""
        found: dict[tuple[int, str, str], None] = {}
        second = {s.stage: s for s in self.result.second.stages}
        for i, stage in enumerate(self.result.first.stages):
            other = second[stage.stage].mood
            shown = [p for p in stage.mood if self.result.first.is_shown(p.n)]
            shown += [p for p in other if self.result.second.is_shown(p.n)]
            for point in shown or (*stage.mood, *other):
                found[i, stage.stage, point.touchpoint] = None
        return list(found)

    def _ruled(self, foot: float) -> float:
        ruled(self.sheet, y=foot + 0.07)
        return foot + 0.15


def _spot(
    journey: JourneyMap,
    place: tuple[int, str, str],
    columns: Columns,
    places: Sequence[tuple[int, str, str]],
) -> curve.Spot:
    """Place a point of one map; where that map has none, an empty one that is not shown."""
    i, stage, touchpoint = place
    here = [p for p in places if p[0] == i]
    room = columns.width / len(here)
    known = {(p.stage, p.touchpoint): p for p in journey.points()}
    point = known.get((stage, touchpoint)) or curve.nobody(stage, touchpoint)
    return curve.Spot(
        point=point,
        x=columns.x(i) + room * (here.index(place) + 0.5),
        room=room,
        is_shown=journey.is_shown(point.n),
    )


def _color(row: MapDifference) -> str:
    directions = {"good": theme.GOOD, "bad": theme.BAD, "neutral": theme.INK}
    return directions[row.direction]
