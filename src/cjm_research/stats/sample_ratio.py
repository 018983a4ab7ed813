"""The sample-ratio test: did each arm get its planned share of the units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class SampleRatio(NamedTuple):
    """Chi-square test of counts against planned shares."""

    statistic: float
    df: int
    p: float
    log10_p: float
    """Kept apart, since a badly broken split has a p below what a float can hold."""
    deviation: float
    """Largest distance between a share that was met and the planned one."""


def sample_ratio_test(counts: ArrayLike, shares: ArrayLike) -> SampleRatio:
    """Test whether the counts of the arms fit the planned shares.

    Parameters
    ----------
    counts : array_like of int, shape (k,)
        Units of each arm.
    shares : array_like of float, shape (k,)
        Planned shares, none negative; they are scaled to add up to one. An arm with a share
        of zero takes no part, unless it has units: then the plan is broken for certain.

    Returns
    -------
    SampleRatio
        `p` is NaN where there is no unit at all or only one arm.

    Raises
    ------
    ParameterError
        If the two differ in length, one holds a number that is negative or not finite, or no
        share is above zero.

    References
    ----------
    Fabijan A. et al. (2019). Diagnosing sample ratio mismatch in online controlled
    experiments. KDD '19, 2156-2164. doi:10.1145/3292500.3330722

    Examples
    --------
    >>> result = sample_ratio_test([821_588, 815_482], [0.5, 0.5])
    >>> round(result.statistic, 2), round(result.log10_p, 2)
    (22.77, -5.74)
    """
    n, planned = np.asarray(counts, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    if n.ndim != 1 or n.shape != planned.shape:
        raise ParameterError.expected("shares", f"{n.size} numbers", got=planned.tolist())
    numbers = np.concatenate([n, planned])
    if not (np.isfinite(numbers).all() and (numbers >= 0).all() and planned.any()):
        raise ParameterError.expected(
            "counts and shares", "finite and not negative", got=(n.tolist(), planned.tolist())
        )
    total, planned = n.sum(), planned / planned.sum()
    used = planned > 0
    df = int(used.sum()) - 1
    if total == 0 or df < 1:
        return SampleRatio(np.nan, df, np.nan, np.nan, np.nan)
    deviation = float(np.abs(n / total - planned).max())
    if n[~used].any():
        return SampleRatio(np.inf, df, 0.0, -np.inf, deviation)
    expected = total * planned[used]
    statistic = float(((n[used] - expected) ** 2 / expected).sum())
    log_p = log_chi_square_tail(statistic, df=df)
    return SampleRatio(statistic, df, float(np.exp(log_p)), float(log_p / np.log(10)), deviation)


def log_chi_square_tail(statistic: float, *, df: int) -> float:
    """Natural logarithm of the chance that chi-square exceeds `statistic`.

    scipy's survival function is 0 from about 1,400 on; from where it loses digits the
    continued fraction of the incomplete gamma function is evaluated in logarithms.

    References
    ----------
    Abramowitz M., Stegun I. A. (1964). Handbook of Mathematical Functions, 6.5.31.

    Examples
    --------
    >>> round(log_chi_square_tail(5000.0, df=2), 6)  # exactly -2500
    -2500.0
    """
    a, x = df / 2, statistic / 2
    if x < 100 + a:
        return float(np.log(special.gammaincc(a, x)))
    fraction = 0.0
    for k in range(100, 0, -1):
        fraction = k * (k - a) / (x + 2 * k + 1 - a - fraction)
    return float(-x + a * np.log(x) - special.gammaln(a) - np.log(x + 1 - a - fraction))
