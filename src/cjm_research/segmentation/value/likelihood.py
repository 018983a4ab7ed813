"""Likelihood of purchase models with its gradient, and the climb to its peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjm_research.segmentation.value.purchases import Histories

    Floats = NDArray[np.float64]

BOUND = 12.0
"""Logarithms of the parameters stay within this; one that reaches it did not settle."""
_BLOCK = 1 << 13
"""Histories at a time: what is in between stays in the processor's memory, and BLAS starts no
threads, as it does for products of ten thousand numbers."""


def climbed(likelihood: Likelihood, start: Floats, *, exact: bool) -> optimize.OptimizeResult:
    """Climb to the peak over the logarithms of the parameters."""
    total = likelihood.by_count.sum()

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, slope = likelihood(np.exp(theta))
        return -value / total, -slope * np.exp(theta) / total

    ends = {"ftol": 1e-14, "gtol": 1e-8} if exact else {"ftol": 1e-10, "gtol": 1e-5}
    return optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(-BOUND, BOUND)] * 4,
        options={"maxiter": 500, "maxcor": 20, **ends},
    )  # fmt: skip


class Likelihood:
    """Log-likelihood and gradient; what depends on few different numbers is computed for these."""

    def __init__(self, data: Histories, *, shift: int) -> None:
        self.shift = shift
        self.counts, count_of = np.unique(data.repeats, return_inverse=True)
        self.times, time_of = np.unique(
            np.concatenate([data.observed, data.last]), return_inverse=True
        )
        end_of, last_of = time_of[: len(data.weight)], time_of[len(data.weight) :]
        self.by_count = np.bincount(count_of, data.weight)
        n_times = len(self.times)
        self.by_end = np.bincount(end_of, data.weight, minlength=n_times)
        self.bought_by_end = np.bincount(end_of, data.weight * data.repeats, minlength=n_times)
        stops = (data.repeats > 0) | (shift == 1)
        if not stops.all():  # who cannot have stopped has no further part in the likelihood
            count_of, end_of, last_of = count_of[stops], end_of[stops], last_of[stops]
        weight = data.weight[stops]
        self.blocks = [
            tuple(v[low : low + _BLOCK] for v in (count_of, end_of, last_of, weight))
            for low in range(0, len(weight), _BLOCK)
        ]

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood at r, alpha, a, b, and its slope."""
        r, alpha, a, b = parameters
        shift, x = self.shift, self.counts
        logs = np.log(alpha + self.times)
        inverse = 1 / (alpha + self.times)
        stop = np.maximum(x - 1 + shift, 0) + b
        own = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        own += special.betaln(a, b + x + shift) - special.betaln(a, b)
        bought = r * self.by_end + self.bought_by_end
        value = self.by_count @ own - bought @ logs
        rate = special.digamma(a + b) - special.digamma(a + b + x + shift)
        slope = np.array([
            self.by_count @ (special.digamma(r + x) - special.digamma(r) + np.log(alpha))
            - self.by_end @ logs,
            self.by_count.sum() * r / alpha - bought @ inverse,
            self.by_count @ rate,
            self.by_count @ (special.digamma(b + x + shift) - special.digamma(b) + rate),
        ])  # fmt: skip
        odds_of, gone_of = np.log(a) - np.log(stop), np.zeros(len(x))
        for count, end, last, weight in self.blocks:
            away = logs.take(end) - logs.take(last)
            power = (r + x).take(count)
            odds = power * away + odds_of.take(count)
            small = np.exp(-np.abs(odds))
            value += weight @ (np.maximum(odds, 0) + np.log(1 + small))
            gone = np.where(odds >= 0, 1.0, small) / (1 + small) * weight
            slope[0] += gone @ away
            slope[1] += gone @ (power * (inverse.take(end) - inverse.take(last)))
            gone_of += np.bincount(count, gone, minlength=len(x))
        slope[2] += gone_of.sum() / a
        slope[3] -= gone_of @ (1 / stop)
        return float(value), slope


def standard_errors(
    likelihood: Callable[[Floats], tuple[float, Floats]], parameters: Floats
) -> tuple[float, ...]:
    """Return the errors from the curvature at the peak, by differences of the gradient.

    Parameters
    ----------
    likelihood : callable
        Gives the log-likelihood and its slope.
    parameters : array, shape (k,)
        The peak.
    """
    k = len(parameters)
    curvature = np.empty((k, k))
    for i in range(k):
        step = np.zeros(k)
        step[i] = 1e-4 * parameters[i]
        up, down = likelihood(parameters + step)[1], likelihood(parameters - step)[1]
        curvature[i] = (up - down) / (2 * step[i])
    try:
        variance = np.diag(np.linalg.inv(-(curvature + curvature.T) / 2))
    except np.linalg.LinAlgError:
        variance = np.full(k, np.nan)
    with np.errstate(invalid="ignore"):
        return tuple(np.sqrt(variance).tolist())
