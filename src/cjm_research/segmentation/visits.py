"""How long customers stay: visits are events, of one session, without a long pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjm_research.segmentation.kernels import group_quantile, numbers_of, stable_order

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.segmentation.kernels import Codes, Floats

PAUSE = 30 * 60 * 1_000_000
"""Microseconds without an event that end a visit, even within a session of the source."""
SECOND = 1_000_000
MINUTE = 60 * SECOND


def visit_features(events: pd.DataFrame, codes: Codes, n: int) -> dict[str, object]:
    """Return `n_visits` and `visit_minutes`, the median length of a visit, of each customer.

    A visit of one event has no length that could be known; its customer's median counts the
    other visits alone. Events without a time are in no visit.
    """
    owner, length = visits(events, codes)
    seen = np.bincount(owner, minlength=n).astype(np.float64)
    long = length > 0
    return {
        "n_visits": np.where(seen > 0, seen, np.nan),
        "visit_minutes": group_quantile(owner[long], length[long], n, quantile=0.5),
    }


def visits(events: pd.DataFrame, codes: Codes) -> tuple[Codes, Floats]:
    """Return the customer and the length in minutes of every visit.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame(
    ...     {
    ...         "occurred_at": pd.to_datetime(
    ...             ["2026-01-01T10:00", "2026-01-01T10:12", "2026-01-01T15:00"], utc=True
    ...         )
    ...     }
    ... )
    >>> [x.tolist() for x in visits(log, np.array([4, 4, 4]))]
    [[4, 4], [12.0, 0.0]]
    """
    if "occurred_at" not in events or events.empty:
        return np.empty(0, dtype=np.int64), np.empty(0)
    stamps = events["occurred_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    times = stamps.to_numpy(dtype="datetime64[us]")
    known = ~np.isnat(times)
    owner, at = codes[known], times[known].view(np.int64)
    session = _sessions(events, known)
    order = _order(owner, session, at)
    owner, at, session = owner[order], at[order], session[order]
    new = np.append(True, (owner[1:] != owner[:-1]) | (session[1:] != session[:-1]))[: len(owner)]
    new |= np.append(False, np.diff(at) > PAUSE)[: len(owner)]
    starts = np.flatnonzero(new)
    if not len(starts):
        return np.empty(0, dtype=np.int64), np.empty(0)
    ends = np.append(starts[1:], len(owner)) - 1
    return owner[starts], (at[ends] - at[starts]) / MINUTE


def _order(owner: Codes, session: Codes, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the order by customer, session and time; as numpy's ``lexsort``, and faster."""
    since = at - at.min() if len(at) else at
    if not (since % SECOND).any():  # small numbers are sorted together with their places
        since //= SECOND
    by_time = stable_order(since)
    whose = owner * (int(session.max(initial=0)) + 2) + session + 1
    return by_time[stable_order(whose[by_time])]


def _sessions(events: pd.DataFrame, known: NDArray[np.bool_]) -> NDArray[np.int64]:
    if "session_id" not in events:
        return np.full(int(known.sum()), -1, dtype=np.int64)
    return numbers_of(events["session_id"])[known]
