"""Where the customers of each segment came from, and where they went, between two days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from scipy import special, stats

from cjm_research.segmentation.codes import id_codes
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
    A segment that on neither day has as many customers as may be shown is left out.

    The interval of a net change is that of a difference of two counts of one multinomial draw
    (comings less goings); the p-value is the exact sign test over comings and goings of old
    customers (McNemar 1947, doi:10.1007/BF02295996), corrected over segments
    (Benjamini-Hochberg).
    """
    people = _People.of(before, now, known_before)
    flows = [_flow(s, people, confidence=period.confidence) for s in segments]
    adjusted = adjust_p_values([f.p for f in flows], correction="benjamini_hochberg")
    told = tuple(
        replace(f, p_adjusted=float(q), status=_status(f, float(q), limits, period.confidence))
        for f, q in zip(flows, adjusted, strict=True)
    )
    shown = [f for f in told if limits.level(max(f.were, f.now)) != "hidden"]
    names = {f.segment for f in shown} | {NONE, NEW}
    alone = not (before["customer_id"].duplicated().any() or now["customer_id"].duplicated().any())
    return Migration(
        grouping=period.grouping,
        since=period.since,
        until=period.until,
        flows=tuple(shown),
        moves=tuple(
            m
            for m in (_moves(people, segments, confidence=period.confidence) if alone else ())
            if {m.segment_from, m.segment_to} <= names
        ),
        drift=drift(
            [f.were for f in told], [f.now for f in told],
            grouping=period.grouping, since=period.since, window=period.window, limits=limits,
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _People:
    """Customers of both days by number: who was in which segment, and whom the business had."""

    before: pd.DataFrame
    now: pd.DataFrame
    codes_before: NDArray[np.int64]
    codes_now: NDArray[np.int64]
    known: NDArray[np.bool_]
    """For each number, whether the business had the customer on the earlier day."""

    @classmethod
    def of(cls, before: pd.DataFrame, now: pd.DataFrame, known_before: pd.Index) -> Self:
        """Return the customers of both days, numbered."""
        ids = (before["customer_id"], now["customer_id"], known_before.to_series())
        texts = [i.astype("string[pyarrow]") for i in ids]
        codes = id_codes(pd.concat(texts, ignore_index=True)).codes
        first, second, third = np.split(codes, np.cumsum([len(i) for i in ids])[:-1])
        known = np.zeros(int(codes.max(initial=-1)) + 1, dtype=bool)
        known[third] = True
        return cls(before=before, now=now, codes_before=first, codes_now=second, known=known)

    def were(self, segment: str) -> NDArray[np.bool_]:
        """Return who was in the segment on the earlier day."""
        return self._in(self.codes_before[(self.before["segment"] == segment).to_numpy(bool)])

    def are(self, segment: str) -> NDArray[np.bool_]:
        """Return who is in the segment on the later day."""
        return self._in(self.codes_now[(self.now["segment"] == segment).to_numpy(bool)])

    def numbered(
        self, rows: pd.DataFrame, codes: NDArray[np.int64], segments: Sequence[str]
    ) -> NDArray[np.int64]:
        """Return the number of each customer's segment; that behind the last for none."""
        number = pd.Index(segments).get_indexer(pd.Index(rows["segment"]))
        found = np.full(len(self.known), len(segments))
        found[codes[number >= 0]] = number[number >= 0]
        return found

    def _in(self, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
        inside = np.zeros_like(self.known)
        inside[codes] = True
        return inside


def _flow(segment: str, people: _People, *, confidence: float) -> Flow:
    was, is_now = people.were(segment), people.are(segment)
    n_was, n_now = int(was.sum()), int(is_now.sum())
    remained = int((was & is_now).sum())
    new = int((is_now & ~was & ~people.known).sum())
    came, went = n_now - remained - new, n_was - remained
    arrived = came + new
    n = max(int(people.known.sum()), 1)
    spread = float(np.sqrt(max(arrived + went - (arrived - went) ** 2 / n, 0)))
    margin = float(special.ndtri((1 + confidence) / 2)) * spread
    moved = came + went
    p = float(stats.binomtest(came, moved).pvalue) if moved else float("nan")
    return Flow(
        segment=segment,
        were=n_was,
        now=n_now,
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


def _moves(people: _People, segments: Sequence[str], *, confidence: float) -> tuple[Move, ...]:
    was = people.numbered(people.before, people.codes_before, segments)
    is_now = people.numbered(people.now, people.codes_now, segments)
    names = [*segments, NONE, NEW]
    was[~people.known] = len(segments) + 1
    there = people.known.copy()
    there[people.codes_now] = True
    was, is_now = was[there], is_now[there]
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
