"""How large a test must be, and how small an effect it can see."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize, special

from cjm_research.errors import ParameterError
from cjm_research.stats.comparison import two_sided_quantile

if TYPE_CHECKING:
    from collections.abc import Callable


class ArmSizes(NamedTuple):
    """Units of the treated arm and of the control, not rounded."""

    treated: float
    control: float


def proportion_power(
    baseline: float, difference: float, *, sizes: ArmSizes, confidence: float = 0.95
) -> float:
    """Chance that the score test of two proportions sees a true difference.

    Parameters
    ----------
    baseline : float
        Rate of the control, between 0 and 1.
    difference : float
        Treated less control; both rates must lie inside [0, 1].
    sizes : ArmSizes
        Units of each arm.
    confidence : float, default 0.95
        Of the test: its level is one less this.

    References
    ----------
    Fleiss J. L., Levin B., Paik M. C. (2003). Statistical Methods for Rates and Proportions,
    3rd ed., section 4.2.

    Examples
    --------
    >>> round(proportion_power(0.5, 0.25, sizes=ArmSizes(50, 50)), 3)
    0.74
    """
    rate = _inside("baseline + difference", baseline + difference)
    _inside("baseline", baseline)
    n1, n0 = _filled(sizes)
    pooled = (n1 * rate + n0 * baseline) / (n1 + n0)
    null = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    true = math.sqrt(rate * (1 - rate) / n1 + baseline * (1 - baseline) / n0)
    if true == 0:
        return 0.0 if difference == 0 else 1.0
    quantile = float(two_sided_quantile(confidence))
    return float(special.ndtr((abs(difference) - quantile * null) / true))


def proportion_sample_size(
    baseline: float,
    difference: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    control_share: float = 0.5,
) -> ArmSizes:
    """Units that a test of two proportions needs to see `difference`.

    Parameters
    ----------
    baseline, difference : float
        Rate of the control, and treated less control.
    power : float, default 0.8
        Chance of seeing the difference.
    confidence : float, default 0.95
        Of the test.
    control_share : float, default 0.5
        Share of the units that go to the control.

    References
    ----------
    Fleiss J. L., Tytun A., Ury H. K. (1980). A simple approximation for calculating sample
    sizes for comparing independent proportions. Biometrics 36, 343-346.

    Examples
    --------
    >>> round(proportion_sample_size(0.5, 0.25, power=0.9).control, 1)
    76.7
    """
    rate = _inside("baseline + difference", baseline + difference)
    _inside("baseline", baseline)
    share0, share1 = control_share, 1 - control_share
    if not (0 < power < 1 and 0 < share0 < 1 and difference):
        raise ParameterError.expected(
            "power, control_share and difference",
            "between 0 and 1, and not zero",
            got=(power, control_share, difference),
        )
    pooled = share1 * rate + share0 * baseline
    null = math.sqrt(pooled * (1 - pooled) * (1 / share1 + 1 / share0))
    true = math.sqrt(rate * (1 - rate) / share1 + baseline * (1 - baseline) / share0)
    z = float(two_sided_quantile(confidence)) * null + float(special.ndtri(power)) * true
    total = (z / difference) ** 2
    return ArmSizes(total * share1, total * share0)


def detectable_proportion_difference(
    baseline: float, *, sizes: ArmSizes, power: float = 0.8, confidence: float = 0.95
) -> float:
    """Smallest rise of a rate that a test of these sizes sees with the wanted chance.

    NaN where even a rise to one would not be seen.

    Examples
    --------
    >>> rise = detectable_proportion_difference(0.1, sizes=ArmSizes(10_000, 10_000))
    >>> round(rise, 5)
    0.0122
    """
    _inside("baseline", baseline)

    def missing(difference: float) -> float:
        return proportion_power(baseline, difference, sizes=sizes, confidence=confidence) - power

    return _smallest(missing, 1 - baseline)


def mean_power(
    difference: float, *, variance: float, sizes: ArmSizes, confidence: float = 0.95
) -> float:
    """Chance that a t test sees a true difference of two means of equal variance.

    Examples
    --------
    >>> round(mean_power(1.0, variance=1.0, sizes=ArmSizes(20, 20)), 4)
    0.869
    """
    df = sum(_filled(sizes)) - 2
    if not (variance > 0 and df > 0):
        raise ParameterError.expected(
            "variance and sizes", "large enough to have a variance", got=(variance, sizes)
        )
    se = math.sqrt(variance * (1 / sizes.treated + 1 / sizes.control))
    quantile = float(two_sided_quantile(confidence, df))
    distance = abs(difference) / se
    if df > 1000 or distance > 20:  # there the noncentral t is normal, or its sum is lost
        return float(special.ndtr(distance - quantile))
    return 1 - float(special.nctdtr(df, distance, quantile))


def mean_sample_size(
    difference: float,
    *,
    variance: float,
    power: float = 0.8,
    confidence: float = 0.95,
    control_share: float = 0.5,
) -> ArmSizes:
    """Units that a t test needs to see `difference`.

    Examples
    --------
    >>> round(mean_sample_size(1.0, variance=1.0, power=0.9).control, 3)
    22.021
    """
    if not (0 < power < 1 and 0 < control_share < 1 and difference and variance > 0):
        raise ParameterError.expected(
            "power, control_share, difference and variance",
            "between 0 and 1, and not zero",
            got=(power, control_share, difference, variance),
        )

    def missing(log_total: float) -> float:
        total = math.exp(log_total)
        sizes = ArmSizes(total * (1 - control_share), total * control_share)
        return mean_power(difference, variance=variance, sizes=sizes, confidence=confidence) - power

    smallest = max(1.5 / min(control_share, 1 - control_share), 3.0)
    top = math.log(max(1e3 * variance / difference**2 / control_share / (1 - control_share), 1e3))
    if missing(math.log(smallest)) >= 0:
        total = smallest
    else:
        total = math.exp(optimize.brentq(missing, math.log(smallest), top, xtol=1e-10))
    return ArmSizes(total * (1 - control_share), total * control_share)


def detectable_mean_difference(
    variance: float, *, sizes: ArmSizes, power: float = 0.8, confidence: float = 0.95
) -> float:
    """Smallest difference of means that a test of these sizes sees with the wanted chance.

    Examples
    --------
    >>> round(detectable_mean_difference(1.0, sizes=ArmSizes(64, 64)), 3)
    0.499
    """

    def missing(difference: float) -> float:
        return mean_power(difference, variance=variance, sizes=sizes, confidence=confidence) - power

    if not variance >= 0:
        raise ParameterError.expected("variance", "not negative", got=variance)
    se = math.sqrt(variance * sum(1 / n for n in _filled(sizes)))
    return _smallest(missing, 1000 * se)


def expected_exaggeration(difference: float, *, se: float, confidence: float = 0.95) -> float:
    """How many times too large an estimate is on average, given that it came out significant.

    Parameters
    ----------
    difference : float
        The true difference, not zero.
    se : float
        Standard error of its estimate.

    References
    ----------
    Gelman A., Carlin J. (2014). Beyond power calculations: assessing Type S and Type M
    errors. Perspectives on Psychological Science 9, 641-651. doi:10.1177/1745691614551642
    The mean has the closed form of Lu J., Qiu Y., Deng A. (2019), British Journal of
    Mathematical and Statistical Psychology 72, 1-17. doi:10.1111/bmsp.12132

    Examples
    --------
    >>> round(expected_exaggeration(2.0, se=8.1), 1)
    9.5
    """
    if not (difference and se > 0):
        raise ParameterError.expected("difference and se", "not zero", got=(difference, se))
    true, z = abs(difference) / se, float(two_sided_quantile(confidence))
    power = special.ndtr(true - z) + special.ndtr(-true - z)
    density = np.exp([-((true + z) ** 2) / 2, -((true - z) ** 2) / 2]) / math.sqrt(2 * math.pi)
    mean = density.sum() + true * (special.ndtr(true + z) + special.ndtr(true - z) - 1)
    return float(mean / (true * power))


def _filled(sizes: ArmSizes) -> ArmSizes:
    if not (sizes.treated > 0 and sizes.control > 0):
        raise ParameterError.expected("sizes", "two arms with units", got=tuple(sizes))
    return sizes


def _inside(name: str, rate: float) -> float:
    if not 0 <= rate <= 1:
        raise ParameterError.expected(name, "between 0 and 1", got=rate)
    return rate


def _smallest(missing: Callable[[float], float], largest: float) -> float:
    if largest <= 0 or missing(largest) < 0:
        return math.nan
    if missing(largest * 1e-9) >= 0:  # so small a chance is had by error alone
        return 0.0
    return float(optimize.brentq(missing, largest * 1e-9, largest, xtol=largest * 1e-13))
