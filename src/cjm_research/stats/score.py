"""The score statistic of two proportions, restricted to a difference or a ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Variance = Literal["miettinen_nurminen", "plain"]

_STEPS = 120  # at worst, all of them halvings


class CountTable(NamedTuple):
    """Successes and trials of the treated sample (1) and of the control (0)."""

    x1: Floats
    n1: Floats
    x0: Floats
    n0: Floats

    @property
    def has_trials(self) -> NDArray[np.bool_]:
        """Where both samples have a trial."""
        return (self.n1 > 0) & (self.n0 > 0)

    @property
    def rates(self) -> tuple[Floats, Floats]:
        """Rates of the treated sample and of the control; NaN without trials."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.x1 / self.n1, self.x0 / self.n0

    def inflation(self, variance: Variance) -> Floats | float:
        """Miettinen and Nurminen's N / (N - 1), which makes the variance unbiased."""
        total = self.n1 + self.n0
        return total / np.maximum(total - 1, 1) if variance == "miettinen_nurminen" else 1.0


def crossing(
    statistic: Callable[[Floats], Floats], bracket: tuple[Floats, Floats], level: Floats
) -> Floats:
    """Find where a falling statistic crosses `level`; NaN counts as below.

    References
    ----------
    Chandrupatla T. R. (1997). A new hybrid quadratic/bisection algorithm for finding the zero
    of a nonlinear function without using derivatives. Advances in Engineering Software 28,
    145-149. doi:10.1016/S0965-9978(96)00051-8
    """

    def above(x: Floats) -> Floats:
        found = statistic(x) - level
        return np.where(np.isnan(found), -1.0, np.clip(found, -1e9, 1e9))

    far, near = (np.array(end, dtype=np.float64) for end in bracket)
    # The ends are above and below by definition; what they are there may not be defined.
    f_far, f_near = np.maximum(above(far), 1e-12), np.minimum(above(near), -1e-12)
    share = np.full(np.broadcast(far, near).shape, 0.5)
    for _ in range(_STEPS):
        middle = near + share * (far - near)
        f = above(middle)
        same = (f > 0) == (f_near > 0)
        third, f_third = np.where(same, near, far), np.where(same, f_near, f_far)
        far, f_far = np.where(same, far, near), np.where(same, f_far, f_near)
        near, f_near = middle, f
        tolerance = (1e-15 * np.abs(near) + 1e-22) / np.maximum(np.abs(far - near), 1e-300)
        if ((tolerance >= 0.5) | (f_near == 0)).all():
            break
        guess = _interpolated((near, far, third), (f_near, f_far, f_third))
        share = np.clip(guess, np.minimum(tolerance, 0.5), 1 - np.minimum(tolerance, 0.5))
        share = np.where(f_near == 0, 0.0, share)
    return near


def _interpolated(x: tuple[Floats, Floats, Floats], f: tuple[Floats, Floats, Floats]) -> Floats:
    """Return the inverse quadratic step as a share of the bracket; half where it is unsafe."""
    (x1, x2, x3), (f1, f2, f3) = x, f
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        is_safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
        step = f1 / (f2 - f1) * f3 / (f2 - f3)
        step += (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    return np.where(is_safe & np.isfinite(step), step, 0.5)


def difference_score(table: CountTable, difference: Floats, variance: Variance) -> Floats:
    """Return the standard deviations between the observed difference and the supposed one."""
    x1, n1, x0, n0 = table
    # Where most trials succeed the failures are compared: rates near one have fewer digits.
    is_mirrored = 2 * (x1 + x0) > n1 + n0
    table = CountTable(
        np.where(is_mirrored, n1 - x1, x1), n1, np.where(is_mirrored, n0 - x0, x0), n0
    )
    sign = np.where(is_mirrored, -1.0, 1.0)
    difference = sign * difference
    rate1, rate0 = table.rates
    with np.errstate(invalid="ignore", divide="ignore"):
        p0 = _restricted_control_rate(table, difference)
        p1 = np.clip(p0 + difference, 0.0, 1.0)
        spread = p1 * (1 - p1) / table.n1 + p0 * (1 - p0) / table.n0
        z = (rate1 - rate0 - difference) / np.sqrt(spread * table.inflation(variance))
    # No spread and no distance: the hypothesis fits the data exactly.
    return np.where((rate1 - rate0 == difference) & table.has_trials, 0.0, sign * z)


def _restricted_control_rate(table: CountTable, difference: Floats) -> Floats:
    """Likeliest control rate when treated less control is `difference` (a cubic's root)."""
    x1, n1, x0, n0 = table
    d, total, successes = difference, n1 + n0, x1 + x0
    c3, c2 = total, (n1 + 2 * n0) * d - total - successes
    c1, c0 = (n0 * d - total - 2 * x0) * d + successes, x0 * d * (1 - d)
    third = c2 / (3 * c3)
    q = third**3 - c1 * c2 / (6 * c3**2) + c0 / (2 * c3)
    size = np.where(q < 0, -1.0, 1.0) * np.sqrt(np.maximum(third**2 - c1 / (3 * c3), 0.0))
    ratio = np.where(size == 0, 0.0, q / np.where(size == 0, 1.0, size) ** 3)
    angle = (np.pi + np.arccos(np.clip(ratio, -1.0, 1.0))) / 3
    lowest, highest = np.maximum(0.0, -d), np.minimum(1.0, 1 - d)
    rate = np.clip(2 * size * np.cos(angle) - third, lowest, highest)
    slopes = (3 * c3, 2 * c2, c1)
    for _ in range(_STEPS):
        # Positive below the root and negative above it: the likelihood has one peak.
        p1 = rate + d
        value = (x1 - n1 * p1) * rate * (1 - rate) + (x0 - n0 * rate) * p1 * (1 - p1)
        lowest, highest = np.where(value > 0, rate, lowest), np.where(value < 0, rate, highest)
        slope = (slopes[0] * rate + slopes[1]) * rate + slopes[2]
        guess = rate - np.where(slope == 0, 0.0, value / np.where(slope == 0, 1.0, slope))
        is_inside = (guess >= lowest) & (guess <= highest)
        guess = np.where(value == 0, rate, np.where(is_inside, guess, (lowest + highest) / 2))
        is_done = bool((np.abs(guess - rate) <= 1e-9 * guess + 1e-30).all())
        rate = guess
        if is_done:
            break
    return np.where(d == 0, successes / total, rate)


def ratio_score(table: CountTable, ratio: Floats, variance: Variance) -> Floats:
    """Return the standard deviations between the observed ratio and the supposed one."""
    x1, n1, x0, n0 = table
    rate1, rate0 = table.rates
    with np.errstate(invalid="ignore", divide="ignore"):
        # The quadratic of the restricted control rate, in the form that does not cancel.
        a, b, c = (n1 + n0) * ratio, (n1 + x0) * ratio + x1 + n0, x1 + x0
        p0 = 2 * c / (b + np.sqrt(np.maximum(b**2 - 4 * a * c, 0.0)))
        p1 = np.clip(p0 * ratio, 0.0, 1.0)
        spread = p1 * (1 - p1) / n1 + ratio**2 * p0 * (1 - p0) / n0
        return (rate1 - ratio * rate0) / np.sqrt(spread * table.inflation(variance))
