"""Where customers go next from each stage, and where those go who do not move on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.flow import moved_on, on_stages
from cjm_research.journey.kernel import opens
from cjm_research.journey.log import MICROSECONDS_PER_DAY, JourneyLog, journey_log
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import ClusterSums, share_of_sums
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.log import Codes
    from cjm_research.study.model import Limits

END = "end"
"""Next of a customer who was not seen anywhere else afterwards."""
SILENT, RECENT = "silent", "recent"
"""Not seen again for long; not seen again, but only lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Visits of one stage that were followed by one other, or by nothing."""

    stage: str
    next_stage: str
    moves: int
    share: float
    """Of the visits of `stage`."""
    low: float
    high: float
    direction: str
    """``on``, ``back`` or ``end``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions(Result):
    """Every move between stages; the moves from a stage add up to its visits."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "next_stage": Unit.LABEL,
        "moves": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "direction": Unit.LABEL,
    }

    moves: tuple[Move, ...]
    n_customers: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair of stages between which somebody moved."""
        plain = [[getattr(m, c) for c in self.units] for m in self.moves]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: `Flow` says what is to be said."""
        return ()


def transitions(
    event_stages: pd.DataFrame | JourneyLog,
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
) -> Transitions:
    """Count the moves from each stage to the one that was visited next.

    Events in a row at one stage are one visit. Intervals are clustered by customer.

    Parameters
    ----------
    event_stages : pandas.DataFrame or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the intervals.
    """
    log = on_stages(journey_log(event_stages, stages, observed_until=observed_until))
    return finish_transitions(move_sums(log), log.stages, confidence=confidence)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MoveSums:
    """Sums over customers that the moves and their intervals are made of; they add up."""

    n_customers: int
    counts: Codes
    """Moves from each stage to each other, and to nothing: shape (n_stages, n_stages + 1)."""
    visitors: Codes
    """Customers seen at each stage, shape (n_stages,)."""
    products: NDArray[np.float64]
    """For each stage, sums over customers of products of two of their counts from it."""

    def __add__(self, other: MoveSums) -> MoveSums:
        """Return the sums over the customers of both; nobody may be in both."""
        return MoveSums(
            n_customers=self.n_customers + other.n_customers,
            counts=self.counts + other.counts,
            visitors=self.visitors + other.visitors,
            products=self.products + other.products,
        )


def move_sums(log: JourneyLog) -> MoveSums:
    """Add up the moves of a log's customers: one bucket's part of `transitions`."""
    customer, stage, following = _visits(log)
    k = len(log.stages)
    counts = np.zeros((k, k + 1), dtype=np.int64)
    visitors = np.zeros(k, dtype=np.int64)
    products = np.zeros((k, k + 1, k + 1))
    for i in range(k):
        here = stage == i
        if here.any():
            each = _counted(customer[here], following[here], n_kinds=k + 1)
            counts[i], visitors[i], products[i] = each.sum(axis=0), len(each), each.T @ each
    return MoveSums(
        n_customers=log.n_customers, counts=counts, visitors=visitors, products=products
    )


def finish_transitions(
    sums: MoveSums, stages: Sequence[str], *, confidence: float = 0.95
) -> Transitions:
    """Return the moves of sums that were added up over all customers."""
    moves: list[Move] = []
    for i, name in enumerate(stages):
        count, total = sums.counts[i], int(sums.counts[i].sum())
        if not total:
            continue
        share, products = count / total, sums.products[i]
        residual = np.diag(products) - 2 * share * products.sum(axis=1) + share**2 * products.sum()
        spread = np.full(len(count), sums.visitors[i]), np.full(len(count), float(total))
        ends = share_of_sums(ClusterSums(*spread, share, residual), confidence=confidence)
        moves += [
            Move(
                stage=name,
                next_stage=stages[j] if j < len(stages) else END,
                moves=int(count[j]),
                share=float(share[j]),
                low=float(ends.low[j]),
                high=float(ends.high[j]),
                direction=END if j == len(stages) else ("on" if j > i else "back"),
            )
            for j in np.flatnonzero(count).tolist()
        ]
    return Transitions(moves=tuple(moves), n_customers=sums.n_customers, confidence=confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostTo:
    """Customers who did not move on from a stage, by what was seen of them afterwards."""

    stage: str
    then_stage: str
    """An earlier stage, ``silent`` or ``recent``."""
    customers: int
    share: float
    """Of those who did not move on."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Result):
    """Where the customers of each stage went who never moved on."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "then_stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[LostTo, ...]
    quiet_days: float
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage and what came then."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return, per stage, how many of those who did not move on fell silent."""
        size = self.to_frame().groupby("stage")["customers"].sum()
        return tuple(
            Finding(
                id=f"journey/lost_silent/stage={r.stage}",
                kind="lost_silent",
                subject={"stage": r.stage},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=int(size[r.stage]),
                method="wilson",
                direction="bad",
                customers=r.customers,
                status=told(self.limits, int(size[r.stage])),
                values={"days": self.quiet_days},
            )
            for r in self.rows
            if r.then_stage == SILENT
        )


def lost(
    event_stages: pd.DataFrame | JourneyLog,
    stages: Sequence[str],
    *,
    quiet_days: float = 30,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Lost:
    """Say what was last seen of the customers who did not move on from each stage.

    Parameters
    ----------
    event_stages : pandas.DataFrame or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey; the last one has nothing to move on to.
    quiet_days : float, default 30
        Who was not seen for so many days at the end is silent, else recent.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.
    """
    if not quiet_days > 0:
        raise ParameterError.expected("quiet_days", "days above zero", got=quiet_days)
    log = on_stages(journey_log(event_stages, stages, observed_until=observed_until))
    rows = []
    for i, name in enumerate(log.stages[:-1]):
        _, stayed = moved_on(log, i)
        after = _next_after_last(log, stayed, stage=i, quiet=quiet_days * MICROSECONDS_PER_DAY)
        steps, counts = np.unique(after, return_counts=True)
        low, high = wilson_interval(counts, len(stayed), confidence=confidence)
        rows += [
            LostTo(
                stage=name,
                then_stage=_step_name(int(step), log.stages),
                customers=int(counts[k]),
                share=float(counts[k] / len(stayed)),
                low=float(low[k]),
                high=float(high[k]),
            )
            for k, step in enumerate(steps)
        ]
    return Lost(rows=tuple(rows), quiet_days=quiet_days, confidence=confidence, limits=limits)


def _visits(log: JourneyLog) -> tuple[NDArray[np.int32], NDArray[np.int16], Codes]:
    """Return customer and stage of each visit, and the stage after it; n_stages for none."""
    starts = log.run_starts()
    customer, stage = log.customer[starts], log.stage[starts]
    following = np.full(len(stage), len(log.stages), dtype=np.int64)
    goes_on = customer[1:] == customer[:-1]
    following[:-1][goes_on] = stage[1:][goes_on]
    return customer, stage, following


def _counted(customer: NDArray[np.int32], following: Codes, *, n_kinds: int) -> NDArray[np.float64]:
    """Return how often each customer, of a rising array, was followed by each kind."""
    whose = np.cumsum(opens(customer)) - 1
    cells = np.bincount(whose * n_kinds + following, minlength=(int(whose[-1]) + 1) * n_kinds)
    return cells.reshape(-1, n_kinds).astype(np.float64)


def _next_after_last(log: JourneyLog, who: Codes, *, stage: int, quiet: float) -> Codes:
    """Stage that followed each customer's last event of `stage`; -1 silent, -2 recent."""
    last = np.full(log.n_customers, -1, dtype=np.int64)
    position = np.flatnonzero(log.stage == stage)
    last[log.customer[position]] = position
    at = last[who]
    after = np.minimum(at + 1, max(len(log.stage) - 1, 0))
    follows = (after > at) & (log.customer[after] == who)
    rests = np.where(log.until - log.time[at] >= quiet, -1, -2)
    return np.where(follows, log.stage[after], rests).astype(np.int64)


def _step_name(step: int, stages: Sequence[str]) -> str:
    return {-1: SILENT, -2: RECENT}.get(step) or stages[step]
