"""The whole of a study's data quality in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjm_research.cleaning.quality.completeness import (
    Completeness,
    SegmentCompleteness,
    completeness,
    segment_completeness,
)
from cjm_research.cleaning.quality.drift import Drift, drift_of
from cjm_research.cleaning.quality.freshness import DATED_BY, Freshness, freshness
from cjm_research.cleaning.quality.gaps import ReportGaps, report_gaps
from cjm_research.cleaning.quality.health import (
    SegmentHealth,
    SourceHealth,
    segment_health,
    source_health,
)
from cjm_research.cleaning.quality.identity import IdentityResult, identity_result
from cjm_research.cleaning.quality.loads import (
    ChoicesMade,
    Issues,
    SourceLoads,
    choices_made,
    issue_counts,
    source_loads,
)
from cjm_research.errors import NoDataError
from cjm_research.schema.tables import TABLES
from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjm_research.results import Result


CHECKED = (*TABLES, "loads", "issues", "choices", "quarantine", "flags",
           "identities", "identity_review", "identity_counts", "profile", "drift")  # fmt: skip
"""Tables that the check looks at."""


def valued_columns(table: str) -> tuple[str, ...]:
    """Return the columns of a table whose values the check looks at.

    Of the others it asks only which rows fill them; of a table that the cleaning left beside the
    canonical ones it looks at all.

    Examples
    --------
    >>> valued_columns("orders")
    ('customer_id', 'source_file', 'ordered_at')
    """
    return ("customer_id", "source_file", *DATED_BY.get(table, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """The results of one study's data quality; each shows itself."""

    tables: tuple[str, ...]
    """Canonical tables that have rows."""
    loads: SourceLoads
    issues: Issues
    completeness: Completeness
    freshness: Freshness
    gaps: ReportGaps
    choices: ChoicesMade
    by_segment: SegmentCompleteness
    sources: SourceHealth
    segments: SegmentHealth
    identity: IdentityResult
    drift: Drift

    @property
    def has_customers(self) -> bool:
        """Whether a row names its customer, so that there can be segments."""
        tables = (TABLES[name] for name in self.tables)
        filled = {(c.table, c.column) for c in self.completeness.columns if c.filled}
        return any((t.name, t.customer) in filled for t in tables)

    @property
    def results(self) -> tuple[Result, ...]:
        """All of them, for the headline and for what the page keeps."""
        return (
            self.loads, self.drift.sizes, self.drift.shares, self.identity, self.gaps,
            self.freshness, self.by_segment, self.segments, self.completeness, self.issues,
            self.sources,
        )  # fmt: skip


def data_quality(
    tables: Mapping[str, pd.DataFrame],
    *,
    as_of: pd.Timestamp | str,
    zone: str = "UTC",
    memberships: pd.DataFrame | None = None,
    limits: Limits | None = None,
    confidence: float = 0.95,
) -> DataQuality:
    """Say how far a study's data can be trusted.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables, and ``loads``, ``issues``, ``choices`` as the cleaning leaves them.
    as_of : pandas.Timestamp or str
        The day that the study looks from.
    zone : str
        The study's zone.
    memberships : pandas.DataFrame, optional
        Which customers are in which segments; without it nothing is said by segment.
    limits : Limits, optional
        How many customers a statement needs; the defaults if absent.
    confidence : float, default 0.95
        Of the intervals.

    Raises
    ------
    NoDataError
        If nothing was loaded.
    """
    if tables["loads"].empty:
        raise NoDataError("No raw file was loaded, so there is nothing to check.")
    canonical = {name: tables[name] for name in TABLES if name in tables}
    limits = limits or Limits()
    return DataQuality(
        tables=tuple(name for name, frame in canonical.items() if len(frame)),
        loads=source_loads(tables["loads"]),
        issues=issue_counts(tables["issues"], tables["loads"]),
        completeness=completeness(canonical),
        freshness=freshness(canonical, as_of=as_of, zone=zone),
        gaps=report_gaps(canonical),
        choices=choices_made(tables["choices"]),
        by_segment=_by_segment(canonical, memberships, limits, confidence=confidence),
        sources=source_health(tables, zone=zone),
        segments=segment_health(tables, memberships, as_of=as_of, zone=zone, limits=limits),
        identity=identity_result(tables),
        drift=drift_of(tables["drift"], is_first=_is_first(tables)),
    )


def _is_first(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Tell whether nothing was compared: a load that is the same leaves no comparison either."""
    return bool(tables["drift"].empty)


def _by_segment(
    tables: Mapping[str, pd.DataFrame],
    memberships: pd.DataFrame | None,
    limits: Limits,
    *,
    confidence: float,
) -> SegmentCompleteness:
    customers = tables.get("customers")
    if memberships is None or customers is None or customers.empty or memberships.empty:
        return SegmentCompleteness(cells=(), confidence=confidence, claims_from=limits.claims_from)
    return segment_completeness(customers, memberships, limits=limits, confidence=confidence)
