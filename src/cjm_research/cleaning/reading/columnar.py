"""Parquet files: the mapped columns as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cjm_research.cleaning.reading.raw_table import RawTable, find_headers, require_headers
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from cjm_research.cleaning.reading.content import Content
    from cjm_research.cleaning.reading.request import Request


def read_parquet(content: Content, request: Request) -> RawTable:
    """Read the mapped columns of a parquet file; a row's line is its place, from 1.

    Raises
    ------
    SourceError
        If the file is damaged or lacks a mapped header.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(content.data))
        header = tuple(file.schema_arrow.names)
        wanted = request.of(header)
        require_headers(content.file, header, wanted)
        places = find_headers(header, wanted)
        table = file.read(columns=[header[p] for p in places.values()])
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"File {content.file!r} is a damaged parquet file: {error}.") from None
    return RawTable(
        file=content.file,
        columns={h: _whole(table[header[p]]) for h, p in places.items()},
        headers=header,
        lines=np.arange(1, file.metadata.num_rows + 1, dtype=np.int64),
        sha256=content.sha256,
        typed=True,
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
