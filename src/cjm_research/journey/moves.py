"""Where customers go next from each stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.kernel import opens
from cjm_research.journey.log import JourneyLog, journey_log
from cjm_research.journey.rounds import visits
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import ClusterSums, share_of_sums

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import Codes
    from cjm_research.journey.rounds import Visits

END = "end"
"""Next of a customer who was not seen anywhere else afterwards."""
AGAIN = "again"
"""Direction of a move that begins a new round after a purchase."""


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
    """``on``, ``back``, ``again`` (a new round after a purchase) or ``end``."""


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
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    purchases: pd.DataFrame | None = None,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
) -> Transitions:
    """Count the moves from each stage to the one that was visited next.

    Events in a row at one stage are one visit. Intervals are clustered by customer.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey.
    purchases : pandas.DataFrame, optional
        `customer_id` and `ordered_at`: moves that begin a new round after a purchase then
        stand apart from steps back, as `visits` says.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the intervals.
    """
    log = journey_log(event_stages, stages, observed_until=observed_until)
    return finish_transitions(move_sums(log, purchases), log.stages, confidence=confidence)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MoveSums:
    """Sums over customers that the moves and their intervals are made of; they add up."""

    n_customers: int
    counts: Codes
    """Moves from each stage to each other, to nothing, and to each as a new round: shape
    (n_stages, 2 * n_stages + 1); without purchases the new rounds are left out."""
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


def move_sums(log: JourneyLog, purchases: pd.DataFrame | None = None) -> MoveSums:
    """Add up the moves of a log's customers: one bucket's part of `transitions`.

    Notes
    -----
    With purchases, the stage at which they are made is that of most of the bucket's.
    """
    seen = visits(log, purchases)
    k = len(log.stages)
    n_kinds = k + 1 if purchases is None else 2 * k + 1
    following = _following(seen)
    counts = np.zeros((k, n_kinds), dtype=np.int64)
    visitors = np.zeros(k, dtype=np.int64)
    products = np.zeros((k, n_kinds, n_kinds))
    stage = seen.stage
    for i in range(k):
        here = np.flatnonzero(stage == i)
        if len(here):
            each = _counted(seen.customer[here], following[here], n_kinds=n_kinds)
            counts[i], visitors[i], products[i] = each.sum(axis=0), len(each), each.T @ each
    return MoveSums(
        n_customers=seen.n_customers, counts=counts, visitors=visitors, products=products
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
                next_stage=END if j == len(stages) else stages[j % (len(stages) + 1)],
                moves=int(count[j]),
                share=float(share[j]),
                low=float(ends.low[j]),
                high=float(ends.high[j]),
                direction=_direction(i, j, len(stages)),
            )
            for j in np.flatnonzero(count).tolist()
        ]
    return Transitions(moves=tuple(moves), n_customers=sums.n_customers, confidence=confidence)


def _following(seen: Visits) -> Codes:
    """Return the kind of what follows each visit, numbered as the counts of `MoveSums`."""
    out = np.full(len(seen.stage), seen.n_stages, dtype=np.int64)
    kind = seen.stage + (seen.n_stages + 1) * seen.again if seen.again.any() else seen.stage
    np.copyto(out[:-1], kind[1:], where=~seen.first[1:])
    return out


def _direction(stage: int, kind: int, n_stages: int) -> str:
    if kind > n_stages:
        return AGAIN
    if kind == n_stages:
        return END
    return "on" if kind > stage else "back"


def _counted(customer: NDArray[np.int32], following: Codes, *, n_kinds: int) -> NDArray[np.float64]:
    """Return how often each customer, of a rising array, was followed by each kind."""
    whose = np.cumsum(opens(customer)) - 1
    cells = np.bincount(whose * n_kinds + following, minlength=(int(whose[-1]) + 1) * n_kinds)
    return cells.reshape(-1, n_kinds).astype(np.float64)
