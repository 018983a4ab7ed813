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
    from datetime import tzinfo

    from numpy.typing import NDArray

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

    def merge(self, other: ArmSample) -> ArmSample:
        """Return the sample of both taken together (Chan's formula)."""
        n = self.n + other.n
        mine, theirs = (0.0 if not s.n else s.mean for s in (self, other))
        apart = theirs - mine
        squares = sum((s.n - 1) * s.variance for s in (self, other) if s.n > 1)
        if self.n and other.n:
            squares += apart**2 * self.n * other.n / n
        return ArmSample(
            n=n,
            n_null=self.n_null + other.n_null,
            mean=mine + apart * other.n / n if n else NAN,
            variance=squares / (n - 1) if n > 1 else NAN,
        )

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


class Participants:
    """The units of an experiment that are analysed, with the number of each one's arm.

    Made by `taking_part`; every check, effect and segment of one analysis shares it, so that
    each metric is read once.
    """

    __slots__ = ("_samples", "arms", "codes", "frame")

    def __init__(self, frame: pd.DataFrame, codes: NDArray[np.int8], arms: tuple[str, ...]) -> None:
        self.frame, self.codes, self.arms = frame, codes, arms
        self._samples: dict[tuple[str, float | None], dict[str, ArmSample]] = {}

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def counts(self) -> dict[str, int]:
        """Units of each arm of the plan."""
        n = np.bincount(self.codes, minlength=len(self.arms))
        return {arm: int(x) for arm, x in zip(self.arms, n, strict=True)}

    def samples(self, metric: Metric, *, cap: float | None = None) -> dict[str, ArmSample]:
        """Return one metric's sample of each arm, nulls left out and counted.

        Parameters
        ----------
        metric : Metric
            Which column.
        cap : float, optional
            Value above which a unit counts as this value.
        """
        if (metric.id, cap) not in self._samples:
            here = np.zeros(len(self), dtype=np.int64)
            (self._samples[metric.id, cap],) = self.samples_by(metric, here, n_groups=1, cap=cap)
        return self._samples[metric.id, cap]

    def samples_by(
        self,
        metric: Metric,
        groups: NDArray[np.int64],
        *,
        n_groups: int,
        cap: float | None = None,
    ) -> list[dict[str, ArmSample]]:
        """Return the samples of each arm in each group of units.

        Parameters
        ----------
        metric : Metric
            Which column.
        groups : numpy.ndarray of int
            Number of each unit's group; -1 for none.
        n_groups : int
            Groups.
        cap : float, optional
            Value above which a unit counts as this value.
        """
        values = metric_column(self.frame, metric).to_numpy()
        if cap is not None:
            values = np.minimum(values, cap)
        n_arms = len(self.arms)
        cells = groups * n_arms + self.codes
        known = ~np.isnan(values)
        used, unknown = known & (groups >= 0), ~known & (groups >= 0)
        moments = group_moments(values[used], cells[used], n_groups=n_groups * n_arms)
        nulls = np.bincount(cells[unknown], minlength=n_groups * n_arms)
        found = [
            ArmSample(n=int(n), n_null=int(missing), mean=float(mean), variance=float(variance))
            for n, missing, mean, variance in zip(
                moments.n, nulls, moments.mean, moments.variance, strict=True
            )
        ]
        return [
            dict(zip(self.arms, found[g * n_arms : (g + 1) * n_arms], strict=True))
            for g in range(n_groups)
        ]


def taking_part(units: pd.DataFrame | Participants, experiment: Experiment) -> Participants:
    """Return the units that are analysed: those of an arm of the plan that are not excluded.

    Raises
    ------
    SchemaError
        If a column is missing.
    DesignError
        If one unit stands in two rows: its arm is not clear.
    """
    if isinstance(units, Participants):
        return units
    for column in ("unit_id", "arm"):
        if column not in units:
            raise SchemaError.missing_column(column, table="units", found=units.columns)
    arms = tuple(experiment.arms)
    codes = pd.Categorical(units["arm"], categories=list(arms)).codes
    chosen = codes >= 0
    if "exclusion" in units:
        chosen &= units["exclusion"].isna().to_numpy()
    rows = units if chosen.all() else units[chosen]
    known = rows["unit_id"].dropna()
    n_doubled = len(known) - known.nunique()
    if n_doubled:
        raise DesignError(
            f"{n_doubled} rows of {experiment.id!r} name a unit that stands in another row too."
            " One row per unit is needed; unit_metrics makes them."
        )
    return Participants(rows, codes[chosen], arms)


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
    if np.isinf(values.to_numpy()).any():
        raise DataError(f"Metric {metric.id!r} must be finite; got infinity.")
    if metric.kind == "conversion":
        numbers = values.to_numpy()
        odd = numbers[(numbers != 0) & (numbers != 1) & ~np.isnan(numbers)]
        if odd.size:
            raise DataError(
                f"Conversion {metric.id!r} must be 0 or 1 for each unit; got {odd[0]:g}."
            )
    return values


def cap_value(units: pd.DataFrame, metric: Metric) -> float | None:
    """Return the value at which a metric is capped: its quantile over all arms together."""
    if metric.cap is None or metric.kind == "conversion":
        return None
    values = metric_column(units, metric).dropna()
    return float(values.quantile(metric.cap)) if len(values) else None


def segment_codes(
    part: Participants, segments: pd.DataFrame, grouping: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the number of each participant's segment, -1 for none, and the segments' names."""
    named = segments.drop_duplicates("unit_id").set_index("unit_id")[grouping]
    of = pd.Categorical(part.frame["unit_id"].map(named).astype("string"))
    return np.asarray(of.codes, dtype=np.int64), tuple(str(c) for c in of.categories)


def day_codes(part: Participants, zone: tzinfo | str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the number of each participant's day of exposure, -1 for none, and the days."""
    if "exposed_at" not in part.frame or part.frame["exposed_at"].isna().all():
        return np.full(len(part), -1, dtype=np.int64), ()
    at = pd.to_datetime(part.frame["exposed_at"], utc=True).dt.tz_convert(zone)
    of = pd.Categorical(at.dt.strftime("%Y-%m-%d"))
    return np.asarray(of.codes, dtype=np.int64), tuple(str(d) for d in of.categories)
