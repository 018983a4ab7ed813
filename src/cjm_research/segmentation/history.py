"""Where the customers of each segment came from, and where they went, between two days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special, stats

from cjm_research.segmentation.drift import drift
from cjm_research.segmentation.moves import NEW, NONE, Flow, Migration, Move
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.results import Status
    from cjm_research.study.model import Limits


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
    stayed = was.get_indexer(is_now) >= 0
    remained = int(stayed.sum())
    new = int((~stayed & (known_before.get_indexer(is_now) < 0)).sum())
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
    was[known_before.get_indexer(everyone) < 0] = len(segments) + 1
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
