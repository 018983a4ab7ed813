"""Where each segment lies in the customer matrix, and how many of it are due for contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.segmentation.codes import positions_among
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits

RHYTHM_DAYS = 4
"""Order days from which a customer has a rhythm: three pauses."""
FEWEST_RHYTHMS = 30
"""Customers with a rhythm of their own that a usual pause is told from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCare:
    """What the customer matrix says of one segment."""

    segment: str
    n: int
    """Members in the matrix."""
    cell: str
    """Cell of most of them."""
    cell_share: float
    cadence_days: int
    """Days between contacts in that cell."""
    n_due: int
    """Members due for contact by the cadence of their own cells, or never contacted."""
    pause_days: float
    """Median of the 80th percentiles of their own pauses; NaN if too few have a rhythm."""


def segment_care(
    due: pd.DataFrame,
    placed: pd.DataFrame,
    members: pd.DataFrame,
    *,
    cadence: Mapping[str, int],
    limits: Limits,
) -> dict[str, SegmentCare]:
    """Summarise matrix, contacts and rhythm by segment; too small a segment has no entry.

    Parameters
    ----------
    due : pandas.DataFrame
        As `care.due_for_contact` gives.
    placed : pandas.DataFrame
        As `matrix.place_customers` gives.
    members : pandas.DataFrame
        `customer_id` and `segment`.
    cadence : mapping of str to int
        Days between contacts in each cell.
    limits : Limits
        How many customers may be described.
    """
    waits = due["reason"].isin(["never", "cadence"]).to_numpy(dtype=bool)
    is_waiting = rows_of(placed["customer_id"], due["customer_id"][waits])
    at = positions_among(members["customer_id"], placed["customer_id"])
    segment, names = pd.factorize(members["segment"], sort=True)
    cell, cells = pd.factorize(placed["cell"], sort=True)
    pause = placed["gap_p80_days"].to_numpy(dtype=np.float64, na_value=np.nan)
    days = placed["n_order_days"].to_numpy(dtype=np.float64, na_value=np.nan)
    has_rhythm = (days >= RHYTHM_DAYS) & ~np.isnan(pause)
    found = {}
    for number, name in enumerate(map(str, names)):
        own = at[(segment == number) & (at >= 0)]
        if limits.level(len(own)) in ("hidden", "facts"):
            continue
        counts = np.bincount(cell[own], minlength=len(cells))
        best = int(counts.argmax())  # the first in the alphabet of those that are even
        usual = pause[own][has_rhythm[own]]
        found[name] = SegmentCare(
            segment=name,
            n=len(own),
            cell=str(cells[best]),
            cell_share=float(counts[best] / len(own)),
            cadence_days=int(cadence[str(cells[best])]),
            n_due=int(is_waiting[own].sum()),
            pause_days=float(np.median(usual)) if len(usual) >= FEWEST_RHYTHMS else float("nan"),
        )
    return found
