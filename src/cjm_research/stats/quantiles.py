"""Quantiles of two samples compared by the exact bootstrap, without resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_TAIL = 1e-10  # chance of bootstrap values that are left out on each side
_STEPS, _CLOSE = 200, 1e-9  # of the whole range


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
    window = np.partition(rows, sorted({first, k - 1, last}))[first : last + 1]
    window.sort()
    until = special.betainc(k, n - k + 1, np.arange(first, last + 2) / n)
    until[0], until[-1] = 0.0, 1.0
    return QuantileLaw(n, float(window[k - 1 - first]), window, np.diff(until))


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
    size = np.ones_like(control.values)
    low, high = _percentiles(treated, control, size, tail)
    p = min(1.0, 2 * min(_at_most(treated, control.values, _sums(control)),
                         _at_least(treated, control.values, _sums(control))))  # fmt: skip
    se = float(np.sqrt(treated.variance + control.variance))
    estimate = treated.estimate - control.estimate
    lift = (np.nan, np.nan, np.nan)
    if control.values[0] > 0 or control.values[-1] < 0:
        size = np.abs(control.values)
        lift = (estimate / abs(control.estimate), *_percentiles(treated, control, size, tail))
    return QuantileComparison(estimate, low, high, p, se, *lift)


def _reach(n: int, k: int) -> tuple[int, int]:
    """Return the first and last order statistic, from 0, that a bootstrap quantile may be."""
    ends = special.betaincinv(k, n - k + 1, [_TAIL, 1 - _TAIL])
    first, last = int(np.floor(ends[0] * n)) - 1, int(np.ceil(ends[1] * n)) + 1
    return max(min(first, k - 1), 0), min(max(last, k - 1), n - 1)


def _sums(law: QuantileLaw) -> Floats:
    return np.concatenate([[0.0], np.cumsum(law.chances)])


def _at_most(treated: QuantileLaw, bar: Floats, sums: Floats) -> float:
    """Chance that the treated quantile is at most the control's, which was moved to `bar`."""
    return float(treated.chances @ (sums[-1] - sums[np.searchsorted(bar, treated.values)]))


def _at_least(treated: QuantileLaw, bar: Floats, sums: Floats) -> float:
    places = np.searchsorted(bar, treated.values, side="right")
    return float(treated.chances @ sums[places])


def _percentiles(
    treated: QuantileLaw, control: QuantileLaw, size: Floats, tail: float
) -> tuple[float, float]:
    """Return the smallest and the largest move, in units of `size`, not ruled out."""
    least = float(size.min())
    reach = (max(treated.values[-1], control.values[-1])
             - min(treated.values[0], control.values[0])) / least + 1.0  # fmt: skip

    def moved(by: float) -> tuple[Floats, Floats]:
        bar = control.values + by * size
        if bar[0] <= bar[-1]:
            return bar, _sums(control)
        return bar[::-1], np.concatenate([[0.0], np.cumsum(control.chances[::-1])])

    def low_chance(by: float) -> float:
        return _at_most(treated, *moved(by)) - tail

    def high_chance(by: float) -> float:
        return _at_least(treated, *moved(by)) - tail

    low = _boundary(low_chance, -reach, reach)
    return low, _boundary(high_chance, reach, -reach)


def _boundary(excess: Callable[[float], float], out: float, inside: float) -> float:
    """Close in on where a move stops being ruled out; zero is asked itself.

    False position with every third step a halving, since the chance moves in steps.
    """
    width = abs(inside - out)
    f_out, f_inside = excess(out), excess(inside)
    guess = 0.0
    for step in range(_STEPS):
        f = excess(guess)
        if f < 0:
            out, f_out, f_inside = guess, f, f_inside / 2
        else:
            inside, f_inside, f_out = guess, f, f_out / 2
        if abs(inside - out) < width * _CLOSE:
            break
        share = f_inside / (f_inside - f_out) if f_inside > f_out else 0.5
        guess = inside + (0.5 if step % 3 == 2 else min(max(share, 1e-3), 0.999)) * (out - inside)
    return inside
