"""How old the data are: the newest row of each table, and customers nobody touched."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

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
_NEAR = np.timedelta64(2, "D")
"""Further from an edge than any zone moves a day."""
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
        dated = Dated(stamps=frame[column].dropna(), table=name, column=column, zone=zone)
        newest = dated.newest_day
        recent = dated.from_day(day - pd.Timedelta(days=OLD_DAYS))
        n_old = len(recent) - int(np.count_nonzero(recent))
        ages.append(
            Age(
                table=name, column=column, rows=len(recent), newest=str(newest.date()),
                days_since=float(max((day - newest).days, 0)),
                old_share=n_old / len(recent),
            )
        )  # fmt: skip
    return Freshness(ages=tuple(ages), as_of=str(day.date()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Stamps of a table's column, none of them missing, of which the days in a zone are asked.

    Days are worked out only for the few stamps near the edge that a question is about.

    Examples
    --------
    >>> stamps = pd.Series(pd.to_datetime(["2026-05-01 22:30", "2026-05-01 20:30"], utc=True))
    >>> dated = Dated(stamps=stamps, table="orders", column="ordered_at", zone="Europe/Moscow")
    >>> dated.newest_day.date().isoformat(), dated.from_day(pd.Timestamp("2026-05-02")).tolist()
    ('2026-05-02', [True, False])
    """

    stamps: pd.Series
    table: str
    column: str
    zone: str

    @property
    def newest_day(self) -> pd.Timestamp:
        """The last day that has a stamp."""
        ticks = self._ticks
        return pd.Timestamp(self._days(ticks >= ticks.max() - _NEAR).max())

    def from_day(self, day: pd.Timestamp) -> NDArray[np.bool_]:
        """Tell which stamps are of a day or later."""
        ticks, edge = self._ticks, day.to_datetime64()
        found: NDArray[np.bool_] = ticks >= edge + _NEAR
        near = (ticks >= edge - _NEAR) & ~found
        found[near] = (self._days(near) >= day).to_numpy()
        return found

    @property
    def _ticks(self) -> NDArray[np.datetime64]:
        return self.stamps.to_numpy(dtype="datetime64[us]")

    def _days(self, rows: NDArray[np.bool_]) -> pd.Series:
        declared = TABLES[self.table].column(self.column)
        plain = pd.DatetimeIndex(self.stamps[rows])
        if declared is not None and declared.kind is Kind.TIME:
            plain = plain.tz_convert(self.zone).tz_localize(None)
        return pd.Series(plain.normalize())
