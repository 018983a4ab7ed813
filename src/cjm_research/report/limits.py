"""How long a notebook may take, and how much memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookLimits:
    """What one notebook may take; one that takes more fails, and no other."""

    cell: float = 600
    """Seconds for one cell."""
    notebook: float = 1800
    """Seconds for all of it."""
    memory: float = 0
    """Gigabytes (10^9 bytes) of data; 0: no limit. Held where kernels are forked, on Linux."""
