"""Derived tables that are made before the pages of a run. The runner imports this: it is light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MADE_FROM = {"event_stages": "events", "feedback_codes": "feedback"}
"""Those that are kept bucket by bucket, each with the table it is made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A derived table of all customers that several pages may read."""

    table: Literal["features", "forecasts", "habits"]
    as_of: str = ""
    """Day of the pages, ISO; empty: the study's."""
    days_before: int = 0
    """So many days before that day."""
    horizon: int = 0
    """Days that forecasts look ahead."""
    confidence: float = 0.95
    """Of the intervals of their check."""
