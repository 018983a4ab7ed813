"""The Net Promoter Score with an interval that holds for few answers and high scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_ADDED = np.array([0.75, 1.5, 0.75])  # detractors, passives, promoters: three answers in all


class NpsInterval(NamedTuple):
    """Scores with their intervals, all on -100..100."""

    score: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    se: NDArray[np.float64]
    """Standard error of the adjusted score."""


class NpsDifference(NamedTuple):
    """First score less second, on -200..200."""

    difference: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]


class NpsParts(NamedTuple):
    """What a Net Promoter Score is made of."""

    counts: NDArray[np.float64]
    """Detractors, passives and promoters."""
    design_effect: float
    """Answers that tell as much as one independent answer; 1 or more."""


def nps_parts(grades: ArrayLike, *, clusters: ArrayLike) -> NpsParts:
    """Count detractors, passives and promoters, and how alike the answers of one customer are.

    Where all answers are of one kind, or of one customer, nothing shows how alike they are; they
    are then taken as alike as they can be, as `clustered_share` does.

    Parameters
    ----------
    grades : array_like of float, shape (n,)
        Grades from 0 to 10.
    clusters : array_like of int, shape (n,)
        Number of the customer of each answer, from 0.

    Raises
    ------
    ParameterError
        If a grade is not known or not from 0 to 10, or the lengths differ.

    Examples
    --------
    >>> nps_parts([10, 9, 3, 7], clusters=[0, 1, 2, 3])
    NpsParts(counts=array([1., 1., 2.]), design_effect=1.0)
    >>> nps_parts([10, 10, 3, 3], clusters=[0, 0, 1, 1]).design_effect
    2.0
    """
    grade, customer = np.asarray(grades, dtype=np.float64), np.asarray(clusters, dtype=np.int64)
    if not ((grade >= 0) & (grade <= 10)).all():
        raise ParameterError.expected("grades", "known and from 0 to 10", got=np.unique(grade))
    if grade.shape != customer.shape:
        raise ParameterError.expected("clusters", f"{grade.size} numbers", got=customer.size)
    value = np.select([grade >= 9, grade >= 7], [1.0, 0.0], -1.0)
    counts = np.array([(value == v).sum() for v in (-1, 0, 1)], dtype=np.float64)
    n_customers = len(np.unique(customer))
    if n_customers < 2 or np.ptp(value) == 0:
        return NpsParts(counts, len(value) / max(n_customers, 1) if len(value) else 1.0)
    off = value - value.mean()
    between = np.bincount(customer, weights=off)
    return NpsParts(counts, max(1.0, float((between**2).sum() / (off**2).sum())))


def nps_interval(
    counts: ArrayLike, *, confidence: float = 0.95, design_effect: ArrayLike = 1.0
) -> NpsInterval:
    """Net Promoter Score with the adjusted Wald interval of Rocks.

    Three made-up answers are added before the variance is taken: 3/4 detractor, 3/4 promoter,
    the rest passive. The score itself is not adjusted.

    Parameters
    ----------
    counts : array_like of float, shape (..., 3)
        Detractors (0-6), passives (7-8) and promoters (9-10), in this order.
    confidence : float, default 0.95
        Coverage aimed at, between 0 and 1, both excluded.
    design_effect : array_like of float, shape (...), default 1
        Answers that tell as much as one independent answer, where customers answer several
        times or are weighted.

    Returns
    -------
    NpsInterval
        NaN where there is no answer. The ends are kept inside -100..100.

    Raises
    ------
    ParameterError
        If a count is negative, the last axis is not 3 long, a design effect is below 1 or
        `confidence` is out of range.

    References
    ----------
    Rocks B. (2016). Interval estimation for the "Net Promoter Score". The American
    Statistician 70(4), 365-372. arXiv:1601.07235

    Examples
    --------
    >>> interval = nps_interval([6, 10, 20])
    >>> interval.score.round(1).item()
    38.9
    >>> interval.low.round(1).item(), interval.high.round(1).item()
    (12.1, 59.7)
    """
    answers, z = _checked(counts, confidence)
    n = answers.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(n > 0, (answers[..., 2] - answers[..., 0]) / n, np.nan)
    center, variance = _adjusted(answers, design_effect)
    se = np.sqrt(variance)
    low, high = np.clip(center - z * se, -1, 1), np.clip(center + z * se, -1, 1)
    return NpsInterval(*(100 * np.where(n > 0, v, np.nan) for v in (score, low, high, se)))


def nps_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    confidence: float = 0.95,
    design_effects: tuple[ArrayLike, ArrayLike] = (1.0, 1.0),
) -> NpsDifference:
    """Compare two Net Promoter Scores of different customers, by the same adjusted variance.

    Parameters
    ----------
    first, second : array_like of float, shape (..., 3)
        Detractors, passives and promoters of each group.
    confidence : float, default 0.95
        Coverage aimed at.
    design_effects : tuple of array_like, default (1, 1)
        As in `nps_interval`, one for each group.

    Returns
    -------
    NpsDifference
        The difference as observed; interval and two-sided p-value rest on the adjusted
        scores and agree with each other.

    Examples
    --------
    >>> apart = nps_difference([10, 30, 60], [30, 30, 40])
    >>> apart.difference.item(), bool(apart.low > 0), bool(apart.p < 0.05)
    (40.0, True, True)
    """
    one, z = _checked(first, confidence)
    two, _ = _checked(second, confidence)
    asked = (one.sum(axis=-1) > 0) & (two.sum(axis=-1) > 0)
    score_1, score_2 = (nps_interval(c).score for c in (one, two))
    center_1, variance_1 = _adjusted(one, design_effects[0])
    center_2, variance_2 = _adjusted(two, design_effects[1])
    center, se = center_1 - center_2, np.sqrt(variance_1 + variance_2)
    p = 2 * special.ndtr(-np.abs(center / se))
    low, high = 100 * np.clip(center - z * se, -2, 2), 100 * np.clip(center + z * se, -2, 2)
    return NpsDifference(*(np.where(asked, v, np.nan) for v in (score_1 - score_2, low, high, p)))


def _checked(counts: ArrayLike, confidence: float) -> tuple[NDArray[np.float64], float]:
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    answers = np.asarray(counts, dtype=np.float64)
    if answers.ndim == 0 or answers.shape[-1] != 3:
        raise ParameterError.expected(
            "counts", "detractors, passives and promoters", got=answers.tolist()
        )
    if not (np.isfinite(answers) & (answers >= 0)).all():
        raise ParameterError.expected("counts", "finite and not negative", got=answers.tolist())
    return answers, float(special.ndtri((1 + confidence) / 2))


def _adjusted(
    answers: NDArray[np.float64], design_effect: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score and variance, as shares, of the answers with the three that are added."""
    effect = np.asarray(design_effect, dtype=np.float64)
    if (effect < 1).any():
        raise ParameterError.expected("design_effect", "1 or more", got=effect.tolist())
    filled = answers / effect[..., np.newaxis] + _ADDED
    n = filled.sum(axis=-1)
    shares = filled / n[..., np.newaxis]
    center = shares[..., 2] - shares[..., 0]
    variance = (shares[..., 2] + shares[..., 0] - center**2) / n
    return center, variance
