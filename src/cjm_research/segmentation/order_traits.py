"""What most of a customer's purchases have in common: country, route, any text of order lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.schema.tables import TABLES
from cjm_research.segmentation.kernels import commonest
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjm_research.segmentation.order_features import Lines

PREFIX = "main_"
"""Beginning of the columns; the name of the order lines' column follows: ``main_country``."""
MOST = 60
"""Values that a column of order lines may have: one with more is no trait of customers."""
_OF_SCHEMA = ("transport_mode", "origin", "destination")
"""Columns of the schema that are read so; all texts that a study declares itself are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MainValues:
    """The commonest value of each customer in one column of order lines."""

    levels: frozenset[str]
    """All values of the lines, whether the commonest of anyone or not."""
    commonest: pd.Series
    """By `customer_id`, which is the index; a tie goes to the first in the alphabet."""


Mains = dict[str, MainValues | None]
"""By column of order lines; None for one of too many values."""


def main_values(lines: Lines, known: pd.Index) -> Mains:
    """Find the commonest value of every text column of order lines for every customer."""
    return {c: _main(lines, known, c) for c in _asked(lines.frame)}


def joined_mains(one: Mains, other: Mains) -> Mains:
    """Join what was found of two sets of customers that share none."""
    return {c: _both(one, other, c) for c in sorted({*one, *other})}


def main_columns(found: Mains, ids: pd.Index) -> dict[str, pd.Series]:
    """Return a column for each, in the order of `ids`; missing where no purchase tells it."""
    columns = {}
    for name in sorted(found):
        main = found[name]
        if main is None or not main.levels:
            continue
        at = positions_of(pd.Series(ids), pd.Index(main.commonest.index))
        values = main.commonest.array.take(at, allow_fill=True)
        columns[PREFIX + name] = pd.Series(values, dtype="string[pyarrow]")
    return columns


def source_of(column: str) -> str:
    """Return the column of order lines that ``main_country`` is made of; else an empty text.

    Examples
    --------
    >>> source_of("main_country"), source_of("revenue")
    ('country', '')
    """
    return column.removeprefix(PREFIX) if column.startswith(PREFIX) else ""


def _asked(frame: pd.DataFrame) -> Iterator[str]:
    for name in map(str, frame.columns):
        own = TABLES["orders"].column(name) is None and not name.startswith("source_")
        if (own or name in _OF_SCHEMA) and isinstance(frame[name].dtype, pd.StringDtype):
            yield name


def _main(lines: Lines, known: pd.Index, column: str) -> MainValues | None:
    values = lines.frame[column][lines.bought]
    levels = frozenset(map(str, values.dropna().unique()))
    if len(levels) > MOST:
        return None
    found = commonest(lines.codes[lines.bought], values, len(known)).value
    some = np.flatnonzero(pd.notna(found))
    return MainValues(
        levels=levels,
        commonest=pd.Series(found[some], index=known.take(some), dtype="string[pyarrow]"),
    )


def _both(one: Mapping[str, MainValues | None], other: Mapping[str, MainValues | None],
          column: str) -> MainValues | None:  # fmt: skip
    parts = [found[column] for found in (one, other) if column in found]
    told = [p for p in parts if p is not None]
    levels = frozenset[str]().union(*(p.levels for p in told))
    if len(told) < len(parts) or len(levels) > MOST:
        return None
    return MainValues(levels=levels, commonest=pd.concat([p.commonest for p in told]))
