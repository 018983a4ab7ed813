"""How long contracts are renewed: the shifted beta-geometric model by maximum likelihood.

Each customer ends the contract with a chance of the customer's own at every renewal (beta over
customers), so the share that stays rises with time although nobody becomes more loyal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from cjm_research.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_BOUND = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractModel:
    """Parameters with standard errors; a period is the unit that the lifetimes are counted in."""

    alpha: float
    beta: float
    se: tuple[float, float]
    log_likelihood: float
    n_customers: float
    is_settled: bool


def fit_contracts(
    periods: ArrayLike, is_ended: ArrayLike, *, weight: ArrayLike | None = None
) -> ContractModel:
    """Fit the model.

    Parameters
    ----------
    periods : array_like of int, shape (n,)
        Periods begun, at least 1: the contract ended after so many, or it was renewed so often
        and still runs.
    is_ended : array_like of bool, shape (n,)
        Whether the end was seen.
    weight : array_like, shape (n,), optional
        Customers with this history; 1 each if absent.

    Raises
    ------
    NoDataError
        If no contract ended, or none goes on: there is nothing to learn the chance from.
    ParameterError
        If a lifetime is not a whole number from 1.

    References
    ----------
    Fader P. S., Hardie B. G. S. (2007). How to project customer retention. Journal of
    Interactive Marketing 21(1), 76-90. doi:10.1002/dir.20074
    """
    t, ended = np.asarray(periods, np.float64), np.asarray(is_ended, dtype=bool)
    n = np.ones(len(t)) if weight is None else np.asarray(weight, np.float64)
    if ((t < 1) | (t != np.floor(t))).any():
        raise ParameterError.expected("periods", "whole and at least 1", got=float(t.min()))
    if not (n[ended].sum() > 0 and n[~ended].sum() > 0):
        raise NoDataError("Contracts: some must have ended and some still run.")
    data = _grouped(t, ended, n)

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, slope = _likelihood(np.exp(theta), data)
        return -value / n.sum(), -slope * np.exp(theta) / n.sum()

    found = optimize.minimize(
        loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 2,
        options={"ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    parameters = np.exp(found.x)
    curvature = np.empty((2, 2))
    for i in range(2):
        step = np.zeros(2)
        step[i] = 1e-4 * parameters[i]
        up, down = _likelihood(parameters + step, data)[1], _likelihood(parameters - step, data)[1]
        curvature[i] = (up - down) / (2 * step[i])
    with np.errstate(invalid="ignore", divide="ignore"):
        determinant = curvature[0, 0] * curvature[1, 1] - curvature[0, 1] ** 2
        se = np.sqrt(np.array([-curvature[1, 1], -curvature[0, 0]]) / determinant)
    return ContractModel(
        alpha=float(parameters[0]),
        beta=float(parameters[1]),
        se=(float(se[0]), float(se[1])),
        log_likelihood=float(-found.fun * n.sum()),
        n_customers=float(n.sum()),
        is_settled=bool(np.abs(found.x).max() < _BOUND - 0.1 and np.isfinite(se).all()),
    )


def _grouped(t: Floats, ended: NDArray[np.bool_], n: Floats) -> tuple[Floats, Floats, Floats]:
    times, which = np.unique(t, return_inverse=True)
    size = len(times)
    return (
        times,
        np.bincount(which[ended], n[ended], minlength=size).astype(np.float64),
        np.bincount(which[~ended], n[~ended], minlength=size).astype(np.float64),
    )


def _likelihood(parameters: Floats, data: tuple[Floats, Floats, Floats]) -> tuple[float, Floats]:
    (alpha, beta), (t, ended, running) = parameters, data
    total = ended.sum() + running.sum()
    value = ended @ special.betaln(alpha + 1, beta + t - 1)
    value += running @ special.betaln(alpha, beta + t)
    value -= total * special.betaln(alpha, beta)
    whole = special.digamma(alpha + beta + t)
    base = special.digamma(alpha + beta)
    by_alpha = ended @ (special.digamma(alpha + 1) - whole)
    by_alpha += running @ (special.digamma(alpha) - whole)
    by_alpha -= total * (special.digamma(alpha) - base)
    by_beta = ended @ (special.digamma(beta + t - 1) - whole)
    by_beta += running @ (special.digamma(beta + t) - whole)
    by_beta -= total * (special.digamma(beta) - base)
    return float(value), np.array([by_alpha, by_beta])


def share_running(model: ContractModel, periods: ArrayLike) -> Floats:
    """Return the share of contracts that outlast so many periods; 1 at 0."""
    t = np.asarray(periods, np.float64)
    base = special.betaln(model.alpha, model.beta)
    share: Floats = np.exp(special.betaln(model.alpha, model.beta + t) - base)
    return share


def renewal_rate(model: ContractModel, periods: ArrayLike) -> Floats:
    """Return the share of those still there after ``periods - 1`` who outlast one more."""
    t = np.asarray(periods, np.float64)
    rate: Floats = (model.beta + t - 1) / (model.alpha + model.beta + t - 1)
    return rate


def expected_periods(model: ContractModel, periods: ArrayLike, *, horizon: int) -> Floats:
    """Return how many of the next `horizon` periods a running contract will see, on average."""
    t = np.asarray(periods, np.float64)
    ahead = np.arange(1, horizon + 1)
    kept = share_running(model, t[..., None] + ahead).sum(axis=-1)
    total: Floats = kept / share_running(model, t)
    return total
