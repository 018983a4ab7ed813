"""What came of one report of a run. Light, for whoever tells of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one report."""

    stem: str
    report: str
    status: str
    """``fresh``, ``unchanged``, ``skipped`` or ``failed``."""
    reason: str = ""
    """Why it was skipped, or what failed: in words, or a key of the catalogues."""
    told: str = ""
    """What failed, without names of customers: for who is not at this machine."""
    seconds: float = 0.0
    page_seconds: float = 0.0
    """Of building, checking and publishing its pages."""
    n_changes: int = 0
