"""How often customers buy and when they stop: BG/NBD and MBG/NBD by maximum likelihood.

A customer buys at random at a rate of the customer's own (gamma over customers) and stops with a
chance of the customer's own (beta) after a purchase. In BG/NBD nobody can stop before the second
purchase, so that who bought once is surely active; MBG/NBD lets customers stop after the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.segmentation.value.likelihood import (
    BOUND,
    Likelihood,
    climbed,
    standard_errors,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Kind = Literal["bg_nbd", "mbg_nbd"]
_FIRST_ROWS = 20_000
"""Histories that the climb begins with where there are twice as many."""
_NEAR_ONE = 1e-5
_NODES = 64
_ROWS = 50_000
"""Customers at a time whose integral is taken: the memory that it needs is theirs times nodes."""


class Histories(NamedTuple):
    """Customers with the same history counted together; arrays of one length."""

    repeats: Floats
    last: Floats
    """Time from the first purchase to the last; 0 without a repeat."""
    observed: Floats
    """Time from the first purchase to the end."""
    weight: Floats
    """Customers with this history."""


def histories(repeats: ArrayLike, last: ArrayLike, observed: ArrayLike) -> Histories:
    """Check histories of customers and count equal ones together.

    Parameters
    ----------
    repeats : array_like, shape (n,)
        Purchases after the first, whole.
    last, observed : array_like, shape (n,)
        Time from the first purchase to the last and to the end, in any one unit.

    Raises
    ------
    NoDataError
        If there is no customer.
    ParameterError
        If a history is impossible.

    Examples
    --------
    >>> histories([1, 1, 0], [5, 5, 0], [9, 9, 9]).weight.tolist()
    [1.0, 2.0]
    """
    x, last_, end = (np.asarray(v, dtype=np.float64) for v in (repeats, last, observed))
    if len(x) == 0:
        raise NoDataError("There is no customer with a purchase: nothing to forecast from.")
    wrong = ~((x >= 0) & (x == np.floor(x)) & (last_ >= 0) & (last_ <= end))
    wrong |= (x == 0) & (last_ > 0)
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise ParameterError.expected(
            "a history", "repeats >= 0, 0 <= last <= observed",
            got={"repeats": x[i], "last": last_[i], "observed": end[i]},
        )  # fmt: skip
    whole = all(np.array_equal(v, np.floor(v)) for v in (last_, end))
    if not whole:
        return Histories(x, last_, end, np.ones(len(x)))
    span = int(end.max()) + 1
    keys = (x.astype(np.int64) * span + last_.astype(np.int64)) * span + end.astype(np.int64)
    keys, weight = np.unique(keys, return_counts=True)
    counted, last_day, end_day = keys // span // span, keys // span % span, keys % span
    return Histories(
        counted.astype(np.float64),
        last_day.astype(np.float64),
        end_day.astype(np.float64),
        weight.astype(np.float64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseModel:
    """Parameters with their standard errors, in the time unit of the histories."""

    kind: Kind
    r: float
    alpha: float
    a: float
    b: float
    se: tuple[float, ...]
    """Of r, alpha, a, b; NaN where the likelihood is flat."""
    log_likelihood: float
    n_customers: float
    is_settled: bool
    """The parameters are inside the bounds, and the likelihood has a peak there."""


def fit_purchases(data: Histories, *, kind: Kind = "mbg_nbd") -> PurchaseModel:
    """Fit the model by maximum likelihood with an exact gradient.

    Parameters
    ----------
    data : Histories
        As `histories` gives.
    kind : {"bg_nbd", "mbg_nbd"}
        Whether customers can stop only after a repeat, or after the first purchase too.

    References
    ----------
    Fader P. S., Hardie B. G. S., Lee K. L. (2005). doi:10.1287/mksc.1040.0098
    Batislam E. P., Denizel M., Filiztekin A. (2007). Empirical validation and comparison of
    models for customer base analysis. International Journal of Research in Marketing 24(3),
    201-209. doi:10.1016/j.ijresmar.2006.12.005

    Examples
    --------
    >>> data = histories([3, 0, 1, 6, 0, 2], [20, 0, 4, 30, 0, 9], [35, 30, 38, 38, 25, 36])
    >>> 0 < fit_purchases(data).r
    True
    """
    shift = 0 if kind == "bg_nbd" else 1
    likelihood = Likelihood(data, shift=shift)
    total = data.weight.sum()
    rate = (data.weight @ data.repeats + 0.5) / max(float(data.weight @ data.observed), 1e-9)
    start = np.log(np.array([0.5, 0.5 / rate, 1.0, 2.5]))
    step = len(data.weight) // _FIRST_ROWS
    if step > 1:  # near the peak by every so manieth history, which stand in order
        some = Histories(*(v[::step] for v in data))
        start = climbed(Likelihood(some, shift=shift), start, exact=False).x
    found = climbed(likelihood, start, exact=True)
    parameters = np.exp(found.x)
    se = standard_errors(likelihood, parameters)
    return PurchaseModel(
        kind=kind,
        **dict(zip(("r", "alpha", "a", "b"), map(float, parameters), strict=True)),
        se=se,
        log_likelihood=float(-found.fun * total),
        n_customers=float(total),
        is_settled=bool(np.abs(found.x).max() < BOUND - 0.1 and not np.isnan(se).any()),
    )


def p_alive(model: PurchaseModel, data: Histories) -> Floats:
    """Return the chance that a customer has not stopped; under BG/NBD it is 1 without a repeat.

    It says nothing of when the next purchase comes: see `p_active`.
    """
    shift = 0 if model.kind == "bg_nbd" else 1
    stop = model.b + np.maximum(data.repeats - 1 + shift, 0)
    odds = np.log(model.a) - np.log(stop) + (model.r + data.repeats) * (
        np.log(model.alpha + data.observed) - np.log(model.alpha + data.last)
    )  # fmt: skip
    alive = special.expit(-odds)
    return np.where((data.repeats > 0) | (shift == 1), alive, 1.0)


def p_active(model: PurchaseModel, data: Histories, *, time: float) -> Floats:
    """Return the chance of at least one purchase in the next `time`."""
    _check_time(time)
    rest = np.log1p(time / (model.alpha + data.observed))
    return p_alive(model, data) * -np.expm1(-(model.r + data.repeats) * rest)


def expected_purchases(model: PurchaseModel, data: Histories, *, time: float) -> Floats:
    """Return the mean number of purchases in the next `time`; finite for thousands of repeats.

    The usual closed form overflows from some hundreds of repeats; Euler's transformation of its
    hypergeometric function leaves a series of moderate terms.
    """
    _check_time(time)
    if abs(model.a - 1) < _NEAR_ONE:  # 0/0 there: the mean of both sides
        sides = [1 - 2 * _NEAR_ONE, 1 + 2 * _NEAR_ONE]
        low, high = (_expected(model, data, time, a=a) for a in sides)
        return (low + high) / 2
    return _expected(model, data, time, a=model.a)


def _expected(model: PurchaseModel, data: Histories, time: float, *, a: float) -> Floats:
    shift = 0 if model.kind == "bg_nbd" else 1
    third = a + model.b + data.repeats - 1 + shift
    first = a + model.b - 1 + shift - model.r
    z = time / (model.alpha + data.observed + time)
    with np.errstate(invalid="ignore", over="ignore"):
        series = np.exp((a - 1) * np.log1p(-z)) * special.hyp2f1(first, a - 1, third, z)
        expected: Floats = third / (a - 1) * (1 - series)
    wrong = ~np.isfinite(expected) | (expected < 0)
    if wrong.any():  # a and b in the thousands: customers who hardly differ
        rows = Histories(*(v[wrong] for v in data))
        expected[wrong] = _by_quadrature(model, rows, time, a=a)
    return expected * p_alive(model, data)


def _by_quadrature(model: PurchaseModel, data: Histories, time: float, *, a: float) -> Floats:
    """Return the mean number of purchases of customers who are active, as its integral."""
    shift = 0 if model.kind == "bg_nbd" else 1
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    level = (nodes + 1) / 2
    repeats, own_repeats = np.unique(data.repeats, return_inverse=True)  # the costly part is theirs
    stop = special.betaincinv(a, (model.b + repeats + shift)[:, None], level)
    stop = np.maximum(stop, np.finfo(float).tiny)
    mean = np.empty(len(data.repeats))
    for begin in range(0, len(mean), _ROWS):
        rows = slice(begin, begin + _ROWS)
        active = stop[own_repeats[rows]]
        start = (model.alpha + data.observed[rows])[:, None]
        grown = (model.r + data.repeats[rows])[:, None] * np.log1p(active * time / start)
        mean[rows] = (-np.expm1(-grown) / active) @ weights / 2
    return mean


def _check_time(time: float) -> None:
    if not time > 0:
        raise ParameterError.expected("time", "above 0", got=time)
