"""How many customers of each segment have each value of each trait."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from cjm_research.segmentation.traits import Trait

    Members = Mapping[str, NDArray[np.bool_]]
    Whole = NDArray[np.int64]
    Small = NDArray[np.signedinteger[Any]]

_BLOCK = 1 << 15
"""Customers at a time, so that what is in between stays in the processor's memory."""
_FIT = 127
"""Segments whose numbers fit into a byte."""
_SMALL = 1 << 15
"""Cells whose numbers fit into two bytes."""
_CELLS = 1 << 13
"""Cells of a table that traits are counted in together."""


def segment_counts(members: Members, traits: Iterable[Trait]) -> Iterator[tuple[Trait, Whole]]:
    """Go through the traits with the customers of each segment by level.

    Parameters
    ----------
    members : mapping of str to array of bool, shape (n_customers,)
        Who is in each segment; segments may overlap.
    traits : iterable of Trait
        Of the same customers.

    Yields
    ------
    tuple of Trait and array of int64, shape (n_segments + 1, n_levels)
        One row for each segment and a last one for all customers; those whose trait is not
        known are left out.
    """
    own = alone(members)
    if own is None:
        yield from ((trait, _overlapping(members, trait)) for trait in traits)
        return
    for together in _packed(traits, len(members) + 1):
        yield from zip(together, _tables(together, own, len(members) + 1), strict=True)


def alone(members: Members) -> Small | None:
    """Return the number of each customer's segment, the last for none; None if they overlap."""
    n, last = len(next(iter(members.values()), np.empty(0))), len(members)
    own: Small = np.full(n, last, dtype=np.int8 if last < _FIT else np.int16)
    times = np.zeros(n, dtype=np.int8)
    for number, inside in enumerate(members.values()):
        own += np.multiply(inside, number - last, dtype=own.dtype)
        times += inside
        if times.max(initial=0) > 1:
            return None
    return own


def _packed(traits: Iterable[Trait], n_segments: int) -> Iterator[list[Trait]]:
    """Put traits together that one pass can count: as many as a small table has room for."""
    together: list[Trait] = []
    for trait in traits:
        sizes = (len(t.levels) + 1 for t in (*together, trait))
        if together and n_segments * prod(sizes) > _CELLS:
            yield together
            together = []
        together.append(trait)
    if together:
        yield together


def _tables(together: list[Trait], own: Small, n_segments: int) -> Iterator[Whole]:
    """Count segments by all traits at once, and sum up to segments by each trait."""
    shape = (n_segments, *(len(trait.levels) + 1 for trait in together))
    cells = np.zeros(prod(shape), dtype=np.int64)
    small: type[np.signedinteger[Any]] = np.int16 if len(cells) < _SMALL else np.int64
    first = sum(prod(shape[i:]) for i in range(2, len(shape) + 1))  # the cells of -1, the unknown
    for low in range(0, len(own), _BLOCK):
        rows = slice(low, low + _BLOCK)
        keys: Small = own[rows].astype(small)
        for trait, size in zip(together, shape[1:], strict=True):
            keys *= small(size)
            keys += trait.codes[rows]
        keys += small(first)
        cells += np.bincount(keys, minlength=len(cells))
    table = cells.reshape(shape)
    for axis in range(1, len(shape)):
        others = tuple(i for i in range(1, len(shape)) if i != axis)
        counts = table.sum(axis=others)[:, 1:]
        yield np.vstack([counts[:-1], counts.sum(axis=0)])


def _overlapping(members: Members, trait: Trait) -> Whole:
    n_levels, known = len(trait.levels), trait.codes >= 0
    inside = (known, *(known & own for own in members.values()))
    total, *counts = (np.bincount(trait.codes[rows], minlength=n_levels) for rows in inside)
    return np.vstack([*counts, total])
