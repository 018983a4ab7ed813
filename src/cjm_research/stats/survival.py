"""How long something takes when some have not finished yet (Kaplan and Meier)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class SurvivalCurve(NamedTuple):
    """Share that has not finished, after each time at which at least one did."""

    time: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]
    finished: NDArray[np.int64]
    watched: float
    """Longest time that anybody was watched; NaN without anybody."""


class FinishedBy(NamedTuple):
    """Share that has finished by a time, with its interval; NaN if none was watched so long."""

    share: float
    low: float
    high: float


class TimeTo(NamedTuple):
    """A time with its interval; NaN where the curve does not come so far down."""

    time: float
    low: float
    high: float


def kaplan_meier(
    durations: ArrayLike, is_finished: ArrayLike, *, confidence: float = 0.95
) -> SurvivalCurve:
    """Share that has not finished after a time, when some were not watched to their end.

    Parameters
    ----------
    durations : array_like of float, shape (n,)
        Time until the end, or until watching stopped; not negative, in any one unit.
    is_finished : array_like of bool, shape (n,)
        True where the end was seen. Who was watched shorter is taken to be as quick as the
        others (watching must not stop because the end is near).
    confidence : float, default 0.95
        Of the interval of each point: Greenwood's variance on the scale of log(-log S). Where all
        have finished that scale has no interval; the upper end is then that of the point before,
        which the curve cannot rise above.

    Returns
    -------
    SurvivalCurve
        One point per different time at which somebody finished. A time of an end and of a
        stop that are equal count the stop as later, as is usual.

    Raises
    ------
    ParameterError
        If a duration is negative or not known, the lengths differ, or `confidence` is out of
        range.

    References
    ----------
    Kaplan E. L., Meier P. (1958). Nonparametric estimation from incomplete observations.
    JASA 53(282), 457-481. doi:10.1080/01621459.1958.10501452

    Examples
    --------
    Freireich et al. (1963): weeks of remission under 6-MP, the first values of the trial.

    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9, 10, 10], [1, 1, 1, 0, 1, 0, 1, 0])
    >>> curve.time.tolist(), curve.share.round(3).tolist()
    ([6.0, 7.0, 10.0], [0.625, 0.469, 0.234])
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    time = np.asarray(durations, dtype=np.float64)
    ended = np.asarray(is_finished, dtype=bool)
    if time.shape != ended.shape or time.ndim != 1:
        raise ParameterError.expected("is_finished", "as long as durations", got=ended.shape)
    if np.isnan(time).any() or (time < 0).any():
        raise ParameterError.expected("durations", "known and not negative", got="one that is not")
    times, finished = np.unique(time[ended], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    share = np.cumprod(1 - finished / at_risk).astype(np.float64)
    low, high = _log_log(share, at_risk, finished, special.ndtri((1 + confidence) / 2))
    watched = float(time.max(initial=0.0)) if len(time) else float("nan")
    return SurvivalCurve(times, share, low, high, at_risk, finished, watched)


def finished_by(curve: SurvivalCurve, time: float) -> FinishedBy:
    """Share that has finished by a time, as long as somebody was watched until then.

    Parameters
    ----------
    curve : SurvivalCurve
        What `kaplan_meier` gave.
    time : float
        In the unit of the durations.

    Returns
    -------
    FinishedBy
        The interval is NaN before the first time at which anybody finished.

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    >>> [round(finished_by(curve, t).share, 3) for t in (0.5, 2, 4, 5)]
    [0.0, 0.25, 0.625, nan]
    """
    at = int(np.searchsorted(curve.time, time, side="right")) - 1
    is_over = len(curve.share) > 0 and curve.share[-1] == 0
    if not (time <= curve.watched or is_over):
        return FinishedBy(*[float("nan")] * 3)
    if at < 0:
        return FinishedBy(0.0, float("nan"), float("nan"))
    return FinishedBy(*(float(1 - x[at]) for x in (curve.share, curve.high, curve.low)))


def time_to(curve: SurvivalCurve, finished: float = 0.5) -> TimeTo:
    """Time by which a share has finished, with the interval that inverts the curve's.

    Parameters
    ----------
    curve : SurvivalCurve
        What `kaplan_meier` gave.
    finished : float, default 0.5
        Share that has finished, between 0 and 1; 0.5 is the median.

    References
    ----------
    Brookmeyer R., Crowley J. (1982). A confidence interval for the median survival time.
    Biometrics 38, 29-41. doi:10.2307/2530286

    Examples
    --------
    >>> weeks = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    >>> time_to(kaplan_meier(weeks, [True] * 21)).time  # Freireich's placebo group
    8.0
    """
    if not 0 < finished < 1:
        raise ParameterError.expected("finished", "between 0 and 1", got=finished)
    left = 1 - finished + 1e-12  # a share of exactly 0.5 has come to the median
    ends = (_first_at_most(curve.time, ends, left) for ends in (curve.share, curve.low, curve.high))
    return TimeTo(*ends)


def _first_at_most(time: Floats, share: Floats, level: float) -> float:
    below = np.flatnonzero(share <= level)
    return float(time[below[0]]) if len(below) else float("nan")


def _log_log(
    share: Floats, at_risk: NDArray[np.int64], finished: NDArray[np.int64], z: float
) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    left = np.maximum(at_risk - finished, 1)
    greenwood = np.cumsum(finished / (at_risk * left))
    log_share = np.log(np.where(inside, share, 0.5))
    margin = z * np.sqrt(greenwood) / np.abs(log_share)
    low = np.where(inside, np.exp(log_share * np.exp(margin)), share)
    high = np.where(inside, np.exp(log_share * np.exp(-margin)), share)
    if len(share) and share[-1] == 0:
        high[-1] = high[-2] if len(share) > 1 else 1.0
    return low, high
