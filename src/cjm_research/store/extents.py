"""How far a table reaches: rows, customers, days. Little of it is read to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cjm_research.store.reading import column_names, read_part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd


class Extent(NamedTuple):
    """Size and period of a table."""

    rows: int
    customers: int | None
    """None for a table that names no customers."""
    first: Any
    """When its first row happened, as the column holds it; None where no row says so."""
    last: Any


def customers_of(paths: Sequence[Path]) -> int:
    """Count the customers of a table in buckets: none is in two of them."""
    return sum(map(_distinct_customers, paths))


def _distinct_customers(path: Path) -> int:
    column = pq.read_table(path, columns=["customer_id"], read_dictionary=["customer_id"]).column(0)
    if not pa.types.is_dictionary(column.type):
        return int(pc.count_distinct(column, mode="only_valid").as_py())
    met = []
    for piece in column.chunks:  # which has texts of its own, and may have some of no row
        codes = piece.indices.drop_null().to_numpy()
        used = np.bincount(codes, minlength=len(piece.dictionary)) > 0
        met.append(piece.dictionary.filter(pa.array(used)))
    together = pa.chunked_array(met, type=column.type.value_type)
    return int(pc.count_distinct(together, mode="only_valid").as_py())


def extent_of(
    paths: Sequence[Path],
    clocks: Sequence[str],
    *,
    customers: Callable[[Sequence[Path]], int] = customers_of,
) -> Extent:
    """Return the extent of a table in buckets: no customer is in two of them.

    Parameters
    ----------
    paths : sequence of Path
        One part or more, of the same columns.
    clocks : sequence of str
        Columns that may say when a row happened: the first that says anything counts.
    customers : callable
        Counts the customers of parts, or knows how many there are.
    """
    there = column_names(paths[0])
    spans = (span(paths, clock) for clock in clocks if clock in there)
    first, last = next((s for s in spans if s), (None, None))
    return Extent(
        rows=sum(pq.read_metadata(p).num_rows for p in paths),
        customers=customers(paths) if "customer_id" in there else None,
        first=first,
        last=last,
    )


def extent_in(table: pd.DataFrame, clocks: Sequence[str]) -> Extent:
    """Return the extent of a table that is at hand."""
    clock = next((c for c in clocks if c in table and table[c].notna().any()), None)
    days = table[clock].dropna() if clock else None
    return Extent(
        rows=len(table),
        customers=table["customer_id"].nunique() if "customer_id" in table else None,
        first=None if days is None else days.min(),
        last=None if days is None else days.max(),
    )


def is_full(paths: Sequence[Path], column: str) -> bool:
    """Tell whether files say that every row has a value in a column."""
    for path in paths:
        file = pq.ParquetFile(path)
        place = file.schema_arrow.names.index(column)
        for group in map(file.metadata.row_group, range(file.metadata.num_row_groups)):
            told = group.column(place).statistics
            if told is None or told.null_count != 0:
                return False
    return True


def span(paths: Sequence[Path], column: str) -> tuple[Any, Any] | None:
    """Return the least and the greatest value of a column; None where nothing is known.

    Files say it of each group of their rows, so that no row is read; one that does not say is.
    """
    ends: list[Any] = []
    for path in paths:
        file = pq.ParquetFile(path)
        place = file.schema_arrow.names.index(column)
        told = [
            file.metadata.row_group(i).column(place).statistics
            for i in range(file.metadata.num_row_groups)
        ]
        if all(s is not None and (s.has_min_max or s.null_count == s.num_values) for s in told):
            ends += [end for s in told if s.has_min_max for end in (s.min, s.max)]
        else:
            values = read_part(path, [column])[column].dropna()
            ends += [values.min(), values.max()] if len(values) else []
    return (min(ends), max(ends)) if ends else None
