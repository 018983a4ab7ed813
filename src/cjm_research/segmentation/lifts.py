"""What sets each segment apart: shares of traits against all customers, tested and guarded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Status, Unit
from cjm_research.segmentation.trait_counts import alone, segment_counts
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.ratios import lift_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.segmentation.traits import Trait
    from cjm_research.study.model import Limits

    Members = Mapping[str, NDArray[np.bool_]]

ABOUT_THE_SAME = (0.9, 1.1)
"""A lift whose interval reaches in here is not worth a sentence."""

EXPECTED_HITS = 5
"""Customers of the segment who should have the trait if it were as common as in the base; with
fewer the trait is not asked about. It depends on sizes alone, so it does not bend the tests."""

REPEATS = 0.95
"""Lambda from which a trait repeats what made the segments."""

KNOWN_AT_LEAST = 0.5
"""Share of the segment for whom a trait must be known to speak of it."""

DIRECTIONS = {"pain": ("bad", "good"), "need": ("neutral", "neutral"),
              "delight": ("good", "bad"), "trait": ("neutral", "neutral")}  # fmt: skip


_TOLD = {"shown": 0, "not_significant": 1, "not_reliable": 2, "hidden_small_n": 3}
"""Order of rows in the table of all traits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitLift:
    """One trait in one segment, against all customers for whom the trait is known."""

    segment: str
    kind: str
    """``trait``, ``pain``, ``need`` or ``delight``."""
    trait: str
    n_with: int
    n: int
    """Customers of the segment for whom the trait is known."""
    known: float
    """Their part of the segment."""
    share: float
    share_all: float
    lift: float
    low: float
    high: float
    p: float
    p_adjusted: float
    status: Status

    @property
    def weight(self) -> float:
        """How much the trait tells of the segment: many more customers, and many times as often.

        The difference of the shares times the logarithm of their ratio: a rare trait of which
        there is six times as much weighs less than one that most of the segment have.
        """
        return (self.share - self.share_all) * float(np.log(max(self.lift, 1e-9)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitLifts(Result):
    """Every trait asked about, in every segment of a grouping: one family of tests."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "kind": Unit.LABEL,
        "trait": Unit.LABEL,
        "n_with": Unit.COUNT,
        "n": Unit.COUNT,
        "known": Unit.SHARE,
        "share": Unit.SHARE,
        "share_all": Unit.SHARE,
        "lift": Unit.LIFT,
        "low": Unit.LIFT,
        "high": Unit.LIFT,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "status": Unit.LABEL,
    }

    grouping: str
    rows: tuple[TraitLift, ...]
    confidence: float
    defined_by: tuple[str, ...]
    """Columns that made the segments; not tested."""

    @property
    def n_tests(self) -> int:
        """How many questions the correction takes into account."""
        return sum(r.p == r.p for r in self.rows)

    @property
    def n_told(self) -> int:
        """Differences that may be told."""
        return sum(r.status == "shown" for r in self.rows)

    def asked(self, segment: str, *kinds: str) -> int:
        """Return how many questions of these kinds were asked of a segment."""
        return sum(
            r.p == r.p and r.segment == segment and (not kinds or r.kind in kinds)
            for r in self.rows
        )

    def of(self, segment: str, *kinds: str) -> tuple[TraitLift, ...]:
        """Return the rows of a segment that may be told, the strongest first."""
        told: dict[tuple[object, ...], TraitLift] = {}
        for r in self.rows:
            if r.segment == segment and r.status == "shown" and (not kinds or r.kind in kinds):
                # A city that is all of its region would tell the same twice.
                told.setdefault((r.kind, r.n_with, r.n, r.share_all), r)
        return tuple(
            sorted(told.values(), key=lambda r: (-abs(np.log(max(r.lift, 1e-9))), r.trait))
        )

    def weightiest(self, segment: str, *kinds: str) -> list[TraitLift]:
        """Return what is more common than among all, what tells most of the segment first."""
        more = [r for r in self.of(segment, *kinds) if r.lift > 1]
        return sorted(more, key=lambda r: (-r.weight, r.trait))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and trait: what may be told first, the strongest first."""
        rows = sorted(self.rows, key=lambda r: (_TOLD.get(r.status, 9), r.p_adjusted, -r.lift))
        return pd.DataFrame([asdict(r) for r in rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per row; its status names the guard that stopped it."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: TraitLift) -> Finding:
        more = row.lift >= 1
        sense = "more" if more else "less" if row.n_with else "none"
        subject_key = "trait" if row.kind == "trait" else "theme"
        return Finding(
            id=f"segmentation/lift/grouping={self.grouping}/segment={row.segment}"
            f"/{row.kind}={row.trait}",
            kind=f"segment_{row.kind}_{sense}",
            subject={"grouping": self.grouping, "segment": row.segment, subject_key: row.trait},
            estimate=row.lift,
            low=row.low,
            high=row.high,
            confidence=self.confidence,
            reference=1.0,
            unit=Unit.LIFT,
            n=row.n,
            p=row.p,
            p_adjusted=row.p_adjusted,
            family=f"segmentation/lift/grouping={self.grouping}",
            method="walter_log_ratio_mapped_to_base",
            direction=DIRECTIONS[row.kind][0 if more else 1],  # type: ignore[arg-type]
            status=row.status,
            values={
                "share": row.share,
                "share_all": row.share_all,
                "n_with": row.n_with,
                "times": row.lift if more else 1 / row.lift if row.lift else float("nan"),
                "index": 100 * row.lift,
            },
        )


def trait_lifts(
    members: Members,
    traits: Iterable[Trait],
    *,
    limits: Limits,
    confidence: float = 0.95,
    beside: Sequence[float] = (),
) -> tuple[TraitLift, ...]:
    """Compare every trait's share in every segment with its share among all.

    Parameters
    ----------
    members : mapping of str to array of bool, shape (n_customers,)
        Who is in each segment.
    traits : iterable of Trait
        Traits of the same customers, none of which made the segments.
    limits : Limits
        How many customers a claim needs.
    confidence : float
        Of the intervals; 1 - confidence is also the share of false claims that the page may
        have (Benjamini-Hochberg over all rows).
    beside : sequence of float
        p-values of other questions of the same page: they are corrected together.

    Notes
    -----
    A row is told (``shown``) when the segment has enough customers whose trait is known, the
    trait has enough hits, its adjusted p is small and its interval stays clear of 0.9 to 1.1.
    What customers spoke of is known only of those who spoke, so the known part of a segment
    guards traits alone.
    """
    sizes = {name: int(np.count_nonzero(inside)) for name, inside in members.items()}
    rows = [
        row
        for trait, table in segment_counts(members, traits)
        for row in _rows(sizes, trait, table, confidence=confidence)
    ]
    family = [*(r["p"] for r in rows), *beside]
    adjusted = adjust_p_values(family, correction="benjamini_hochberg")[: len(rows)]
    return tuple(
        TraitLift(**row, p_adjusted=p, status=_status(row, p, limits, confidence))
        for row, p in zip(rows, adjusted.tolist(), strict=True)
    )


def repeated_columns(members: Members, traits: Iterable[Trait]) -> set[str]:
    """Return the columns of traits that are the segments in other words.

    Knowing such a trait leaves almost no doubt about the segment (Goodman and Kruskal's lambda
    of at least 0.95): its difference says nothing that the definition does not. Segments that
    overlap are told by no trait.
    """
    if alone(members) is None:
        return set()
    found = set()
    for trait, counts in segment_counts(members, traits):
        table = np.vstack([counts[:-1], counts[-1] - counts[:-1].sum(axis=0)])  # last: in none
        guess, n = int(table.sum(axis=1).max()), int(table.sum())
        if n > guess and (int(table.max(axis=0).sum()) - guess) / (n - guess) >= REPEATS:
            found.add(trait.column)
    return found


def _rows(
    sizes: Mapping[str, int], trait: Trait, table: NDArray[np.int64], *, confidence: float
) -> Iterator[dict[str, Any]]:
    """Return what is known of each segment and level before all tests are corrected together."""
    total = table[-1]
    n_all = int(total.sum())
    told = [level for level in trait.told if 0 < total[level] < n_all]
    n = table[:-1].sum(axis=1)
    there = np.flatnonzero((n > 0) & (n < n_all))
    if not told or not len(there):
        return
    here, n = table[there][:, told], n[there, np.newaxis]
    found = lift_interval((here, n), (total[told] - here, n_all - n), confidence=confidence)
    asked = n * (total[told] / n_all) >= EXPECTED_HITS
    p, share = np.where(asked, found.p, np.nan), here / n
    share_all, keys = (total[told] / n_all).tolist(), [trait.key(level) for level in told]
    names = list(sizes)
    for i, segment in enumerate(names[j] for j in there):
        size_known = int(n[i, 0])
        for j, key in enumerate(keys):
            yield {
                "segment": segment,
                "kind": trait.kind,
                "trait": key,
                "n_with": int(here[i, j]),
                "n": size_known,
                "known": size_known / sizes[segment],
                "share": float(share[i, j]),
                "share_all": share_all[j],
                "lift": float(found.lift[i, j]),
                "low": float(found.low[i, j]),
                "high": float(found.high[i, j]),
                "p": float(p[i, j]),
            }


def _status(row: Mapping[str, Any], p_adjusted: float, limits: Limits, confidence: float) -> Status:
    hits_needed = max(EXPECTED_HITS, limits.claims_from // 10)
    if limits.level(row["n"]) != "claims" or row["p"] != row["p"]:
        return "hidden_small_n"
    if row["lift"] > 1 and row["n_with"] < hits_needed:
        return "hidden_small_n"
    if row["kind"] == "trait" and row["known"] < KNOWN_AT_LEAST:
        return "not_reliable"
    clear = row["low"] > ABOUT_THE_SAME[1] or row["high"] < ABOUT_THE_SAME[0]
    return "shown" if clear and p_adjusted < 1 - confidence else "not_significant"
