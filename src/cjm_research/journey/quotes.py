"""From a quote to an order: how many deals are won, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cjm_research.errors import NoDataError
from cjm_research.journey.grouped import (
    GROUP_UNITS,
    GroupShare,
    against_the_rest,
    corrected,
    counted,
    group_finding,
    group_frame,
    group_share,
    one_group_each,
)
from cjm_research.journey.placing import need
from cjm_research.journey.telling import USUAL
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteConversion(Result):
    """Share of the deals that were won, of those that are closed; each group against the rest."""

    units: ClassVar[Mapping[str, Unit]] = dict(GROUP_UNITS)
    shown: ClassVar[tuple[str, ...]] = (
        "trait", "customers", "n", "share", "low", "high", "rest", "difference",
    )  # fmt: skip

    rows: tuple[GroupShare, ...]
    """The first is of all deals."""
    n_open: int
    """Deals that are neither won nor lost: in no share."""
    n_customers: int
    median_days: float
    """From the making to the closing of a deal that was won; NaN if no times are known."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row for all deals and one per group."""
        return group_frame(self.rows, self.units, more=[{}] * len(self.rows),
                           limits=self.limits)  # fmt: skip

    def findings(self) -> tuple[Finding, ...]:
        """Return the share that is won, and the groups that differ."""
        return tuple(
            group_finding(r, self, name="quotes", kind="quotes_won", values={"won": r.customers})
            for r in self.rows
            if r.n
        )


def quote_conversion(
    deals: pd.DataFrame,
    *,
    segments: pd.DataFrame | None = None,
    columns: Sequence[str] = ("source", "manager"),
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> QuoteConversion:
    """Count the deals that were won, by where they came from, who led them, and segment.

    Deals are taken as independent: of customers with many deals the intervals are too narrow,
    which the number of customers beside them shows.

    Parameters
    ----------
    deals : pandas.DataFrame
        Canonical deals with `outcome`.
    segments : pandas.DataFrame, optional
        `customer_id` and `segment`; a customer is in one at most.
    columns : sequence of str
        Columns of the deals to compare by, where they have them.
    confidence : float, default 0.95
        Of all intervals.
    limits : Limits
        How many deals a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    NoDataError
        If no deal is won or lost yet.
    """
    need(deals, ("deal_id", "customer_id", "outcome"), table="deals")
    is_closed = deals["outcome"].isin(["won", "lost"])
    closed = deals.loc[is_closed.fillna(value=False).astype(bool)]
    if closed.empty:
        raise NoDataError("No deal is won or lost yet.")
    is_won = (closed["outcome"] == "won").astype(bool)
    whole = int(is_won.sum()), len(closed)
    groups: list[GroupShare] = []
    for column in columns:
        if column in closed and closed[column].notna().any():
            known = closed[column].notna()
            found = counted(is_won[known], closed.loc[known, column], column=column)
            base = int(is_won[known].sum()), int(known.sum())
            groups += against_the_rest(found, base, confidence=confidence)
    if segments is not None:
        own = closed["customer_id"].map(one_group_each(segments))
        known = own.notna()
        found = counted(is_won[known], own[known], column="segment")
        base = int(is_won[known].sum()), int(known.sum())
        groups += against_the_rest(found, base, confidence=confidence)
    return QuoteConversion(
        rows=(group_share("", *whole, confidence=confidence), *corrected(groups, limits)),
        n_open=len(deals) - len(closed),
        n_customers=int(closed["customer_id"].nunique()),
        median_days=_median_days(closed.loc[is_won]),
        confidence=confidence,
        limits=limits,
    )


def _median_days(won: pd.DataFrame) -> float:
    if not {"created_at", "closed_at"} <= set(won):
        return float("nan")
    took = (won["closed_at"] - won["created_at"]).dropna()
    return float(took.dt.total_seconds().median() / 86_400) if len(took) else float("nan")
