"""Chance to beat the control and expected loss, under priors that are stated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)
_REACH = 1e-14  # chance that is left out on each side
_FAR = 700.0  # log odds beyond which a double has no rate


class Posterior(NamedTuple):
    """What is believed of treated less control after the data."""

    chance_above: float
    """That the treated value is above the control's."""
    loss_if_treated: float
    """Expected loss of taking the treated arm where a higher value is wanted."""
    loss_if_control: float
    """Expected loss of keeping the control."""
    mean: float


def beta_binomial(
    treated: tuple[int, int], control: tuple[int, int], *, prior: tuple[float, float] = (1.0, 1.0)
) -> Posterior:
    """Compare two rates whose priors are the same beta distribution.

    Parameters
    ----------
    treated, control : tuple of int
        Successes and trials.
    prior : tuple of float, default (1, 1)
        Successes and failures that the prior is worth; (1, 1) takes all rates as equally likely.

    Raises
    ------
    ParameterError
        If successes exceed trials, or the prior is not positive.

    Notes
    -----
    P(B > A) is the integral of A's distribution function times B's density, and the expected
    loss E max(A - B, 0) that of P(B <= x) P(A > x); both by Gauss-Legendre quadrature over the
    range of the posteriors, in log odds: a density that has no bound at 0 or 1 has one there.

    Examples
    --------
    Uniform priors and no data: each is as likely, and E max(A - B, 0) is 1/6.

    >>> result = beta_binomial((0, 0), (0, 0))
    >>> round(result.chance_above, 6), round(result.loss_if_treated, 6)
    (0.5, 0.166667)
    """
    (x1, n1), (x0, n0) = treated, control
    if not (0 <= x1 <= n1 and 0 <= x0 <= n0):
        raise ParameterError.expected("treated and control", "successes among trials",
                                      got=(treated, control))  # fmt: skip
    a, b = prior
    if not (a > 0 and b > 0):
        raise ParameterError.expected("prior", "two positive numbers", got=prior)
    one, none = (x1 + a, n1 - x1 + b), (x0 + a, n0 - x0 + b)
    ends = [end for p in (one, none) for end in _ends(p)]
    low, high = min(ends), max(ends)
    # Panels follow both posteriors, so that a narrow one is not stepped over.
    cuts = np.unique(np.concatenate([[low, high], *(_marks(p) for p in (one, none))]))
    cuts = cuts[(cuts >= low) & (cuts <= high)]
    half = np.diff(cuts)[:, None] / 2
    odds = (cuts[:-1, None] + half * (_NODES + 1)).ravel()
    weights = (half * _WEIGHTS).ravel()
    x, rest = special.expit(odds), special.expit(-odds)
    (below1, above1), (below0, above0) = (_sides(p, x, rest) for p in (one, none))
    loss_treated = float(weights @ (below1 * above0 * x * rest))
    loss_control = float(weights @ (below0 * above1 * x * rest))
    log_density = one[0] * special.log_expit(odds) + one[1] * special.log_expit(-odds)
    density = np.exp(log_density - special.betaln(*one))
    mean = one[0] / sum(one) - none[0] / sum(none)
    chance = float(weights @ (below0 * density))
    return Posterior(min(max(chance, 0.0), 1.0), loss_treated, loss_control, mean)


def normal_effect(difference: float, *, se: float, prior_sd: float = np.inf) -> Posterior:
    """Compare two means whose difference has a normal prior around zero.

    Parameters
    ----------
    difference, se : float
        Estimate and its standard error.
    prior_sd : float, default infinity
        Standard deviation of the prior: effects of this size are usual. Infinity takes all
        differences as equally likely.

    Examples
    --------
    >>> result = normal_effect(1.0, se=1.0)
    >>> round(result.chance_above, 4), round(result.loss_if_treated, 4)
    (0.8413, 0.0833)
    >>> round(normal_effect(1.0, se=1.0, prior_sd=1.0).mean, 3)
    0.5
    """
    if not (se > 0 and prior_sd > 0):
        raise ParameterError.expected("se and prior_sd", "larger than 0", got=(se, prior_sd))
    weight = 1 / (1 + (se / prior_sd) ** 2)
    mean, sd = weight * difference, float(np.sqrt(weight)) * se
    z = mean / sd
    density = float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
    loss_treated = sd * density - mean * float(special.ndtr(-z))
    loss_control = sd * density + mean * float(special.ndtr(z))
    return Posterior(float(special.ndtr(z)), loss_treated, loss_control, mean)


def _sides(
    posterior: tuple[float, float], x: np.ndarray, rest: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the chances below and above rates; near 1 only the rest has the digits."""
    a, b = posterior
    is_low = x < 0.5
    below = np.where(is_low, special.betainc(a, b, x), special.betaincc(b, a, rest))
    above = np.where(is_low, special.betaincc(a, b, x), special.betainc(b, a, rest))
    return below, above


def _ends(posterior: tuple[float, float]) -> tuple[float, float]:
    """Return the log odds between which all but next to nothing of a posterior lies."""
    a, b = posterior
    low, high_rest = special.betaincinv(a, b, _REACH), special.betaincinv(b, a, _REACH)
    return max(float(special.logit(low)), -_FAR), min(-float(special.logit(high_rest)), _FAR)


def _marks(posterior: tuple[float, float]) -> np.ndarray:
    """Return the log odds of places along a posterior."""
    a, b = posterior
    mean = a / (a + b)
    sd = np.sqrt(a * b / (a + b + 1)) / (a + b)
    places = mean + sd * np.array([-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0])
    return np.asarray(special.logit(places[(places > 0) & (places < 1)]))
