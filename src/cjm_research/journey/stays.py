"""What customers met while they were at a stage, before they moved on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.journey.kernel import opens
from cjm_research.journey.log import journey_log
from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    known = event_stages["stage"].isin(list(stages)) & event_stages["touchpoint"].notna()
    rows = event_stages.loc[known, ["customer_id", "occurred_at", "stage", "touchpoint"]]
    cell = _cells(rows["stage"], rows["touchpoint"])
    names = sorted(cell.categories)
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


def _cells(stage: pd.Series, touchpoint: pd.Series) -> pd.Categorical[str]:
    """Return stage and touchpoint of each event as one text, each different one made once."""
    (stages, of_stage), (points, of_point) = (pd.factorize(s) for s in (stage, touchpoint))
    pairs, codes = np.unique(stages * max(len(of_point), 1) + points, return_inverse=True)
    names = [f"{of_stage[p // len(of_point)]}{BETWEEN}{of_point[p % len(of_point)]}" for p in pairs]
    return pd.Categorical.from_codes(codes, categories=pd.Index(names))


def _at(i: int, events: tuple[Codes, Codes, Codes], n_customers: int, names: list[str]) -> Stays:
    customer, stage, touchpoint = events
    n = len(stage)
    here = np.flatnonzero(stage == i)
    first = _earliest(customer, here, n_customers)
    beyond = np.flatnonzero(stage > i)
    later = _earliest(customer, beyond[beyond > first[customer[beyond]]], n_customers)
    kept = here[here < later[customer[here]]]
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


def _earliest(customer: Codes, places: Codes, n_customers: int) -> Codes:
    """Return each customer's first of some places, which rise; the number of all if none."""
    first = np.full(n_customers, len(customer), dtype=np.int64)
    who = customer[places]
    opening = opens(who)
    first[who[opening]] = places[opening]
    return first
