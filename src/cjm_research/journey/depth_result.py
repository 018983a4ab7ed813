"""What stands below the journey map: its results, and those that the data do not allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.journey.attribution_result import Attribution
    from cjm_research.journey.chain import GoalChances
    from cjm_research.journey.early_result import EarlySigns
    from cjm_research.journey.ladder import LoyaltyLadder
    from cjm_research.journey.lanes import LanesOnTime
    from cjm_research.journey.leaving import LeavingReasons
    from cjm_research.journey.moving_up import MovingUp
    from cjm_research.journey.patterns import Loops, PathVariants
    from cjm_research.journey.planned import PlannedOrder
    from cjm_research.journey.quotes import QuoteConversion
    from cjm_research.journey.second_order import DueSecond
    from cjm_research.journey.stage_time import StageTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Result):
    """Parts of the report that the data of a study do not allow."""

    units: ClassVar[Mapping[str, Unit]] = {"report_part": Unit.LABEL, "needs": Unit.LABEL}

    parts: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per part, with what it would need."""
        return pd.DataFrame([(p, p) for p in self.parts], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: that data are missing is no finding."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyDepth:
    """Results below the map; None where the data do not have them."""

    variants: PathVariants
    loops: Loops
    planned: PlannedOrder
    times: StageTimes
    chances: GoalChances
    credit: Attribution | None
    ladder: LoyaltyLadder | None
    moving: MovingUp | None
    due: DueSecond | None
    leaving: LeavingReasons | None
    quotes: QuoteConversion | None
    lanes: LanesOnTime | None
    signs: EarlySigns | None

    @property
    def absent(self) -> Absent:
        """Say which parts are missing."""
        optional = ("credit", "ladder", "moving", "due", "leaving", "quotes", "lanes", "signs")
        return Absent(parts=tuple(p for p in optional if getattr(self, p) is None))

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result that there is, for the file of findings."""
        every = (
            self.planned, self.loops, self.variants, self.times, self.chances,
            self.credit, self.ladder, self.moving, self.due, self.leaving, self.quotes,
            self.lanes, self.signs,
        )  # fmt: skip
        return tuple(r for r in every if r is not None)
