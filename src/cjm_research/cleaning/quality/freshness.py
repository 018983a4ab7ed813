"""How old the data are: the newest row of each table, and customers nobody touched."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

DATED_BY = {
    "customers": ("updated_at", "last_contact_at", "acquired_on"),
    "orders": ("ordered_at",),
    "events": ("occurred_at",),
    "feedback": ("given_at",),
    "deals": ("created_at",),
    "care_contacts": ("made_at",),
    "exposures": ("exposed_at",),
    "outcomes": ("observed_at",),
    "campaign_totals": ("date", "looked_at"),
    "contracts": ("starts_on",),
}
"""For each table, the column that says how new a row is; the first that has values."""

OLD_DAYS = 365
STALE_DAYS = 31
ROLLING = ("orders", "events", "feedback")
"""Tables that grow all the time: a silent month is a broken export or a dead business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How old the rows of one table are."""

    table: str
    column: str
    rows: int
    newest: str
    """ISO day in the study's zone."""
    days_since: float
    """Days from the newest row to the day that the study looks from."""
    old_share: float
    """Share of the dated rows that are older than a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness(Result):
    """How old the rows of each table are."""

    units: ClassVar[Mapping[str, Unit]] = {
        "table": Unit.LABEL,
        "column": Unit.LABEL,
        "rows": Unit.COUNT,
        "newest": Unit.DATE,
        "days_since": Unit.DAYS,
        "old_share": Unit.SHARE,
    }

    ages: tuple[Age, ...]
    as_of: str

    @property
    def heading(self) -> str:
        """Key of the catalogues that names the result: with dates or without."""
        return "quality.ages" if self.ages else "quality.no_ages"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per table that has dates."""
        return pd.DataFrame([asdict(a) for a in self.ages], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each table that stopped growing, and one for untouched customers."""
        stale = tuple(
            Finding(
                id=f"quality/stale/table={a.table}", kind="table_stale",
                subject={"table": a.table}, estimate=a.days_since, unit=Unit.DAYS, n=a.rows,
                reference=STALE_DAYS, method="count", direction="bad",
                values={"newest": a.newest, "as_of": self.as_of},
            )
            for a in self.ages
            if a.table in ROLLING and a.days_since > STALE_DAYS
        )  # fmt: skip
        old = tuple(
            Finding(
                id="quality/customers_old", kind="customers_old",
                subject={"table": a.table, "column": a.column}, estimate=a.old_share,
                unit=Unit.SHARE, n=a.rows, method="count", direction="bad",
                values={"days": OLD_DAYS},
            )
            for a in self.ages
            if a.table == "customers" and a.column != "acquired_on" and a.old_share > 0
        )  # fmt: skip
        return (*stale, *old)


def freshness(
    tables: Mapping[str, pd.DataFrame], *, as_of: pd.Timestamp | str, zone: str = "UTC"
) -> Freshness:
    """Say for each table how far its newest row lies before the day that the study looks from.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables by name.
    as_of : pandas.Timestamp or str
        The day that the study looks from.
    zone : str
        The study's zone: a day is a day there.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"ordered_at": pd.to_datetime(["2026-05-01", "2025-01-01"], utc=True)}
    ... )
    >>> freshness({"orders": orders}, as_of="2026-05-31").ages[0].days_since
    30.0
    """
    day = pd.Timestamp(as_of).normalize()
    ages = []
    for name, frame in tables.items():
        column = next(
            (c for c in DATED_BY.get(name, ()) if c in frame and frame[c].notna().any()), None
        )
        if column is None:
            continue
        days = days_of(frame[column].dropna(), name, column, zone=zone)
        behind = (day - days).dt.days
        ages.append(
            Age(
                table=name, column=column, rows=len(days), newest=str(days.max().date()),
                days_since=float(max(behind.min(), 0)),
                old_share=float((behind > OLD_DAYS).mean()),
            )
        )  # fmt: skip
    return Freshness(ages=tuple(ages), as_of=str(day.date()))


def days_of(stamps: pd.Series, table: str, column: str, *, zone: str) -> pd.Series:
    """Return the days of stamps of a table's column, in a zone."""
    declared = TABLES[table].column(column)
    plain = pd.DatetimeIndex(stamps)
    if declared is not None and declared.kind is Kind.TIME:
        plain = plain.tz_convert(zone).tz_localize(None)
    return pd.Series(plain.normalize())
