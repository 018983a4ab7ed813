"""Tests whose arms were drawn for clusters: shops, regions, sales teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import DesignError, SchemaError
from cjm_research.experiments.columns import metric_column, metric_parts, number_column

if TYPE_CHECKING:
    from cjm_research.study.metric import Metric
    from cjm_research.study.plans import Experiment


def as_clusters(units: pd.DataFrame, experiment: Experiment) -> tuple[pd.DataFrame, Experiment]:
    """Return one row per cluster, and the plan whose metrics are ratios of clusters' sums.

    A share or a mean of units is the sum over a cluster divided by its units, so that its error
    is taken between clusters, as they were drawn. Clusters of one unit give the error of units.

    Parameters
    ----------
    units : pandas.DataFrame
        As `unit_metrics` gives them, with `cluster`.
    experiment : Experiment
        The plan in units.

    Raises
    ------
    SchemaError
        If units have no clusters.
    DesignError
        If a metric is a quantile: clusters have no quantile of units.

    References
    ----------
    Deng A., Knoblich U., Lu J. (2018). Applying the delta method in metric analytics. KDD '18,
    233-242. doi:10.1145/3219819.3219919
    """
    if "cluster" not in units or units["cluster"].isna().all():
        raise SchemaError.missing_column("cluster", table="exposures", found=units.columns)
    wrong = next((m.id for m in experiment.metrics if m.kind == "quantile"), None)
    if wrong is not None:
        raise DesignError(f"{wrong!r} is a quantile, which a test of clusters cannot compare.")
    part = units[units["exclusion"].isna()] if "exclusion" in units else units
    part = part[part["cluster"].notna()]
    by = part.groupby("cluster", sort=True)
    arms = by["arm"].nunique()
    rows = pd.DataFrame({"unit_id": arms.index.astype("string")}, index=arms.index)
    rows["arm"] = by["arm"].first().where(arms == 1)
    for name in ("exposed_at", "stratum"):
        if name in part:
            rows[name] = by[name].min() if name == "exposed_at" else by[name].first()
    rows["exclusion"] = pd.Series("two_arms", index=arms.index, dtype="string").where(arms > 1)
    for metric in experiment.metrics:
        parts = _sums(part, metric)
        sums = parts.groupby(part["cluster"]).sum(min_count=1)
        rows = rows.join(sums)
    for name in dict.fromkeys(c for m in experiment.metrics for c in m.adjusted_for):
        rows[name] = number_column(part, name).groupby(part["cluster"]).mean()
    metrics = [_as_ratio(m) for m in experiment.metrics]
    return rows.reset_index(drop=True), experiment.model_copy(update={"metrics": metrics})


def _sums(part: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Return what is divided and what it is divided by, of each unit; NaN where one is unknown."""
    value = metric_column(part, metric)
    under = pd.Series(1.0, index=part.index)
    if metric.kind == "ratio":
        under = number_column(part, metric_parts(metric)[1])
    is_known = value.notna() & under.notna()
    pair = {metric.id: value.where(is_known), f"{metric.id}:per": under.where(is_known)}
    return pd.DataFrame(pair).replace([np.inf, -np.inf], np.nan)


def _as_ratio(metric: Metric) -> Metric:
    update = {
        "kind": "ratio",
        "per": metric.per or "unit",
        "is_share": metric.is_share or metric.kind == "conversion",
        "cap": None,
    }
    return metric.model_copy(update=update)
