"""What each customer is likely to need next, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.segmentation.value.histories import day_of
from cjm_research.segmentation.value.kinds_bought import FEWEST, opens
from cjm_research.segmentation.value.rhythm import LOST, rhythm
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.value.kinds_bought import Needs

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

WEIGHTS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Purchases of others that the habit of all weighs as much as: chosen on the past."""


def transitions(needs: Needs) -> Floats:
    """Return, for each kind, the shares of the kinds bought next; half a purchase is added."""
    size = len(needs.kinds)
    codes, kind = needs.purchases.codes, needs.kind
    pair = (np.diff(codes) == 0) & (kind[:-1] >= 0) & (kind[1:] >= 0)
    flat = np.bincount(kind[:-1][pair] * size + kind[1:][pair], minlength=size * size)
    known = np.bincount(kind[kind >= 0], minlength=size) + 0.5
    smoothed = flat.reshape(size, size) + 0.5 * known / known.sum() * size
    shares: Floats = smoothed / smoothed.sum(axis=1, keepdims=True)
    return shares


def chances(needs: Needs, *, weight: float) -> Floats:
    """Return the chance of each kind at each customer's next purchase.

    The customer's own shares and the habits of all who last bought the same, which count like
    `weight` purchases.
    """
    n, size = len(needs.purchases.ids), len(needs.kinds)
    known = needs.kind >= 0
    flat = np.bincount(needs.purchases.codes[known] * size + needs.kind[known], minlength=n * size)
    own = flat.reshape(n, size).astype(np.float64)
    last = last_kind(needs)
    habits = np.vstack([transitions(needs), own.sum(axis=0) / own.sum()])[last]
    found: Floats = (own + weight * habits) / (own.sum(axis=1, keepdims=True) + weight)
    return found


def last_kind(needs: Needs) -> Whole:
    """Return the kind of each customer's last purchase of a known kind; -1 without one."""
    last = np.full(len(needs.purchases.ids), -1, dtype=np.int64)
    known = needs.kind >= 0
    last[needs.purchases.codes[known]] = needs.kind[known]
    return last


def best_weight(needs: Needs, *, as_of_day: int, horizon: int) -> float:
    """Return the weight of the habits of all that would have foretold the last days best."""
    past = needs.until(as_of_day - horizon)
    came, kind = first_after(needs, past, first=as_of_day - horizon + 1)
    if len(came) < FEWEST:
        return WEIGHTS[2]
    hits = [float((chances(past, weight=w)[came].argmax(axis=1) == kind).mean()) for w in WEIGHTS]
    return WEIGHTS[int(np.argmax(hits))]


def first_after(needs: Needs, past: Needs, *, first: int) -> tuple[Whole, Whole]:
    """Return the customers of `past` who bought a known kind later, and the kind they bought."""
    later = (needs.purchases.days >= first) & (needs.kind >= 0)
    codes, kind = needs.purchases.codes[later], needs.kind[later]
    starts = opens(codes)
    who = positions_of(needs.purchases.ids.iloc[codes[starts]], pd.Index(past.purchases.ids))
    kept = (who >= 0) & (last_kind(past)[who] >= 0)
    return who[kept], kind[starts][kept]


def next_needs(
    needs: Needs, *, as_of: pd.Timestamp, horizon: int = 90, same_as_last: bool = False
) -> pd.DataFrame:
    """Forecast the next need of each customer who is not long silent.

    Parameters
    ----------
    needs : Needs
        As `needs_of` gives.
    as_of : pandas.Timestamp
        The day.
    horizon : int
        Days of the past that the weight of others' habits is chosen on.
    same_as_last : bool
        Take the kind of the last purchase: where the check showed nothing better.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `last_kind`, `next_kind`, `chance`, `next_on` with `next_from` and
        `next_to` (20th to 80th percentile of the pauses), `basis` (``own`` or ``others``),
        `is_overdue` (the usual day has passed). Customers silent for three of their longest usual
        pauses have no row.
    """
    day = day_of(as_of)
    found = rhythm(needs.purchases)
    last_day = needs.purchases.days[needs.purchases.starts[1:] - 1]
    last = last_kind(needs)
    chance = chances(needs, weight=best_weight(needs, as_of_day=day, horizon=horizon))
    best = last if same_as_last else chance.argmax(axis=1)
    kept = (day - last_day <= LOST * found.late) & (last >= 0)
    rows = np.flatnonzero(kept)
    names = pd.Series(needs.kinds, dtype="string[pyarrow]")
    return pd.DataFrame({
        "customer_id": needs.purchases.ids.iloc[rows].array,
        "last_kind": names.take(last[rows]).array,
        "next_kind": names.take(best[rows]).array,
        "chance": chance[rows, best[rows]],
        **{name: _dates(last_day[rows] + part[rows]) for name, part in
           (("next_on", found.usual), ("next_from", found.early), ("next_to", found.late))},
        "basis": pd.array(np.where(found.is_own[rows], "own", "others"), dtype="string[pyarrow]"),
        "is_overdue": (last_day + found.usual)[rows] < day,
    })  # fmt: skip


def _dates(days: Floats) -> NDArray[np.datetime64]:
    dates: NDArray[np.datetime64] = np.round(days).astype("M8[D]").astype("M8[s]")
    return dates
