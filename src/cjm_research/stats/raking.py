"""Weights that give a sample the shares that its population is known to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_ROUNDS = 500
_HOLDS = 5  # holding the ends moves the mean, and the mean the ends
_CLOSE = 1e-9  # largest gap of a share that counts as met
_NEAR = 1e-3
_ROUNDING = 0.005  # shares of a margin may add up to 1 within it: published tables are rounded


class Raked(NamedTuple):
    """Weights of mean 1, and what they cost."""

    weights: Floats
    design_effect: float
    """Kish: n times the sum of squared weights over the square of their sum; 1 or more."""
    n_effective: float
    """Answers of equal weight that would tell as much."""
    n_trimmed: int
    """Weights that were held at one of the ends."""
    gap: float
    """Largest difference that is left between a weighted share and its target."""


def rake(
    groups: Sequence[ArrayLike],
    targets: Sequence[ArrayLike],
    *,
    trim: tuple[float, float] = (0.3, 3.0),
    base: ArrayLike | None = None,
) -> Raked:
    """Weight a sample so that every margin has its known shares.

    Iterative proportional fitting; after each round the weights are held inside `trim`, so an
    answer can neither vanish nor speak for too many. Where the ends bind, a gap is left and
    given back.

    Parameters
    ----------
    groups : sequence of array_like of int, each of shape (n,)
        For each margin (age, region) the group of every answer, numbered from 0.
    targets : sequence of array_like of float
        For each margin the share of each group in the population, in the same order.
    trim : pair of float, default (0.3, 3)
        Least and largest weight, where the mean is 1.
    base : array_like of float, shape (n,), optional
        Weights to begin with: of the design of the sample. Equal if absent.

    Returns
    -------
    Raked
        Weights of mean 1.

    Raises
    ------
    ParameterError
        If there is no margin, shares are not above 0 or do not add up to 1, a group has no
        share, `trim` does not hold 1, or a weight to begin with is not above 0.
    DataError
        If a group of the population has no answer: nothing can stand for it.

    References
    ----------
    Deming W. E., Stephan F. F. (1940). On a least squares adjustment of a sampled frequency
    table. Annals of Mathematical Statistics 11, 427-444. doi:10.1214/aoms/1177731829
    Kish L. (1965). Survey Sampling, section 11.7.

    Examples
    --------
    Three women and one man of a population of halves: weights 2/3 and 2.

    >>> found = rake([[0, 0, 0, 1]], [[0.5, 0.5]])
    >>> found.weights.round(3).tolist(), round(found.design_effect, 3)
    ([0.667, 0.667, 0.667, 2.0], 1.333)
    """
    sides = [np.asarray(g, dtype=np.int64) for g in groups]
    shares = [_shares(t) for t in targets]
    if not sides:
        raise ParameterError.expected("groups", "of one margin or more", got="none")
    if not 0 <= trim[0] < 1 < trim[1]:
        raise ParameterError.expected("trim", "an end from 0 to 1 and an end above 1", got=trim)
    for number, (side, share) in enumerate(zip(sides, shares, strict=True)):
        outside = (side < 0) | (side >= len(share))
        if outside.any():
            allowed = f"from 0 to {len(share) - 1}"
            raise ParameterError.expected("groups", allowed, got=int(side[outside][0]))
        counts = np.bincount(side, minlength=len(share))
        if (counts == 0).any():
            empty = int(np.flatnonzero(counts == 0)[0])
            raise DataError(f"Group {empty} of margin {number} has no answer to be weighted.")
    first = np.ones(len(sides[0])) if base is None else np.asarray(base, dtype=np.float64)
    if not (np.isfinite(first) & (first > 0)).all():
        raise ParameterError.expected("base", "weights above 0", got=float(first.min()))
    weights = _fitted(first / first.mean(), sides, shares, trim=trim)
    held = (weights <= trim[0] * (1 + _NEAR)) | (weights >= trim[1] * (1 - _NEAR))
    effect = design_effect_of(weights)
    return Raked(
        weights=weights,
        design_effect=effect,
        n_effective=len(weights) / effect,
        n_trimmed=int(held.sum()),
        gap=_gap(weights, sides, shares),
    )


def design_effect_of(weights: ArrayLike) -> float:
    """Return Kish's design effect of unequal weights.

    Examples
    --------
    >>> design_effect_of([1, 1, 1]), design_effect_of([1, 3])
    (1.0, 1.25)
    """
    w = np.asarray(weights, dtype=np.float64)
    return float(len(w) * (w**2).sum() / w.sum() ** 2)


def _shares(targets: ArrayLike) -> Floats:
    given = np.asarray(targets, dtype=np.float64)
    if not (np.isfinite(given) & (given > 0)).all():
        raise ParameterError.expected("targets", "above 0", got=given.tolist())
    if abs(given.sum() - 1) > _ROUNDING:
        raise ParameterError.expected("targets", "shares that add up to 1", got=given.tolist())
    whole: Floats = given / given.sum()
    return whole


def _fitted(
    weights: Floats,
    sides: list[NDArray[np.int64]],
    shares: list[Floats],
    *,
    trim: tuple[float, float],
) -> Floats:
    n = len(weights)
    for _ in range(_ROUNDS):
        before = weights
        for side, share in zip(sides, shares, strict=True):
            now = np.bincount(side, weights, minlength=len(share)) / n
            weights = weights * (share / now)[side]
        for _ in range(_HOLDS):
            weights = np.clip(weights, *trim)
            weights = weights / weights.mean()
        if np.abs(weights - before).max() < _CLOSE:
            break
    return weights


def _gap(weights: Floats, sides: list[NDArray[np.int64]], shares: list[Floats]) -> float:
    total = weights.sum()
    return max(
        float(np.abs(np.bincount(s, weights, minlength=len(t)) / total - t).max())
        for s, t in zip(sides, shares, strict=True)
    )
