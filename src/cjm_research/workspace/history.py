"""A grouping on two days of one study: who moved, and whether a forecast came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.column_values import OTHER
from cjm_research.segmentation.history import Period, migration
from cjm_research.segmentation.value.contract_life import (
    ContractLife,
    contract_life,
    contract_times,
)
from cjm_research.segmentation.value.prospects import Asked, Memberships, prospects
from cjm_research.store.rows import rows_of
from cjm_research.study.days import begin_of
from cjm_research.workspace.forecasts import study_forecasts

if TYPE_CHECKING:
    from cjm_research.segmentation.moves import Migration
    from cjm_research.segmentation.value.prospects import Prospects
    from cjm_research.study.plans import Grouping
    from cjm_research.workspace.workspace import Workspace


def segment_history(
    world: Workspace, grouping: Grouping, *, days: int, confidence: float = 0.95
) -> Migration | None:
    """Follow the customers of a grouping from an earlier day to the day of the open study.

    What customers did and said is counted up to each day; their attributes (a city, a niche)
    are those of the source, which keeps no older ones. Who became a customer after the earlier
    day is new.

    Parameters
    ----------
    world : Workspace
        The open study.
    grouping : Grouping
        Which grouping.
    days : int
        How long before the study's day the earlier one lies; 0 asks for no history.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    Migration or None
        None where the data have no day, or begin after the earlier day.
    """
    if world.window is None or days <= 0:
        return None
    then = world.as_of - pd.Timedelta(days=days)
    if f"{then:%Y-%m-%d}" < world.window[0]:
        return None
    grouping = world.settled(grouping)
    now = world.memberships_of(grouping)  # first: clusters are found on the day that is asked for
    features = world.features
    tenure = features["tenure_days"]
    known = features.loc[tenure.isna() | (tenure >= days), "customer_id"]
    order = [s.id for s in grouping.segments] or _by_size(now)
    before = world.at(then).memberships_of(grouping)
    before = before[rows_of(before["customer_id"], known)]
    return migration(
        before,
        now,
        segments=[*order, *sorted(set(before["segment"]) - set(order))],
        known_before=pd.Index(known.astype("string[pyarrow]")),
        period=Period(
            grouping=grouping.id,
            since=f"{then:%Y-%m-%d}",
            until=f"{world.as_of:%Y-%m-%d}",
            confidence=confidence,
            window=world.window,
        ),
        limits=world.limits,
    )


def _by_size(members: pd.DataFrame) -> list[str]:
    counts = members["segment"].value_counts()
    return sorted(map(str, counts.index), key=lambda s: (s == OTHER, -counts[s], s))


def segment_prospects(
    world: Workspace, grouping: Grouping, *, horizon: int, confidence: float = 0.95
) -> Prospects | None:
    """Forecast the segments of a grouping, checked on those of the day before the newest days.

    Parameters
    ----------
    world : Workspace
        The open study.
    grouping : Grouping
        Which grouping.
    horizon : int
        Days that chances look ahead, and that they are checked on.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    Prospects or None
        None where there are no dated orders, too few of them, or none from before those days.

    Raises
    ------
    ParameterError
        If the horizon is not 7 to 730 days.
    """
    if not 7 <= horizon <= 730:  # as the page says
        raise ParameterError.expected("horizon", "from 7 to 730 days", got=horizon)
    if world.window is None or not world.store.has("orders"):
        return None
    then = world.as_of - pd.Timedelta(days=horizon)
    if f"{then:%Y-%m-%d}" < world.window[0]:
        return None
    grouping = world.settled(grouping)
    now = world.memberships_of(grouping)  # first: clusters are found on the day that is asked for
    members = Memberships(now, world.at(then).memberships_of(grouping))
    asked = Asked(
        grouping=grouping.id,
        as_of=begin_of(world.as_of, world.study.zone),
        horizon=horizon,
        confidence=confidence,
        limits=world.limits,
    )
    try:
        found = study_forecasts(world, horizon=horizon, confidence=confidence)
        return prospects(found, members, asked)
    except (NoDataError, SchemaError):
        return None


def segment_contracts(
    world: Workspace, grouping: Grouping, *, periods: str = "", confidence: float = 0.95
) -> ContractLife | None:
    """Tell how long the contracts of each segment run; None where nothing tells it.

    Parameters
    ----------
    world : Workspace
        The open study.
    grouping : Grouping
        Which grouping.
    periods : str
        Column of the customers with whole periods, where contracts have no dates.
    confidence : float, default 0.95
        Of the intervals.

    Raises
    ------
    ParameterError
        If there is no such column, or it holds no numbers.
    """
    try:
        times = contract_times(world.customers, world.contracts, as_of=world.as_of, periods=periods)
    except NoDataError:
        return None
    members = world.memberships_of(grouping)
    life = contract_life(
        times, members, grouping=grouping.id, limits=world.limits, confidence=confidence
    )
    return life if life.points else None
