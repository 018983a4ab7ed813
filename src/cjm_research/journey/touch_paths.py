"""What each customer met before a stage that counts as a conversion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.kernel import FOREVER, first_time
from cjm_research.journey.log import MICROSECONDS_PER_DAY, journey_log
from cjm_research.journey.placing import need

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.journey.log import JourneyLog

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

Touch = Literal["channel", "touchpoint"]
"""What a touch is told apart by."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TouchPaths:
    """Touches of customers, one customer's after the other's, each in their order."""

    journey: Codes
    """Number of the journey of each touch; rises, without gaps."""
    touch: Codes
    """What was met: number in `names`."""
    days_before: Floats
    """Days from each touch to the conversion; to the end of what was watched without one."""
    converted: NDArray[np.bool_]
    """For each journey."""
    names: tuple[str, ...]
    n_untouched: int
    """Conversions of customers of whom no touch is known before: nothing shares their credit."""

    @property
    def n_journeys(self) -> int:
        """Journeys with at least one touch."""
        return len(self.converted)

    @property
    def n_conversions(self) -> int:
        """Journeys that converted."""
        return int(self.converted.sum())

    @property
    def starts(self) -> Codes:
        """Position of each journey's first touch."""
        return np.searchsorted(self.journey, np.arange(self.n_journeys))


def touch_paths(
    event_stages: pd.DataFrame,
    conversion: str,
    *,
    by: Touch = "channel",
    left_out: Sequence[str] = (),
    lookback_days: float | None = None,
    observed_until: pd.Timestamp | str | None = None,
) -> TouchPaths:
    """Return what customers met before they first came to a stage.

    A customer is one journey, and converts once: with the first event of the stage. Touches
    are the earlier events, of other stages; those without a name for what was met are left
    out.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave.
    conversion : str
        Stage that counts as a conversion.
    by : {"channel", "touchpoint"}
        Column that tells what was met.
    left_out : sequence of str
        Kinds that are no touch, such as a visit by a typed address.
    lookback_days : float, optional
        Older touches are left out; all count if absent.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If no event is of that stage, or another value is not allowed.
    NoDataError
        If no event has a name for what was met.
    """
    need(event_stages, ("customer_id", "occurred_at", "stage"), table="event_stages")
    if lookback_days is not None and not lookback_days > 0:
        raise ParameterError.expected("lookback_days", "days above zero", got=lookback_days)
    met, names = _met(event_stages, conversion, by=by, left_out=left_out)
    # A conversion is one more kind of touch, so that one log tells the order of all.
    kind = met.astype("string[pyarrow]").mask(event_stages["stage"] == conversion, _CONVERSION)
    told = event_stages[["customer_id", "occurred_at"]].assign(stage=kind)
    log = journey_log(told, [*names, _CONVERSION], observed_until=observed_until)
    goal = len(names)
    end = first_time(log, is_asked=lambda s: s == goal)
    until = np.where(end < FOREVER, end, log.until)[log.customer]
    days = (until - log.time) / MICROSECONDS_PER_DAY
    counts = (log.stage >= 0) & _before(log, goal)
    if lookback_days is not None:
        counts &= days <= lookback_days
    who, journey = np.unique(log.customer[counts], return_inverse=True)
    kinds, touch = np.unique(log.stage[counts], return_inverse=True)
    converted = end[who] < FOREVER
    return TouchPaths(
        journey=journey,
        touch=touch,
        days_before=days[counts],
        converted=converted,
        names=tuple(names[k] for k in kinds.tolist()),
        n_untouched=int((end < FOREVER).sum() - converted.sum()),
    )


def _met(
    event_stages: pd.DataFrame, conversion: str, *, by: Touch, left_out: Sequence[str]
) -> tuple[pd.Series[str], tuple[str, ...]]:
    """Return what was met with each event, and the names of all kinds that count."""
    if by not in ("channel", "touchpoint"):
        raise ParameterError.expected("by", "'channel' or 'touchpoint'", got=by)
    need(event_stages, (by,), table="event_stages")
    known = sorted({str(s) for s in event_stages["stage"].dropna().unique()})
    if conversion not in known:
        raise ParameterError.unknown("conversion", conversion, known=known)
    met = event_stages[by].where(event_stages["stage"] != conversion)
    kinds = {str(n) for n in met.dropna().unique()}
    unknown = [name for name in left_out if name not in kinds]
    if unknown:
        raise ParameterError.unknown("left_out", unknown[0], known=sorted(kinds))
    names = tuple(sorted(kinds - set(left_out)))
    if not names:
        raise NoDataError(f"No event before the stage {conversion!r} names its {by}.")
    return met, names


def _before(log: JourneyLog, goal: int) -> NDArray[np.bool_]:
    """Tell which events come before their customer's first one of a kind."""
    first = np.full(log.n_customers, len(log.stage), dtype=np.int64)
    found = np.flatnonzero(log.stage == goal)[::-1]
    first[log.customer[found]] = found
    return np.arange(len(log.stage)) < first[log.customer]


_CONVERSION = "\0conversion"
"""No name in data has such a letter."""
