"""Two journey maps beside each other: two segments, or a period and the one before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.journey.map_cells import MapDifference, differences
from cjm_research.journey.map_parts import Change
from cjm_research.journey.telling import told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.map_result import JourneyMap


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
        "nps_first": Unit.NPS,
        "nps_second": Unit.NPS,
        "nps_difference": Unit.NPS,
        "nps_difference_low": Unit.NPS,
        "nps_difference_high": Unit.NPS,
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
                unit=r.unit,
                n=r.n,
                reference=r.second,
                method=_METHODS[r.unit],
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
    rows = list(differences(first, second))
    adjusted = adjust_p_values([r.p for r in rows], correction="benjamini_hochberg")
    return MapComparison(
        rows=tuple(replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)),
        first=first,
        second=second,
        grouping=grouping,
        days=days,
        confidence=first.confidence,
    )


_METHODS = {Unit.POINTS: "newcombe", Unit.MOOD: "welch", Unit.NPS: "adjusted wald"}
_COLUMNS = {Unit.POINTS: ("share", ""), Unit.MOOD: ("mood", "mood_"), Unit.NPS: ("nps", "nps_")}
"""What the columns of two numbers, and of their difference, begin with."""


def _plain(r: MapDifference) -> dict[str, object]:
    kind = _COLUMNS[r.unit]
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
