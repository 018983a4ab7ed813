"""Relative lift of one mean over another, with Fieller's interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.stats.comparison import two_sided_quantile
from cjm_research.stats.means import Sample, compare_means, welch_df

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Lift(NamedTuple):
    """Relative difference of two means; every field has the shape of the inputs.

    `shape` is ``bounded``: low to high; ``outside``: all below `low` and all above `high`;
    ``unbounded``: every value (`low` and `high` are infinite); ``unknown``: the data cannot
    answer.
    """

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    shape: NDArray[np.str_]


class MeanPair(NamedTuple):
    """Means of the treated sample and of the control, with the errors of both estimates."""

    treated: ArrayLike
    control: ArrayLike
    treated_square: ArrayLike
    """Squared standard error of the treated mean."""
    control_square: ArrayLike
    covariance: ArrayLike = 0.0
    """Of the two estimates; zero for samples without a common part."""
    df: ArrayLike = np.inf
    """Degrees of freedom of the difference."""


def fieller_lift(treated: Sample, control: Sample, *, confidence: float = 0.95) -> Lift:
    """Relative difference (treated - control) / |control| with Fieller's interval.

    The set holds zero exactly when the interval of `compare_means` does: at a lift of zero
    both are the same test, with the same degrees of freedom.

    Parameters
    ----------
    treated, control : Sample
        Size, mean and variance of each sample.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Lift
        Shares: 0.1 is ten per cent more. Divided by the absolute mean of the control, so that
        a rise is a rise where that mean is negative too. Where the control's mean is not
        clearly apart from zero the set is not an interval, and `shape` says so.

    References
    ----------
    Fieller E. C. (1954). Some problems in interval estimation. JRSS B 16, 175-185.
    doi:10.1111/j.2517-6161.1954.tb00159.x

    Examples
    --------
    >>> lift = fieller_lift(Sample(100, 11.0, 25.0), Sample(100, 10.0, 25.0))
    >>> float(lift.estimate), float(lift.low.round(4)), float(lift.high.round(4)), str(lift.shape)
    (0.1, -0.0369, 0.2585, 'bounded')
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        part1, part0 = (
            np.asarray(s.variance, dtype=np.float64) / np.asarray(s.n, dtype=np.float64)
            for s in (treated, control)
        )
    can_tell = ~np.isnan(compare_means(treated, control, confidence=confidence).p)
    pair = MeanPair(
        treated.mean,
        control.mean,
        np.where(can_tell, part1, np.nan),
        np.where(can_tell, part0, np.nan),
        df=welch_df(treated, control),
    )
    return lift_of_means(pair, confidence=confidence)


def lift_of_means(pair: MeanPair, *, confidence: float = 0.95) -> Lift:
    """Relative difference of two estimated means, which may be correlated.

    Parameters
    ----------
    pair : MeanPair
        Estimates and their errors; an error of NaN makes the lift unknown.
    confidence : float, default 0.95
        Coverage aimed at.

    References
    ----------
    Fieller E. C. (1954), as for `fieller_lift`.

    Examples
    --------
    >>> lift = lift_of_means(MeanPair(11.0, 10.0, 0.25, 0.25))
    >>> float(lift.low.round(4)), float(lift.high.round(4))
    (-0.0361, 0.2574)
    """
    mean1, mean0, part1, part0, shared, df = (np.asarray(x, dtype=np.float64) for x in pair)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        square = two_sided_quantile(confidence, df) ** 2
        # Ratios r with (m1 - r m0)^2 <= q^2 (v1 - 2 r v10 + r^2 v0) solve a r^2 - 2 b r + c <= 0.
        # Multiplied out: b^2 - a c and b - a lose all digits where means are large beside errors.
        a = mean0**2 - square * part0
        spread = mean0**2 * part1 + mean1**2 * part0 - 2 * mean1 * mean0 * shared
        inside = square * (spread - square * (part0 * part1 - shared**2))
        moved, root = (
            mean0 * (mean1 - mean0) + square * (part0 - shared),
            np.sqrt(np.maximum(inside, 0.0)),
        )
        first, second = (moved - root) / a, (moved + root) / a
        # A control so near zero that the ratio overflows has no lift, as a control of zero.
        ratio = (mean1 - mean0) / np.abs(mean0)
        estimate = np.where(np.isfinite(ratio), ratio, np.nan)
    known = np.isfinite(estimate) & np.isfinite(a) & np.isfinite(inside)
    bounded, empty = a > 0, inside <= 0
    shape = np.select(
        [~known, bounded, empty], ["unknown", "bounded", "unbounded"], default="outside"
    )
    sign = np.where(mean0 < 0, -1.0, 1.0)  # of the control: flips the ends
    ends = np.sort(np.stack([sign * first, sign * second]), axis=0)
    finite = (shape == "bounded") | (shape == "outside")
    return Lift(
        estimate=estimate,
        low=np.select([finite, shape == "unbounded"], [ends[0], -np.inf], default=np.nan),
        high=np.select([finite, shape == "unbounded"], [ends[1], np.inf], default=np.nan),
        shape=shape,
    )
