"""Columns of units: metrics and covariates as numbers, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import DataError, SchemaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.study.metric import Metric

    Floats = NDArray[np.float64]


_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "boolean")
"""What a column of objects may hold, as pandas calls it."""


def metric_parts(metric: Metric) -> tuple[str, ...]:
    """Return the columns of units that a metric is made of; a ratio has two."""
    return (metric.id, f"{metric.id}:per") if metric.kind == "ratio" else (metric.id,)


def metric_column(units: pd.DataFrame, metric: Metric) -> pd.Series:
    """Return a metric of every unit as numbers, checked.

    Raises
    ------
    SchemaError
        If there is no column of the metric.
    DataError
        If it holds text or infinity, a conversion anything but 0 and 1, or what a ratio is
        divided by a negative number.
    """
    values = number_column(units, metric.id)
    if metric.kind == "conversion":
        numbers = values.to_numpy()
        odd = (numbers != 0) & (numbers != 1)
        if odd.any() and (odd & ~np.isnan(numbers)).any():
            got = numbers[odd & ~np.isnan(numbers)][0]
            raise DataError(f"Conversion {metric.id!r} must be 0 or 1 for each unit; got {got:g}.")
    return values


def number_column(units: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of units as finite numbers; NaN where it is not known.

    Raises
    ------
    SchemaError
        If there is no such column.
    DataError
        If it holds text or infinity.
    """
    if name not in units:
        raise SchemaError.missing_column(name, table="units", found=units.columns)
    column = units[name]
    is_number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    if not is_number and column.notna().any():
        known = column.dropna()
        if pd.api.types.infer_dtype(known) not in _NUMBERS:
            example = known[pd.to_numeric(known, errors="coerce").isna()].tolist() or known.tolist()
            raise DataError(f"Metric {name!r} must be a number; got {example[0]!r}.")
        column = known.astype("float64").reindex(column.index)
    values = column.astype("float64")
    numbers = values.to_numpy()
    if not np.isfinite(numbers.sum()) and np.isinf(numbers).any():
        raise DataError(f"Metric {name!r} must be finite; got infinity.")
    return values


def cap_value(units: pd.DataFrame, metric: Metric) -> float | None:
    """Return the value at which a metric is capped: its quantile over all arms together."""
    if metric.cap is None or metric.kind != "mean":
        return None
    values = metric_column(units, metric).dropna()
    return float(values.quantile(metric.cap)) if len(values) else None


def filled(values: Floats) -> tuple[Floats, Floats | None]:
    """Fill a covariate's unknown values with its mean over all arms, and mark them.

    The mark is a covariate too, so that what it is filled with does not matter.
    """
    unknown = np.isnan(values)
    if not unknown.any():
        return values, None
    mean = float(values[~unknown].mean()) if not unknown.all() else 0.0
    return np.where(unknown, mean, values), unknown.astype(np.float64)
