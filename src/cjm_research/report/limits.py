"""How long a notebook may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """Seconds that one cell and one whole notebook may take."""

    cell: float = 600
    notebook: float = 1800
