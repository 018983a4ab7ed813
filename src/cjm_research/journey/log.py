"""Event stages as arrays of codes: what the kernels of this package work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JourneyLog:
    """Timed events of customers, one after the other, each customer's in their order."""

    customer: Codes
    """Number of the customer in `ids`; rises."""
    stage: Codes
    """Number of the stage in `stages`; -1 for a stage that was not asked about."""
    time: Codes
    """Microseconds since 1970, UTC; rises within a customer."""
    ids: pd.Index
    stages: tuple[str, ...]
    until: int
    """Microseconds; nothing is known of what happened later."""
    n_without_time: int
    """Events that were left out because they have no time."""

    @property
    def n_customers(self) -> int:
        """Customers with at least one timed event."""
        return len(self.ids)

    def runs(self) -> Codes:
        """Return the number of each event's run: events in a row of one customer and stage."""
        return np.cumsum(self.run_starts()) - 1

    def run_starts(self) -> NDArray[np.bool_]:
        """Tell which events open a run."""
        starts = np.ones(len(self.customer), dtype=bool)
        starts[1:] = (self.customer[1:] != self.customer[:-1]) | (self.stage[1:] != self.stage[:-1])
        return starts


def journey_log(
    event_stages: pd.DataFrame,
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
) -> JourneyLog:
    """Put event stages into arrays, ordered by customer and time.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        With `customer_id`, `occurred_at` and `stage`. Events of one customer with equal
        stamps keep the order that they have in the table.
    stages : sequence of str
        Stages that are asked about, in their order.
    observed_until : pandas.Timestamp or str, optional
        Events from this time on are left out; a time without a zone is UTC. Just after the
        newest event if absent.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If no stage is named, or one stands twice, or `observed_until` is no time.
    """
    names = tuple(stages)
    if not names or len(set(names)) != len(names):
        raise ParameterError.expected("stages", "different names, one or more", got=list(names))
    for column in ("customer_id", "occurred_at", "stage"):
        if column not in event_stages:
            raise SchemaError.missing_column(
                column, table="event_stages", found=list(event_stages.columns)
            )
    time, has_time = _microseconds(event_stages["occurred_at"])
    until = _end(time[has_time]) if observed_until is None else _moment(observed_until)
    kept = has_time & (time < until)
    customer, ids = pd.factorize(event_stages["customer_id"][kept])
    codes, found = pd.factorize(event_stages["stage"][kept])
    number = {name: i for i, name in enumerate(names)}
    stage = np.array([*(number.get(str(f), -1) for f in found), -1], dtype=np.int64)[codes]
    time = time[kept]
    order = np.lexsort((time, customer))
    return JourneyLog(
        customer=customer[order].astype(np.int64),
        stage=stage[order],
        time=time[order],
        ids=pd.Index(ids),
        stages=names,
        until=until,
        n_without_time=int((~has_time).sum()),
    )


def _microseconds(stamps: pd.Series) -> tuple[Codes, NDArray[np.bool_]]:
    utc = pd.to_datetime(stamps, utc=True).dt.as_unit("us")
    has_time = utc.notna().to_numpy(dtype=bool)
    return utc.to_numpy(dtype="datetime64[us]").astype(np.int64), has_time


def _end(time: Codes) -> int:
    return int(time.max()) + 1 if len(time) else 0


def _moment(stamp: pd.Timestamp | str) -> int:
    try:
        moment = pd.Timestamp(stamp)
    except ValueError:
        raise ParameterError.expected("observed_until", "a time", got=stamp) from None
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    return int(moment.as_unit("us").to_numpy().astype(np.int64))
