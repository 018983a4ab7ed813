"""Words and numbers of the map, written from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.present.digits import Digits
from cjm_research.present.words import capital
from cjm_research.results import Unit

if TYPE_CHECKING:
    from cjm_research.journey.map_result import JourneyMap
    from cjm_research.journey.mood import MoodPoint
    from cjm_research.present.words import Words
    from cjm_research.study.phrase import Phrase


def share_of(share: float, words: Words) -> str:
    """Write a share; a dash if it is not known."""
    return words.value(share, Unit.SHARE)


def between(low: float, high: float, words: Words) -> str:
    """Write the interval of a share, short."""
    first, last = Digits(words.language).pair(low, high, Unit.SHARE)
    return f"[{first}–{last}]"


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
        theme, share = first.subject["theme"], first.estimate
        mend = words("figure.map.first", theme=theme, share=share)
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


def footer(journey: JourneyMap, words: Words) -> str:
    """Write where the numbers come from and what is hidden."""
    sources = words("figure.map.source", confidence=journey.confidence,
                    n=journey.limits.facts_below)  # fmt: skip
    if journey.mood.n_unplaced:
        sources += " " + words("figure.map.unplaced", n=journey.mood.n_unplaced)
    return sources
