"""What stands below the map: paths, time, credit, loyalty, leaving; each where its data exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, NoDataError
from cjm_research.journey.attribution import AttributionPlan, attribution
from cjm_research.journey.chain import goal_chances
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.depth_result import JourneyDepth
from cjm_research.journey.early_signs import (
    Landmark,
    Whose,
    early_signs,
    first_orders,
    known_to_have_left,
)
from cjm_research.journey.ladder import loyalty_ladder
from cjm_research.journey.lanes import lanes_on_time
from cjm_research.journey.leaving import LeavingTables, leaving_reasons
from cjm_research.journey.log import JourneyLog, in_utc, journey_log
from cjm_research.journey.moving_up import TRAITS, first_order_traits, moving_up
from cjm_research.journey.order_path import BoughtOrders, with_bought
from cjm_research.journey.patterns import loops, path_variants
from cjm_research.journey.planned import planned_order
from cjm_research.journey.quotes import quote_conversion
from cjm_research.journey.scope import ALL, journey_scope, members
from cjm_research.journey.second_order import due_second
from cjm_research.journey.stage_time import time_in_stage
from cjm_research.journey.telling import USUAL
from cjm_research.journey.touch_paths import kinds_met
from cjm_research.study.journey_plan import USUAL_PLAN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjm_research.journey.attribution_result import Attribution
    from cjm_research.journey.chain import GoalChances
    from cjm_research.journey.early_result import EarlySigns
    from cjm_research.journey.ladder import LoyaltyLadder
    from cjm_research.journey.lanes import LanesOnTime
    from cjm_research.journey.leaving import LeavingReasons
    from cjm_research.journey.moving_up import MovingUp
    from cjm_research.journey.quotes import QuoteConversion
    from cjm_research.journey.scope import JourneyChoices, JourneyScope, JourneyTables
    from cjm_research.journey.second_order import DueSecond
    from cjm_research.journey.stage_time import StageTimes
    from cjm_research.journey.touch_paths import Touch
    from cjm_research.study.journey_plan import JourneyPlan
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Stage

Found = TypeVar("Found")


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
    part = _Part(tables=_with_bought(_own(tables, choices)), scope=scope, choices=choices,
                 plan=plan, limits=limits, seed=seed)  # fmt: skip
    ids, until, sure = [s.id for s in scope.stages], choices.observed_until, choices.confidence
    log = journey_log(scope.data.event_stages, ids, observed_until=until)
    bought = scope.data.purchases
    return JourneyDepth(
        variants=path_variants(log, ids, observed_until=until, confidence=sure),
        loops=loops(log, ids, purchases=bought, observed_until=until, confidence=sure,
                    limits=limits),
        planned=planned_order(log, ids, purchases=bought, observed_until=until,
                              confidence=sure, limits=limits),
        times=part.times(log),
        chances=part.chances(log),
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


def _with_bought(tables: JourneyTables) -> JourneyTables:
    """Return the tables with the orders that were bought, which several parts need."""
    if tables.bought is not None:
        return tables
    return replace(tables, bought=with_bought(tables.orders, columns=TRAITS))


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
        bought=_of_these(tables.bought, of),
    )


def _of_these(
    bought: BoughtOrders | None, of: Callable[[pd.DataFrame], pd.DataFrame | None]
) -> BoughtOrders | None:
    """Return the orders of some customers; None where names of others' orders may have counted."""
    if bought is None or "order_id" in bought:
        return None
    return BoughtOrders(pd.DataFrame(of(bought)).reset_index(drop=True))


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
        """The end of what was watched; the newest event if nobody says."""
        until = self.choices.observed_until
        if until is not None:
            return in_utc(until)
        window = coded_events(self.scope.data.event_stages).window
        if window is None:
            raise NoDataError("No event has a time.")
        return pd.Timestamp(window[1], unit="us", tz="UTC")

    @property
    def stages(self) -> list[str]:
        """Names of the stages."""
        return [s.id for s in self.scope.stages]

    @property
    def goal(self) -> str:
        """The stage that counts as a conversion."""
        names = self.stages
        if self.plan.conversion in names:
            return self.plan.conversion
        return "purchase" if "purchase" in names else names[-1]

    @property
    def segments(self) -> pd.DataFrame | None:
        """The segments to compare; None where they share customers."""
        segments = self.tables.segments
        if segments is None or segments["customer_id"].duplicated().any():
            return None
        return segments

    def times(self, log: JourneyLog) -> StageTimes:
        found = time_in_stage(
            log, self.stages, segments=self.segments,
            observed_until=self.choices.observed_until, confidence=self.choices.confidence,
        )  # fmt: skip
        return replace(found, limits=self.limits)

    def chances(self, log: JourneyLog) -> GoalChances:
        return goal_chances(log, self.stages, goal=self.goal,
                            observed_until=self.choices.observed_until)  # fmt: skip

    def credit(self) -> Attribution:
        if self.scope.from_orders:
            raise NoDataError("Orders alone have no touch before them.")
        goal = self.plan.conversion or self.goal
        events = coded_events(self.scope.data.event_stages)
        if goal not in events.met("stage"):
            raise NoDataError(f"No event is of the stage {goal!r}, which counts as a conversion.")
        has_channels = "channel" in events and len(events.met("channel")) > 1
        by: Touch = "channel" if has_channels else "touchpoint"
        seen = set(kinds_met(events, goal, by=by))
        asked = AttributionPlan(
            conversion=goal,
            by=by,  # a study names what its data may hold; not every month holds it
            left_out=tuple(name for name in self.plan.no_touch if name in seen),
        )
        return attribution(
            events, asked, rng=np.random.default_rng(self.seed), observed_until=self.until,
            confidence=self.choices.confidence, limits=self.limits,
        )  # fmt: skip

    def ladder(self) -> LoyaltyLadder:
        return loyalty_ladder(self._bought(), self.tables.feedback,
                              confidence=self.choices.confidence, limits=self.limits)  # fmt: skip

    def moving(self) -> MovingUp:
        traits = first_order_traits(
            self._bought(), segments=self.segments, feedback_codes=self.scope.data.feedback_codes
        )
        found = moving_up(self._bought(), traits, observed_until=self.until,
                          confidence=self.choices.confidence, limits=self.limits)  # fmt: skip
        return replace(found, window=self.choices.window)

    def due(self) -> DueSecond:
        return due_second(self._bought(), observed_until=self.until, limits=self.limits)

    def leaving(self) -> LeavingReasons:
        known = LeavingTables(
            customers=self.tables.customers,
            deals=self._deals(),
            feedback_codes=self.scope.data.feedback_codes,
            segments=self.segments,
        )
        return leaving_reasons(known, lost=self.scope.data.lost,
                               confidence=self.choices.confidence, limits=self.limits)  # fmt: skip

    def quotes(self) -> QuoteConversion:
        deals = self._deals()
        if deals is None:
            raise NoDataError("The study has no deals.")
        found = quote_conversion(
            deals, segments=self.segments, confidence=self.choices.confidence, limits=self.limits
        )
        return replace(found, window=self.choices.window)

    def lanes(self) -> LanesOnTime:
        self._bought()  # none without a time
        found = lanes_on_time(self.tables.orders, confidence=self.choices.confidence,
                              limits=self.limits)  # fmt: skip
        return replace(found, window=self.choices.window)

    def signs(self) -> EarlySigns:
        left = known_to_have_left(self.tables.customers)
        bought = self.tables.bought
        since = None if bought is None else first_orders(bought)
        return early_signs(
            self.scope.data.event_stages, self.scope.data.feedback_codes,
            whose=Whose(since=since, left=left), landmark=Landmark(observed_until=self.until),
            confidence=self.choices.confidence, limits=self.limits,
        )  # fmt: skip

    def _deals(self) -> pd.DataFrame | None:
        deals = self.tables.deals
        return None if deals is None or deals.empty else deals

    def _bought(self) -> BoughtOrders:
        if self.tables.bought is None:
            raise NoDataError("The study has no order with a time.")
        return self.tables.bought
