"""Several ways to finish, of which the first counts; and groups compared by how soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Incidence(NamedTuple):
    """Share that has finished in each way, after each time at which anybody did."""

    time: Floats
    share: Floats
    """Shape (n_ways, n_times); the ways add up to one less Kaplan and Meier's curve."""
    left: Floats
    """Share that has not finished in any way."""


class LogRank(NamedTuple):
    """Test that groups finish equally soon."""

    statistic: float
    df: int
    p: float
    expected: Floats
    """Of each group: how many would have finished, were all alike."""


def cumulative_incidence(durations: ArrayLike, way: ArrayLike, *, n_ways: int) -> Incidence:
    """Share that has finished in each of several ways, some being watched too shortly.

    One less Kaplan and Meier's curve of one way overstates it, because it takes those who
    finished in another way as if they could still finish in this one.

    Parameters
    ----------
    durations : array_like of float, shape (n,)
        Time until the end, or until watching stopped; not negative.
    way : array_like of int, shape (n,)
        0 where no end was seen, else 1..n_ways.
    n_ways : int
        Ways to finish.

    Raises
    ------
    ParameterError
        If a duration is negative or not known, the lengths differ, or a way is out of range.

    References
    ----------
    Aalen O. O., Johansen S. (1978). An empirical transition matrix for non-homogeneous Markov
    chains based on censored observations. Scandinavian Journal of Statistics 5, 141-150.
    https://www.jstor.org/stable/4615704

    Examples
    --------
    >>> found = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], n_ways=2)
    >>> found.time.tolist(), found.share.tolist()
    ([1.0, 2.0, 3.0], [[0.25, 0.25, 0.75], [0.0, 0.25, 0.25]])
    """
    time, kind = _checked(durations, way, "way")
    if n_ways < 1 or kind.max(initial=0) > n_ways:
        most = int(kind.max(initial=0))
        raise ParameterError.expected("way", f"whole numbers from 0 to {n_ways}", got=most)
    times, at = np.unique(time[kind > 0], return_inverse=True)
    finished = np.zeros((n_ways, len(times)))
    np.add.at(finished, (kind[kind > 0] - 1, at), 1)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    left = np.cumprod(1 - finished.sum(axis=0) / at_risk)
    before = np.append(1.0, left[:-1]) if len(times) else left
    return Incidence(times, np.cumsum(before * finished / at_risk, axis=1), left)


def log_rank(durations: ArrayLike, is_finished: ArrayLike, groups: ArrayLike) -> LogRank:
    """Test whether groups finish equally soon, all times weighing the same.

    Parameters
    ----------
    durations : array_like of float, shape (n,)
        Time until the end, or until watching stopped; not negative.
    is_finished : array_like of bool, shape (n,)
        True where the end was seen.
    groups : array_like of int, shape (n,)
        Number of the group of each, from 0.

    Returns
    -------
    LogRank
        `p` is NaN where there are fewer than two groups or nothing can be compared.

    Raises
    ------
    ParameterError
        If a duration is negative or not known, a group is no number from 0 on, or the lengths
        differ.

    References
    ----------
    Mantel N. (1966). Evaluation of survival data and two new rank order statistics arising in
    its consideration. Cancer Chemotherapy Reports 50(3), 163-170.

    Examples
    --------
    >>> found = log_rank([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    >>> found.expected.round(3).tolist(), round(found.p, 3)
    ([0.833, 3.167], 0.09)
    """
    time, ended = _checked(durations, np.asarray(is_finished, dtype=bool), "is_finished")
    _, group = _checked(durations, groups, "groups")
    k = int(group.max()) + 1 if len(group) else 0
    times, at = np.unique(time[ended > 0], return_inverse=True)
    finished = np.zeros((k, len(times)))
    np.add.at(finished, (group[ended > 0], at), 1)
    at_risk = np.stack([
        np.sum(group == g) - np.searchsorted(np.sort(time[group == g]), times, side="left")
        for g in range(k)
    ]).astype(np.float64) if k else np.zeros((0, 0))  # fmt: skip
    n, d = at_risk.sum(axis=0), finished.sum(axis=0)
    expected = (at_risk * d / n).sum(axis=1) if len(times) else np.zeros(k)
    if k < 2 or not len(times):
        return LogRank(float("nan"), max(k - 1, 0), float("nan"), expected)
    # Hypergeometric covariance of the finished at each time; one group follows from the others.
    spread = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    share = at_risk / n
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    gap = finished.sum(axis=1) - expected
    rank = int(np.linalg.matrix_rank(covariance))
    if not rank:
        return LogRank(float("nan"), 0, float("nan"), expected)
    statistic = float(gap @ np.linalg.pinv(covariance) @ gap)
    return LogRank(statistic, rank, float(special.chdtrc(rank, statistic)), expected)


def _checked(durations: ArrayLike, other: ArrayLike, name: str) -> tuple[Floats, NDArray[np.int64]]:
    time, numbers = np.asarray(durations, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if time.ndim != 1 or numbers.shape != time.shape:
        raise ParameterError.expected(name, "as long as durations", got=numbers.shape)
    odd = ~(numbers >= 0) | (numbers % 1 != 0)
    if odd.any():
        raise ParameterError.expected(name, "whole numbers from 0 on", got=float(numbers[odd][0]))
    if np.isnan(time).any() or (time < 0).any():
        raise ParameterError.expected("durations", "known and not negative", got="one that is not")
    return time, numbers.astype(np.int64)
