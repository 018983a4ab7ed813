"""Whom one talks to at the companies of each segment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShare:
    """Companies of a segment with a contact in one role."""

    segment: str
    role: str
    n_with: int
    n: int
    """Companies of the segment with a contact whose role is known."""
    share: float
    low: float
    high: float
    share_all: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRoles(Result):
    """Roles of the contacts, by segment."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "role": Unit.LABEL,
        "n_with": Unit.COUNT,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "share_all": Unit.SHARE,
    }

    rows: tuple[RoleShare, ...]

    def of(self, segment: str) -> tuple[RoleShare, ...]:
        """Return the roles of one segment, the commonest first."""
        own = (r for r in self.rows if r.segment == segment)
        return tuple(sorted(own, key=lambda r: (-r.share, r.role)))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and role."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: roles describe, and are compared with all companies in the table."""
        return ()


def contact_roles(
    contacts: pd.DataFrame,
    segments: pd.DataFrame,
    *,
    limits: Limits,
    confidence: float = 0.95,
) -> ContactRoles:
    """Count the companies of each segment that have a contact in each role.

    Parameters
    ----------
    contacts : pandas.DataFrame
        People at companies, with `customer_id` and `role`; may be empty.
    segments : pandas.DataFrame
        `customer_id` and `segment`.
    limits : Limits
        A segment with fewer companies than an estimate needs is left out.
    confidence : float, default 0.95
        Of the interval of each share.
    """
    if contacts.empty or "role" not in contacts:
        return ContactRoles(rows=())
    pairs = contacts[["customer_id", "role"]].dropna().drop_duplicates()
    n_all = pairs["customer_id"].nunique()
    of_all = pairs["role"].value_counts() / n_all if n_all else pairs["role"].value_counts()
    joined = pairs.merge(segments[["customer_id", "segment"]], on="customer_id")
    rows = []
    for segment, own in joined.groupby("segment", sort=True):
        n = int(own["customer_id"].nunique())
        if limits.level(n) in ("hidden", "facts"):
            continue
        counts = own["role"].value_counts()
        low, high = wilson_interval(counts.to_numpy(int), n, confidence=confidence)
        rows += [
            RoleShare(
                segment=str(segment),
                role=str(role),
                n_with=int(hits),
                n=n,
                share=hits / n,
                low=float(low[i]),
                high=float(high[i]),
                share_all=float(of_all[str(role)]),
            )
            for i, (role, hits) in enumerate(counts.items())
        ]
    return ContactRoles(rows=tuple(rows))
