"""Cells that two journey maps have in common, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cjm_research.journey.card_scores import compare_scores
from cjm_research.journey.map_table import SHOWN
from cjm_research.journey.shares import difference_of_shares
from cjm_research.results import Unit
from cjm_research.stats.means import Sample, compare_means

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjm_research.journey.card_scores import CardScore
    from cjm_research.journey.map_result import JourneyMap

NAN = float("nan")
MOODS = frozenset({"overall_mood", "mood"})
"""Rows whose numbers are moods; `nps` is a score of its own; all others are shares."""
GOOD_IF_LESS = frozenset({"pain"})
NEITHER = frozenset({"touchpoint", "back"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapDifference:
    """One number of both maps: a share, a mood, or a Net Promoter Score, as `unit` tells."""

    map_row: str
    stage: str
    name: str
    """Touchpoint or theme; empty for the stage as a whole."""
    n_first: int
    n_second: int
    first: float
    second: float
    difference: float
    """First less second."""
    low: float
    high: float
    p: float
    p_adjusted: float = NAN

    @property
    def unit(self) -> Unit:
        """What the difference is: of shares, it is in points."""
        if self.map_row in MOODS:
            return Unit.MOOD
        return Unit.NPS if self.map_row == "nps" else Unit.POINTS

    @property
    def direction(self) -> Literal["good", "bad", "neutral"]:
        """Whether it is good that the first is as it is, against the second."""
        if self.map_row in NEITHER or not self.difference:
            return "neutral"
        return "good" if (self.difference > 0) != (self.map_row in GOOD_IF_LESS) else "bad"

    @property
    def n(self) -> int:
        """Customers of the smaller of the two."""
        return min(self.n_first, self.n_second)


Cell = tuple[str, str, str]
"""Row of the map, stage, touchpoint or theme."""
Counts = tuple[int, int]
"""Customers with the trait, and all customers of the cell."""
Mean = tuple[int, float, float]
"""Customers, their mean mood, its standard deviation."""


def differences(first: JourneyMap, second: JourneyMap) -> Iterator[MapDifference]:
    """Give the cells in the order of the map: card first, then stage by stage."""
    confidence = first.confidence

    def enough(one: int, other: int) -> bool:
        return first.is_shown(one) and second.is_shown(other)

    means, other_means = _means(first), _means(second)
    shares = dict(_shares(first, with_pains_of=second))
    other_shares = dict(_shares(second, with_pains_of=first))
    for stage in ("", *(s.stage for s in first.stages)):
        for cell, one in shares.items():
            other = other_shares.get(cell)
            if cell[1] == stage and other is not None and enough(one[1], other[1]):
                yield _of_shares(cell, one, other, confidence)
        for cell, mean in means.items():
            other_mean = other_means.get(cell)
            if cell[1] == stage and other_mean is not None and enough(mean[0], other_mean[0]):
                yield _of_means(cell, mean, other_mean, confidence)
        if not stage:
            yield from _scores(first, second)


def _scores(first: JourneyMap, second: JourneyMap) -> Iterator[MapDifference]:
    others = {s.kind: s for s in second.scores}
    for one in first.scores:
        other = others.get(one.kind)
        if other is not None and first.is_shown(one.n) and second.is_shown(other.n):
            yield _of_scores(one, other, first.confidence)


def _shares(journey: JourneyMap, *, with_pains_of: JourneyMap) -> Iterator[tuple[Cell, Counts]]:
    writers = dict(journey.pains.writers)
    if journey.through is not None:
        yield ("through", "", ""), (journey.through.reached, journey.through.started)
    for s in journey.stages:
        yield ("reach", s.stage, ""), (s.flow.customers, journey.n_customers)
        for t in s.touchpoints:
            yield ("touchpoint", s.stage, t.touchpoint), (t.customers, s.flow.customers)
        named = {p.theme: p.customers for p in s.pains}
        others = [p for o in with_pains_of.stages if o.stage == s.stage for p in o.pains[:SHOWN]]
        for theme in dict.fromkeys(p.theme for p in (*s.pains[:SHOWN], *others)):
            yield ("pain", s.stage, theme), (named.get(theme, 0), writers[s.stage])
        if s is not journey.stages[-1]:
            yield ("on", s.stage, ""), (s.flow.moved_on, s.flow.customers)
        if s not in (journey.stages[0], journey.stages[-1]):
            yield ("back", s.stage, ""), (s.flow.stepped_back, s.flow.customers)


def _means(journey: JourneyMap) -> dict[Cell, Mean]:
    mood = journey.mood
    points = {("mood", p.stage, p.touchpoint): (p.n, p.mood, p.sd) for p in journey.points()}
    return {("overall_mood", "", ""): (mood.n, mood.overall, mood.overall_sd), **points}


def _of_shares(cell: Cell, one: Counts, other: Counts, confidence: float) -> MapDifference:
    gap = difference_of_shares(one, other, confidence=confidence)
    return MapDifference(
        map_row=cell[0],
        stage=cell[1],
        name=cell[2],
        n_first=one[1],
        n_second=other[1],
        first=one[0] / one[1],
        second=other[0] / other[1],
        difference=gap.estimate,
        low=gap.low,
        high=gap.high,
        p=gap.p,
    )


def _of_scores(one: CardScore, other: CardScore, confidence: float) -> MapDifference:
    gap = compare_scores(one, other, confidence=confidence)
    return MapDifference(
        map_row=one.kind,
        stage="",
        name="",
        n_first=one.n,
        n_second=other.n,
        first=one.score,
        second=other.score,
        difference=gap.estimate,
        low=gap.low,
        high=gap.high,
        p=gap.p,
    )


def _of_means(cell: Cell, one: Mean, other: Mean, confidence: float) -> MapDifference:
    gap = compare_means(
        Sample(one[0], one[1], one[2] ** 2),
        Sample(other[0], other[1], other[2] ** 2),
        confidence=confidence,
    )
    return MapDifference(
        map_row=cell[0],
        stage=cell[1],
        name=cell[2],
        n_first=one[0],
        n_second=other[0],
        first=one[1],
        second=other[1],
        difference=float(gap.estimate),
        low=float(gap.low),
        high=float(gap.high),
        p=float(gap.p),
    )
