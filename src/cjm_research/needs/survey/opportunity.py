"""Importance against satisfaction: where an unmet need is worth the most (Ulwick)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.needs.answers import ALL
from cjm_research.needs.survey.questions import by_unit, graded, is_top, unit_weights
from cjm_research.needs.telling import USUAL, Telling
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.bootstrap import cluster_draws, spread_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

UNDERSERVED, EXTREME = 10.0, 15.0
_SEED = 20_260_101


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One need of one group of customers."""

    question: str
    grouping: str
    segment: str
    """``all`` for everybody."""
    n: int
    """Customers who said how important it is, or how satisfied they are; the smaller number."""
    importance: float
    """Ten times the share who find it important, 0..10."""
    satisfaction: float
    """Ten times the share who are satisfied with it, 0..10."""
    score: float
    """Importance plus what it exceeds satisfaction by, 0..20."""
    low: float
    high: float
    zone: str
    """``extreme`` (15 and more), ``underserved`` (10 and more), ``overserved`` (satisfaction
    above importance), ``served``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunities(Result):
    """Needs by opportunity: everybody first, then segments, the largest score first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "question": Unit.LABEL,
        "grouping": Unit.LABEL,
        "segment": Unit.LABEL,
        "n": Unit.COUNT,
        "importance": Unit.SCORE,
        "satisfaction": Unit.SCORE,
        "score": Unit.SCORE,
        "low": Unit.SCORE,
        "high": Unit.SCORE,
        "zone": Unit.LABEL,
    }

    rows: tuple[Opportunity, ...]
    n_left_out: int
    telling: Telling

    def of_segment(self, segment: str = ALL) -> Opportunities:
        """Return the needs of one group."""
        return replace(self, rows=tuple(r for r in self.rows if r.segment == segment))

    def of_segments(self) -> Opportunities:
        """Return the needs of every segment, the largest score first."""
        rows = sorted((r for r in self.rows if r.segment != ALL), key=lambda r: -r.score)
        return replace(self, rows=tuple(rows))

    def public(self) -> Opportunities:
        """Return the needs with enough answers for an estimate."""
        is_enough = self.telling.limits.is_enough
        kept = tuple(r for r in self.rows if is_enough(r.n))
        return replace(self, rows=kept)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group and need."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return each need's score: clear where the whole interval is underserved."""
        return tuple(self._finding(r) for r in self.rows)

    def _finding(self, row: Opportunity) -> Finding:
        subject = {"question": row.question}
        if row.segment != ALL:
            subject |= {"grouping": row.grouping, "segment": row.segment}
        return Finding(
            id="/".join(["needs/opportunity", *(f"{k}={v}" for k, v in subject.items())]),
            kind="opportunity_score" if row.segment == ALL else "opportunity_segment",
            subject=subject,
            estimate=row.score,
            low=row.low,
            high=row.high,
            reference=UNDERSERVED,
            confidence=self.telling.confidence,
            unit=Unit.SCORE,
            n=row.n,
            method="Ulwick on top grades, bootstrap of customers",
            window=self.telling.window,
            direction="bad",
            status=self.telling.status(row.n, is_clear=row.low >= UNDERSERVED),
            values={
                "importance": row.importance / 10,
                "satisfaction": row.satisfaction / 10,
                "zone": row.zone,
            },
        )


def opportunities(
    feedback: pd.DataFrame,
    groups: pd.DataFrame | None = None,
    *,
    grouping: str = "",
    telling: Telling = USUAL,
) -> Opportunities:
    """Score each need by how important it is and how satisfied customers are with it.

    ``importance + max(importance - satisfaction, 0)``, both ten times the share of the two
    best grades. Averages over segments hide who is underserved, so each segment is scored
    too. Intervals: percentiles of 1000 draws of customers, the same in every run.

    Parameters
    ----------
    feedback : pandas.DataFrame
        What `with_scales` gave: kinds ``importance`` and ``satisfaction`` with one `question`
        each per need.
    groups : pandas.DataFrame, optional
        `customer_id` and `segment`.
    grouping : str
        Id of the grouping, for findings.
    telling : Telling
        Limits, confidence and window.

    References
    ----------
    Ulwick A. W. (2002). Turn customer input into innovation. Harvard Business Review 80(1).
    """
    important, other_1 = graded(feedback, "importance")
    satisfied, other_2 = graded(feedback, "satisfaction")
    asked = sorted(set(important["question"]) & set(satisfied["question"]))
    both = (important, satisfied)
    if not asked:
        return Opportunities(rows=(), n_left_out=other_1 + other_2, telling=telling)
    rows = _scored(both, asked, ("", ALL), telling)
    for segment, members in groups.groupby("segment") if groups is not None else ():
        who = set(members["customer_id"].dropna())
        own = tuple(a.loc[a["customer_id"].isin(who)] for a in both)
        if all(len(a) for a in own):
            rows += _scored(own, asked, (grouping, str(segment)), telling)
    return Opportunities(rows=tuple(rows), n_left_out=other_1 + other_2, telling=telling)


def _scored(
    both: tuple[pd.DataFrame, ...], asked: list[str], name: tuple[str, str], telling: Telling
) -> list[Opportunity]:
    tables = [by_unit(a, is_top(a)).reindex(columns=asked) for a in both]
    units = tables[0].index.union(tables[1].index)
    weights = pd.concat([unit_weights(a) for a in both]).groupby(level=0).mean().reindex(units)
    sums = [
        _sums(np.asarray(t.reindex(units), dtype=np.float64), np.asarray(weights, dtype=np.float64))
        for t in tables
    ]
    everyone = np.ones((1, len(units)))
    estimate = _score(everyone, sums)[0]
    draws = np.concatenate(
        [_score(c, sums) for c in cluster_draws(len(units), np.random.default_rng(_SEED))]
    )
    ends = spread_of(draws, estimate, confidence=telling.confidence)
    found = []
    for i, question in enumerate(asked):
        n = min(int(t[question].notna().sum()) for t in tables)
        if n == 0:
            continue
        importance, satisfied = (10 * float(h[:, i].sum() / b[:, i].sum()) for h, b in sums)
        found.append(
            Opportunity(
                question=question,
                grouping=name[0],
                segment=name[1],
                n=n,
                importance=importance,
                satisfaction=satisfied,
                score=float(estimate[i]),
                low=float(ends.low[i]),
                high=float(ends.high[i]),
                zone=_zone(importance, satisfied, float(estimate[i])),
            )
        )
    return sorted(found, key=lambda r: (-r.score, r.question))


def _sums(table: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return for each unit and need the weighted top grades, and the weighted answers."""
    return np.nan_to_num(table) * weights[:, None], ~np.isnan(table) * weights[:, None]


def _score(counts: Floats, sums: list[tuple[Floats, Floats]]) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        importance, satisfied = (10 * (counts @ h) / (counts @ b) for h, b in sums)
    score: Floats = importance + np.maximum(importance - satisfied, 0)
    return score


def _zone(importance: float, satisfaction: float, score: float) -> str:
    if score >= UNDERSERVED:
        return "extreme" if score >= EXTREME else "underserved"
    return "overserved" if satisfaction > importance else "served"
