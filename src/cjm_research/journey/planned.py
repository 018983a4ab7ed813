"""How many customers take the stages in their planned order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.log import journey_log
from cjm_research.journey.rounds import visits
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import JourneyLog
    from cjm_research.study.model import Limits

WAYS = ("as_planned", "skipped", "went_back")
"""One stage after the other from the first on; forward only, but not each; back at least once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrder(Result):
    """Customers by how their first round compares with the planned order."""

    units: ClassVar[Mapping[str, Unit]] = {
        "way": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    counts: tuple[int, int, int]
    """Customers of each of `WAYS`."""
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    n_single: int
    """Customers with one visit only: nothing can be said of their order."""
    confidence: float
    limits: Limits = USUAL

    @property
    def n(self) -> int:
        """Customers with two visits or more."""
        return sum(self.counts)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per way."""
        n = self.n
        plain = [
            (way, c, c / n if n else float("nan"), low, high)
            for way, c, low, high in zip(WAYS, self.counts, self.low, self.high, strict=True)
        ]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how many follow the planned order."""
        if not self.n:
            return ()
        return (
            Finding(
                id="journey/planned_order",
                kind="planned_order",
                subject={},
                estimate=self.counts[0] / self.n,
                low=self.low[0],
                high=self.high[0],
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=self.n,
                method="wilson",
                customers=self.counts[0],
                status=told(self.limits, self.n),
                values={"skipped": self.counts[1] / self.n, "went_back": self.counts[2] / self.n},
            ),
        )


def planned_order(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    purchases: pd.DataFrame | None = None,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> PlannedOrder:
    """Compare each customer's first round with the order of the stages.

    A customer who stopped half-way followed the order as far as they came.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the planned order.
    purchases : pandas.DataFrame, optional
        `customer_id` and `ordered_at`; a purchase ends a round, as `visits` says.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.
    """
    log = journey_log(event_stages, stages, observed_until=observed_until)
    seen = visits(log, purchases)
    rounds = seen.rounds()
    first_round = np.zeros(len(rounds), dtype=np.int64)
    first_round[seen.first] = rounds[seen.first]
    in_first = rounds == np.maximum.accumulate(first_round)
    step = np.zeros(len(rounds), dtype=np.int64)
    step[1:] = seen.stage[1:] - seen.stage[:-1]
    step[seen.first] = np.where(seen.stage[seen.first] == 0, 1, 2)  # to begin later is to skip
    n = seen.n_customers
    went_back, skipped, many = (
        np.bincount(seen.customer[which], minlength=n) > 0
        for which in (in_first & (step < 0), in_first & (step > 1), in_first & ~seen.first)
    )
    counts = (
        int((many & ~went_back & ~skipped).sum()),
        int((many & ~went_back & skipped).sum()),
        int((many & went_back).sum()),
    )
    low, high = wilson_interval(counts, sum(counts), confidence=confidence)
    return PlannedOrder(
        counts=counts,
        low=(float(low[0]), float(low[1]), float(low[2])),
        high=(float(high[0]), float(high[1]), float(high[2])),
        n_single=n - sum(counts),
        confidence=confidence,
        limits=limits,
    )
