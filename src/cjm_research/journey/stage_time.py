"""How long customers stay at a stage, and how they leave it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.grouped import one_group_each
from cjm_research.journey.log import MICROSECONDS_PER_DAY, journey_log
from cjm_research.journey.ordering import coded
from cjm_research.journey.rounds import visits
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.competing import cumulative_incidence, log_rank
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.survival import kaplan_meier, time_to
from cjm_research.store.rows import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import JourneyLog
    from cjm_research.journey.rounds import Visits
    from cjm_research.study.model import Limits

    Floats = NDArray[np.float64]

STILL, ON, BACK = 0, 1, 2
"""No other stage was seen yet; a later one came next; an earlier one."""
ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """Time from the first coming to a stage until the first coming to another."""

    stage: str
    segment: str
    """Empty for all customers."""
    entries: int
    """Customers who came to the stage."""
    next_later: int
    next_earlier: int
    """A step back, or a new round."""
    still: int
    """Customers of whom nothing else was seen; the three add up to the entries."""
    quarter_days: float
    median_days: float
    """Days after which half have left the stage, either way, by Kaplan and Meier; NaN if fewer
    ever do."""
    median_low: float
    median_high: float
    later: float
    """Share next seen at a later stage within `StageTimes.within_days`; who was seen at an
    earlier one, or is still watched, is taken into account. NaN where nobody was watched so
    long."""
    earlier: float
    p: float
    """Log-rank test that the segments leave the stage equally soon; NaN but for all."""
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimes(Result):
    """Time at each stage; a later and an earlier stage are competing ways to leave it."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "segment": Unit.LABEL,
        "entries": Unit.COUNT,
        "next_later": Unit.COUNT,
        "next_earlier": Unit.COUNT,
        "still": Unit.COUNT,
        "quarter_days": Unit.DAYS,
        "median_days": Unit.DAYS,
        "median_low": Unit.DAYS,
        "median_high": Unit.DAYS,
        "later": Unit.SHARE,
        "earlier": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "stage", "entries", "median_days", "median_low", "median_high", "later", "earlier", "still",
    )  # fmt: skip

    shown_by_segment: ClassVar[tuple[str, ...]] = (
        "stage", "segment", "entries", "median_days", "median_low", "median_high", "p_adjusted",
    )  # fmt: skip

    rows: tuple[StageTime, ...]
    within_days: float
    confidence: float
    limits: Limits = USUAL

    def whole(self) -> StageTimes:
        """Return the rows of all customers."""
        return replace(self, rows=tuple(r for r in self.rows if r.segment == ALL))

    def by_segment(self) -> StageTimes:
        """Return the rows of segments, stage by stage."""
        return replace(self, rows=tuple(r for r in self.rows if r.segment != ALL))

    def of(self, stage: str) -> StageTime:
        """Return the row of all customers of one stage."""
        return next(r for r in self.rows if r.stage == stage and r.segment == ALL)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage, then per stage and segment."""
        plain = [[getattr(r, c) for c in self.units] for r in self.rows]
        frame = pd.DataFrame(plain, columns=list(self.units))
        frame["segment"] = frame["segment"].replace(ALL, None)
        estimates = ("quarter_days", "median_days", "median_low", "median_high", "later", "earlier")
        return without_small(frame, self.limits, n="entries", columns=estimates)

    def findings(self) -> tuple[Finding, ...]:
        """Return, per stage, the longest and the shortest median of segments that differ."""
        return tuple(
            finding
            for row in self.rows
            if row.segment == ALL and row.p == row.p
            for finding in self._apart(row)
        )

    def _apart(self, whole: StageTime) -> tuple[Finding, ...]:
        own = [r for r in self.rows if r.stage == whole.stage and r.segment != ALL]
        known = [r for r in own if r.median_days == r.median_days]
        if len(known) < 2:
            return ()
        slow = max(known, key=lambda r: r.median_days)
        quick = min(known, key=lambda r: r.median_days)
        return (
            Finding(
                id=f"journey/stage_time/stage={whole.stage}",
                kind="stage_time_by_segment",
                subject={
                    "stage": whole.stage,
                    "segment": slow.segment,
                    "other_segment": quick.segment,
                },
                estimate=slow.median_days,
                low=slow.median_low,
                high=slow.median_high,
                confidence=self.confidence,
                reference=quick.median_days,
                p=whole.p,
                p_adjusted=whole.p_adjusted,
                family="journey/stage_time",
                unit=Unit.DAYS,
                n=slow.entries,
                method="kaplan-meier; log-rank, holm",
                status=told(
                    self.limits,
                    min(slow.entries, quick.entries),
                    is_clear=whole.p_adjusted < 1 - self.confidence,
                ),
            ),
        )


def time_in_stage(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    segments: pd.DataFrame | None = None,
    within_days: float = 30,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
) -> StageTimes:
    """Tell how long customers stay at each stage before another one, and which way they go.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey.
    segments : pandas.DataFrame, optional
        `customer_id` and `segment`, one at most for each, compared by the log-rank test.
    within_days : float, default 30
        Days within which the shares that went on and back are told.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent. Who was seen at no
        other stage by then was watched until then.
    confidence : float, default 0.95
        Of the medians' intervals.

    Raises
    ------
    SchemaError
        If a column is missing.
    DataError
        If a customer is in two segments.
    ParameterError
        If `within_days` is not above zero.
    """
    if not within_days > 0:
        raise ParameterError.expected("within_days", "days above zero", got=within_days)
    log = journey_log(event_stages, stages, observed_until=observed_until)
    log = log.only(log.stage >= 0)
    seen = visits(log)
    names, group = _group_of(log, segments)
    rows: list[StageTime] = []
    for i, stage in enumerate(stages):
        who, days, way = _stays(seen, i, log.until)
        rows.append(_row((stage, ALL), days, way, within_days=within_days, confidence=confidence))
        own = group[who]
        rows[-1] = replace(rows[-1], p=_p(days, way, own))
        rows += [
            _row((stage, name), days[own == g], way[own == g], within_days=within_days,
                 confidence=confidence)
            for g, name in enumerate(names)
        ]  # fmt: skip
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    rows = [replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)]
    return StageTimes(
        rows=tuple(sorted(rows, key=lambda r: r.segment != ALL)),
        within_days=within_days,
        confidence=confidence,
    )


def _group_of(
    log: JourneyLog, segments: pd.DataFrame | None
) -> tuple[list[str], NDArray[np.int64]]:
    """Return the segments and each customer's, -1 for none."""
    if segments is None:
        return [], np.full(log.n_customers, -1, dtype=np.int64)
    own, found = coded(aligned(one_group_each(segments), log.ids).reset_index(drop=True))
    names = [str(name) for name in found]
    rank = np.full(len(names) + 1, -1, dtype=np.int64)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return sorted(names), rank[own]


def _stays(
    seen: Visits, stage: int, until: int
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Return who came to a stage, the days of their first stay, and how it ended."""
    here = np.flatnonzero(seen.stage == stage)
    who, first = np.unique(seen.customer[here], return_index=True)
    at = here[first]
    then = np.minimum(at + 1, max(len(seen.stage) - 1, 0))
    goes = (then > at) & (seen.customer[then] == who)
    end = np.where(goes, seen.time[then] if len(seen.time) else 0, until)
    way = np.where(goes, np.where(seen.stage[then] > stage, ON, BACK), STILL)
    days = (end - seen.time[at]) / MICROSECONDS_PER_DAY
    return who.astype(np.int64), days.astype(np.float64), way.astype(np.int64)


def _row(
    name: tuple[str, str],
    days: Floats,
    way: NDArray[np.int64],
    *,
    within_days: float,
    confidence: float,
) -> StageTime:
    counts = np.bincount(way, minlength=3)
    curve = kaplan_meier(days, way > STILL, confidence=confidence)
    median = time_to(curve)
    found = cumulative_incidence(days, way, n_ways=2)
    reached = np.flatnonzero(found.time <= within_days)
    shares = found.share[:, reached[-1]] if len(reached) else np.zeros(2)
    is_over = len(found.left) > 0 and found.left[-1] == 0
    if not (is_over or within_days <= days.max(initial=-1.0)):
        shares = np.full(2, np.nan)
    return StageTime(
        stage=name[0],
        segment=name[1],
        entries=len(days),
        next_later=int(counts[ON]),
        next_earlier=int(counts[BACK]),
        still=int(counts[STILL]),
        quarter_days=time_to(curve, 0.25).time,
        median_days=median.time,
        median_low=median.low,
        median_high=median.high,
        later=float(shares[0]),
        earlier=float(shares[1]),
        p=float("nan"),
        p_adjusted=float("nan"),
    )


def _p(days: Floats, way: NDArray[np.int64], group: NDArray[np.int64]) -> float:
    known = group >= 0
    if len(np.unique(group[known])) < 2:
        return float("nan")
    _, number = np.unique(group[known], return_inverse=True)
    return log_rank(days[known], way[known] > STILL, number).p
