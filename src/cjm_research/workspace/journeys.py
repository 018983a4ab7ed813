"""The tables of an open study that its journey is made of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.coded_events import NAMED, coded_events
from cjm_research.journey.lanes import LANES
from cjm_research.journey.log_checks import KNOWN_OF, LOOKED_AT
from cjm_research.journey.moving_up import TRAITS
from cjm_research.journey.order_path import BoughtOrders, bought_by_part, with_bought
from cjm_research.journey.scope import JourneyTables
from cjm_research.needs.survey.questions import with_scales
from cjm_research.store.extents import is_full
from cjm_research.store.reading import column_names, read_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjm_research.journey.coded_events import CodedEvents
    from cjm_research.workspace.workspace import Workspace

_OF_BOUGHT = ("customer_id", "ordered_at", "order_id", "status")
_OF_ORDERS = {*_OF_BOUGHT, "channel", *TRAITS, *LANES}
_IDS = ("event_id", "session_id")


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
    events = _event_stages(world)
    orders, bought = _orders(world, needs_lines=events.empty)
    return JourneyTables(
        events=_Buckets(world),
        event_stages=events,
        orders=orders,
        feedback=with_scales(world.feedback, world.study.survey),
        feedback_codes=world.feedback_codes,
        customers=world.customers,
        segments=_segments(world, grouping),
        deals=world.deals,
        bought=bought,
    )


def _orders(world: Workspace, *, needs_lines: bool) -> tuple[pd.DataFrame, BoughtOrders | None]:
    """Return the order lines, none where no part of the journey asks for them, and the orders."""
    store, there = world.store, world.store.columns("orders")
    columns = [c for c in there if c in _OF_ORDERS]
    told = {c for c in columns if store.span("orders", c) is not None}
    has_some_ids = "order_id" in told and not is_full(store.parts("orders"), "order_id")
    if needs_lines or has_some_ids or told.issuperset(LANES):
        orders = store.read("orders", columns=columns)
        return orders, with_bought(orders, columns=TRAITS)
    used = [c for c in columns if c in {*_OF_BOUGHT, *TRAITS} and (c != "order_id" or c in told)]
    parts = (store.read("orders", columns=used, bucket=b) for b in world.buckets)
    return pd.DataFrame(columns=columns), bought_by_part(parts, columns=TRAITS)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Buckets:
    """Events and customers of one bucket after the other, with the columns that are looked at."""

    world: Workspace

    def __iter__(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """Read each bucket when its turn comes."""
        store = self.world.store
        asked = {rule.column for stage in self.world.study.stages for rule in stage.events}
        used = [c for c in store.columns("events") if c in {*LOOKED_AT, *asked}]
        has_file = "source_file" in used
        short = [c for c in used if c not in _IDS or c in asked or not has_file]
        known = [c for c in store.columns("customers") if c in KNOWN_OF]
        for bucket in self.world.buckets:
            events = store.read("events", columns=short, bucket=bucket)
            if len(short) < len(used) and len(events["source_file"].dropna().unique()) > 1:
                # Only files are told apart by ids of events and sessions.
                events = store.read("events", columns=used, bucket=bucket)
            yield events, store.read("customers", columns=known, bucket=bucket)


def _event_stages(world: Workspace) -> CodedEvents:
    """Return the event stages with the columns that analyses of all of them look at."""
    parts = [world.make("event_stages", bucket) for bucket in world.buckets]
    there = column_names(parts[0])
    asked = [c for c in ("customer_id", "occurred_at", *NAMED) if c in there]
    return coded_events(read_part(path, asked) for path in parts)
