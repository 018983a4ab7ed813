"""Part files as pandas tables; texts that come again and again are read as codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq

from cjm_research.errors import ParameterError
from cjm_research.store.coded import coded_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SHORT = 8
"""Bytes that a row of a text column takes in its file when the column holds each text once."""


def read_part(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a part file, or some of its columns, as a table."""
    names, coded = _columns(path)
    if absent := [c for c in columns or () if c not in names]:
        raise ParameterError.unknown("column", absent[0], known=names)
    names = list(columns) if columns else names
    plain = [n for n in names if n not in coded]
    frame = pd.read_parquet(path, columns=plain)
    texts = [n for n in names if n in coded]
    if not texts:
        return frame
    read = pq.read_table(path, columns=texts, read_dictionary=texts)
    found = {n: pd.Series(coded_text(read.column(n)), name=n, copy=False) for n in texts}
    out = pd.concat([found[n] if n in found else frame[n] for n in names], axis=1)
    out.attrs = frame.attrs
    return out


def _columns(path: Path) -> tuple[list[str], set[str]]:
    """Return the columns of a file, and those of texts that it holds once each."""
    file = pq.ParquetFile(path)
    about = json.loads(file.schema_arrow.metadata[b"pandas"])["columns"]
    texts = {c["name"] for c in about if c["numpy_type"] == "string"}
    sizes = dict.fromkeys(texts, 0)
    for group in range(file.metadata.num_row_groups):
        for column in map(file.metadata.row_group(group).column, range(file.metadata.num_columns)):
            if column.path_in_schema in sizes:
                sizes[column.path_in_schema] += column.total_uncompressed_size
    n = file.metadata.num_rows
    return file.schema_arrow.names, {t for t, size in sizes.items() if n and size < _SHORT * n}
