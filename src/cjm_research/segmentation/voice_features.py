"""What customers did around their orders and what they said: one row per customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjm_research.segmentation.kernels import codes_of, day_numbers, group_extreme, group_share
from cjm_research.segmentation.order_traits import seen_values
from cjm_research.segmentation.themes import heard
from cjm_research.segmentation.visits import visit_features

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.segmentation.kernels import Codes
    from cjm_research.segmentation.order_traits import Mains
    from cjm_research.segmentation.themes import Voices


def event_features(
    events: pd.DataFrame, known: pd.Index, *, day: int, zone: str
) -> tuple[dict[str, object], Mains, int]:
    """Count the events up to the day; then what was looked at most, and the rows after it."""
    rows, codes, later = _up_to(events, known, ("occurred_at", day, zone))
    days = (
        day_numbers(rows["occurred_at"], zone)
        if "occurred_at" in rows
        else np.full(len(rows), np.nan)
    )
    return (
        {
            "n_events": np.bincount(codes, minlength=len(known)),
            "last_event_days": day - group_extreme(codes, days, len(known), largest=True),
            **visit_features(rows, codes, len(known)),
        },
        seen_values(rows, codes, known),
        later,
    )


def voice_features(
    feedback_codes: pd.DataFrame, known: pd.Index, *, day: int, zone: str
) -> tuple[dict[str, object], Voices, int]:
    """Return number and mood of answers; then their voices, and the number of later rows."""
    rows, codes, later = _up_to(feedback_codes, known, ("given_at", day, zone))
    n = len(known)
    # A sentence stands once per theme: its sentiment must not count twice.
    once = ~rows.duplicated(["feedback_id", "sentence"]).to_numpy()
    sentiment = rows["sentiment"].to_numpy(dtype=np.float64, na_value=np.nan)
    answers = ~rows["feedback_id"].duplicated().to_numpy()
    columns: dict[str, object] = {
        "n_feedback": np.bincount(codes[answers], minlength=n),
        "mood": group_share(codes[once], sentiment[once], n),
    }
    return columns, heard(rows), later


def _up_to(
    frame: pd.DataFrame, known: pd.Index, until: tuple[str, int, str]
) -> tuple[pd.DataFrame, Codes, int]:
    column, day, zone = until
    later = np.zeros(len(frame), dtype=bool)
    if column in frame:
        later = day_numbers(frame[column], zone) > day
    rows = frame[~later & frame["customer_id"].notna().to_numpy()]
    return rows, codes_of(rows["customer_id"], known), int(later.sum())
