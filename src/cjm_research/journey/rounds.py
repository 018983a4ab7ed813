"""Visits of stages, and which of them begin a new round after a purchase."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.journey.kernel import opens
from cjm_research.journey.ordering import NO_TIME, microseconds
from cjm_research.journey.placing import need
from cjm_research.journey.stage_moves import on_stages
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.journey.log import Codes, JourneyLog


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visits:
    """Events in a row at one stage, as one; in the order of the log."""

    customer: NDArray[np.int32]
    """Rises."""
    stage: NDArray[np.signedinteger]
    time: Codes
    """Microseconds of the first event."""
    again: NDArray[np.bool_]
    """Whether the visit begins a new round: no step back, but another purchase to come."""
    n_customers: int
    n_stages: int

    @property
    def first(self) -> NDArray[np.bool_]:
        """Tell which visits are the first of their customer."""
        return opens(self.customer)

    @property
    def is_back(self) -> NDArray[np.bool_]:
        """Tell which visits are a step back: to an earlier stage within the same round."""
        back = np.zeros(len(self.stage), dtype=bool)
        back[1:] = (self.stage[1:] < self.stage[:-1]) & ~self.first[1:]
        return back & ~self.again

    def rounds(self) -> NDArray[np.int64]:
        """Return the number of each visit's round; a customer's first begins a round."""
        return np.cumsum(self.first | self.again) - 1


def visits(log: JourneyLog, purchases: pd.DataFrame | None = None) -> Visits:
    """Return the visits of the stages that were asked about.

    Parameters
    ----------
    log : JourneyLog
        Events of other stages are passed over.
    purchases : pandas.DataFrame, optional
        `customer_id` and `ordered_at`: the orders that were bought. After a purchase, the
        first move to an earlier stage that is not later than the stage where purchases are
        made begins a new round. Without it there is one round per customer.

    Notes
    -----
    The stage of purchases is the one at which most of them were made: that of the customer's
    last event before. A rule of our own; checked on journeys written by hand
    (``tests/journey/test_rounds.py``).
    """
    # Both are kept, so that another table cannot take the place of this one.
    _, seen = log.kept(("visits", id(purchases)), lambda: (purchases, _visits(log, purchases)))
    return seen


def _visits(log: JourneyLog, purchases: pd.DataFrame | None) -> Visits:
    kept = on_stages(log)
    if purchases is None or not len(purchases):
        starts = np.flatnonzero(kept.run_starts())
        return Visits(
            customer=kept.customer[starts],
            stage=kept.stage[starts],
            time=kept.time[starts],
            again=np.zeros(len(starts), dtype=bool),
            n_customers=kept.n_customers,
            n_stages=len(log.stages),
        )
    seen = visits(log)
    return replace(seen, again=_again(seen, kept, purchases)) if len(seen.stage) else seen


def _again(seen: Visits, log: JourneyLog, purchases: pd.DataFrame) -> NDArray[np.bool_]:
    customer, stage = seen.customer, seen.stage
    buyer, bought_at = _purchases(log, purchases)
    before = _position(customer, seen.time, buyer, bought_at)
    made_at = stage[before[before >= 0]]
    if not len(made_at):
        return np.zeros(len(stage), dtype=bool)
    till = int(np.bincount(made_at).argmax())
    # Purchases of all customers up to each visit; those of customers before it cancel out.
    n_bought = np.cumsum(np.bincount(before[before >= 0] + 1, minlength=len(stage) + 1)[:-1])
    first = opens(customer)
    own = n_bought - n_bought[np.flatnonzero(first)][np.cumsum(first) - 1]
    back = np.zeros(len(stage), dtype=bool)
    back[1:] = (stage[1:] < stage[:-1]) & ~first[1:]
    candidates = np.flatnonzero(back & (own > 0) & (stage <= till))
    again = np.zeros(len(stage), dtype=bool)
    again[candidates[_allowed(customer[candidates], own[candidates])]] = True
    return again


def _allowed(customer: NDArray[np.int32], bought: Codes) -> NDArray[np.bool_]:
    """Tell which moves may begin a round: while fewer began than the customer has bought.

    The rounds begun by a customer's move number k are the least of k and of what was bought by
    move j, with one for each move since.

    Examples
    --------
    >>> _allowed(np.array([0, 0, 0, 1]), np.array([2, 2, 2, 1])).tolist()
    [True, True, False, True]
    """
    if not len(customer):
        return np.zeros(0, dtype=bool)
    first = opens(customer)
    own = np.cumsum(first) - 1
    number = np.arange(1, len(customer) + 1) - np.flatnonzero(first)[own]
    spare = np.minimum(bought - number, 0)
    low = -int(spare.min()) + 1  # sets customers apart, so that no minimum reaches the next
    begun = number + np.minimum.accumulate(spare - own * low) + own * low
    before = np.where(first, 0, np.append(0, begun[:-1]))
    return np.asarray(begun > before)


def _purchases(log: JourneyLog, purchases: pd.DataFrame) -> tuple[Codes, Codes]:
    """Return number of the customer and time of the purchases of the log's customers."""
    need(purchases, ("customer_id", "ordered_at"), table="orders")
    number = positions_of(purchases["customer_id"], log.ids)
    time = microseconds(purchases["ordered_at"])
    known = (number >= 0) & (time != NO_TIME) & (time < log.until)
    return number[known], time[known]


def _position(customer: NDArray[np.int32], time: Codes, buyer: Codes, bought_at: Codes) -> Codes:
    """Return the position of each buyer's last visit that began by the purchase; -1 for none."""
    ends = np.cumsum(np.bincount(customer, minlength=int(buyer.max(initial=0)) + 1))
    first = np.append(0, ends)[buyer]
    low, high = first.copy(), ends[buyer]  # the place lies between; each step halves what is left
    unsure = np.flatnonzero(low < high)
    while len(unsure):
        middle = (low[unsure] + high[unsure]) // 2
        has_begun = time[middle] <= bought_at[unsure]
        low[unsure[has_begun]] = middle[has_begun] + 1
        high[unsure[~has_begun]] = middle[~has_begun]
        unsure = unsure[low[unsure] < high[unsure]]
    return np.where(low > first, low - 1, -1)
