"""The tables that a journey is made of, and parts of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import pandas as pd

from cjm_research.journey.coded_events import CodedEvents
from cjm_research.journey.log import in_utc, moment
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from cjm_research.journey.coded_events import EventStages

Table = TypeVar("Table", bound=pd.DataFrame | CodedEvents)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JourneyData:
    """The three tables that a journey is made of."""

    event_stages: EventStages
    feedback: pd.DataFrame
    feedback_codes: pd.DataFrame
    lost: frozenset[str] = frozenset()
    """Customers who are known to have left."""
    purchases: pd.DataFrame | None = None
    """`customer_id` and `ordered_at`: a new round after one is no step back."""

    def of(self, customers: Collection[object]) -> Self:
        """Return the rows of some customers only."""
        chosen = pd.Series(list(customers), dtype="string[pyarrow]")
        return type(self)(
            event_stages=_whose(self.event_stages, chosen),
            feedback=_whose(self.feedback, chosen),
            feedback_codes=_whose(self.feedback_codes, chosen),
            lost=self.lost,
            purchases=self.purchases,
        )

    def between(self, first: pd.Timestamp, end: pd.Timestamp) -> Self:
        """Return the rows from a moment on and before another; rows without time are left out."""
        until = self.before(end)
        return type(self)(
            event_stages=_from(until.event_stages, "occurred_at", first),
            feedback=_from(until.feedback, "given_at", first),
            feedback_codes=_from(until.feedback_codes, "given_at", first),
            lost=self.lost,
            purchases=self.purchases,
        )

    def of_brand(self, brand: str | None) -> Self:
        """Return the data without answers about other brands; all of them if none is named."""
        return self._by_brand(brand, own=True)

    def of_rivals(self, brand: str | None) -> Self:
        """Return the answers about other brands only; no events are of rivals."""
        return self._by_brand(brand, own=False)

    def before(self, end: pd.Timestamp | str) -> Self:
        """Return the rows from before a moment (UTC if it has no zone), and those without time."""
        end = in_utc(end)
        return type(self)(
            event_stages=_earlier(self.event_stages, "occurred_at", end),
            feedback=_earlier(self.feedback, "given_at", end),
            feedback_codes=_earlier(self.feedback_codes, "given_at", end),
            lost=self.lost,
            purchases=self.purchases,
        )

    def _by_brand(self, brand: str | None, *, own: bool) -> Self:
        def of(frame: pd.DataFrame) -> pd.DataFrame:
            if brand is None or "brand" not in frame:
                return frame if own else frame.iloc[:0]
            is_own = frame["brand"].isna() | (frame["brand"] == brand).fillna(value=False)
            return frame.loc[is_own if own else ~is_own]

        return type(self)(
            event_stages=self.event_stages,
            feedback=of(self.feedback),
            feedback_codes=of(self.feedback_codes),
            lost=self.lost,
            purchases=self.purchases,
        )


def _whose(frame: Table, customers: pd.Series) -> Table:
    if isinstance(frame, CodedEvents):
        return frame.of(customers)
    if "customer_id" not in frame:
        return frame.iloc[:0]
    return frame.loc[rows_of(frame["customer_id"], customers)]


def _earlier(frame: Table, column: str, end: pd.Timestamp) -> Table:
    if isinstance(frame, CodedEvents):
        return frame.before(moment(end))
    if column not in frame:
        return frame
    times = pd.to_datetime(frame[column], utc=True)
    is_later = (times >= end).fillna(value=False)
    return frame.loc[~is_later] if is_later.any() else frame  # mostly nothing is left out


def _from(frame: Table, column: str, first: pd.Timestamp) -> Table:
    if isinstance(frame, CodedEvents):
        return frame.since(moment(first))
    if column not in frame:
        return frame.iloc[:0]
    times = pd.to_datetime(frame[column], utc=True)
    return frame.loc[times.notna() & (times >= in_utc(first))]
