"""Part files as pandas tables; texts that come again and again are read as codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cjm_research.errors import ParameterError
from cjm_research.store.blank import blank_column
from cjm_research.store.coded import coded_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_SHORT = 8
"""Bytes that a row of a text column takes in its file when the column holds each text once."""
_MANY = 1_000_000
"""Rows from which what reading took is given back at once."""
_BLANK = {"string", "float64", "Int64", "boolean", "datetime64[us]", "datetime64[us, UTC]"}
"""Types of columns that take no room where nothing is known."""


def read_part(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a part file, or some of its columns, as a table."""
    return read_parts([path], columns)


def read_parts(
    paths: Sequence[Path],
    columns: Sequence[str] | None = None,
    *,
    valued: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return part files of one table, one below the other.

    Columns in which no part knows anything are not read, and the others are put together one
    after the other: no more than one is held twice.

    Parameters
    ----------
    paths : sequence of Path
        One part or more, of the same columns.
    columns : sequence of str, optional
        All of them if absent.
    valued : collection of str, optional
        Columns whose values are asked for; of the others only whether a row has one. Those
        that every row has are not read, and hold True.

    Raises
    ------
    ParameterError
        If there is no such column.
    """
    parts = [_Part.of(p) for p in paths]
    if absent := [c for c in columns or () if c not in parts[0].dtypes]:
        raise ParameterError.unknown("column", absent[0], known=list(parts[0].dtypes))
    names = list(columns) if columns else list(parts[0].dtypes)
    n = sum(p.rows for p in parts)
    nowhere = set.intersection(*(p.blank for p in parts))
    made = {c: blank_column(n, parts[0].dtypes[c]) for c in names if c in nowhere}
    if valued is not None:
        full = set.intersection(*(p.full for p in parts)) - {*valued, *made}
        made |= dict.fromkeys(full, pd.Series(np.broadcast_to(np.True_, n), copy=False))
    frames = [p.read([c for c in names if c not in made]) for p in parts]
    whole = {c: made[c] if c in made else _stacked([f.pop(c) for f in frames]) for c in names}
    out = pd.DataFrame(whole, index=pd.RangeIndex(n), columns=pd.Index(names), copy=False)
    out.attrs = frames[0].attrs
    if n > _MANY:
        pa.default_memory_pool().release_unused()
    return out


def column_names(path: Path) -> list[str]:
    """Return the names of a part file's columns."""
    return list(pq.read_schema(path).names)


def _stacked(pieces: Sequence[pd.Series]) -> pd.Series:
    return pieces[0] if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a part file says of itself."""

    path: Path
    rows: int
    dtypes: dict[str, str]
    """Type of each column."""
    blank: set[str]
    """Columns in which nothing is known."""
    full: set[str]
    """Columns in which every row has a value."""
    coded: set[str]
    """Columns of texts that the file holds once each."""

    @classmethod
    def of(cls, path: Path) -> _Part:
        file = pq.ParquetFile(path)
        about = json.loads(file.schema_arrow.metadata[b"pandas"])["columns"]
        empty = file.schema_arrow.empty_table().to_pandas()
        dtypes = {str(c): str(d) for c, d in empty.dtypes.items()}
        texts = {c["name"] for c in about if c["numpy_type"] == "string"}
        sizes = dict.fromkeys(dtypes, 0)
        nulls, untold = dict.fromkeys(dtypes, 0), set()
        for group in map(file.metadata.row_group, range(file.metadata.num_row_groups)):
            for column in map(group.column, range(file.metadata.num_columns)):
                name, found = column.path_in_schema, column.statistics
                if name not in sizes:  # of nested values
                    continue
                sizes[name] += column.total_uncompressed_size
                if found is None or found.null_count is None:
                    untold.add(name)
                else:
                    nulls[name] += found.null_count
        n = file.metadata.num_rows
        return cls(
            path=path,
            rows=n,
            dtypes=dtypes,
            blank={c for c, k in nulls.items() if n and k == n and dtypes[c] in _BLANK},
            full={c for c, k in nulls.items() if not k and c not in untold},
            coded={t for t in texts if n and sizes[t] < _SHORT * n},
        )

    def read(self, names: Sequence[str]) -> pd.DataFrame:
        frame = pd.read_parquet(self.path, columns=[n for n in names if n not in self.coded])
        texts = [n for n in names if n in self.coded]
        if not texts:
            return frame
        read = pq.read_table(self.path, columns=texts, read_dictionary=texts)
        found = {n: pd.Series(coded_text(read.column(n)), name=n, copy=False) for n in texts}
        out = pd.concat([found[n] if n in found else frame[n] for n in names], axis=1)
        out.attrs = frame.attrs
        return out
