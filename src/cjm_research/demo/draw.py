"""Random draws that depend on the seed and a name only, never on the order of calls."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Words = np.ndarray[tuple[int, ...], np.dtype[np.object_]]


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named part of the made-up data.

    Examples
    --------
    >>> a, b = generator(1, "orders"), generator(1, "orders")
    >>> a.integers(1000) == b.integers(1000)
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def pick(
    rng: np.random.Generator, n: int, shares: Mapping[str, float] | Sequence[str]
) -> NDArray[np.object_]:
    """Draw `n` names, each with its share; a bare list means equal shares.

    Examples
    --------
    >>> sorted(set(pick(np.random.default_rng(0), 100, ["a", "b"])))
    ['a', 'b']
    """
    weights = dict.fromkeys(shares, 1.0) if not hasattr(shares, "values") else dict(shares)
    names = np.array(list(weights), dtype=object)
    p = np.array(list(weights.values()), dtype=np.float64)
    return names[np.searchsorted(np.cumsum(p / p.sum())[:-1], rng.random(n), side="right")]


def pick_by(
    rng: np.random.Generator,
    groups: NDArray[np.object_],
    shares: Mapping[str, Mapping[str, float]],
) -> NDArray[np.object_]:
    """Draw one name per row from the shares of the row's group; `""` serves the others."""
    out = np.empty(len(groups), dtype=object)
    known = [g for g in shares if g]
    for group in ("", *known):
        rows = ~np.isin(groups, known) if group == "" else groups == group
        out[rows] = pick(rng, int(rows.sum()), shares[group or ""]) if rows.any() else ""
    return out


def some(rng: np.random.Generator, n: int, k: int) -> NDArray[np.bool_]:
    """Mark exactly `k` of `n` rows at random."""
    marks = np.zeros(n, dtype=bool)
    marks[rng.permutation(n)[:k]] = True
    return marks


def days(text: str) -> np.datetime64:
    """Return a day as seconds since 1970, the unit of all made-up stamps.

    Examples
    --------
    >>> str(days("2026-06-30"))
    '2026-06-30T00:00:00'
    """
    return np.datetime64(text, "s")


def seconds(n_days: NDArray[np.float64] | float) -> NDArray[np.timedelta64]:
    """Turn days into whole seconds."""
    return (np.asarray(n_days, dtype=np.float64) * 86400).astype("timedelta64[s]")
