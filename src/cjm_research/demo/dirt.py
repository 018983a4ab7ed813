"""Spoiled rows as real exports have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cjm_research.demo.planted import Dirt

    Spoil = Callable[[np.random.Generator, pd.DataFrame], pd.DataFrame]


def spoil(
    table: pd.DataFrame,
    planned: Sequence[Dirt],
    *,
    rng: np.random.Generator,
    ways: Mapping[tuple[str, str], Spoil],
) -> pd.DataFrame:
    """Add spoiled copies of rows beside their originals, or spoil cells in place.

    Parameters
    ----------
    table : pandas.DataFrame
        Clean rows of a raw file, all texts.
    planned : sequence of Dirt
        What to do to this file. No row is spoiled twice.
    rng : numpy.random.Generator
        Picks the rows.
    ways : mapping of (kind, column) to function
        How the chosen rows are changed. ``doubled`` needs none.
    """
    rows = rng.permutation(len(table))
    clean, added = table.reset_index(drop=True), []
    for dirt in planned:
        chosen, rows = np.sort(rows[: dirt.rows]), rows[dirt.rows :]
        part = clean.iloc[chosen].copy()
        if dirt.kind != "doubled":
            part = ways[dirt.kind, dirt.column](rng, part)
        if dirt.is_added:
            added.append(part)
        else:
            clean.iloc[chosen] = part
    return pd.concat([clean, *added]).sort_index(kind="stable").reset_index(drop=True)


def set_cells(column: str, values: Sequence[object], **others: str) -> Spoil:
    """Return a way that puts values at random into one column.

    `others` name columns that get a fresh text, prefix and number, so that a spoiled row is
    no double of its original.
    """

    def change(rng: np.random.Generator, part: pd.DataFrame) -> pd.DataFrame:
        choices = np.empty(len(values), dtype=object)
        choices[:] = list(values)
        part[column] = choices[rng.integers(0, len(values), len(part))]
        for name, prefix in others.items():
            part[name] = [f"{prefix}{i:05d}" for i in range(len(part))]
        return part

    return change
