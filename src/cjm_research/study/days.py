"""Where a calendar day begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    import pandas as pd


def begin_of(day: pd.Timestamp, zone: tzinfo | str) -> pd.Timestamp:
    """Return the moment at which a calendar day begins in a zone.

    Where clocks go forward at midnight the day begins at one; where they go back over it, the
    first of two midnights begins it.

    Parameters
    ----------
    day : pandas.Timestamp
        Without a zone, or with one that is not looked at.
    zone : tzinfo or str
        Of the study.

    Examples
    --------
    >>> import pandas as pd
    >>> begin_of(pd.Timestamp("2024-04-26"), "Africa/Cairo").isoformat()
    '2024-04-26T01:00:00+03:00'
    """
    midnight = day.tz_localize(None).normalize()
    return midnight.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
