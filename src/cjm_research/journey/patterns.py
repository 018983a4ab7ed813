"""Whole paths: the most frequent ones, loops, and how many follow the planned order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError
from cjm_research.journey.kernel import opens
from cjm_research.journey.log import journey_log
from cjm_research.journey.rounds import visits
from cjm_research.journey.telling import USUAL, told, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import JourneyLog
    from cjm_research.journey.rounds import Visits
    from cjm_research.study.model import Limits

ARROW = " → "
LONGEST = 8
"""Visits of a path that are told apart; what comes later is an ellipsis."""
MORE = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathVariant:
    """One sequence of stages."""

    path: tuple[str, ...]
    """Stages; the last is `MORE` where the path goes on."""
    customers: int
    share: float
    low: float
    high: float
    coverage: float
    """Share of the customers on this path and all more frequent ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathVariants(Result):
    """The most frequent paths, with the rest always named."""

    units: ClassVar[Mapping[str, Unit]] = {
        "path": Unit.TEXT,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "coverage": Unit.SHARE,
    }

    variants: tuple[PathVariant, ...]
    """Most frequent first."""
    n_variants: int
    """Different paths in all."""
    n_customers: int
    n_others: int
    """Customers on paths that are not listed."""
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per listed path; ids of stages, joined by arrows."""
        plain = [
            (ARROW.join(v.path), v.customers, v.share, v.low, v.high, v.coverage)
            for v in self.variants
        ]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: that a path is frequent is nothing to act on."""
        return ()


def path_variants(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    n_paths: int = 10,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
) -> PathVariants:
    """Return the most frequent sequences of visits.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave. Events in a row at one stage are one visit.
    stages : sequence of str
        Stages in the order of the journey.
    n_paths : int, default 10
        Paths to list, of equally frequent ones the first by its stages.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the Wilson intervals.

    Raises
    ------
    ParameterError
        If `n_paths` is below 1.
    """
    if n_paths < 1:
        raise ParameterError.expected("n_paths", "1 or more", got=n_paths)
    seen = visits(journey_log(event_stages, stages, observed_until=observed_until))
    start = np.flatnonzero(seen.first)
    length = np.diff(np.append(start, len(seen.stage)))
    row = np.repeat(np.arange(len(start)), length)
    place = np.arange(len(seen.stage)) - start[row] if len(start) else start
    table = np.full((len(start), LONGEST + 1), -1, dtype=np.int16)
    near = place <= LONGEST
    table[row[near], place[near]] = np.where(place[near] < LONGEST, seen.stage[near], seen.n_stages)
    counts = Counter(r.tobytes() for r in table)
    n = len(start)
    found = [(np.frombuffer(key, dtype=np.int16).tolist(), c) for key, c in counts.items()]
    found.sort(key=lambda item: (-item[1], item[0]))
    listed = found[:n_paths]
    low, high = wilson_interval([c for _, c in listed], n, confidence=confidence)
    covered = np.cumsum([c for _, c in listed])
    names = (*stages, MORE)
    return PathVariants(
        variants=tuple(
            PathVariant(
                path=tuple(names[s] for s in path if s >= 0),
                customers=c,
                share=c / n,
                low=float(low[i]),
                high=float(high[i]),
                coverage=float(covered[i] / n),
            )
            for i, (path, c) in enumerate(listed)
        ),
        n_variants=len(found),
        n_customers=n,
        n_others=n - sum(c for _, c in listed),
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLoop:
    """How often customers of a stage came to it again within one round."""

    stage: str
    customers: int
    n: int
    """Customers of the stage."""
    share: float
    low: float
    high: float
    visits_each: float
    """Visits of a customer within a round, on average."""
    via: str
    """Stage that they most often went to in between; empty if nobody came again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops(Result):
    """Who came to a stage, left it, and came again without a purchase in between."""

    units: ClassVar[Mapping[str, Unit]] = {
        "stage": Unit.LABEL,
        "customers": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "visits_each": Unit.NUMBER,
        "via_stage": Unit.LABEL,
    }

    loops: tuple[StageLoop, ...]
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage, in the order of the journey."""
        plain = [
            (r.stage, r.customers, r.n, r.share, r.low, r.high, r.visits_each, r.via or None)
            for r in self.loops
        ]
        frame = pd.DataFrame(plain, columns=list(self.units))
        return without_small(
            frame, self.limits, n="n", columns=("share", "low", "high", "visits_each")
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return the stage that the largest share comes to again."""
        known = [r for r in self.loops if r.customers]
        return tuple(
            Finding(
                id=f"journey/comes_again/stage={r.stage}",
                kind="comes_again",
                subject={"stage": r.stage, "via_stage": r.via},
                estimate=r.share,
                low=r.low,
                high=r.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=r.n,
                method="wilson",
                customers=r.customers,
                status=told(self.limits, r.n),
            )
            for r in sorted(known, key=lambda r: (-r.share, r.stage))[:1]
        )


def loops(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    purchases: pd.DataFrame | None = None,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> Loops:
    """Count the customers who came to a stage more than once in one round.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str
        Stages in the order of the journey.
    purchases : pandas.DataFrame, optional
        `customer_id` and `ordered_at`; a purchase ends a round, as `visits` says.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event if absent.
    confidence : float, default 0.95
        Of the Wilson intervals.
    limits : Limits
        How many customers a statement needs.
    """
    log = journey_log(event_stages, stages, observed_until=observed_until)
    seen = visits(log, purchases)
    is_again = _is_again(seen)
    rows = [_loop(name, i, seen, is_again, confidence=confidence) for i, name in enumerate(stages)]
    named = [_named(r, seen, stages, is_again=is_again) for r in rows]
    return Loops(loops=tuple(named), confidence=confidence, limits=limits)


def _is_again(seen: Visits) -> np.ndarray:
    """Tell which visits come back to a stage that their round was at before."""
    cell = seen.rounds() * seen.n_stages + seen.stage
    first = np.full(int(cell.max(initial=-1)) + 1, len(cell))
    first[cell[::-1]] = np.arange(len(cell))[::-1]
    is_again: np.ndarray = np.arange(len(cell)) > first[cell]
    return is_again


def _n_different(rising: np.ndarray) -> int:
    return int(opens(rising).sum())


def _loop(
    name: str,
    stage: int,
    seen: Visits,
    is_again: np.ndarray,
    *,
    confidence: float,
) -> StageLoop:
    here = seen.stage == stage
    n = _n_different(seen.customer[here])
    customers = _n_different(seen.customer[here & is_again])
    low, high = wilson_interval(customers, n, confidence=confidence)
    cells = int((here & ~is_again).sum())  # the first visits of the stage, one a round
    return StageLoop(
        stage=name,
        customers=customers,
        n=n,
        share=customers / n if n else float("nan"),
        low=float(low),
        high=float(high),
        visits_each=int(here.sum()) / cells if cells else float("nan"),
        via="",
    )


def _named(
    row: StageLoop, seen: Visits, stages: Sequence[str], *, is_again: np.ndarray
) -> StageLoop:
    came = np.flatnonzero(is_again & (seen.stage == list(stages).index(row.stage)))
    if not len(came):
        return row
    between = int(np.bincount(seen.stage[came - 1]).argmax())
    return StageLoop(**{f: getattr(row, f) for f in row.__slots__ if f != "via"},
                     via=stages[between])  # fmt: skip
