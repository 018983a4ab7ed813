"""What most of a customer's purchases, or looks, have in common: country, route, section."""

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

    from cjm_research.segmentation.kernels import Codes
    from cjm_research.segmentation.order_features import Lines

PREFIX = "main_"
"""Beginning of the columns; the name of the order lines' column follows: ``main_country``."""
SEEN = "seen_"
"""The same for the texts that a study declares of events: interests, such as ``seen_section``."""
MOST = 60
"""Values that such a column may have: one with more is no trait of customers."""
OF_SCHEMA = ("transport_mode", "origin", "destination")
"""Columns of the schema that are read so; all texts that a study declares itself are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MainValues:
    """The commonest value of each customer in one column of order lines or events."""

    levels: frozenset[str]
    """All values of the rows, whether the commonest of anyone or not."""
    commonest: pd.Series
    """By `customer_id`, which is the index; a tie goes to the first in the alphabet."""


Mains = dict[str, MainValues | None]
"""By column of features; None for one of too many values."""


def main_values(lines: Lines, known: pd.Index) -> Mains:
    """Find the commonest value of every text column of order lines for every customer."""
    bought, codes = lines.bought, lines.codes[lines.bought]
    return {
        PREFIX + c: _main(lines.frame[c][bought], codes, known)
        for c in _own_texts(lines.frame, "orders", *OF_SCHEMA)
    }


def seen_values(events: pd.DataFrame, codes: Codes, known: pd.Index) -> Mains:
    """Find the commonest value of every own text column of events for every customer.

    Parameters
    ----------
    events : pandas.DataFrame
        The canonical table, up to the day.
    codes : numpy.ndarray of int
        Position of each event's customer among `known`.
    known : pandas.Index
        Ids of the customers.
    """
    return {SEEN + c: _main(events[c], codes, known) for c in _own_texts(events, "events")}


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
        columns[name] = pd.Series(values, dtype="string[pyarrow]")
    return columns


def source_of(column: str) -> str:
    """Return the column of the rows that ``main_country`` is made of; else an empty text.

    Examples
    --------
    >>> source_of("main_country"), source_of("seen_section"), source_of("revenue")
    ('country', 'section', '')
    """
    return next((column.removeprefix(p) for p in (PREFIX, SEEN) if column.startswith(p)), "")


def _own_texts(frame: pd.DataFrame, table: str, *others: str) -> Iterator[str]:
    """Go through the texts that a study declares beyond the schema, and others that are asked."""
    for name in map(str, frame.columns):
        own = TABLES[table].column(name) is None and not name.startswith("source_")
        if (own or name in others) and isinstance(frame[name].dtype, pd.StringDtype):
            yield name


def _main(values: pd.Series, codes: Codes, known: pd.Index) -> MainValues | None:
    levels = frozenset(map(str, values.dropna().unique()))
    if len(levels) > MOST:
        return None
    found = commonest(codes, values, len(known)).value
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
