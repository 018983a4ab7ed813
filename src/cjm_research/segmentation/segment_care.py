"""Where each segment lies in the customer matrix, and how many of it are due for contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjm_research.study.model import Limits

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
    waits = due[due["reason"].isin(["never", "cadence"]).to_numpy(dtype=bool)]
    rows = members[["customer_id", "segment"]].merge(
        placed[["customer_id", "cell", "gap_p80_days", "n_order_days"]], on="customer_id"
    )
    rows["waits"] = rows["customer_id"].isin(waits["customer_id"])
    found = {}
    for segment, own in rows.groupby("segment", sort=True):
        if limits.level(len(own)) in ("hidden", "facts"):
            continue
        cells = own["cell"].value_counts()
        cell = min(cells.index, key=lambda c: (-cells[c], c))
        pauses = own["gap_p80_days"][(own["n_order_days"] >= 4).to_numpy(bool, na_value=False)]
        usual = pauses.dropna().to_numpy(np.float64)
        found[str(segment)] = SegmentCare(
            segment=str(segment),
            n=len(own),
            cell=str(cell),
            cell_share=float(cells[cell] / len(own)),
            cadence_days=int(cadence[str(cell)]),
            n_due=int(own["waits"].sum()),
            pause_days=float(np.median(usual)) if len(usual) >= FEWEST_RHYTHMS else float("nan"),
        )
    return found
