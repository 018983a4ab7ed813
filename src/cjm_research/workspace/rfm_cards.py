"""RFM over a store: its table by buckets, and its cuts, which are taken once and kept."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.segmentation.rfm import RfmCard, rfm_card
from cjm_research.segmentation.rfm_table import READ, rfm_table
from cjm_research.store.whole import write_whole
from cjm_research.study.days import begin_of
from cjm_research.workspace.kept import read_kept

if TYPE_CHECKING:
    from cjm_research.workspace.workspace import Workspace

_FOLDER = "rfm-card"  # no grouping can be named so
_MAKES = ("recency_days", "orders", "revenue", "model")
"""Settings of ``[rfm]`` that make the cuts; a change of one takes them anew."""


def frozen_rfm_card(world: Workspace) -> RfmCard:
    """Return the cuts of a study: kept ones, else those of the open study, which are then kept.

    A later run scores by the same cuts, so that a customer's score changes only when the
    customer does. The file is JSON under ``models/rfm-card/`` of the study's store; older ones
    stay beside it.

    Raises
    ------
    NoDataError
        If nobody has ordered with a date, and no cuts are kept.
    StoreError
        If the kept file is no card.
    """
    plan = world.study.rfm
    plain = json.dumps(plan.model_dump(include=set(_MAKES), mode="json"), sort_keys=True)
    path = world.store.folder / "models" / _FOLDER / (
        f"{hashlib.sha256(plain.encode()).hexdigest()[:12]}.json"
    )  # fmt: skip
    if path.is_file():
        return read_kept(path, RfmCard.from_json, remedy="Delete it to take the cuts anew.")
    card = rfm_card(world.features, plan, as_of=f"{world.as_of:%Y-%m-%d}")
    write_whole(path, card.to_json())
    return card


def rfm_by_bucket(world: Workspace, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return `rfm_table` of all order lines; one bucket is held in memory at a time.

    Parameters
    ----------
    world : Workspace
        The open study.
    day : pandas.Timestamp, optional
        The last day, with the study's zone; the study's if absent.
    """
    day = begin_of(world.as_of, world.study.zone) if day is None else day
    store, columns = world.store, [c for c in world.store.columns("orders") if c in READ]
    parts = [
        rfm_table(store.read("orders", columns=columns, bucket=b), as_of=day) for b in world.buckets
    ]
    return pd.concat(parts, ignore_index=True).sort_values("customer_id", ignore_index=True)
