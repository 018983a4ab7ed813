"""Purchases and forecasts of an open study: kept as derived tables, which all its pages read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.segmentation.outlook import Kept, Outlook, Settings, outlook
from cjm_research.segmentation.value.foreseen import Foreseen, foreseen
from cjm_research.segmentation.value.histories import (
    NO_PURCHASES,
    USED,
    PurchaseDays,
    joined_purchases,
    purchase_days,
)
from cjm_research.segmentation.value.kinds_bought import (
    KINDS,
    LINES,
    Needs,
    needs_by_part,
    telling_column,
)
from cjm_research.study.days import begin_of
from cjm_research.workspace.days import at_end
from cjm_research.workspace.keys import key
from cjm_research.workspace.rfm_cards import rfm_by_bucket
from cjm_research.workspace.several import derived_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cjm_research.workspace.workspace import Workspace


def study_purchases(world: Workspace) -> PurchaseDays:
    """Return the purchases up to the day of the study: kept ones, else made bucket by bucket.

    They are kept as two tables: ``buyers``, a customer and the number of own days a row, and
    ``purchases``, which holds these days one customer after the other.

    Raises
    ------
    NoDataError
        If no order has a customer and a day.
    SchemaError
        If the orders lack a column.
    """
    kept: dict[str, PurchaseDays] = world.__dict__.setdefault("_purchases", {})
    made = _key(world)
    if made not in kept:
        buyers, rows = derived_together(
            world.store, ("buyers", "purchases"), key=made,
            make=lambda: _frames(joined_purchases(_parts(world))),
        )  # fmt: skip
        kept[made] = PurchaseDays(
            ids=buyers["customer_id"],
            codes=np.repeat(np.arange(len(buyers)), buyers["n_days"].to_numpy()),
            days=rows["day"].to_numpy(dtype=np.int64),
            money=rows["money"].to_numpy(dtype=np.float64),
        )
    return kept[made]


def study_forecasts(world: Workspace, *, horizon: int, confidence: float = 0.95) -> Foreseen:
    """Return the forecasts of every customer and their check: kept ones, else made.

    Parameters
    ----------
    world : Workspace
        The open study.
    horizon : int
        Days ahead, and days that are held out.
    confidence : float, default 0.95
        Of the intervals of the check.

    Raises
    ------
    NoDataError
        If the orders cover less than twice the horizon, or too few customers.
    """
    as_of = begin_of(world.as_of, world.study.zone)
    frame = world.store.derived(
        "forecasts",
        key=key(_key(world), str(horizon), str(confidence)),
        bucket=0,
        make=lambda: foreseen(
            study_purchases(world), as_of=as_of, horizon=horizon, confidence=confidence
        ).to_frame(),
    )
    return Foreseen.from_frame(frame)


def study_outlook(
    world: Workspace, placed: pd.DataFrame, *, horizon: int, confidence: float = 0.95
) -> Outlook:
    """Return `outlook` of the study, its purchases and forecasts read where they are kept.

    Parameters
    ----------
    world : Workspace
        The open study.
    placed : pandas.DataFrame
        As `place_customers` gives.
    horizon : int
        Days that forecasts look ahead, and that they are checked on.
    confidence : float, default 0.95
        Of the intervals.
    """
    settings = Settings(
        as_of=begin_of(world.as_of, world.study.zone),
        horizon=horizon,
        rfm=world.study.rfm,
        confidence=confidence,
        limits=world.limits,
        window=at_end(world.window),
    )
    kept = Kept(
        purchases=lambda: study_purchases(world),
        forecasts=lambda _: study_forecasts(world, horizon=horizon, confidence=confidence),
        needs=lambda days: _needs(world, days),
        ordered=lambda day: rfm_by_bucket(world, day),
    )
    no_lines = pd.DataFrame(columns=_there(world, USED))
    return outlook(world.customers, no_lines, placed, settings, kept=kept)


def _needs(world: Workspace, purchases: PurchaseDays | None) -> Needs:
    """Return `needs_of` the study, its order lines read bucket by bucket."""
    if purchases is None:
        raise NoDataError(NO_PURCHASES)
    store, as_of = world.store, begin_of(world.as_of, world.study.zone)
    kind = telling_column([c for c in _there(world, KINDS) if store.span("orders", c) is not None])
    columns = _there(world, (*LINES, kind))
    return needs_by_part(
        lambda: (store.read("orders", columns=columns, bucket=b) for b in world.buckets),
        purchases,
        column=kind,
        as_of=as_of,
    )


def _there(world: Workspace, columns: Sequence[str]) -> list[str]:
    """Return those of some columns that the orders have, in their order."""
    there = world.store.columns("orders")
    return [c for c in columns if c in there]


def _key(world: Workspace) -> str:
    return key(world.store.version.id, world.as_of.isoformat(), world.study.zone)


def _parts(world: Workspace) -> Iterator[PurchaseDays]:
    columns = _there(world, USED)
    as_of = begin_of(world.as_of, world.study.zone)
    for bucket in world.buckets:
        orders = world.store.read("orders", columns=columns, bucket=bucket)
        with suppress(NoDataError):  # of this bucket
            yield purchase_days(orders, as_of=as_of)


def _frames(purchases: PurchaseDays) -> dict[str, pd.DataFrame]:
    buyers = {"customer_id": purchases.ids, "n_days": np.diff(purchases.starts)}
    days = {"day": purchases.days.astype(np.int32), "money": purchases.money}
    return {"buyers": pd.DataFrame(buyers), "purchases": pd.DataFrame(days)}
