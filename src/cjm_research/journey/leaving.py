"""Why customers leave: the reasons that deals, records, tickets and exit surveys give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
from scipy import stats

from cjm_research.errors import NoDataError
from cjm_research.journey.grouped import (
    GROUP_UNITS,
    GroupShare,
    against_the_rest,
    corrected,
    group_frame,
    group_share,
    one_group_each,
)
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cjm_research.study.model import Limits

EXIT = ("exit", "exit_survey", "cancellation")
"""Touchpoints of a survey that asks those who leave."""
RECORD, DEAL, TICKET, EXIT_SURVEY = "record", "deal", "ticket", "exit_survey"
"""Where a reason comes from: the customer's record, a lost deal, a ticket of somebody who left,
an exit survey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingTables:
    """What may know why customers leave; any of them may be missing."""

    customers: pd.DataFrame | None = None
    """With `lost_reason`."""
    deals: pd.DataFrame | None = None
    """With `outcome` and `lost_reason`."""
    feedback_codes: pd.DataFrame | None = None
    """Pains in tickets and in exit surveys."""
    segments: pd.DataFrame | None = None
    """`customer_id` and `segment`, to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason from one source, of all customers or of one segment."""

    source: str
    reason: str
    segment: str
    """Empty for all."""
    group: GroupShare


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingReasons(Result):
    """Reasons with their shares of the customers who gave any, source by source."""

    units: ClassVar[Mapping[str, Unit]] = {
        "reason_source": Unit.LABEL,
        "lost_reason": Unit.LABEL,
        "theme": Unit.LABEL,
        "segment": Unit.LABEL,
        **{k: v for k, v in GROUP_UNITS.items() if k != "trait"},
    }
    shown: ClassVar[tuple[str, ...]] = (
        "reason_source", "lost_reason", "theme", "customers", "n", "share", "low", "high",
    )  # fmt: skip

    shown_by_segment: ClassVar[tuple[str, ...]] = (
        "reason_source", "lost_reason", "theme", "segment", "customers", "n", "share", "low",
        "high", "rest", "difference",
    )  # fmt: skip

    rows: tuple[Reason, ...]
    leads: tuple[tuple[str, float], ...]
    """For each source with two reasons or more: McNemar's exact p-value of its first reason
    against the next, over the customers who gave one of the two and not the other."""
    confidence: float
    limits: Limits = USUAL

    def whole(self, source: str = "") -> LeavingReasons:
        """Return the rows of all customers, of one source if named."""
        kept = (r for r in self.rows if not r.segment and source in ("", r.source))
        return replace(self, rows=tuple(kept))

    def by_segment(self) -> LeavingReasons:
        """Return the rows of segments."""
        return replace(self, rows=tuple(r for r in self.rows if r.segment))

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources that gave any reason."""
        return tuple(dict.fromkeys(r.source for r in self.rows))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per source, reason and segment."""
        more = [
            {
                "reason_source": r.source,
                "lost_reason": r.reason if r.source in (RECORD, DEAL) else None,
                "theme": r.reason if r.source in (TICKET, EXIT_SURVEY) else None,
                "segment": r.segment or None,
            }
            for r in self.rows
        ]
        return group_frame([r.group for r in self.rows], self.units, more=more, limits=self.limits)

    def findings(self) -> tuple[Finding, ...]:
        """Return the first reason of each source, against the next; segments that differ."""
        first = [
            self._first(source, self.whole(source).rows)
            for source in self.sources
            if self.whole(source).rows
        ]
        return (*first, *(self._of_segment(r) for r in self.by_segment().rows))

    def _first(self, source: str, rows: tuple[Reason, ...]) -> Finding:
        top, p = rows[0], dict(self.leads).get(source)
        reference = rows[1].group.share if len(rows) > 1 else None
        key = "theme" if source in (TICKET, EXIT_SURVEY) else "lost_reason"
        is_clear = p is None or p < 1 - self.confidence
        return Finding(
            id=f"journey/leaving/source={source}/reason={top.reason}",
            kind=f"leaving_{key}",
            subject={"reason_source": source, key: top.reason},
            estimate=top.group.share,
            low=top.group.low,
            high=top.group.high,
            confidence=self.confidence,
            reference=reference,
            p=p,
            unit=Unit.SHARE,
            n=top.group.n,
            method="wilson; mcnemar against the next",
            direction="bad",
            customers=top.group.customers,
            status=told(self.limits, top.group.n, is_clear=is_clear),
            values={"named": top.group.customers},
        )

    def _of_segment(self, row: Reason) -> Finding:
        key = "theme" if row.source in (TICKET, EXIT_SURVEY) else "lost_reason"
        g = row.group
        return Finding(
            id=f"journey/leaving/source={row.source}/reason={row.reason}/segment={row.segment}",
            kind=f"segment_leaving_{key}",
            subject={"reason_source": row.source, key: row.reason, "segment": row.segment},
            estimate=g.share,
            low=g.low,
            high=g.high,
            confidence=self.confidence,
            reference=g.rest,
            p=g.p,
            p_adjusted=g.p_adjusted,
            family="journey/leaving",
            unit=Unit.SHARE,
            n=g.n,
            method="wilson; newcombe, holm",
            direction="bad" if g.difference > 0 else "good",
            customers=g.customers,
            status=told(self.limits, g.n, is_clear=g.is_clear(self.confidence)),
        )


def leaving_reasons(
    tables: LeavingTables,
    *,
    lost: Collection[str],
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> LeavingReasons:
    """Count the reasons for leaving, by where they come from.

    A customer counts once per source and reason. The base of a share is the customers who
    gave that source any reason; who gave none is in no share.

    Parameters
    ----------
    tables : LeavingTables
        What the study has.
    lost : collection of str
        Customers who are known to have left: of tickets, only theirs count.
    confidence : float, default 0.95
        Of all intervals.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    DataError
        If a customer is in two segments.
    NoDataError
        If no source gives any reason.
    """
    pairs = _pairs(tables, lost)
    if pairs.empty:
        raise NoDataError("Nothing says why customers leave: no record, deal or text has a reason.")
    segment = None if tables.segments is None else one_group_each(tables.segments)
    rows: list[Reason] = []
    leads: list[tuple[str, float]] = []
    for source in (RECORD, DEAL, TICKET, EXIT_SURVEY):
        here = pairs.loc[pairs["source"] == source]
        if here.empty:
            continue
        n = int(here["customer_id"].nunique())
        counts = here.groupby("reason", observed=True)["customer_id"].nunique()
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
        for reason, customers in counts.items():
            group = group_share("", int(customers), n, confidence=confidence)
            rows.append(Reason(source=source, reason=str(reason), segment="", group=group))
        if len(counts) > 1:
            leads.append((source, _lead(here, *counts.index[:2])))
        if segment is not None:
            rows += _segments(here, segment, source, confidence)
    return LeavingReasons(
        rows=_with_correction(rows, limits),
        leads=tuple(leads),
        confidence=confidence,
        limits=limits,
    )


def _pairs(tables: LeavingTables, lost: Collection[str]) -> pd.DataFrame:
    """Return who gave which reason where, each once."""
    parts = [pd.DataFrame({"customer_id": [], "reason": [], "source": []}, dtype="string[pyarrow]")]
    if tables.customers is not None and "lost_reason" in tables.customers:
        parts.append(_told(tables.customers, "lost_reason", RECORD))
    deals = tables.deals
    if deals is not None and {"lost_reason", "outcome"} <= set(deals):
        is_lost = (deals["outcome"] == "lost").fillna(value=False).astype(bool)
        parts.append(_told(deals.loc[is_lost], "lost_reason", DEAL))
    codes = tables.feedback_codes
    if codes is not None and {"theme", "theme_kind", "kind"} <= set(codes):
        pains = codes.loc[(codes["theme_kind"] == "pain").fillna(value=False).astype(bool)]
        of_lost = (pains["kind"] == "ticket") & pains["customer_id"].isin(list(lost))
        parts.append(_told(pains.loc[of_lost.fillna(value=False).astype(bool)], "theme", TICKET))
        if "touchpoint" in pains:
            parts.append(_told(pains.loc[pains["touchpoint"].isin(EXIT)], "theme", EXIT_SURVEY))
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)


def _told(rows: pd.DataFrame, column: str, source: str) -> pd.DataFrame:
    found = rows[["customer_id", column]].dropna().rename(columns={column: "reason"})
    return found.astype("string[pyarrow]").assign(source=source)


def _lead(here: pd.DataFrame, first: str, second: str) -> float:
    """Return the exact p-value that two reasons are given by equally many customers."""
    one, other = (set(here.loc[here["reason"] == r, "customer_id"]) for r in (first, second))
    apart = len(one - other), len(other - one)
    return float(stats.binomtest(apart[0], sum(apart)).pvalue) if sum(apart) else 1.0


def _segments(
    here: pd.DataFrame, segment: pd.Series[str], source: str, confidence: float
) -> list[Reason]:
    own = here["customer_id"].map(segment)
    known = here.loc[own.notna()].assign(segment=own)
    sizes = known.groupby("segment", observed=True)["customer_id"].nunique().sort_index()
    out: list[Reason] = []
    for reason, rows in known.groupby("reason", observed=True):
        hits = rows.groupby("segment", observed=True)["customer_id"].nunique()
        groups = {str(s): (int(hits.get(s, 0)), int(n)) for s, n in sizes.items()}
        whole = int(hits.sum()), int(sizes.sum())
        out += [
            Reason(source=source, reason=str(reason), segment=g.trait, group=g)
            for g in against_the_rest(groups, whole, confidence=confidence)
        ]
    return out


def _with_correction(rows: list[Reason], limits: Limits) -> tuple[Reason, ...]:
    adjusted = corrected([r.group for r in rows], limits)
    return tuple(replace(r, group=g) for r, g in zip(rows, adjusted, strict=True))
