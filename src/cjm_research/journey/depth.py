"""What stands below the map: paths, time, credit, loyalty, leaving; each where its data exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, NoDataError
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.journey.early_signs import (
    Landmark,
    Whose,
    early_signs,
    first_orders,
    known_to_have_left,
)
from cjm_research.journey.ladder import loyalty_ladder
from cjm_research.journey.leaving import LeavingTables, leaving_reasons
from cjm_research.journey.moving_up import first_order_traits, moving_up
from cjm_research.journey.patterns import loops, path_variants
from cjm_research.journey.planned import planned_order
from cjm_research.journey.quotes import lanes_on_time, quote_conversion
from cjm_research.journey.scope import ALL, journey_scope, members
from cjm_research.journey.second_order import due_second
from cjm_research.journey.stage_time import time_in_stage
from cjm_research.journey.telling import USUAL
from cjm_research.results import Finding, Result, Unit
from cjm_research.study.journey_plan import JourneyPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cjm_research.journey.attribution_result import Attribution
    from cjm_research.journey.early_result import EarlySigns
    from cjm_research.journey.ladder import LoyaltyLadder
    from cjm_research.journey.leaving import LeavingReasons
    from cjm_research.journey.moving_up import MovingUp
    from cjm_research.journey.patterns import Loops, PathVariants
    from cjm_research.journey.planned import PlannedOrder
    from cjm_research.journey.quotes import LanesOnTime, QuoteConversion
    from cjm_research.journey.scope import JourneyChoices, JourneyScope, JourneyTables
    from cjm_research.journey.second_order import DueSecond
    from cjm_research.journey.stage_time import StageTimes
    from cjm_research.journey.touch_paths import Touch
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Stage

USUAL_PLAN = JourneyPlan()
Found = TypeVar("Found")


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
            self.planned, self.loops, self.variants, self.times,
            self.credit, self.ladder, self.moving, self.due, self.leaving, self.quotes,
            self.lanes, self.signs,
        )  # fmt: skip
        return tuple(r for r in every if r is not None)


def journey_depth(
    tables: JourneyTables,
    stages: Sequence[Stage],
    *,
    choices: JourneyChoices = ALL,
    plan: JourneyPlan = USUAL_PLAN,
    limits: Limits = USUAL,
    seed: int = 0,
) -> JourneyDepth:
    """Compute what stands below the map, for the same customers and days.

    Parameters
    ----------
    tables : JourneyTables
        The study's tables.
    stages : sequence of Stage
        Stages of the study, in their order.
    choices : JourneyChoices
        Segment, windows, confidence.
    plan : JourneyPlan
        What counts as a conversion, and what is no touch.
    limits : Limits
        How many customers a statement needs.
    seed : int, default 0
        Of the draws of the bootstrap.

    Raises
    ------
    NoDataError
        If there is no journey at all, as `analyse_journey` says.
    """
    scope = journey_scope(tables, stages, choices=choices)
    part = _Part(tables=_own(tables, choices), scope=scope, choices=choices, plan=plan,
                 limits=limits, seed=seed)  # fmt: skip
    log, ids = scope.data.event_stages, [s.id for s in scope.stages]
    until, sure = choices.observed_until, choices.confidence
    bought = scope.data.purchases
    return JourneyDepth(
        variants=path_variants(log, ids, observed_until=until, confidence=sure),
        loops=loops(log, ids, purchases=bought, observed_until=until, confidence=sure,
                    limits=limits),
        planned=planned_order(log, ids, purchases=bought, observed_until=until,
                              confidence=sure, limits=limits),
        times=time_in_stage(log, ids, observed_until=until, confidence=sure),
        credit=_if_there(part.credit),
        ladder=_if_there(part.ladder),
        moving=_if_there(part.moving),
        due=_if_there(part.due),
        leaving=_if_there(part.leaving),
        quotes=_if_there(part.quotes),
        lanes=_if_there(part.lanes),
        signs=_if_there(part.signs),
    )  # fmt: skip


def _if_there(compute: Callable[[], Found]) -> Found | None:
    """Return a result, or None where the data do not allow it."""
    try:
        return compute()
    except (NoDataError, DataError):
        return None


def _own(tables: JourneyTables, choices: JourneyChoices) -> JourneyTables:
    """Return the tables of the chosen segment only."""
    if not choices.segment:
        return tables
    chosen = set(members(tables.segments, choices.segment))

    def of(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        if frame is None or "customer_id" not in frame:
            return frame
        return frame.loc[frame["customer_id"].isin(chosen)]

    orders = of(tables.orders)
    feedback = of(tables.feedback)
    return replace(
        tables,
        orders=tables.orders if orders is None else orders,
        feedback=tables.feedback if feedback is None else feedback,
        customers=of(tables.customers),
        deals=of(tables.deals),
        segments=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """One part of the report after the other, from the same tables."""

    tables: JourneyTables
    scope: JourneyScope
    choices: JourneyChoices
    plan: JourneyPlan
    limits: Limits
    seed: int

    @property
    def until(self) -> pd.Timestamp:
        """The end of what was watched; a time of far away if nobody says."""
        until = self.choices.observed_until
        if until is not None:
            return pd.Timestamp(until)
        return pd.Timestamp(self.scope.data.event_stages["occurred_at"].max())

    def credit(self) -> Attribution:
        names = [s.id for s in self.scope.stages]
        if self.scope.from_orders:
            raise NoDataError("Orders alone have no touch before them.")
        goal = self.plan.conversion or ("purchase" if "purchase" in names else names[-1])
        log = self.scope.data.event_stages
        has_channels = "channel" in log and len(log["channel"].dropna().unique()) > 1
        by: Touch = "channel" if has_channels else "touchpoint"
        seen = log.loc[log["stage"] != goal, by].dropna().astype(str).unique()
        asked = AttributionPlan(
            conversion=goal,
            by=by,  # a study names what its data may hold; not every month holds it
            left_out=tuple(name for name in self.plan.no_touch if name in set(seen)),
        )
        return attribution(
            log, asked, rng=np.random.default_rng(self.seed), observed_until=self.until,
            confidence=self.choices.confidence, limits=self.limits,
        )  # fmt: skip

    def ladder(self) -> LoyaltyLadder:
        return loyalty_ladder(self._orders(), self.tables.feedback,
                              confidence=self.choices.confidence, limits=self.limits)  # fmt: skip

    def moving(self) -> MovingUp:
        segments = self.tables.segments
        if segments is not None and segments["customer_id"].duplicated().any():
            segments = None
        traits = first_order_traits(
            self._orders(), segments=segments, feedback_codes=self.scope.data.feedback_codes
        )
        return moving_up(self._orders(), traits, observed_until=self.until,
                         confidence=self.choices.confidence, limits=self.limits)  # fmt: skip

    def due(self) -> DueSecond:
        return due_second(self._orders(), observed_until=self.until, limits=self.limits)

    def leaving(self) -> LeavingReasons:
        known = LeavingTables(
            customers=self.tables.customers,
            deals=self._deals(),
            feedback_codes=self.scope.data.feedback_codes,
        )
        return leaving_reasons(known, lost=self.scope.data.lost,
                               confidence=self.choices.confidence, limits=self.limits)  # fmt: skip

    def quotes(self) -> QuoteConversion:
        deals = self._deals()
        if deals is None:
            raise NoDataError("The study has no deals.")
        return quote_conversion(deals, confidence=self.choices.confidence, limits=self.limits)

    def lanes(self) -> LanesOnTime:
        return lanes_on_time(self._orders(), confidence=self.choices.confidence,
                             limits=self.limits)  # fmt: skip

    def signs(self) -> EarlySigns:
        left = known_to_have_left(self.tables.customers)
        since = None if self._has_no_orders() else first_orders(self._orders())
        return early_signs(
            self.scope.data.event_stages, self.scope.data.feedback_codes,
            whose=Whose(since=since, left=left), landmark=Landmark(observed_until=self.until),
            confidence=self.choices.confidence, limits=self.limits,
        )  # fmt: skip

    def _deals(self) -> pd.DataFrame | None:
        deals = self.tables.deals
        return None if deals is None or deals.empty else deals

    def _has_no_orders(self) -> bool:
        orders = self.tables.orders
        return orders.empty or "ordered_at" not in orders or not orders["ordered_at"].notna().any()

    def _orders(self) -> pd.DataFrame:
        if self._has_no_orders():
            raise NoDataError("The study has no order with a time.")
        return self.tables.orders
