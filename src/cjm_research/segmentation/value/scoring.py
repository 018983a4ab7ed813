"""How good chances are that were given before the fact: AUC, Brier, calibration by logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize, special, stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_EDGE = 1e-6


class Scores(NamedTuple):
    """Judgement of chances against what happened; NaN where only one outcome occurred."""

    auc: float
    """Chance that somebody with the outcome was given more than somebody without."""
    brier: float
    """Mean squared distance of chance and outcome."""
    slope: float
    """Slope of the outcome on the logit of the chance: 1 is right, below 1 is too sure."""
    mean: float
    """Mean of the chances."""
    rate: float
    """Part with the outcome."""


def scores(chance: ArrayLike, outcome: ArrayLike) -> Scores:
    """Judge chances.

    Parameters
    ----------
    chance : array_like of float, shape (n,)
        Between 0 and 1.
    outcome : array_like of bool, shape (n,)

    References
    ----------
    Cox D. R. (1958). Two further applications of a model for binary regression. Biometrika
    45(3/4), 562-565. doi:10.1093/biomet/45.3-4.562

    Examples
    --------
    >>> found = scores([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    >>> found.auc, round(found.brier, 4)
    (0.75, 0.1581)
    """
    p, y = np.asarray(chance, np.float64), np.asarray(outcome, np.float64)
    n_yes, n_no = float(y.sum()), float((1 - y).sum())
    if not n_yes or not n_no:
        return Scores(np.nan, float(np.mean((p - y) ** 2)) if len(p) else np.nan, np.nan,
                      float(p.mean()) if len(p) else np.nan,
                      float(y.mean()) if len(y) else np.nan)  # fmt: skip
    ranks = stats.rankdata(p)
    auc = (ranks[y == 1].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no)
    return Scores(
        float(auc), float(np.mean((p - y) ** 2)), _slope(p, y), float(p.mean()), float(y.mean())
    )


def _slope(p: Floats, y: Floats) -> float:
    logit = special.logit(np.clip(p, _EDGE, 1 - _EDGE))
    if np.ptp(logit) < _EDGE:
        return np.nan
    return float(logistic(logit[:, None], y, penalty=1e-9)[1])


def logistic(design: Floats, y: Floats, *, penalty: float) -> Floats:
    """Return intercept and slopes of a logistic regression; the slopes are drawn towards 0.

    Parameters
    ----------
    design : array, shape (n, k)
        Without the column of ones.
    y : array, shape (n,)
        0 or 1.
    penalty : float
        Half of it times the squared slopes is taken from the log-likelihood.
    """
    x = np.column_stack([np.ones(len(design)), design])
    weight = np.r_[0.0, np.full(design.shape[1], penalty)]

    def loss(beta: Floats) -> tuple[float, Floats]:
        eta = x @ beta
        value = np.logaddexp(0, eta).sum() - y @ eta + 0.5 * weight @ beta**2
        return float(value), x.T @ (special.expit(eta) - y) + weight * beta

    start = np.zeros(x.shape[1])
    rate = np.clip(y.mean(), _EDGE, 1 - _EDGE)
    start[0] = special.logit(rate)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    beta: Floats = found.x
    return beta
