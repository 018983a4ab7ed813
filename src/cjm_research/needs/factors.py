"""Non-negative factors of sparse texts, for many parts of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

_POWERS = 2
_MORE = 5
"""Directions beyond those asked for, so that the last ones are right too."""
_TINY = 1e-12


class Factors(NamedTuple):
    """Loads and words of themes, for each part of the texts."""

    loads: NDArray[np.float64]
    """Parts x themes x texts; 0 where a text is not of the part."""
    words: NDArray[np.float64]
    """Parts x themes x words."""


class Directions(NamedTuple):
    """Leading singular vectors of each part of the texts."""

    left: NDArray[np.float64]
    """Parts x texts x directions."""
    sizes: NDArray[np.float64]
    """Parts x directions, the largest first."""
    right: NDArray[np.float64]
    """Parts x directions x words."""


def directions(weights: sparse.csr_array, number: int, *, parts: NDArray[np.bool_]) -> Directions:
    """Find the leading singular vectors of each part by subspace iteration.

    The first look is at all texts from fixed directions; each part goes on from there.

    Parameters
    ----------
    weights : scipy.sparse.csr_array
        Texts x words.
    number : int
        Of directions.
    parts : numpy.ndarray of bool
        Parts x texts: which texts a part holds.

    References
    ----------
    Halko N., Martinsson P. G., Tropp J. A. (2011). Finding structure with randomness.
    doi:10.1137/090771806.
    """
    width = min(number + _MORE, *weights.shape)
    across = weights.T.tocsr()
    look = np.random.default_rng(0).normal(size=(weights.shape[1], width))
    for _ in range(2 * _POWERS):
        look = np.linalg.qr(across @ (weights @ look))[0]
    found = []
    for part in parts:
        own = look
        for _ in range(_POWERS):
            own = np.linalg.qr(across @ (part[:, None] * (weights @ own)))[0]
        left, sizes, turn = np.linalg.svd(part[:, None] * (weights @ own), full_matrices=False)
        found.append((left[:, :number], sizes[:number], (turn @ own.T)[:number]))
    left, sizes, right = (np.stack(f) for f in zip(*found, strict=True))
    return Directions(left, sizes, right)


def start(found: Directions, number: int, *, mean: NDArray[np.float64]) -> Factors:
    """Begin factors with the positive halves of singular vectors (NNDSVDA).

    Parameters
    ----------
    found : Directions
        At least `number` of them.
    number : int
        Of themes.
    mean : numpy.ndarray
        Of the weights of each part; stands where a vector has nothing.

    References
    ----------
    Boutsidis C., Gallopoulos E. (2008). SVD based initialization: a head start for nonnegative
    matrix factorization. doi:10.1016/j.patcog.2007.09.010.
    """
    left = np.swapaxes(found.left[:, :, :number], 1, 2)
    right = found.right[:, :number]
    halves = []
    for sign in (1.0, -1.0):
        u, v = np.maximum(sign * left, 0), np.maximum(sign * right, 0)
        long_u, long_v = np.linalg.norm(u, axis=2), np.linalg.norm(v, axis=2)
        halves.append((u, v, long_u, long_v, long_u * long_v))
    plus, minus = halves
    is_plus = plus[4] > minus[4]
    u, v = (np.where(is_plus[..., None], plus[i], minus[i]) for i in (0, 1))
    long_u, long_v, both = (np.where(is_plus, plus[i], minus[i]) for i in (2, 3, 4))
    root = np.sqrt(found.sizes[:, :number] * both)
    loads = u * (root / np.maximum(long_u, _TINY))[..., None]
    words = v * (root / np.maximum(long_v, _TINY))[..., None]
    gap = mean[:, None, None]
    return Factors(np.where(loads > _TINY, loads, gap), np.where(words > _TINY, words, gap))


def improve(
    weights: sparse.csr_array, begun: Factors, *, parts: NDArray[np.bool_], rounds: int
) -> Factors:
    """Bring factors nearer to the weights, theme after theme (HALS), in a number of rounds.

    References
    ----------
    Cichocki A., Phan A.-H. (2009). Fast local algorithms for large scale nonnegative matrix and
    tensor factorizations. doi:10.1587/transfun.E92.A.708.
    """
    across = weights.T.tocsr()
    loads, words = begun.loads * parts[:, None, :], begun.words.copy()
    for _ in range(rounds):
        _closer(loads, _product(weights, words), words)
        loads *= parts[:, None, :]
        _closer(words, _product(across, loads), loads)
    return Factors(loads, words)


def _product(matrix: sparse.csr_array, factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return parts x themes x rows of the matrix."""
    parts, number, width = factor.shape
    flat = np.ascontiguousarray(factor.reshape(parts * number, width).T)
    return np.ascontiguousarray((matrix @ flat).T).reshape(parts, number, -1)


def _closer(
    one: NDArray[np.float64], product: NDArray[np.float64], other: NDArray[np.float64]
) -> None:
    """Set each theme of one factor to its best, the rest given, in place."""
    alike = other @ np.swapaxes(other, 1, 2)
    for k in range(one.shape[1]):
        step = product[:, k] - (alike[:, k : k + 1] @ one)[:, 0]
        scale = np.maximum(alike[:, k, k], _TINY)[:, None]
        np.maximum(one[:, k] + step / scale, 0, out=one[:, k])
