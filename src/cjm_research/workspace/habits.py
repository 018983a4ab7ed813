"""Habits of a study's customers, and stages of its touchpoints: made once, read by many pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from cjm_research.journey.placing import main_stages, place_counts
from cjm_research.segmentation.habits import (
    LINES,
    TABLES,
    VISITS,
    Habits,
    habits,
    joined_habits,
)
from cjm_research.segmentation.tops import NAMES
from cjm_research.store.reading import column_names, read_part
from cjm_research.workspace.keys import key
from cjm_research.workspace.several import derived_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjm_research.workspace.workspace import Workspace


def study_habits(world: Workspace) -> Habits:
    """Return what every customer buys and sees, and when each is there: kept ones, else made."""
    frames = derived_together(
        world.store, TABLES, key=key(_key(world), str(world.study.tzinfo)),
        make=lambda: joined_habits(list(_parts(world))).to_frames(),
    )  # fmt: skip
    return Habits.from_frames(*frames)


def named_lines(world: Workspace) -> pd.DataFrame:
    """Return the order lines that tell the names of products; none where no column does."""
    there = world.store.columns("orders")
    if not any(c in there for c in NAMES):
        return pd.DataFrame()
    wanted = {"product", "status", "amount", *NAMES}
    return world.store.read("orders", columns=[c for c in there if c in wanted])


def study_places(world: Workspace) -> pd.Series[str]:
    """Return the stage of each touchpoint, as `journey.placing.touchpoint_stages` gives it."""
    counts = world.store.derived(
        "places",
        key=_key(world),
        bucket=0,
        make=lambda: pd.concat(
            [place_counts(_stages(world, b, ("touchpoint", "stage"))) for b in world.buckets]
        ),
    )
    return main_stages([counts])


def _key(world: Workspace) -> str:
    return key(world.store.version.id, str(world.study.stages))


def _parts(world: Workspace) -> Iterator[Habits]:
    store, zone = world.store, str(world.study.tzinfo)
    lines = [c for c in store.columns("orders") if c in LINES]
    clock: Literal["events", "orders"] = "events" if store.has("events") else "orders"
    for bucket in world.buckets:
        orders = store.read("orders", columns=lines, bucket=bucket)
        yield habits(orders, _stages(world, bucket, VISITS), zone=zone, clock=clock)


def _stages(world: Workspace, bucket: int, columns: tuple[str, ...]) -> pd.DataFrame:
    path = world.make("event_stages", bucket)
    there = column_names(path)
    return read_part(path, [c for c in there if c in columns])
