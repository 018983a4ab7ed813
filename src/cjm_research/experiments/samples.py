"""What an arm's units add up to, metric by metric: all that the tests need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, DesignError, SchemaError
from cjm_research.stats.means import Sample
from cjm_research.stats.moments import group_moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.plans import Experiment, Metric

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSample:
    """One metric of one arm: how many units, how many unknown, mean and variance."""

    n: int
    n_null: int
    mean: float
    """For a conversion the rate; NaN without units."""
    variance: float
    """With n - 1; NaN for fewer than two units."""

    @property
    def total(self) -> float:
        """Sum over the units: converted units, or revenue."""
        return self.n * self.mean if self.n else 0.0

    @property
    def successes(self) -> int:
        """Converted units, for a conversion."""
        return round(self.total)

    @property
    def sample(self) -> Sample:
        """Size, mean and variance as the statistics want them."""
        return Sample(self.n, self.mean, self.variance)


def total_sample(rows: pd.DataFrame, metric: Metric) -> ArmSample:
    """Return the sample of one arm from its sums: `n`, `total`, and `variance` for a mean.

    Raises
    ------
    DataError
        If a conversion's total is not a whole number between 0 and n.
    """
    n = int(rows["n"].sum())
    mean = float(rows["total"].sum()) / n if n else NAN
    if metric.kind == "conversion":
        total = float(rows["total"].sum())
        if not (0 <= total <= n and total == round(total)):
            raise DataError(
                f"{metric.id!r} must have a whole total of 0 to n; got {total:g} of {n}."
            )
        variance = mean * (1 - mean) * n / (n - 1) if n > 1 else NAN
        return ArmSample(n=n, n_null=0, mean=mean, variance=variance)
    if "variance" not in rows or rows["variance"].isna().any() or n < 2:
        return ArmSample(n=n, n_null=0, mean=mean, variance=NAN)
    between = (rows["n"] * (rows["total"] / rows["n"] - mean) ** 2).sum()
    within = ((rows["n"] - 1) * rows["variance"]).sum()
    return ArmSample(n=n, n_null=0, mean=mean, variance=float(within + between) / (n - 1))


def taking_part(units: pd.DataFrame, experiment: Experiment) -> pd.DataFrame:
    """Return the units that are analysed: those of an arm of the plan that are not excluded.

    Raises
    ------
    SchemaError
        If a column is missing.
    DesignError
        If one unit stands in two rows: its arm is not clear.
    """
    for column in ("unit_id", "arm"):
        if column not in units:
            raise SchemaError.missing_column(column, table="units", found=units.columns)
    chosen = units["arm"].isin(list(experiment.arms))
    if "exclusion" in units:
        chosen &= units["exclusion"].isna()
    rows = units[chosen]
    doubled = rows.loc[rows["unit_id"].duplicated() & rows["unit_id"].notna(), "unit_id"]
    if len(doubled):
        raise DesignError(
            f"{len(doubled)} units of {experiment.id!r} stand in more than one row of the units."
            " One row per unit is needed; unit_metrics makes them."
        )
    return rows


def metric_column(units: pd.DataFrame, metric: Metric) -> pd.Series:
    """Return a metric of every unit as numbers, checked.

    Raises
    ------
    SchemaError
        If there is no column of the metric.
    DataError
        If it holds text or infinity, or a conversion holds anything but 0 and 1.
    """
    if metric.id not in units:
        raise SchemaError.missing_column(metric.id, table="units", found=units.columns)
    column = units[metric.id]
    is_number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    if not is_number and column.notna().any():
        known = column.dropna()
        example = known[pd.to_numeric(known, errors="coerce").isna()].tolist() or known.tolist()
        raise DataError(f"Metric {metric.id!r} must be a number; got {example[0]!r}.")
    values = column.astype("float64")
    if np.isinf(values).any():
        raise DataError(f"Metric {metric.id!r} must be finite; got infinity.")
    if metric.kind == "conversion" and not values.dropna().isin([0.0, 1.0]).all():
        odd = values[~values.isin([0.0, 1.0]) & values.notna()].iloc[0]
        raise DataError(f"Conversion {metric.id!r} must be 0 or 1 for each unit; got {odd:g}.")
    return values


def arm_samples(
    units: pd.DataFrame, metric: Metric, *, arms: Mapping[str, object], cap: float | None = None
) -> dict[str, ArmSample]:
    """Return one metric's sample of each arm, nulls left out and counted.

    Parameters
    ----------
    units : pandas.DataFrame
        Units that take part: `arm` and a column of the metric.
    metric : Metric
        Which column.
    arms : Mapping
        Arms of the plan, in order; one without units gets an empty sample.
    cap : float, optional
        Value above which a unit counts as this value.
    """
    values = metric_column(units, metric)
    if cap is not None:
        values = values.clip(upper=cap)
    names = list(arms)
    codes = pd.Categorical(units["arm"], categories=names).codes
    known = values.notna().to_numpy()
    moments = group_moments(values.to_numpy()[known], codes[known], n_groups=len(names))
    nulls = np.bincount(codes[~known], minlength=len(names))
    return {
        name: ArmSample(
            n=int(moments.n[i]),
            n_null=int(nulls[i]),
            mean=float(moments.mean[i]),
            variance=float(moments.variance[i]),
        )
        for i, name in enumerate(names)
    }


def cap_value(units: pd.DataFrame, metric: Metric) -> float | None:
    """Return the value at which a metric is capped: its quantile over all arms together."""
    if metric.cap is None or metric.kind == "conversion":
        return None
    values = metric_column(units, metric).dropna()
    return float(values.quantile(metric.cap)) if len(values) else None
