"""Random draws that depend on the seed and a name only, never on the order of calls."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Words = NDArray[np.object_]
    Marks = NDArray[np.bool_]
    Times = NDArray[np.datetime64]
    Places = NDArray[np.int64]

Variant = Literal["planted", "continuum"]
"""With groups in what customers do, or without any."""


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named part of the made-up data.

    Examples
    --------
    >>> a, b = generator(1, "orders"), generator(1, "orders")
    >>> bool(a.integers(1000) == b.integers(1000))
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def pick(rng: np.random.Generator, n: int, shares: Mapping[str, float] | Sequence[str]) -> Words:
    """Draw `n` names, each with its share; a bare list means equal shares.

    Examples
    --------
    >>> sorted(set(pick(np.random.default_rng(0), 100, ["a", "b"])))
    ['a', 'b']
    """
    names, p = _names_and_shares(shares)
    return names[np.searchsorted(np.cumsum(p)[:-1], rng.random(n), side="right")]


def deal(rng: np.random.Generator, n: int, shares: Mapping[str, float] | Sequence[str]) -> Words:
    """Give out `n` names in exactly their shares, in random order.

    What is dealt out within groups does not differ between the groups by chance.

    Examples
    --------
    >>> sorted(deal(np.random.default_rng(0), 4, {"a": 0.75, "b": 0.25}).tolist())
    ['a', 'a', 'a', 'b']
    """
    names, p = _names_and_shares(shares)
    edges = np.cumsum(p)[:-1] * n
    return rng.permutation(names[np.searchsorted(edges, np.arange(n) + 0.5, side="right")])


def deal_by(
    rng: np.random.Generator, groups: Words, shares: Mapping[str, Mapping[str, float]]
) -> Words:
    """Deal names out within each group; `""` holds the shares of groups without their own."""
    out: Words = np.empty(len(groups), dtype=object)
    for group in sorted(set(groups)):
        rows = groups == group
        out[rows] = deal(rng, int(rows.sum()), shares[group if group in shares else ""])
    return out


def pick_by(
    rng: np.random.Generator, groups: Words, shares: Mapping[str, Mapping[str, float]]
) -> Words:
    """Draw a name for each row from the shares of its group; `""` serves the others."""
    out: Words = np.empty(len(groups), dtype=object)
    for group in sorted(set(groups)):
        rows = groups == group
        out[rows] = pick(rng, int(rows.sum()), shares[group if group in shares else ""])
    return out


def mark_by(
    rng: np.random.Generator,
    groups: Words,
    odds: Mapping[str, float],
    *,
    spread: Words | None = None,
) -> Marks:
    """Mark in each group exactly its share of the rows; `""` serves the other groups.

    Within a group the marks lie evenly over the values of `spread`, in the order of its texts:
    what is truly null does not differ by chance between them either.
    """
    out: Marks = np.zeros(len(groups), dtype=bool)
    for group in sorted(set(groups)):
        rows = rng.permutation(np.flatnonzero(groups == group))
        if spread is not None:
            rows = rows[np.argsort(spread[rows].astype(str), kind="stable")]
        share = odds.get(group, odds.get("", 0.0))
        out[rows[_evenly(rng, len(rows), round(share * len(rows)))]] = True
    return out


def some(rng: np.random.Generator, n: int, k: int) -> Marks:
    """Mark exactly `k` of `n` rows at random."""
    marks: Marks = np.zeros(n, dtype=bool)
    marks[rng.permutation(n)[:k]] = True
    return marks


def some_of_each(rng: np.random.Generator, groups: Words, numbers: Mapping[str, int]) -> Places:
    """Return the places of so many of each group, in any order.

    Examples
    --------
    >>> places = some_of_each(generator(1, "x"), np.array(["a", "b", "a"]), {"a": 1, "b": 1})
    >>> len(places), 1 in places
    (2, True)
    """
    places = [np.flatnonzero(groups == group) for group in numbers]
    drawn = [p[rng.permutation(len(p))[:n]] for p, n in zip(places, numbers.values(), strict=True)]
    together = np.concatenate(drawn)
    chosen: Places = together[rng.permutation(len(together))]
    return chosen


def at_daytime(rng: np.random.Generator, times: Times, *, first: float, last: float) -> Times:
    """Move times to the waking hours of their day, mostly the later ones."""
    day = times.astype("datetime64[D]").astype("datetime64[s]")
    hours = rng.triangular(first, first + 0.7 * (last - first), last, len(times))
    moved: Times = day + seconds(hours / 24)
    return moved


def _evenly(rng: np.random.Generator, n: int, k: int) -> NDArray[np.int64]:
    """Return `k` of `n` places at equal steps from a random start."""
    if k == 0:
        return np.zeros(0, dtype=np.int64)
    places: NDArray[np.int64] = np.floor((np.arange(k) + rng.random()) * n / k).astype(np.int64)
    return places


def _names_and_shares(
    shares: Mapping[str, float] | Sequence[str],
) -> tuple[Words, NDArray[np.float64]]:
    given = shares if isinstance(shares, Mapping) else dict.fromkeys(shares, 1.0)
    names = np.array(list(given), dtype=object)
    p = np.array(list(given.values()), dtype=np.float64)
    return names, p / p.sum()


def days(text: str) -> np.datetime64:
    """Return a day as seconds since 1970, the unit of all made-up stamps.

    Examples
    --------
    >>> str(days("2026-06-30"))
    '2026-06-30T00:00:00'
    """
    return np.datetime64(text, "s")


def seconds(n_days: ArrayLike) -> Any:  # noqa: ANN401  # numpy types time sums poorly
    """Turn days into whole seconds, to be added to times."""
    return (np.asarray(n_days, dtype=np.float64) * 86400).astype("timedelta64[s]")
