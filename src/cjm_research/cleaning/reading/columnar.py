"""Parquet files: the mapped columns as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cjm_research.cleaning.reading.grid import check_width
from cjm_research.cleaning.reading.json_records import flat, plain
from cjm_research.cleaning.reading.raw_table import RawTable, find_headers, require_headers
from cjm_research.cleaning.reading.records import Records, table_of_records
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from cjm_research.cleaning.reading.content import Content, ReadLimits
    from cjm_research.cleaning.reading.request import Request


def read_parquet(content: Content, request: Request, *, limits: ReadLimits) -> RawTable:
    """Read the mapped columns of a parquet file; a row's line is its place, from 1.

    Raises
    ------
    SourceError
        If the file is damaged or lacks a mapped header.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(content.data))
        if any(pa.types.is_nested(kind) for kind in file.schema_arrow.types):
            records = _records(file, request)
            return table_of_records(records, request, content=content, limits=limits)
        header = tuple(file.schema_arrow.names)
        check_width(content.file, len(header), limits)
        wanted = request.of(header)
        require_headers(content.file, header, wanted)
        places = find_headers(header, wanted)
        table = file.read(columns=[header[p] for p in places.values()])
    except (pa.ArrowException, OSError) as error:
        why = " ".join(str(error).split()).rstrip(".")
        raise SourceError(f"File {content.file!r} is a damaged parquet file: {why}.") from None
    return RawTable(
        file=content.file,
        columns={h: _whole(table[header[p]]) for h, p in places.items()},
        headers=header,
        lines=np.arange(1, file.metadata.num_rows + 1, dtype=np.int64),
        sha256=content.sha256,
        typed=True,
    )


def _records(file: pq.ParquetFile, request: Request) -> Records:
    """Name nested fields by dots, as those of JSON."""
    records = Records()
    for batch in file.iter_batches():
        for entry in batch.to_pylist():
            records.fields.append(flat(plain(entry), request.shape))
    records.lines = list(range(1, len(records.fields) + 1))
    return records


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
