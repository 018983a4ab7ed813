"""What a purchase of a customer is worth: the Gamma-Gamma model by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from cjm_research.errors import NoDataError
from cjm_research.segmentation.value.likelihood import standard_errors
from cjm_research.stats.ranks import rank_correlation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_BOUND = 15.0
FEWEST = 20
"""Customers with a repeat of known worth that a fit needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendModel:
    """Parameters with their standard errors; `v` is in money."""

    p: float
    q: float
    v: float
    se: tuple[float, ...]
    log_likelihood: float
    n_customers: int
    is_settled: bool
    correlation: float
    """Rank correlation of number and worth of purchases, which the model takes to be nil."""


def fit_spend(repeats: ArrayLike, value: ArrayLike) -> SpendModel:
    """Fit the model to customers with at least one repeat of positive worth.

    Parameters
    ----------
    repeats : array_like, shape (n,)
        Purchases that the mean is of.
    value : array_like, shape (n,)
        Mean money of these purchases; customers without any, or with none above 0, are left out.

    Raises
    ------
    NoDataError
        If fewer than `FEWEST` customers are left, or all spend the same.

    References
    ----------
    Fader P. S., Hardie B. G. S. (2013). The gamma-gamma model of monetary value.
    http://www.brucehardie.com/notes/025/
    """
    x, m = np.asarray(repeats, np.float64), np.asarray(value, np.float64)
    kept = (x > 0) & (m > 0)
    x, m = x[kept], m[kept]
    if len(x) < FEWEST or np.ptp(m) == 0:
        raise NoDataError(
            f"Worth of purchases: {len(x)} customers have a repeat that was paid for,"
            f" or all spend alike; at least {FEWEST} that differ are needed."
        )
    likelihood = _Likelihood(x, m)
    start = np.log([2.0, 4.0, 1.5 * float(np.median(m))])
    found = optimize.minimize(
        likelihood.loss, start, jac=True, method="L-BFGS-B",
        bounds=[(-_BOUND, _BOUND), (-_BOUND, _BOUND), (None, None)],
        options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    parameters = np.exp(found.x)
    se = standard_errors(likelihood, parameters)
    return SpendModel(
        **dict(zip(("p", "q", "v"), map(float, parameters), strict=True)),
        se=se,
        log_likelihood=float(-found.fun * len(x)),
        n_customers=len(x),
        is_settled=bool(np.abs(found.x[:2]).max() < _BOUND - 0.1 and not np.isnan(se).any()),
        correlation=rank_correlation(x, m).estimate,
    )


class _Likelihood:
    def __init__(self, x: Floats, m: Floats) -> None:
        self.x, self.m = x, m
        self.counts, self.count_of = np.unique(x, return_inverse=True)
        self.n_by_count = np.bincount(self.count_of).astype(np.float64)
        self.log_m, self.sums = np.log(m), x * m

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        p, q, v = parameters
        x, n = self.counts, self.n_by_count
        shape = p * self.x + q
        logs = np.log(v + self.sums)
        value = n @ (special.gammaln(p * x + q) - special.gammaln(p * x) + p * x * np.log(x))
        value += n.sum() * (q * np.log(v) - special.gammaln(q))
        value += (p * self.x - 1) @ self.log_m - shape @ logs
        both = special.digamma(p * x + q)
        slope = np.array([
            n @ (x * (both - special.digamma(p * x) + np.log(x)))
            + self.x @ self.log_m - self.x @ logs,
            n @ (both - special.digamma(q) + np.log(v)) - logs.sum(),
            n.sum() * q / v - (shape / (v + self.sums)).sum(),
        ])  # fmt: skip
        return float(value), slope

    def loss(self, theta: Floats) -> tuple[float, Floats]:
        value, slope = self(np.exp(theta))
        return -value / len(self.x), -slope * np.exp(theta) / len(self.x)


def expected_spend(model: SpendModel, repeats: ArrayLike, value: ArrayLike) -> Floats:
    """Return the mean worth of a customer's next purchases: own mean and everybody's, weighed.

    A customer without a repeat of known worth is given the mean of all. It is not finite if
    ``q <= 1``: then the mean of all customers is taken from those who were seen.
    """
    x, m = np.asarray(repeats, np.float64), np.asarray(value, np.float64)
    known = (x > 0) & (m > 0)
    x, m = np.where(known, x, 0.0), np.where(known, m, 0.0)
    bottom = model.p * x + model.q - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        own = model.p * (model.v + x * m) / bottom
    everybody = float(m[known].mean()) if known.any() else np.nan
    return np.where(bottom > 0, own, everybody)
