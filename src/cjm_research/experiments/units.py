"""One row per unit of an experiment: its arm, and what it did after its exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.experiments.ledger import Ledger, need
from cjm_research.experiments.outcomes import covariate_values, metric_values

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment

EXCLUSIONS = ("no_unit", "no_arm", "two_arms", "unknown_arm", "outside_dates")
"""Why a unit takes no part, in the order in which it is asked."""

UNIT_COLUMNS = (
    "unit_id", "arm", "exposed_at", "stratum", "cluster", "n_exposures", "exclusion"
)  # fmt: skip
TABLES = ("orders", "events", "outcomes", "customers")
"""Tables that metrics and covariates are counted from."""

_ZONES = pd.Timedelta(hours=14)  # a calendar day of any zone lies within its UTC day and these


def unit_metrics(
    experiment: Experiment,
    exposures: pd.DataFrame,
    *,
    until: pd.Timestamp | None = None,
    held: Collection[str] = (),
    **tables: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return one row per unit of an experiment, with one column per metric.

    Parameters
    ----------
    experiment : Experiment
        Arms, dates and metrics, from the study.
    exposures : pandas.DataFrame
        Who was shown which arm; rows of other experiments are left aside.
    until : pandas.Timestamp, optional
        Last day of the data. A unit whose window reaches beyond it is not counted yet.
    held : collection of str
        Tables that the study has rows of, for units of one bucket: where the bucket has none, its
        units did nothing, which is known. Without it an empty table is one that nobody kept.
    **tables : pandas.DataFrame, optional
        `orders`, `events`, `outcomes`: what the metrics are counted from, and `customers` for
        covariates; only those that a metric names are needed.

    Returns
    -------
    pandas.DataFrame
        Columns `unit_id`, `arm`, `exposed_at` (the first time), `stratum`, `cluster`,
        `n_exposures`, `exclusion` and one float column per metric; a ratio has a second one,
        ``ID:per``, for what it is divided by, and covariates have columns too. `exclusion` is
        null for units that take part; the others stay in the table, so that nothing is lost
        silently. A metric is NaN where it is not known, which is not zero.

    Raises
    ------
    SchemaError
        If exposures lack a column.
    ParameterError
        If a table has a name that no metric is counted from.
    DataError
        If a covariate is nowhere to be found.
    NoDataError
        If nobody was exposed to the experiment.
    """
    for name in tables.keys() - set(TABLES):
        raise ParameterError.unknown("table", name, known=TABLES)
    need(exposures, ("experiment", "unit_id", "arm"), "exposures")
    shown = exposures[exposures["experiment"] == experiment.id]
    if shown.empty:
        raise NoDataError(f"Nobody was exposed to the experiment {experiment.id!r}.")
    units = _one_row_each(shown)
    units["exclusion"] = _exclusions(units, experiment)
    units["arm"] = units["arm"].where(units["n_arms"] == 1)
    begin = _begin(units["exposed_at"], experiment)
    ledger = Ledger(units.assign(begin=begin), tables, experiment=experiment.id, held=held)
    columns: dict[str, NDArray[np.float64]] = {}
    for metric in experiment.metrics:
        columns |= _closed(metric_values(metric, ledger), metric, begin, until)
    for name in dict.fromkeys(c for m in experiment.metrics for c in m.covariates):
        columns[name] = covariate_values(name, ledger)
    return pd.concat(
        [units[[*UNIT_COLUMNS]], pd.DataFrame(columns, index=units.index)], axis="columns"
    )


def _closed(
    found: dict[str, NDArray[np.float64]],
    metric: Metric,
    begin: pd.Series,
    until: pd.Timestamp | None,
) -> dict[str, NDArray[np.float64]]:
    """Leave out what units did whose window is still open at the end of the data."""
    if until is None or metric.within_days is None:
        return found
    ends = begin + pd.Timedelta(days=metric.within_days)
    is_open = (ends > _utc(until) + pd.Timedelta(days=1)).to_numpy(dtype=bool)
    return {
        name: values if name.endswith(":before") else np.where(is_open, np.nan, values)
        for name, values in found.items()
    }


def unit_segments(
    units: pd.DataFrame,
    names: Sequence[str],
    *,
    customers: pd.DataFrame,
    memberships: pd.DataFrame | None = None,
    groupings: Sequence[str] = (),
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
    groupings : Sequence of str
        Ids of all groupings: one that nobody is in divides nothing and is no mistake.

    Returns
    -------
    pandas.DataFrame
        `unit_id` and one text column per name. Null where a unit has no segment, or several: an
        effect by segment needs exactly one.

    Raises
    ------
    ParameterError
        If a name is no grouping and no column; the nearest one is named.
    """
    out = units[["unit_id"]].copy()
    for name in names:
        found = _segment_of(name, units, customers, memberships)
        if found is not None:
            out[name] = units["unit_id"].map(found).astype("string")
        elif name not in groupings:
            there = set(memberships["grouping"].dropna()) if memberships is not None else set()
            known = {*groupings, *there, *map(str, customers.columns), "stratum"}
            raise ParameterError.unknown("grouping or column", name, known=known)
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
            "cluster": shown.get("cluster"),
        }
    )
    rows = rows.astype({"stratum": "string", "cluster": "string"})
    is_named = rows["unit_id"].notna()
    if is_named.all() and rows["unit_id"].is_unique:
        units = rows.sort_values("unit_id", ignore_index=True)
        return units.assign(n_exposures=1, n_arms=units["arm"].notna().astype("int64"))
    rows = rows.sort_values(["exposed_at", "unit_id", "arm"], kind="stable")
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
