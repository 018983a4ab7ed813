"""Words and numbers of the map, written from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present import theme
from cjm_research.present.digits import Digits
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.journey.map_cells import MapDifference
    from cjm_research.journey.map_parts import Quote
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.mood import MoodPoint
    from cjm_research.present.words import Words
    from cjm_research.study.phrase import Phrase


def share_of(share: float, words: Words) -> str:
    """Write a share; a dash if it is not known."""
    return words.value(share, Unit.SHARE)


def dash(words: Words) -> str:
    """Return the mark of a cell that has nothing, so that nobody takes it for forgotten."""
    return words.value(float("nan"), Unit.SHARE)


def between(low: float, high: float, words: Words, *, unit: Unit = Unit.SHARE) -> str:
    """Write an interval, short; of numbers with a sign, its ends stand apart."""
    first, last = Digits(words.language).pair(low, high, unit)
    return f"[{first}–{last}]" if unit is Unit.SHARE else f"[{first}; {last}]"


def points_between(row: MapDifference, words: Words) -> str:
    """Write a difference of shares with its interval, short."""
    first, last = Digits(words.language).pair(row.low, row.high, Unit.POINTS)
    return f"{words.value(row.difference, Unit.POINTS)} [{first}; {last}]"


def time_of(days: float, words: Words) -> str:
    """Write a time in the unit that suits it: minutes, hours or days."""
    hours = days * 24
    if hours < 1:
        return words("figure.map.minutes", x=max(round(hours * 60), 1))
    return words("figure.map.hours", x=round(hours)) if hours < 36 else words.value(days, Unit.DAYS)


def phrase_of(phrase: Phrase | None, words: Words) -> str:
    """Return words of the study file; nothing if there are none."""
    return phrase.text(words.language) if phrase is not None else ""


def place_of(point: MoodPoint, words: Words) -> str:
    """Name the touchpoint of a point, or its stage."""
    if point.touchpoint:
        return capital(words.label("touchpoint", point.touchpoint))
    return capital(words.label("stage", point.stage))


def headline(journey: JourneyMap, words: Words) -> str:
    """Write what the map says: the low point and the first thing to mend, as far as told."""
    low = journey.low_point()
    first = journey.told("top_opportunity")
    lowest = words("figure.map.low", place=place_of(low, words), mood=low.mood) if low else ""
    mend = ""
    if first is not None:
        stage, theme = first.subject["stage"], first.subject["theme"]
        is_there = low is not None and low.stage == stage
        key = "figure.map.first" if is_there else "figure.map.first_at"
        mend = words(key, theme=theme, stage=stage, share=first.estimate)
    if lowest and mend:
        return capital(words("figure.map.both", low=lowest, first=mend))
    return capital(lowest or mend or _weakest(journey, words))


def _weakest(journey: JourneyMap, words: Words) -> str:
    """Write where most customers stop, if enough came to say so; else how many there are."""
    known = [s for s in journey.flow.stages[:-1] if journey.limits.level(s.customers) == "claims"]
    weakest = min(known, key=lambda s: s.on, default=None)
    if weakest is None:
        return words("figure.map.plain", n=journey.n_customers)
    return words("figure.map.weak", stage=weakest.stage, share=1 - weakest.on)


def quote_in(quotes: Sequence[Quote], language: str) -> str:
    """Return a customer's sentence in a language, else in any; nothing if there is none."""
    by_language = {q.language: q.text for q in quotes}
    return by_language.get(language) or next(iter(by_language.values()), "")


def changed(
    journey: JourneyMap, words: Words, row: str, *, stage: str = "", name: str = ""
) -> tuple[str, str]:
    """Write a clear change of a number with its arrow, and the colour that goes with it."""
    known = (c for c in journey.changes if (c.map_row, c.stage, c.name) == (row, stage, name))
    change = next(known, None)
    if change is None or not change.is_clear:
        return "", theme.SOFT
    is_up = change.difference > 0
    color = theme.GOOD if is_up != (row == "pain") else theme.BAD
    key = "figure.map.mood_change" if "mood" in row else "figure.map.change"
    key = "figure.map.nps_change" if row == "nps" else key
    return words(key, arrow="▲" if is_up else "▼", points=change.difference), color


def footer(journey: JourneyMap, words: Words, *, missing: Sequence[str]) -> str:
    """Write where the numbers come from, what is hidden, and which rows are not there."""
    sources = words("figure.map.source", confidence=journey.confidence,
                    n=journey.limits.facts_below)  # fmt: skip
    if journey.mood.n_unplaced:
        sources += " " + words("figure.map.unplaced", n=journey.mood.n_unplaced)
    through = journey.through
    if through is not None and through.started:
        last = journey.stages[-1]
        key = "through_within" if through.within_days else "through_is"
        sources += " " + words(f"figure.map.{key}", stage=last.stage, n=last.flow.customers,
                               first=journey.stages[0].stage, reached=through.reached,
                               started=through.started, days=through.within_days)  # fmt: skip
    if any(s.kind == "nps" and journey.is_shown(s.n) for s in journey.scores):
        sources += " " + words("figure.map.scores_are")
    if journey.changes:
        sources += " " + words("figure.map.changes_are", days=journey.changed_days)
    if missing:
        names = [words(f"figure.map.{_TITLES.get(row, row)}") for row in missing]
        sources += " " + words("figure.map.not_drawn", rows=words("figure.map.and").join(names))
    return sources


_TITLES = {"mood": "mood_row"}
