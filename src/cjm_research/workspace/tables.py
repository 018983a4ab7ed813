"""The tables that cleaning made, each read when it is asked for and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.schema.tables import TABLES
from cjm_research.store.extents import Extent, customers_of, extent_in, extent_of
from cjm_research.store.rows import rows_of
from cjm_research.workspace.keys import key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from cjm_research.store.store import Store


@dataclass(frozen=True)
class Tables:
    """One version of a study's canonical tables, and of what the cleaning left beside them."""

    store: Store

    def table(self, name: str) -> pd.DataFrame:
        """Return a canonical table, or one that the cleaning left (``quarantine``)."""
        kept: dict[str, pd.DataFrame] = self.__dict__.setdefault("_tables", {})
        if name not in kept:
            kept[name] = self.store.read(name)
        return kept[name]

    def extent(self, name: str, clocks: Sequence[str]) -> Extent:
        """Return how many rows and customers a table has, and from when to when.

        Parameters
        ----------
        name : str
            A canonical table is not read whole for it; any other is looked at as it is.
        clocks : sequence of str
            Columns that may say when a row happened: the first that says anything counts.
        """
        paths = self.store.parts(name) if name in TABLES else []
        return self._extent_of(paths, clocks) if paths else extent_in(getattr(self, name), clocks)

    def _extent_of(self, paths: Sequence[Path], clocks: Sequence[str]) -> Extent:
        """Return the extent of parts; their customers are counted once for all pages."""

        def counted(parts: Sequence[Path]) -> int:
            kept = self.store.derived(
                "extents",
                key=key(*(part.name for part in parts)),
                bucket=0,
                make=lambda: pd.DataFrame({"customers": [customers_of(parts)]}),
            )
            return int(kept["customers"].iloc[0])

        return extent_of(paths, clocks, customers=counted)

    def rows_of(
        self, name: str, customers: pd.Series, columns: Collection[str], *, clock: str
    ) -> pd.DataFrame:
        """Return what a canonical table says of some customers, one bucket after the other.

        Parameters
        ----------
        name : str
            A table with `customer_id`.
        customers : pandas.Series of str
            Ids.
        columns : collection of str
            Those of them that the table has are read.
        clock : str
            When a row happened: the newest row is there too, whoever's it is, for it tells to
            what time the table was kept.
        """
        there = self.store.columns(name)
        wanted = [c for c in dict.fromkeys(("customer_id", clock, *columns)) if c in there]
        newest = self.store.span(name, clock) if clock in there and self.store.has(name) else None
        kept = []
        for bucket in range(self.store.version.n_buckets):
            rows = self.store.read(name, columns=wanted, bucket=bucket)
            chosen = rows_of(rows["customer_id"], customers)
            if newest is not None:
                chosen |= (rows[clock] == newest[1]).to_numpy(dtype=bool, na_value=False)
            kept.append(rows[chosen])
        return pd.concat(kept, ignore_index=True)

    def columns(self, name: str, wanted: Collection[str]) -> pd.DataFrame:
        """Return those of some columns that a table has; no other is read.

        Parameters
        ----------
        name : str
            As of `table`.
        wanted : collection of str
            Names of columns.
        """
        kept: dict[str, pd.DataFrame] = self.__dict__.setdefault("_tables", {})
        if name in kept:
            return kept[name][[c for c in kept[name] if c in wanted]]
        there = [c for c in self.store.columns(name) if c in wanted]
        if not there:
            return pd.DataFrame(index=pd.RangeIndex(self.store.version.rows(name)))
        return self.store.read(name, columns=there)

    def filled(self, name: str, valued: Collection[str]) -> pd.DataFrame:
        """Return a table to see what is filled; see `Store.read_filled`.

        One that the cleaning left beside the canonical tables is returned with all its values.
        """
        if name not in TABLES or name in self.__dict__.get("_tables", {}):
            return self.table(name)
        return self.store.read_filled(name, valued=valued)

    @property
    def customers(self) -> pd.DataFrame:
        """One row per person or company."""
        return self.table("customers")

    @property
    def orders(self) -> pd.DataFrame:
        """One row per order line or shipment."""
        return self.table("orders")

    @property
    def deals(self) -> pd.DataFrame:
        """One row per lead or deal."""
        return self.table("deals")

    @property
    def contacts(self) -> pd.DataFrame:
        """One row per person at a company."""
        return self.table("contacts")

    @property
    def contracts(self) -> pd.DataFrame:
        """One row per contract."""
        return self.table("contracts")

    @property
    def care_contacts(self) -> pd.DataFrame:
        """One row per visit, call or greeting that was made."""
        return self.table("care_contacts")

    @property
    def events(self) -> pd.DataFrame:
        """One row per contact with the brand."""
        return self.table("events")

    @property
    def feedback(self) -> pd.DataFrame:
        """One row per answer, review, ticket or remark."""
        return self.table("feedback")

    @property
    def rivals(self) -> pd.DataFrame:
        """One row per rival: channel, method of selling, note on prices."""
        return self.table("rivals")

    @property
    def exposures(self) -> pd.DataFrame:
        """One row per unit shown an arm of an experiment."""
        return self.table("exposures")

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row per metric of a unit."""
        return self.table("outcomes")

    @property
    def campaign_totals(self) -> pd.DataFrame:
        """One row per sum of an arm."""
        return self.table("campaign_totals")

    @property
    def quarantine(self) -> pd.DataFrame:
        """One row per raw row that was put aside, with the reason."""
        return self.table("quarantine")

    @property
    def loads(self) -> pd.DataFrame:
        """One row per raw file: rows in, kept and put aside."""
        return self.table("loads")

    @property
    def issues(self) -> pd.DataFrame:
        """One row per kind of flaw that was found and not put aside."""
        return self.table("issues")

    @property
    def choices(self) -> pd.DataFrame:
        """One row per choice that the cleaning made from a column's values."""
        return self.table("choices")
