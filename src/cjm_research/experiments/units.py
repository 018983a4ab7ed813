"""One row per unit of an experiment: its arm, and what it did after its exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, SchemaError
from cjm_research.experiments.outcomes import MetricTables, metric_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjm_research.study.plans import Experiment

EXCLUSIONS = ("no_unit", "no_arm", "two_arms", "unknown_arm", "outside_dates")
"""Why a unit takes no part, in the order in which it is asked."""

UNIT_COLUMNS = ("unit_id", "arm", "exposed_at", "stratum", "n_exposures", "exclusion")

_ZONES = pd.Timedelta(hours=14)  # a calendar day of any zone lies within its UTC day and these


def unit_metrics(
    experiment: Experiment,
    exposures: pd.DataFrame,
    *,
    orders: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    until: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Return one row per unit of an experiment, with one column per metric.

    Parameters
    ----------
    experiment : Experiment
        Arms, dates and metrics, from the study.
    exposures : pandas.DataFrame
        Who was shown which arm; rows of other experiments are left aside.
    orders, events, outcomes : pandas.DataFrame, optional
        What the metrics are counted from; only those that a metric names are needed.
    until : pandas.Timestamp, optional
        Last day of the data. A unit whose window reaches beyond it is not counted yet.

    Returns
    -------
    pandas.DataFrame
        Columns `unit_id`, `arm`, `exposed_at` (the first time), `stratum`, `n_exposures`,
        `exclusion` and one float column per metric. `exclusion` is null for units that take
        part; the others stay in the table, so that nothing is lost silently. A metric is NaN
        where it is not known, which is not zero.

    Raises
    ------
    SchemaError
        If exposures lack a column.
    NoDataError
        If nobody was exposed to the experiment.
    """
    for column in ("experiment", "unit_id", "arm"):
        if column not in exposures:
            raise SchemaError.missing_column(column, table="exposures", found=exposures.columns)
    shown = exposures[exposures["experiment"] == experiment.id]
    if shown.empty:
        raise NoDataError(f"Nobody was exposed to the experiment {experiment.id!r}.")
    units = _one_row_each(shown)
    units["exclusion"] = _exclusions(units, experiment)
    units["arm"] = units["arm"].where(units["n_arms"] == 1)
    tables = MetricTables(orders=orders, events=events, outcomes=outcomes)
    begin = _begin(units["exposed_at"], experiment)
    for metric in experiment.metrics:
        known = metric_values(metric, units.assign(begin=begin), tables, experiment=experiment.id)
        if until is not None and metric.within_days is not None:
            ends = begin + pd.Timedelta(days=metric.within_days)
            known = known.where(~(ends > _utc(until) + pd.Timedelta(days=1)))
        units[metric.id] = known
    return units[[*UNIT_COLUMNS, *(m.id for m in experiment.metrics)]]


def unit_segments(
    units: pd.DataFrame,
    names: Sequence[str],
    *,
    customers: pd.DataFrame,
    memberships: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the segment of each unit in each of several ways to divide them.

    Parameters
    ----------
    units : pandas.DataFrame
        As `unit_metrics` gives them; units are customers.
    names : Sequence of str
        Ids of groupings, columns of customers, or ``stratum``.
    customers : pandas.DataFrame
        One row per customer.
    memberships : pandas.DataFrame, optional
        `customer_id`, `grouping`, `segment`.

    Returns
    -------
    pandas.DataFrame
        `unit_id` and one text column per name that is known. Null where a unit has no segment,
        or several: an effect by segment needs exactly one.
    """
    out = units[["unit_id"]].copy()
    for name in names:
        found = _segment_of(name, units, customers, memberships)
        if found is not None:
            out[name] = units["unit_id"].map(found).astype("string")
    return out


def _segment_of(
    name: str, units: pd.DataFrame, customers: pd.DataFrame, memberships: pd.DataFrame | None
) -> pd.Series | None:
    if memberships is not None and (memberships["grouping"] == name).any():
        rows = memberships.loc[memberships["grouping"] == name, ["customer_id", "segment"]]
        single = rows.drop_duplicates().drop_duplicates("customer_id", keep=False)
        return single.set_index("customer_id")["segment"]
    if name in customers:
        return customers.drop_duplicates("customer_id").set_index("customer_id")[name]
    if name in units:
        return units.dropna(subset=["unit_id"]).set_index("unit_id")[name]
    return None


def _one_row_each(shown: pd.DataFrame) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "unit_id": shown["unit_id"].astype("string"),
            "arm": shown["arm"].astype("string"),
            "exposed_at": _utc_column(shown, "exposed_at"),
            "stratum": shown.get("stratum"),
        }
    )
    rows = rows.astype({"stratum": "string"}).sort_values(
        ["exposed_at", "unit_id", "arm"], kind="stable"
    )
    named = rows[rows["unit_id"].notna()].groupby("unit_id", sort=True)
    units = named.first()
    units["n_exposures"], units["n_arms"] = named.size(), named["arm"].nunique()
    nameless = rows[rows["unit_id"].isna()].assign(n_exposures=1, n_arms=1)
    return pd.concat([units.reset_index(), nameless], ignore_index=True)


def _exclusions(units: pd.DataFrame, experiment: Experiment) -> pd.Series:
    at = units["exposed_at"]
    outside = pd.Series(data=False, index=units.index)
    if experiment.starts_on is not None:
        outside |= at < _utc(pd.Timestamp(experiment.starts_on)) - _ZONES
    if experiment.ends_on is not None:
        end = _utc(pd.Timestamp(experiment.ends_on)) + pd.Timedelta(days=1)
        outside |= at > end + _ZONES
    conditions = [
        units["unit_id"].isna(),
        units["n_arms"] == 0,
        units["n_arms"] > 1,
        ~units["arm"].isin(list(experiment.arms)),
        outside,
    ]
    chosen = np.select([c.to_numpy(dtype=bool, na_value=False) for c in conditions],
                       list(EXCLUSIONS), default="")  # fmt: skip
    found = pd.Series(chosen, index=units.index, dtype="string")
    return found.mask(found == "")


def _begin(exposed_at: pd.Series, experiment: Experiment) -> pd.Series:
    """Return from when on a unit's deeds count: its exposure, else the declared first day."""
    if exposed_at.isna().all() and experiment.starts_on is not None:
        return exposed_at.fillna(_utc(pd.Timestamp(experiment.starts_on)))
    return exposed_at


def _utc(stamp: pd.Timestamp) -> pd.Timestamp:
    return stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")


def _utc_column(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[us, UTC]")
    return pd.to_datetime(table[name], utc=True).astype("datetime64[us, UTC]")
