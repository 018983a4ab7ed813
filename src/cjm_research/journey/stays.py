"""What customers met while they were at a stage, before they moved on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.journey.log import journey_log
from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

BETWEEN = "\0"
"""No name in data has such a letter."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stays:
    """Events of customers at one stage, from the first until they were seen at a later one."""

    customer: Codes
    """Rises."""
    touchpoint: Codes
    """Number in `names`."""
    has_moved: NDArray[np.bool_]
    """For each event, whether its customer was seen at a later stage afterwards."""
    is_last: NDArray[np.bool_]
    """Whether it is the customer's last event of these."""
    names: tuple[str, ...]


def stays(
    event_stages: pd.DataFrame,
    stages: Sequence[str],
    *,
    observed_until: pd.Timestamp | str | None = None,
) -> dict[str, Stays]:
    """Return, for each stage, the events before customers moved on from it.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave. An event without a touchpoint is left out.
    stages : sequence of str
        Stages in the order of the journey.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    need(event_stages, ("customer_id", "occurred_at", "stage", "touchpoint"), table="event_stages")
    rows = event_stages.loc[event_stages["stage"].isin(list(stages))]
    rows = rows.dropna(subset=["touchpoint"])
    cell = rows["stage"].astype("str") + BETWEEN + rows["touchpoint"].astype("str")
    names = sorted(cell.unique())
    if not names:
        return {}
    told = rows[["customer_id", "occurred_at"]].assign(stage=cell)
    log = journey_log(told, names, observed_until=observed_until)
    pairs = [n.split(BETWEEN) for n in names]
    order = {s: i for i, s in enumerate(stages)}
    stage_of = np.array([order[s] for s, _ in pairs], dtype=np.int64)
    stage = stage_of[log.stage]
    touchpoints = sorted({t for _, t in pairs})
    place = {t: i for i, t in enumerate(touchpoints)}
    touchpoint_of = np.array([place[t] for _, t in pairs], dtype=np.int64)
    customer = log.customer.astype(np.int64)
    return {
        name: _at(i, (customer, stage, touchpoint_of[log.stage]), log.n_customers, touchpoints)
        for i, name in enumerate(stages)
    }


def _at(i: int, events: tuple[Codes, Codes, Codes], n_customers: int, names: list[str]) -> Stays:
    customer, stage, touchpoint = events
    n = len(stage)
    place = np.arange(n)
    first = np.full(n_customers, n, dtype=np.int64)
    np.minimum.at(first, customer[stage == i], place[stage == i])
    after = (stage > i) & (place > first[customer])
    later = np.full(n_customers, n, dtype=np.int64)
    np.minimum.at(later, customer[after], place[after])
    kept = np.flatnonzero((stage == i) & (place < later[customer]))
    who = customer[kept]
    is_last = np.ones(len(kept), dtype=bool)
    is_last[:-1] = who[1:] != who[:-1]
    return Stays(
        customer=who,
        touchpoint=touchpoint[kept],
        has_moved=later[who] < n,
        is_last=is_last,
        names=tuple(names),
    )
