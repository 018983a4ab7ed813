"""Two journey maps beside each other: two segments, or a period and the one before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import pandas as pd

from cjm_research.journey.map_parts import Change
from cjm_research.journey.map_table import SHOWN
from cjm_research.journey.shares import difference_of_shares
from cjm_research.journey.telling import told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.means import Sample, compare_means
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjm_research.journey.map_result import JourneyMap

NAN = float("nan")
MOODS = frozenset({"overall_mood", "mood"})
"""Rows whose numbers are moods; all others are shares."""
GOOD_IF_LESS = frozenset({"pain"})
NEITHER = frozenset({"touchpoint", "back"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapDifference:
    """One number of both maps. Of shares or of moods, as `MOODS` tells."""

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
    def is_mood(self) -> bool:
        """Whether the numbers are moods; else they are shares."""
        return self.map_row in MOODS

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MapComparison(Result):
    """What differs between two maps of one journey, cell by cell."""

    units: ClassVar[Mapping[str, Unit]] = {
        "map_row": Unit.LABEL,
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "theme": Unit.LABEL,
        "n_first": Unit.COUNT,
        "n_second": Unit.COUNT,
        "share_first": Unit.SHARE,
        "share_second": Unit.SHARE,
        "difference": Unit.POINTS,
        "difference_low": Unit.POINTS,
        "difference_high": Unit.POINTS,
        "mood_first": Unit.MOOD,
        "mood_second": Unit.MOOD,
        "mood_difference": Unit.MOOD,
        "mood_difference_low": Unit.MOOD,
        "mood_difference_high": Unit.MOOD,
        "p_adjusted": Unit.P_VALUE,
    }

    rows: tuple[MapDifference, ...]
    first: JourneyMap
    second: JourneyMap
    grouping: str = ""
    """Whose segments are compared; empty for two periods."""
    days: int = 0
    """Length of each of two periods; 0 for segments."""
    confidence: float

    @property
    def is_of_periods(self) -> bool:
        """Whether two periods are compared."""
        return self.days > 0

    def of(self, map_row: str, stage: str = "", name: str = "") -> MapDifference | None:
        """Return the difference of one cell; None if it was not compared."""
        return next(
            (r for r in self.rows if (r.map_row, r.stage, r.name) == (map_row, stage, name)), None
        )

    def is_clear(self, row: MapDifference) -> bool:
        """Tell whether a difference stands after the correction."""
        return row.p_adjusted < 1 - self.confidence

    def changes(self) -> tuple[Change, ...]:
        """Return the differences in the form in which a map shows its changes."""
        return tuple(
            Change(
                map_row=r.map_row,
                stage=r.stage,
                name=r.name,
                difference=r.difference,
                low=r.low,
                high=r.high,
                is_clear=self.is_clear(r),
            )
            for r in self.rows
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per cell of the maps that both have."""
        return pd.DataFrame([_plain(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return each difference, with the clear ones to be told."""
        limits = self.first.limits
        return tuple(
            Finding(
                id=f"journey/map_difference/{r.map_row}/stage={r.stage}/{r.name}",
                kind=f"{'period' if self.is_of_periods else 'segment'}_{_kind(r)}",
                subject={
                    "map_row": r.map_row,
                    **({"stage": r.stage} if r.stage else {}),
                    **_named(r),
                    **self._sides(),
                },
                estimate=r.difference,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                p=r.p,
                p_adjusted=r.p_adjusted,
                family="journey/map_difference",
                unit=Unit.MOOD if r.is_mood else Unit.POINTS,
                n=r.n,
                reference=r.second,
                method="welch" if r.is_mood else "newcombe",
                direction=r.direction,
                status=told(limits, r.n, is_clear=self.is_clear(r)),
                values={"first": r.first, "second": r.second, "days": self.days},
            )
            for r in sorted(self.rows, key=lambda r: (r.p_adjusted, r.map_row, r.stage, r.name))
            if r.p_adjusted == r.p_adjusted
        )

    def _sides(self) -> dict[str, str]:
        if self.is_of_periods:
            return {}
        return {"grouping": self.grouping, "segment": self.first.segment,
                "other_segment": self.second.segment}  # fmt: skip


def compare_maps(
    first: JourneyMap, second: JourneyMap, *, grouping: str = "", days: int = 0
) -> MapComparison:
    """Compare two maps of the same stages, cell by cell.

    Shares by Newcombe's interval, moods by Welch's; one correction (Benjamini and Hochberg)
    over all cells. A cell that too few customers stand behind in either map is not compared.

    Parameters
    ----------
    first, second : JourneyMap
        Of customers who are not the same, or of two periods.
    grouping : str
        Whose segments these are.
    days : int
        Length of each of two periods; 0 for segments.

    Notes
    -----
    Customers who were there in both periods count in both. Being the same people makes the two
    numbers alike, which the intervals leave out of account: they are wider than they could be,
    not narrower.

    References
    ----------
    Newcombe R. G. (1998). Statistics in Medicine 17, 873-890, method 10.
    Welch B. L. (1947). Biometrika 34, 28-35. doi:10.1093/biomet/34.1-2.28
    """
    rows = list(_differences(first, second))
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    return MapComparison(
        rows=tuple(replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)),
        first=first,
        second=second,
        grouping=grouping,
        days=days,
        confidence=first.confidence,
    )


Cell = tuple[str, str, str]
"""Row of the map, stage, touchpoint or theme."""
Counts = tuple[int, int]
"""Customers with the trait, and all customers of the cell."""
Mean = tuple[int, float, float]
"""Customers, their mean mood, its standard deviation."""


def _differences(first: JourneyMap, second: JourneyMap) -> Iterator[MapDifference]:
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


def _shares(journey: JourneyMap, *, with_pains_of: JourneyMap) -> Iterator[tuple[Cell, Counts]]:
    writers = dict(journey.pains.writers)
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


def _plain(r: MapDifference) -> dict[str, object]:
    kind = ("mood", "mood_") if r.is_mood else ("share", "")
    return {
        "map_row": r.map_row,
        "stage": r.stage or None,
        **_named(r),
        "n_first": r.n_first,
        "n_second": r.n_second,
        f"{kind[0]}_first": r.first,
        f"{kind[0]}_second": r.second,
        f"{kind[1]}difference": r.difference,
        f"{kind[1]}difference_low": r.low,
        f"{kind[1]}difference_high": r.high,
        "p_adjusted": r.p_adjusted,
    }


def _named(r: MapDifference) -> dict[str, str]:
    if not r.name:
        return {}
    return {"theme" if r.map_row == "pain" else "touchpoint": r.name}


def _kind(r: MapDifference) -> str:
    """Return the sentence that tells the difference: of a touchpoint's mood it is another."""
    return "touchpoint_mood" if r.map_row == "mood" and r.name else r.map_row
