"""Where the customers of each segment came from, and where they went, between two days."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import special, stats

from cjm_research.results import Finding, Result, Status, Unit
from cjm_research.segmentation.drift import Drift, drift
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

NEW, NONE = "(new)", "(none)"
"""Where customers come from who were none of the business's yet, and who were in no segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Customers who were in one segment and are in another."""

    segment_from: str
    segment_to: str
    n: int
    share: float
    """Of those who were in the first."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How one segment changed between two days."""

    segment: str
    were: int
    now: int
    remained: int
    new: int
    """In it now, and no customer of the business before."""
    came: int
    """From another segment, or from none."""
    went: int
    """To another segment, or to none."""
    net: int
    """Came and new, less went."""
    low: float
    high: float
    """Interval of `net`: as many comings and goings could have happened by chance."""
    p: float
    """Of the hypothesis that old customers come and go alike (exact sign test)."""
    p_adjusted: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration(Result):
    """Moves between the segments of a grouping, by the same rules or the same frozen model."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "were": Unit.COUNT,
        "remained": Unit.COUNT,
        "came": Unit.COUNT,
        "new": Unit.COUNT,
        "went": Unit.COUNT,
        "now": Unit.COUNT,
        "net": Unit.NUMBER,
        "low": Unit.NUMBER,
        "high": Unit.NUMBER,
        "p_adjusted": Unit.P_VALUE,
    }

    grouping: str
    since: str
    """The earlier day, ISO."""
    until: str
    flows: tuple[Flow, ...]
    moves: tuple[Move, ...]
    """Empty where a customer may be in several segments at once."""
    drift: Drift
    confidence: float
    window: tuple[str, str] | None = None

    def of(self, segment: str) -> Flow | None:
        """Return the flow of one segment."""
        return next((f for f in self.flows if f.segment == segment), None)

    def out_of(self, segment: str) -> tuple[Move, ...]:
        """Return where the customers of a segment went, most first, the stayers left out."""
        own = (m for m in self.moves if m.segment_from == segment != m.segment_to and m.n)
        return tuple(sorted(own, key=lambda m: (-m.n, m.segment_to)))

    def into(self, segment: str) -> tuple[Move, ...]:
        """Return where the customers of a segment came from, most first."""
        own = (m for m in self.moves if m.segment_to == segment != m.segment_from and m.n)
        return tuple(sorted(own, key=lambda m: (-m.n, m.segment_from)))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment."""
        return pd.DataFrame([asdict(f) for f in self.flows], columns=list(self.units))

    def matrix(self) -> pd.DataFrame:
        """Return the moves as a table: from (rows) to (columns), customers."""
        frame = pd.DataFrame([asdict(m) for m in self.moves])
        if frame.empty:
            return frame
        names = [f.segment for f in self.flows]
        table = frame.pivot_table(
            index="segment_from", columns="segment_to", values="n", aggfunc="sum", fill_value=0
        )
        table = table.loc[table.sum(axis=1) > 0, table.sum(axis=0) > 0]
        rows = [n for n in (*names, NONE, NEW) if n in table.index]
        return table.reindex(index=rows, columns=[n for n in (*names, NONE) if n in table])

    def findings(self) -> tuple[Finding, ...]:
        """Return what each segment gained or lost, and whether the sizes drifted."""
        return (*(self._finding(f) for f in self.flows), *self.drift.findings())

    def _finding(self, flow: Flow) -> Finding:
        sense = "grew" if flow.net > 0 else "shrank"
        return Finding(
            id=f"segmentation/flow/grouping={self.grouping}/segment={flow.segment}",
            kind=f"segment_{sense}",
            subject={"grouping": self.grouping, "segment": flow.segment},
            estimate=float(flow.net),
            low=flow.low,
            high=flow.high,
            confidence=self.confidence,
            reference=0.0,
            unit=Unit.NUMBER,
            n=flow.were,
            customers=float(abs(flow.net)),
            p=flow.p,
            p_adjusted=flow.p_adjusted,
            family=f"segmentation/flow/grouping={self.grouping}",
            method="sign_test_of_moves",
            window=self.window,
            status=flow.status,
            values={
                "since": self.since, "before": flow.were, "now": flow.now,
                "arrived": flow.came + flow.new, "went": flow.went, "change": abs(flow.net),
            },
        )  # fmt: skip


def migration(
    before: pd.DataFrame,
    now: pd.DataFrame,
    *,
    segments: Sequence[str],
    known_before: pd.Index,
    period: Period,
    limits: Limits,
) -> Migration:
    """Follow customers from their segments of an earlier day to those of a later one.

    Both memberships must rest on the same rules or the same frozen model: cuts that are fitted
    anew on each day make the sizes the same by construction.

    Parameters
    ----------
    before, now : pandas.DataFrame
        `customer_id` and `segment` on the two days.
    segments : sequence of str
        The segments, in the order of the page.
    known_before : pandas.Index
        Customers that the business had on the earlier day; others are new.
    period : Period
        Grouping, the two days, confidence.
    limits : Limits
        How many customers a statement needs.

    Notes
    -----
    The interval of a net change is that of a difference of two counts of one multinomial draw
    (comings less goings); the p-value is the exact sign test over comings and goings of old
    customers (McNemar 1947, doi:10.1007/BF02295996), corrected over segments
    (Benjamini-Hochberg).
    """
    flows = [
        _flow(s, before, now, known_before=known_before, confidence=period.confidence)
        for s in segments
    ]
    adjusted = adjust_p_values([f.p for f in flows], correction="benjamini_hochberg")
    told = tuple(
        replace(f, p_adjusted=float(q), status=_status(f, float(q), limits, period.confidence))
        for f, q in zip(flows, adjusted, strict=True)
    )
    alone = not (before["customer_id"].duplicated().any() or now["customer_id"].duplicated().any())
    return Migration(
        grouping=period.grouping,
        since=period.since,
        until=period.until,
        flows=told,
        moves=_moves(before, now, segments, known_before, period.confidence) if alone else (),
        drift=drift(
            [f.were for f in told], [f.now for f in told],
            grouping=period.grouping, since=period.since, window=period.window,
        ),
        confidence=period.confidence,
        window=period.window,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is compared with what."""

    grouping: str
    since: str
    until: str
    confidence: float = 0.95
    window: tuple[str, str] | None = None


def _flow(
    segment: str,
    before: pd.DataFrame,
    now: pd.DataFrame,
    *,
    known_before: pd.Index,
    confidence: float,
) -> Flow:
    was = pd.Index(before.loc[before["segment"] == segment, "customer_id"].unique())
    is_now = pd.Index(now.loc[now["segment"] == segment, "customer_id"].unique())
    remained = int(is_now.isin(was).sum())
    new = int((~is_now.isin(was) & ~is_now.isin(known_before)).sum())
    came, went = len(is_now) - remained - new, len(was) - remained
    arrived = came + new
    n = max(len(known_before), 1)
    spread = float(np.sqrt(max(arrived + went - (arrived - went) ** 2 / n, 0)))
    margin = float(special.ndtri((1 + confidence) / 2)) * spread
    moved = came + went
    p = float(stats.binomtest(came, moved).pvalue) if moved else float("nan")
    return Flow(
        segment=segment,
        were=len(was),
        now=len(is_now),
        remained=remained,
        new=new,
        came=came,
        went=went,
        net=arrived - went,
        low=float(np.floor(arrived - went - margin)),
        high=float(np.ceil(arrived - went + margin)),
        p=p,
        p_adjusted=float("nan"),
        status="hidden_small_n",
    )


def _status(flow: Flow, p_adjusted: float, limits: Limits, confidence: float) -> Status:
    if limits.level(max(flow.were, flow.now)) != "claims" or flow.p != flow.p:
        return "hidden_small_n"
    return "shown" if p_adjusted < 1 - confidence and flow.net else "not_significant"


def _moves(
    before: pd.DataFrame,
    now: pd.DataFrame,
    segments: Sequence[str],
    known_before: pd.Index,
    confidence: float,
) -> tuple[Move, ...]:
    everyone = known_before.union(pd.Index(now["customer_id"]))
    was = _segment_of(before, everyone, segments)
    is_now = _segment_of(now, everyone, segments)
    names = [*segments, NONE, NEW]
    was[~everyone.isin(known_before)] = len(segments) + 1
    counts = np.bincount(was * len(names) + is_now, minlength=len(names) ** 2)
    table = counts.reshape(len(names), len(names))
    found = []
    for i, row in enumerate(table):
        total = int(row.sum())
        if not total:
            continue
        low, high = wilson_interval(row, total, confidence=confidence)
        found += [
            Move(
                segment_from=names[i],
                segment_to=names[j],
                n=int(row[j]),
                share=row[j] / total,
                low=float(low[j]),
                high=float(high[j]),
            )
            for j in range(len(segments) + 1)
            if not (names[i] == names[j] == NONE)
        ]
    return tuple(found)


def _segment_of(
    rows: pd.DataFrame, everyone: pd.Index, segments: Sequence[str]
) -> NDArray[np.int64]:
    number = {s: i for i, s in enumerate(segments)}
    found = np.full(len(everyone), len(segments))
    at = everyone.get_indexer(pd.Index(rows["customer_id"]))
    code = rows["segment"].map(number).to_numpy(dtype=np.float64, na_value=np.nan)
    some = (at >= 0) & ~np.isnan(code)
    found[at[some]] = code[some].astype(np.int64)
    return found
