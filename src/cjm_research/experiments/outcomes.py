"""Metrics of units, counted from orders, events or outcomes after the exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.errors import SchemaError

if TYPE_CHECKING:
    from cjm_research.study.plans import Metric

UNDONE = ("cancelled", "returned")
"""Statuses of orders that do not count."""

_CLOCKS = {"orders": "ordered_at", "events": "occurred_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTables:
    """The tables that metrics are counted from; None for one that the study lacks."""

    orders: pd.DataFrame | None = None
    events: pd.DataFrame | None = None
    outcomes: pd.DataFrame | None = None


def metric_values(
    metric: Metric, units: pd.DataFrame, tables: MetricTables, *, experiment: str
) -> pd.Series:
    """Return a metric of each unit, NaN where it is not known.

    A conversion is 1 or 0. A mean counts orders or events, or sums their money when the metric
    is money; from outcomes it sums the values. Orders that were cancelled or returned do not
    count. With `within_days` only what happened so many days after the exposure counts, else
    all after it. A unit without orders or events has zero; a unit without a row in outcomes is
    not known.

    Parameters
    ----------
    metric : Metric
        What is counted.
    units : pandas.DataFrame
        `unit_id` and `begin`, the time from which on things count.
    tables : MetricTables
        Where things are counted.
    experiment : str
        Id of the experiment, for outcomes.

    Raises
    ------
    SchemaError
        If a table lacks a column that the metric needs.
    """
    table: pd.DataFrame | None = getattr(tables, metric.table, None)
    if table is None or table.empty:
        return pd.Series(float("nan"), index=units.index)
    read = {"orders": _order_rows, "events": _event_rows}.get(metric.table)
    rows = read(metric, table) if read else _outcome_rows(metric, table, experiment)
    begin = units.dropna(subset=["unit_id"]).set_index("unit_id")["begin"]
    per_unit = _in_window(rows, begin, metric).groupby("unit_id")["value"].sum()
    if metric.kind == "conversion":
        per_unit = (per_unit > 0).astype(float)
    found = units["unit_id"].map(per_unit).astype("float64")
    if read is None:
        return found
    has_clock = bool(table[_CLOCKS[metric.table]].notna().any())
    return found.fillna(0.0).where(units["begin"].notna() & has_clock)


def _order_rows(metric: Metric, table: pd.DataFrame) -> pd.DataFrame:
    """Return `unit_id`, `at` and `value` of the orders that count."""
    _need(table, ("customer_id", "ordered_at"), "orders")
    if "status" in table:
        table = table[~table["status"].isin(UNDONE)]
    if metric.kind == "mean" and metric.is_money:
        _need(table, ("amount",), "orders")
        return _timed(table, "orders", value=table["amount"].fillna(0.0))
    if "order_id" in table:  # lines of one order are one order
        again = table.duplicated(["customer_id", "order_id"]) & table["order_id"].notna()
        table = table[~again]
    return _timed(table, "orders")


def _event_rows(metric: Metric, table: pd.DataFrame) -> pd.DataFrame:
    _need(table, ("customer_id", "occurred_at", "name"), "events")
    table = table[table["name"] == (metric.event or metric.id)]
    if metric.kind == "mean" and metric.is_money:
        _need(table, ("value",), "events")
        return _timed(table, "events", value=table["value"].fillna(0.0))
    return _timed(table, "events")


def _timed(table: pd.DataFrame, name: str, value: pd.Series | float = 1.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit_id": table["customer_id"].astype("string"),
            "at": _utc(table[_CLOCKS[name]]),
            "value": value,
        }
    )


def _outcome_rows(metric: Metric, table: pd.DataFrame, experiment: str) -> pd.DataFrame:
    _need(table, ("experiment", "unit_id", "metric", "value"), "outcomes")
    mine = (table["experiment"] == experiment) & (table["metric"] == (metric.event or metric.id))
    if "is_covariate" in table:
        mine &= ~table["is_covariate"].fillna(value=False).astype(bool)
    table = table[mine & table["value"].notna()]
    at = table["observed_at"] if "observed_at" in table else pd.Series(pd.NaT, index=table.index)
    return pd.DataFrame(
        {"unit_id": table["unit_id"].astype("string"), "at": _utc(at), "value": table["value"]}
    )


def _in_window(rows: pd.DataFrame, begin: pd.Series, metric: Metric) -> pd.DataFrame:
    rows = rows[rows["unit_id"].isin(begin.index)]
    since = rows["at"] - rows["unit_id"].map(begin)
    inside = since >= pd.Timedelta(0)
    if metric.within_days is not None:
        # An outcome is often written down at the very end of the window, by the day.
        slack = pd.Timedelta(days=1 if metric.table == "outcomes" else 0)
        inside &= since < pd.Timedelta(days=metric.within_days) + slack
    if metric.table == "outcomes":
        inside |= since.isna()
    return rows[inside]


def _need(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    for column in columns:
        if column not in table:
            raise SchemaError.missing_column(column, table=name, found=table.columns)


def _utc(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
