"""What an arm's units add up to, metric by metric: all that the tests need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from cjm_research.errors import DataError
from cjm_research.stats.adjusted import linearised
from cjm_research.stats.means import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjm_research.stats.moments import Moments
    from cjm_research.study.metric import Metric

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSample:
    """One metric of one arm: how many units, how many unknown, mean and variance."""

    n: int
    n_null: int
    mean: float
    """For a conversion the rate; NaN without units."""
    variance: float
    """With n - 1; NaN for fewer than two units. Of a ratio that of its linearised values."""
    base: float | None = None
    """What a ratio is divided by, summed over the units; None where units themselves count."""

    @property
    def total(self) -> float:
        """Sum over the units: converted units, revenue, or what a ratio divides."""
        base = self.n if self.base is None else self.base
        return base * self.mean if self.n else 0.0

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


def merged(samples: Sequence[ArmSample]) -> ArmSample:
    """Return all samples, one or more, taken together."""
    return reduce(ArmSample.merge, samples)


class CellMoments(NamedTuple):
    """Moments of a metric in one cell, and how many units it is not known of."""

    moments: Moments
    n_null: int

    def outcome(self, *, is_ratio: bool) -> Moments:
        """Return the moments with the metric as one column, a ratio linearised."""
        return linearised(self.moments) if is_ratio else self.moments

    def merge(self, other: CellMoments) -> CellMoments:
        """Return both cells taken together."""
        return CellMoments(self.moments.merge(other.moments), self.n_null + other.n_null)

    def sample(self, *, is_ratio: bool) -> ArmSample:
        """Return size, mean and variance of the metric."""
        found = self.outcome(is_ratio=is_ratio)
        n = found.n
        base = float(self.moments.mean[1]) * self.moments.n if is_ratio else None
        return ArmSample(
            n=n,
            n_null=self.n_null + self.moments.n - n,
            mean=float(found.mean[0]) if n else NAN,
            variance=max(float(found.cross[0, 0]), 0.0) / (n - 1) if n > 1 else NAN,
            base=base,
        )


def merged_arms(
    before: Mapping[str, CellMoments], more: Mapping[str, CellMoments]
) -> dict[str, CellMoments]:
    """Return the moments of each arm with more units of it."""
    return {arm: before[arm].merge(cell) for arm, cell in more.items()}


def arm_total(rows: pd.DataFrame, metric: Metric) -> ArmSample:
    """Return the sample of a metric from the sums of one arm, all metrics among them."""
    own = rows[rows["metric"] == (metric.event or metric.id)]
    if metric.per is not None:
        return total_ratio(own, rows[rows["metric"] == metric.per])
    return total_sample(own, metric)


def total_ratio(rows: pd.DataFrame, under: pd.DataFrame) -> ArmSample:
    """Return the sample of a ratio of two sums of one arm.

    Parameters
    ----------
    rows : pandas.DataFrame
        Sums of what is divided; `variance` is that of its linearised values, unit by unit,
        without which there is an estimate and no test.
    under : pandas.DataFrame
        Sums of what it is divided by.

    Raises
    ------
    DataError
        If it is divided by a negative sum.
    """
    n, base = int(rows["n"].sum()), float(under["total"].sum())
    if base < 0:
        raise DataError(f"A ratio must not be divided by a negative sum; got {base:g}.")
    if not n or not base:
        return ArmSample(n=0, n_null=n, mean=NAN, variance=NAN, base=0.0)
    variance = NAN
    spread = rows.loc[rows["n"] > 1]
    if "variance" in rows and spread["variance"].notna().all() and n > 1:
        # Parts of several days have the variance within; what is between them is not known.
        variance = float(((spread["n"] - 1) * spread["variance"]).sum()) / (n - 1)
    mean = float(rows["total"].sum()) / base
    return ArmSample(n=n, n_null=0, mean=mean, variance=variance, base=base)


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
        # A total may have been computed as a mean times n, which loses the last digits.
        if abs(total - round(total)) <= 1e-9 * max(n, 1):
            total = float(round(total))
        if not (0 <= total <= n and total == round(total)):
            raise DataError(
                f"{metric.id!r} must have a whole total of 0 to n; got {total:g} of {n}."
            )
        mean = total / n if n else NAN
        variance = mean * (1 - mean) * n / (n - 1) if n > 1 else NAN
        return ArmSample(n=n, n_null=0, mean=mean, variance=variance)
    spread = rows.loc[rows["n"] > 1]  # one unit has no variance, and none nothing at all
    if "variance" not in rows or spread["variance"].isna().any() or n < 2:
        return ArmSample(n=n, n_null=0, mean=mean, variance=NAN)
    filled = rows.loc[rows["n"] > 0]
    between = (filled["n"] * (filled["total"] / filled["n"] - mean) ** 2).sum()
    within = ((spread["n"] - 1) * spread["variance"]).sum()
    return ArmSample(n=n, n_null=0, mean=mean, variance=float(within + between) / (n - 1))
