"""Rows of a study's tables laid beside the units of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CLOCKS = {"orders": "ordered_at", "events": "occurred_at", "outcomes": "observed_at"}
"""When a row of each table happened."""

_KEYS = {"orders": "customer_id", "events": "customer_id", "outcomes": "unit_id"}


_NOTHING = pd.DataFrame()


class Rows(NamedTuple):
    """Rows of units of the experiment."""

    place: NDArray[np.int64]
    """Number of the row's unit."""
    since: Floats
    """Microseconds since the unit's begin; NaN where either time is not known."""
    value: Floats


class Ledger:
    """Units with the time from which on things count, and the tables of what happened.

    Where each row's unit stands is looked up once per table, however many metrics it has.
    """

    __slots__ = ("_found", "_held", "_ids", "_tables", "begin", "experiment")

    def __init__(
        self,
        units: pd.DataFrame,
        tables: Mapping[str, pd.DataFrame | None],
        *,
        experiment: str,
        held: Collection[str] = (),
    ) -> None:
        self.experiment = experiment
        self._held = {k for k, t in tables.items() if k in held and t is not None and t.empty}
        self._ids = pa.array(units["unit_id"].astype("string[pyarrow]"))
        self.begin = _microseconds(units["begin"])
        self._tables = {
            k: t for k, t in tables.items() if t is not None and (not t.empty or k in self._held)
        }
        self._found: dict[str, tuple[NDArray[np.int64], Floats]] = {}

    def __len__(self) -> int:
        return len(self.begin)

    def has(self, name: str) -> bool:
        """Tell whether the study has rows in a table."""
        return name in self._tables

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether the study has rows in a table, and these units' part of it has none."""
        return name in self._held

    def has_clock(self, name: str) -> bool:
        """Tell whether any row of a table has a time; of a part without rows the others have."""
        return name in self._held or bool(self.table(name)[CLOCKS[name]].notna().any())

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the study; one without columns where it has no row."""
        return self._tables.get(name, _NOTHING)

    def newest(self, name: str) -> float:
        """Return when the newest row of a table happened, in microseconds; NaN without times."""
        at = _microseconds(self.table(name)[CLOCKS[name]])
        return float(np.nanmax(at)) if not np.isnan(at).all() else np.nan

    def rows(self, name: str, chosen: NDArray[np.bool_], value: pd.Series | None = None) -> Rows:
        """Return the chosen rows of a table that are of a unit; each counts one without a value.

        An unknown value counts as zero.
        """
        place, since = self._looked_up(name)
        used = chosen & (place >= 0)
        if value is None:
            return Rows(place[used], since[used], np.full(int(used.sum()), 1.0))
        numbers = np.nan_to_num(value[used].to_numpy(dtype=np.float64, na_value=np.nan), nan=0.0)
        return Rows(place[used], since[used], numbers)

    def of_customers(self, column: str) -> Floats:
        """Return a number of the customers for each unit, NaN where it is not known."""
        table = self._tables["customers"].drop_duplicates("customer_id")
        place = self._places(table["customer_id"])
        out = np.full(len(self), np.nan)
        out[place[place >= 0]] = table[column].astype("float64").to_numpy()[place >= 0]
        return out

    def _looked_up(self, name: str) -> tuple[NDArray[np.int64], Floats]:
        if name not in self._found:
            table = self._tables[name]
            place, clock = self._places(table[_KEYS[name]]), CLOCKS[name]
            since = np.full(len(table), np.nan)
            if clock in table:
                since = _microseconds(table[clock])
                since[place >= 0] -= self.begin[place[place >= 0]]
            self._found[name] = place, since
        return self._found[name]

    def _places(self, ids: pd.Series) -> NDArray[np.int64]:
        wanted = pa.array(ids.astype("string[pyarrow]"))
        found = pc.index_in(wanted, value_set=self._ids, skip_nulls=True)
        return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def need(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    SchemaError
        Names the table, the column and the nearest one.
    """
    for column in columns:
        if column not in table:
            raise SchemaError.missing_column(column, table=name, found=table.columns)


def _microseconds(column: pd.Series) -> Floats:
    """Return times as microseconds; float64 holds those of any year exactly to 2255."""
    at = pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
    ticks = at.to_numpy("M8[us]").view(np.int64).astype(np.float64)
    ticks[at.isna().to_numpy()] = np.nan
    return ticks
