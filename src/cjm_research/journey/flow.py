"""How customers move between stages: on, back, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.kernel import FOREVER
from cjm_research.journey.log import MICROSECONDS_PER_DAY, JourneyLog, journey_log
from cjm_research.journey.rounds import visits
from cjm_research.journey.stage_moves import on_stages, stage_moves
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval
from cjm_research.stats.survival import kaplan_meier, time_to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import Codes
    from cjm_research.journey.rounds import Visits
    from cjm_research.study.model import Limits

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFlow:
    """Customers who were seen at one stage, and where they went from there."""

    stage: str
    customers: int
    share: float
    """Of all customers of the journey."""
    visits: int
    """Times that customers came to the stage from elsewhere, or began there."""
    moved_on: int
    """Customers who were seen at any later stage after they first came to this one."""
    on: float
    on_low: float
    on_high: float
    stepped_back: int
    """Customers who went from here directly to an earlier stage of the same round, ever."""
    back: float
    back_low: float
    back_high: float
    began_again: int
    """Customers who went from here to an earlier stage to begin a new round, ever."""
    again: float
    again_low: float
    again_high: float
    half_moved_days: float
    """Days after which half of those who ever move on have done so, by Kaplan and Meier."""
    median_days: float
    """Days after which half of all at the stage have moved on; NaN if fewer ever do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Result):
    """Movement of customers between the stages, in the order of the journey."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "visits": Unit.COUNT,
        "moved_on": Unit.COUNT,
        "on": Unit.SHARE,
        "on_low": Unit.SHARE,
        "on_high": Unit.SHARE,
        "stepped_back": Unit.COUNT,
        "back": Unit.SHARE,
        "back_low": Unit.SHARE,
        "back_high": Unit.SHARE,
        "began_again": Unit.COUNT,
        "again": Unit.SHARE,
        "again_low": Unit.SHARE,
        "again_high": Unit.SHARE,
        "half_moved_days": Unit.DAYS,
        "median_days": Unit.DAYS,
    }

    shown: ClassVar[tuple[str, ...]] = (
        "stage", "customers", "on", "on_low", "on_high", "half_moved_days", "back", "again",
    )  # fmt: skip
    """Columns that a page shows."""

    stages: tuple[StageFlow, ...]
    n_customers: int
    n_without_time: int
    confidence: float
    limits: Limits = USUAL

    def of(self, stage: str) -> StageFlow:
        """Return the row of one stage."""
        return next(s for s in self.stages if s.stage == stage)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage."""
        plain = [[getattr(s, c) for c in self.units] for s in self.stages]
        frame = pd.DataFrame(plain, columns=list(self.units))
        # Nothing lies behind the last stage, nor before the first.
        frame = frame.astype(dict.fromkeys(("moved_on", "stepped_back", "began_again"), "Int64"))
        frame.loc[frame.index[-1:], ["moved_on", "on", "on_low", "on_high"]] = pd.NA
        behind = [c for c in self.units if c.startswith(("stepped", "back", "began", "again"))]
        frame.loc[frame.index[:1], behind] = pd.NA
        shares = [c for c in self.units if c.startswith(("on", "back", "again"))]
        return without_small(frame, self.limits, n="customers", columns=shares)

    def findings(self) -> tuple[Finding, ...]:
        """Return, per stage, the share that never moves on, and the share that steps back.

        Nothing precedes the first stage, and from the last every move is a move back: neither
        is told.
        """
        on = [self._finding(s, "stage_left_here", s.customers - s.moved_on) for s in self.stages]
        back = [self._finding(s, "stage_stepped_back", s.stepped_back) for s in self.stages]
        return (*on[:-1], *back[1:-1])

    def _finding(self, s: StageFlow, kind: str, customers: int) -> Finding:
        is_back = kind == "stage_stepped_back"
        low, high = (s.back_low, s.back_high) if is_back else (1 - s.on_high, 1 - s.on_low)
        return Finding(
            id=f"journey/{kind}/stage={s.stage}",
            kind=kind,
            subject={"stage": s.stage},
            estimate=s.back if is_back else 1 - s.on,
            low=low,
            high=high,
            confidence=self.confidence,
            unit=Unit.SHARE,
            n=s.customers,
            method="wilson",
            customers=customers,
            direction="neutral" if is_back else "bad",
            status=told(self.limits, s.customers),
            values={"days": s.half_moved_days},
        )


def flow(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    purchases: pd.DataFrame | None = None,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Flow:
    """Describe how customers go on from each stage, go back, and how long it takes them.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey.
    purchases : pandas.DataFrame, optional
        `customer_id` and `ordered_at`: a new round after a purchase is then no step back, as
        `visits` says.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent. Customers who have
        not moved on by then are watched until then and no longer.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If no stage is named or one stands twice, or a value is out of its range.
    """
    log = on_stages(journey_log(event_stages, stages, observed_until=observed_until))
    moves = stage_moves(log)
    seen = visits(log, purchases)
    back, again = _ever_from(seen, seen.is_back), _ever_from(seen, seen.again)
    return Flow(
        stages=tuple(
            _stage_flow(
                name,
                (moves.came[i], moves.moved[i]),
                visits=int((seen.stage == i).sum()),
                returned=(int(back[i].sum()), int(again[i].sum())),
                log=log,
                confidence=confidence,
            )
            for i, name in enumerate(log.stages)
        ),
        n_customers=log.n_customers,
        n_without_time=log.n_without_time,
        confidence=confidence,
        limits=limits,
    )


def _ever_from(seen: Visits, which: NDArray[np.bool_]) -> Codes:
    """Tell for each stage and customer whether any of these visits ever followed it."""
    out = np.zeros((seen.n_stages, seen.n_customers), dtype=np.int64)
    after = np.flatnonzero(which)
    out[seen.stage[after - 1], seen.customer[after]] = 1
    return out


def _stage_flow(
    name: str,
    moves: tuple[Codes, Codes],
    *,
    visits: int,
    returned: tuple[int, int],
    log: JourneyLog,
    confidence: float,
) -> StageFlow:
    came = moves[0] < FOREVER
    since, onward = moves[0][came], moves[1][came]
    is_on = onward < FOREVER
    n, n_on = len(since), int(is_on.sum())
    took = (np.where(is_on, onward, log.until) - since) / MICROSECONDS_PER_DAY
    curve = kaplan_meier(took, is_on, confidence=confidence)
    ever = 1 - curve.share[-1] if len(curve.share) else 0.0
    low, high = wilson_interval([n_on, *returned], n, confidence=confidence)
    return StageFlow(
        stage=name,
        customers=n,
        share=n / log.n_customers if log.n_customers else NAN,
        visits=visits,
        moved_on=n_on,
        on=n_on / n if n else NAN,
        on_low=float(low[0]),
        on_high=float(high[0]),
        stepped_back=returned[0],
        back=returned[0] / n if n else NAN,
        back_low=float(low[1]),
        back_high=float(high[1]),
        began_again=returned[1],
        again=returned[1] / n if n else NAN,
        again_low=float(low[2]),
        again_high=float(high[2]),
        half_moved_days=time_to(curve, ever / 2).time if ever else NAN,
        median_days=time_to(curve).time,
    )
