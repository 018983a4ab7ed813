"""The tables of an open study that its journey is made of."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.log_checks import LOOKED_AT
from cjm_research.journey.moving_up import TRAITS
from cjm_research.journey.order_path import with_bought
from cjm_research.journey.scope import JourneyTables
from cjm_research.needs.survey.questions import with_scales

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.workspace.workspace import Workspace


def journey_tables(world: Workspace, grouping: str = "") -> JourneyTables:
    """Return the tables for `analyse_journey` and the maps.

    Parameters
    ----------
    world : Workspace
        An open study.
    grouping : str
        Whose segments are compared; the first of the study if empty.

    Raises
    ------
    ParameterError
        If the study has no such grouping.
    """
    return JourneyTables(
        events=_events(world),
        event_stages=world.event_stages,
        orders=world.orders,
        feedback=with_scales(world.feedback, world.study.survey),
        feedback_codes=world.feedback_codes,
        customers=world.customers,
        segments=_segments(world, grouping),
        deals=world.deals,
        bought=with_bought(world.orders, columns=TRAITS),
    )


def _segments(world: Workspace, grouping: str) -> pd.DataFrame | None:
    """Return the segments to compare; of the first grouping, which nobody asked for, if it has any.

    Its own page says why it has none.
    """
    if grouping:
        return world.segments(grouping)
    if world.study.groupings:
        with suppress(NoDataError, ParameterError):
            return world.segments()
    return None


def _events(world: Workspace) -> pd.DataFrame:
    """Return the events with the columns that the journey looks at: they are the largest table."""
    there = world.store.columns("events")
    asked = {rule.column for stage in world.study.stages for rule in stage.events}
    events = world.store.read("events", columns=[c for c in there if c in {*LOOKED_AT, *asked}])
    if "event_id" in asked or events["session_id"].notna().any():
        return events
    return events.drop(columns="event_id")  # only sessions are told apart by it
