"""Quantiles of two samples compared by the exact bootstrap, without resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError
from cjm_research.stats.moves import Moves, Normal

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_TAIL = 1e-9  # chance of bootstrap values that are left out on each side
_MANY = 300  # order statistics in reach
_POINTS, _WEIGHTS = (np.polynomial.legendre.leggauss(4)[i] / 2 + (0.5, 0.0)[i] for i in (0, 1))


class QuantileLaw(NamedTuple):
    """How the quantile of a bootstrap sample is distributed: values with their chances."""

    n: int
    estimate: float
    values: Floats
    chances: Floats

    @property
    def variance(self) -> float:
        """Variance of the quantile; NaN for fewer than two values."""
        if self.n < 2:
            return float("nan")
        centred = np.asarray(self.values) - float(self.chances @ self.values)
        return float(self.chances @ centred**2)


class QuantileComparison(NamedTuple):
    """Difference and relative change of a quantile; NaN where the data cannot answer.

    Both intervals hold zero exactly when `p` is not below one less the confidence.
    """

    estimate: float
    low: float
    high: float
    p: float
    se: float
    lift: float
    lift_low: float
    lift_high: float


def quantile_law(values: ArrayLike, quantile: float) -> QuantileLaw:
    """Return the exact bootstrap distribution of a sample's quantile.

    The k-th of n drawn values is at most the j-th of the sample with the chance that at least
    k of n draws are among the j smallest: an incomplete beta function. Nothing is drawn.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        No NaN.
    quantile : float
        Between 0 and 1; the estimate is the smallest value that at least this share of the
        sample does not exceed.

    Raises
    ------
    ParameterError
        If `quantile` is not inside (0, 1) or a value is not finite.

    References
    ----------
    Efron B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7,
    1-26, section 3. doi:10.1214/aos/1176344552

    Examples
    --------
    The median of three: the chances are 7, 13 and 7 of 27.

    >>> law = quantile_law([1.0, 2.0, 4.0], 0.5)
    >>> law.estimate, (27 * law.chances).round(6).tolist()
    (2.0, [7.0, 13.0, 7.0])
    """
    if not 0 < quantile < 1:
        raise ParameterError.expected("quantile", "between 0 and 1", got=quantile)
    rows = np.asarray(values, dtype=np.float64)
    n = len(rows)
    if n == 0:
        return QuantileLaw(0, np.nan, np.zeros(0), np.zeros(0))
    if not np.isfinite(rows.sum()):
        raise ParameterError.expected("values", "finite numbers", got="NaN or infinity")
    k = max(int(np.ceil(quantile * n - 1e-9)), 1)
    first, last = _reach(n, k)
    # Parted twice at one place each: only what is in reach is sorted.
    above = np.partition(rows, first)[first:]
    above.partition(last - first)
    window = np.sort(above[: last + 1 - first])
    return QuantileLaw(n, float(window[k - 1 - first]), window, _chances(n, k, (first, last)))


def _chances(n: int, k: int, reach: tuple[int, int]) -> Floats:
    """Return the chance of each order statistic in reach; of what lies beyond, at the ends."""
    edges = np.arange(reach[0], reach[1] + 2) / n
    if len(edges) < _MANY:
        until = special.betainc(k, n - k + 1, edges)
        until[0], until[-1] = 0.0, 1.0
        return np.asarray(np.diff(until))
    # The beta density over each step of 1 / n, which is short beside its width: four points of
    # Gauss give the twelve digits that the incomplete beta function gives, in a tenth of its time.
    at = edges[:-1, None] + _POINTS / n
    middle = (k - 0.5) / n
    log_density = (k - 1) * np.log(at / middle) + (n - k) * np.log((1 - at) / (1 - middle))
    mass = np.exp(log_density) @ _WEIGHTS
    return np.asarray(mass / mass.sum())


def compare_quantiles(
    treated: QuantileLaw, control: QuantileLaw, *, confidence: float = 0.95
) -> QuantileComparison:
    """Difference of two quantiles with the percentile interval of the exact bootstrap.

    Parameters
    ----------
    treated, control : QuantileLaw
        What `quantile_law` gives for each sample.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    QuantileComparison
        In the unit of the values; the relative change is of the control's absolute value and
        NaN where that may be zero. `p` is twice the smaller chance that the difference of two
        bootstrap quantiles is not on the estimate's side of zero.

    Examples
    --------
    >>> law = quantile_law([1.0, 2.0, 3.0, 4.0, 5.0], 0.5)
    >>> compare_quantiles(law, law).p
    1.0
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    if treated.n < 2 or control.n < 2:
        return QuantileComparison(*[np.nan] * 8)
    tail = (1 - confidence) / 2
    se = float(np.sqrt(treated.variance + control.variance))
    estimate = treated.estimate - control.estimate
    moves = Moves(treated, control, np.ones_like(control.values))
    low, high = moves.ends(tail, Normal(estimate, se))
    p = min(1.0, 2 * min(moves.at_zero))
    lift = (np.nan, np.nan, np.nan)
    if control.values[0] > 0 or control.values[-1] < 0:
        base = abs(control.estimate)
        ratio = estimate / base
        spread = np.hypot(np.sqrt(treated.variance), (1 + ratio) * np.sqrt(control.variance)) / base
        scaled = Moves(treated, control, np.abs(control.values), at_zero=moves.at_zero)
        lift = (ratio, *scaled.ends(tail, Normal(ratio, float(spread))))
    return QuantileComparison(estimate, low, high, p, se, *lift)


def _reach(n: int, k: int) -> tuple[int, int]:
    """Return the first and last order statistic, from 0, that a bootstrap quantile may be."""
    ends = special.betaincinv(k, n - k + 1, [_TAIL, 1 - _TAIL])
    first, last = int(np.floor(ends[0] * n)) - 1, int(np.ceil(ends[1] * n)) + 1
    return max(min(first, k - 1), 0), min(max(last, k - 1), n - 1)
