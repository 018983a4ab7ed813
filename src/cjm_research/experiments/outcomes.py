"""Metrics of units, counted from orders, events or outcomes after the exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, nearest
from cjm_research.experiments.ledger import Ledger, Rows, need

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.metric import Metric

    Floats = NDArray[np.float64]

Asked = Literal["has_any", "times", "money"]
"""What is wanted of the rows of a unit: whether there are any, how many, their money."""

UNDONE = ("cancelled", "returned")
"""Statuses of orders that do not count."""

_DAY = 86_400_000_000  # microseconds


def metric_values(metric: Metric, ledger: Ledger) -> dict[str, Floats]:
    """Return a metric of each unit, NaN where it is not known, with its covariate from before.

    A conversion is 1 or 0. A mean counts orders or events, or sums their money when the metric
    is money; from outcomes it sums the values. Orders that were cancelled or returned do not
    count. With `within_days` only what happened so many days after the exposure counts, else
    all after it. A unit without orders or events has zero; a unit without a row in outcomes is
    not known.

    Parameters
    ----------
    metric : Metric
        What is counted.
    ledger : Ledger
        The units with the time from which on things count, and the tables.

    Returns
    -------
    dict of str to numpy.ndarray
        The metric's id; for a ratio ``ID:per`` too; with `before_days` ``ID:before``.

    Raises
    ------
    SchemaError
        If a table lacks a column that the metric needs.
    """
    names = [metric.id, *([f"{metric.id}:per"] if metric.per else [])]
    names += [f"{metric.id}:before"] if metric.before_days else []
    if not ledger.has(metric.table):
        return {name: np.full(len(ledger), np.nan) for name in names}
    rows = metric_rows(metric, ledger)
    found = {metric.id: _total(rows, _in_window(rows, metric), metric, ledger)}
    if metric.per is not None:
        under = _READERS[metric.table](metric.per, "times", ledger)
        found[names[1]] = _total(under, _in_window(under, metric), metric, ledger)
    if metric.before_days is not None:
        early = (rows.since < 0) & (rows.since >= -metric.before_days * _DAY)
        found[names[-1]] = _total(rows, early, metric, ledger)
    return found


def metric_rows(metric: Metric, ledger: Ledger) -> Rows:
    """Return the rows that a metric is counted from, whenever they happened."""
    asked: Asked = "money" if metric.is_money else "times"
    if metric.kind == "conversion":
        asked = "has_any"
    return _READERS[metric.table](metric.event or metric.id, asked, ledger)


def covariate_values(name: str, ledger: Ledger) -> Floats:
    """Return what was known of each unit before, NaN where it was not.

    Raises
    ------
    DataError
        If neither outcomes nor customers have it, or it is text.
    """
    outcomes, customers = ledger.table("outcomes"), ledger.table("customers")
    if "is_covariate" in outcomes:
        mine = _named(outcomes, name, ledger.experiment) & _is_covariate(outcomes)
        if mine.any():
            rows = ledger.rows("outcomes", mine, outcomes["value"])
            return _sums(rows, np.ones(len(rows.place), dtype=bool), ledger, is_known=True)
    if name in customers:
        if not pd.api.types.is_numeric_dtype(customers[name]):
            raise DataError(f"Covariate {name!r} must be a number; 'customers' holds text in it.")
        return ledger.of_customers(name)
    if any(ledger.is_elsewhere(t) for t in ("outcomes", "customers")):
        return np.full(len(ledger), np.nan)
    raise DataError(
        f"Covariate {name!r} is neither a covariate of 'outcomes' nor a column of 'customers'."
        f"{nearest(name, [str(c) for c in customers])}"
    )


def _order_rows(_name: str, asked: Asked, ledger: Ledger) -> Rows:
    """Return the orders that count: money of lines, or each order once."""
    table = ledger.table("orders")
    need(table, ("customer_id", "ordered_at"), "orders")
    chosen = np.ones(len(table), dtype=bool)
    if "status" in table:
        chosen = ~table["status"].isin(UNDONE).to_numpy(dtype=bool)
    if asked == "money":
        need(table, ("amount",), "orders")
        return ledger.rows("orders", chosen, table["amount"])
    if asked == "times" and "order_id" in table:  # lines of one order are one order
        kept = table.loc[chosen, ["customer_id", "order_id"]]
        again = kept.duplicated() & kept["order_id"].notna()
        chosen[np.flatnonzero(chosen)[again.to_numpy(dtype=bool)]] = False
    return ledger.rows("orders", chosen)


def _event_rows(name: str, asked: Asked, ledger: Ledger) -> Rows:
    table = ledger.table("events")
    need(table, ("customer_id", "occurred_at", "name"), "events")
    chosen = (table["name"] == name).to_numpy(dtype=bool, na_value=False)
    if asked == "money":
        need(table, ("value",), "events")
        return ledger.rows("events", chosen, table["value"])
    return ledger.rows("events", chosen)


def _outcome_rows(name: str, _asked: Asked, ledger: Ledger) -> Rows:
    table = ledger.table("outcomes")
    need(table, ("experiment", "unit_id", "metric", "value"), "outcomes")
    chosen = _named(table, name, ledger.experiment) & ~_is_covariate(table)
    if not pd.api.types.is_numeric_dtype(table["value"]):
        known = pd.to_numeric(table.loc[chosen, "value"], errors="coerce").isna()
        wrong = table.loc[chosen, "value"][known & table.loc[chosen, "value"].notna()]
        if len(wrong):
            raise DataError(f"Outcome {name!r} must be a number; got {wrong.iloc[0]!r}.")
    return ledger.rows("outcomes", chosen, table["value"])


_READERS = {"orders": _order_rows, "events": _event_rows, "outcomes": _outcome_rows}


def _named(table: pd.DataFrame, name: str, experiment: str) -> NDArray[np.bool_]:
    need(table, ("experiment", "unit_id", "metric", "value"), "outcomes")
    mine = (table["experiment"] == experiment) & (table["metric"] == name)
    return np.asarray((mine & table["value"].notna()).to_numpy(dtype=bool, na_value=False))


def _is_covariate(table: pd.DataFrame) -> NDArray[np.bool_]:
    if "is_covariate" not in table:
        return np.zeros(len(table), dtype=bool)
    return np.asarray(table["is_covariate"].to_numpy(dtype=bool, na_value=False))


def _in_window(rows: Rows, metric: Metric) -> NDArray[np.bool_]:
    inside = rows.since >= 0
    if metric.within_days is not None:
        # An outcome is often written down at the very end of the window, by the day.
        slack = _DAY if metric.table == "outcomes" else 0
        inside &= rows.since < metric.within_days * _DAY + slack
    return inside | np.isnan(rows.since) if metric.table == "outcomes" else inside


def _total(rows: Rows, inside: NDArray[np.bool_], metric: Metric, ledger: Ledger) -> Floats:
    """Add up what lies in the window; zero is known where a clock and a begin are."""
    totals = _sums(rows, inside, ledger, is_known=metric.table == "outcomes")
    if metric.table != "outcomes":
        totals[np.isnan(ledger.begin) | (not ledger.has_clock(metric.table))] = np.nan
    if metric.kind == "conversion":
        totals = np.where(np.isnan(totals), np.nan, totals > 0)
    return totals


def _sums(rows: Rows, inside: NDArray[np.bool_], ledger: Ledger, *, is_known: bool) -> Floats:
    """Sum values by unit; NaN for a unit without a row where that means that nobody looked."""
    place, n = rows.place[inside], len(ledger)
    totals = np.bincount(place, weights=rows.value[inside], minlength=n).astype(np.float64)
    if is_known:
        totals[np.bincount(place, minlength=n) == 0] = np.nan
    return totals
