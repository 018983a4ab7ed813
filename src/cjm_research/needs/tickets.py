"""How long a ticket waits for its answer and for its solution, and how many are solved."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd

from cjm_research.needs.answers import ALL, units_of
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.clustered import clustered_share
from cjm_research.stats.survival import kaplan_meier, time_to
from cjm_research.study.days import begin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Measure = Literal["first_response", "resolution"]
ENDS: Mapping[Measure, str] = {
    "first_response": "first_response_at",
    "resolution": "resolved_at",
}
_HOUR = 3600.0
_MOST_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTime:
    """One measure of the tickets of one touchpoint."""

    measure: str
    """``first_response`` or ``resolution``."""
    touchpoint: str
    """``all`` for every ticket."""
    n: int
    done: int
    """Tickets that have come so far by the day of the report."""
    share: float
    """Of the tickets."""
    low: float
    high: float
    half_hours: float
    """Hours by which half have come so far; NaN if fewer than half have."""
    half_low: float
    half_high: float
    slow_hours: float
    """Hours by which nine of ten have; NaN if fewer have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTimes(Result):
    """Times of tickets: all first, then touchpoints by the longest median."""

    units: ClassVar[Mapping[str, Unit]] = {
        "measure": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "n": Unit.COUNT,
        "done": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "half_hours": Unit.NUMBER,
        "half_low": Unit.NUMBER,
        "half_high": Unit.NUMBER,
        "slow_hours": Unit.NUMBER,
    }

    rows: tuple[TicketTime, ...]
    n_impossible: int
    """Tickets left out: answered or solved before they were written, or without a date."""
    telling: Telling

    def public(self) -> TicketTimes:
        """Return the rows with enough tickets for an estimate."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measure and touchpoint."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the median of each measure over all tickets."""
        return tuple(
            Finding(
                id=f"needs/ticket_time/measure={r.measure}",
                kind=f"ticket_{r.measure}",
                subject={"measure": r.measure},
                estimate=r.half_hours,
                low=r.half_low,
                high=r.half_high,
                confidence=self.telling.confidence,
                unit=Unit.NUMBER,
                n=r.n,
                method="Kaplan-Meier",
                window=self.telling.window,
                status=self.telling.status(r.n, is_clear=r.half_hours == r.half_hours),
                values={"share": r.share, "slow": r.slow_hours},
            )
            for r in self.rows
            if r.touchpoint == ALL
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPoint:
    """A point of the curve of one measure."""

    measure: str
    hours: float
    share: float
    """Of the tickets that have come so far by then."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCurves(Result):
    """Share of the tickets that are answered, and solved, by the hours since they came."""

    units: ClassVar[Mapping[str, Unit]] = {
        "measure": Unit.LABEL,
        "hours": Unit.NUMBER,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    rows: tuple[TicketPoint, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per point."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the times speak."""
        return ()


def ticket_times(
    feedback: pd.DataFrame, *, as_of: pd.Timestamp, telling: Telling = USUAL
) -> TicketTimes:
    """Measure the time to the first answer and to the solution; open tickets still count.

    A ticket that is open on the day of the report is known to have waited so long: leaving it
    out would make the service look faster than it is. A measure that no ticket has a date of
    is left out.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`: rows of kind ``ticket``.
    as_of : pandas.Timestamp
        Day of the report: tickets were watched to its end.
    telling : Telling
        Limits, confidence and window.
    """
    rows: list[TicketTime] = []
    impossible = 0
    for measure in ENDS:
        watched, wrong = _watched(feedback, measure, _end_of(as_of, telling.zone))
        impossible = max(impossible, wrong)
        if watched.empty:
            continue
        rows.append(_time(watched, (measure, ALL), telling.confidence))
        places = [
            _time(own, (measure, str(place)), telling.confidence)
            for place, own in watched.dropna(subset="touchpoint").groupby("touchpoint", sort=True)
        ]
        if len(places) > 1:
            rows += sorted(
                places, key=lambda r: (-np.nan_to_num(r.half_hours, nan=np.inf), r.touchpoint)
            )
    return TicketTimes(rows=tuple(rows), n_impossible=impossible, telling=telling)


def ticket_curves(
    feedback: pd.DataFrame, *, as_of: pd.Timestamp, telling: Telling = USUAL
) -> TicketCurves:
    """Return the curves that the times of all tickets are read from.

    Parameters
    ----------
    feedback : pandas.DataFrame
        The canonical table `feedback`.
    as_of : pandas.Timestamp
        Day of the report.
    telling : Telling
        Its confidence.
    """
    rows: list[TicketPoint] = []
    for measure in ENDS:
        watched, _ = _watched(feedback, measure, _end_of(as_of, telling.zone))
        if watched.empty or telling.limits.level(len(watched)) in ("hidden", "facts"):
            continue
        curve = kaplan_meier(watched["hours"], watched["done"], confidence=telling.confidence)
        step = max(1, len(curve.time) // _MOST_POINTS)
        rows += [
            TicketPoint(
                measure=measure,
                hours=float(curve.time[i]),
                share=1 - float(curve.share[i]),
                low=1 - float(curve.high[i]),
                high=1 - float(curve.low[i]),
            )
            for i in range(0, len(curve.time), step)
        ]
    return TicketCurves(rows=tuple(rows))


def _watched(
    feedback: pd.DataFrame, measure: Measure, end: pd.Timestamp
) -> tuple[pd.DataFrame, int]:
    """Return hours, whether it is done, unit and touchpoint of each ticket; how many are wrong."""
    column = ENDS[measure]
    rows = feedback.loc[feedback["kind"].eq("ticket").fillna(value=False).to_numpy(dtype=bool)]
    if column not in rows or "given_at" not in rows or not rows[column].notna().any():
        return pd.DataFrame(), 0
    came = pd.to_datetime(rows["given_at"], utc=True)
    ended = pd.to_datetime(rows[column], utc=True)
    done = ended.notna() & (ended <= end)
    hours = (ended.where(done, end) - came).dt.total_seconds() / _HOUR
    made = pd.DataFrame(
        {
            "hours": hours,
            "done": done,
            "unit": units_of(rows),
            "touchpoint": rows.get("touchpoint", pd.Series(pd.NA, rows.index)),
        }
    )
    possible = (made["hours"] >= 0).to_numpy(dtype=bool)
    return made.loc[possible], int((~possible).sum())


def _end_of(day: pd.Timestamp, zone: str) -> pd.Timestamp:
    """Return the moment at which a day of a zone is over."""
    return begin_of(pd.Timestamp(day).tz_localize(None) + pd.Timedelta(days=1), zone)


def _time(own: pd.DataFrame, name: tuple[str, str], confidence: float) -> TicketTime:
    done: NDArray[np.float64] = own["done"].to_numpy(dtype=np.float64)
    sums = pd.DataFrame({"done": done, "all": 1.0}).groupby(own["unit"].to_numpy()).sum()
    solved = clustered_share(sums["done"], sums["all"], confidence=confidence)
    curve = kaplan_meier(own["hours"], own["done"], confidence=confidence)
    half, most = time_to(curve), time_to(curve, 0.9)
    return TicketTime(
        measure=name[0],
        touchpoint=name[1],
        n=len(own),
        done=int(done.sum()),
        share=float(solved.share),
        low=float(solved.low),
        high=float(solved.high),
        half_hours=half.time,
        half_low=half.low,
        half_high=half.high,
        slow_hours=most.time,
    )
