"""Two means compared when the variances may differ (Welch)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.comparison import Comparison, two_sided_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Sample(NamedTuple):
    """Size, mean and variance (with n - 1) of one sample, or arrays of many."""

    n: ArrayLike
    mean: ArrayLike
    variance: ArrayLike


def compare_means(treated: Sample, control: Sample, *, confidence: float = 0.95) -> Comparison:
    """Difference of two means with Welch's test and its interval.

    Parameters
    ----------
    treated, control : Sample
        Size, mean and variance of each sample; the shapes are broadcast.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Comparison
        Treated less control, in the unit of the values. NaN throughout but for the estimate
        where a sample has fewer than two values or neither varies: nothing can be said then.

    Raises
    ------
    ParameterError
        If a size or a variance is negative, or `confidence` is not inside (0, 1).

    References
    ----------
    Welch B. L. (1947). The generalization of 'Student's' problem when several different
    population variances are involved. Biometrika 34, 28-35. doi:10.1093/biomet/34.1-2.28

    Examples
    --------
    >>> result = compare_means(Sample(20, 5.2, 1.5), Sample(25, 4.5, 2.5))
    >>> [round(float(x), 3) for x in result]
    [0.7, -0.144, 1.544, 0.102, 0.418]
    """
    n1, mean1, part1 = _mean_and_error(treated, "treated")
    n0, mean0, part0 = _mean_and_error(control, "control")
    estimate = mean1 - mean0
    square = part1 + part0
    can_tell = (n1 > 1) & (n0 > 1) & (square > 0)
    se = np.where(can_tell, np.sqrt(np.where(can_tell, square, np.nan)), np.nan)
    df = welch_df(treated, control)
    quantile = two_sided_quantile(confidence, df)
    p = 2 * special.stdtr(df, -np.abs(estimate) / se)
    return Comparison(
        estimate=estimate, low=estimate - quantile * se, high=estimate + quantile * se, p=p, se=se
    )


def welch_df(treated: Sample, control: Sample) -> NDArray[np.float64]:
    """Welch's degrees of freedom; NaN where a sample is too small or neither varies.

    Examples
    --------
    >>> float(welch_df(Sample(20, 0, 1.5), Sample(25, 0, 2.5)).round(2))
    42.97
    """
    n1, _, part1 = _mean_and_error(treated, "treated")
    n0, _, part0 = _mean_and_error(control, "control")
    can_tell = (n1 > 1) & (n0 > 1) & (part1 + part0 > 0)
    one, none = (np.where(can_tell, part, np.nan) for part in (part1, part0))
    with np.errstate(divide="ignore", invalid="ignore"):
        # Shares first: the square of a small variance may underflow.
        share = one / (one + none)
        return np.asarray(1 / (share**2 / (n1 - 1) + (1 - share) ** 2 / (n0 - 1)))


def _mean_and_error(sample: Sample, name: str) -> tuple[Floats, Floats, Floats]:
    """Return size, mean and the squared standard error of the mean."""
    n, mean, variance = (np.asarray(a, dtype=np.float64) for a in sample)
    if (n < 0).any() or (variance < 0).any():
        raise ParameterError.expected(name, "of no negative size or variance", got=sample)
    with np.errstate(divide="ignore", invalid="ignore"):
        return n, mean, variance / n
