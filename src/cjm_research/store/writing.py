"""Tables as part files; texts that a column holds once each are written once each."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cjm_research.store.coded import CodedText

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_GROUP = 1 << 20
"""Rows of a group: no more are held twice."""


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return the part file of a table.

    Examples
    --------
    >>> import pandas as pd
    >>> pd.read_parquet(io.BytesIO(parquet_bytes(pd.DataFrame({"amount": [1.5]}))))
       amount
    0     1.5
    """
    buffer = io.BytesIO()
    write_parquet(frame, buffer)
    return buffer.getvalue()


def write_parquet(frame: pd.DataFrame, file: Path | io.BytesIO) -> None:
    """Write a table in groups of rows; its index is not written.

    A reader gets plain texts from every column of texts: the file says of none that it was
    written from codes.

    Parameters
    ----------
    frame : pandas.DataFrame
    file : Path or io.BytesIO
    """
    plain = _plain_schema(frame)
    coded = [str(c) for c in frame if _codes(frame[c]) is not None]
    made = plain
    for name in coded:
        place = plain.get_field_index(name)
        made = made.set(place, pa.field(name, pa.dictionary(pa.int32(), pa.large_string())))
    texts = [f.name for f in made if not pa.types.is_primitive(f.type)]
    schema = made.remove_metadata()
    with pq.ParquetWriter(
        file, schema, compression="zstd", store_schema=False, use_dictionary=texts
    ) as out:
        for start in range(0, max(1, len(frame)), _GROUP):
            out.write_table(_group(frame.iloc[start : start + _GROUP], coded, schema))
        out.add_key_value_metadata(_metadata(plain, frame))


def _plain_schema(frame: pd.DataFrame) -> pa.Schema:
    """Return the types of the columns, as pandas reads them back."""
    by_values = [c for c in frame if frame[c].dtype == object]
    if not by_values:
        return pa.Schema.from_pandas(frame.iloc[:0], preserve_index=False)
    return pa.Schema.from_pandas(frame, preserve_index=False)


def _metadata(plain: pa.Schema, frame: pd.DataFrame) -> dict[bytes, bytes]:
    """Return what readers look for: arrow for the types, pandas for its own."""
    known = dict(plain.metadata)
    if frame.attrs:
        known[b"PANDAS_ATTRS"] = json.dumps(frame.attrs).encode()
    types = base64.b64encode(plain.with_metadata(known).serialize().to_pybytes())
    return {**known, b"ARROW:schema": types}


def _group(frame: pd.DataFrame, coded: list[str], schema: pa.Schema) -> pa.Table:
    rest = [f for f in schema if f.name not in coded]
    table = pa.Table.from_pandas(
        frame[[f.name for f in rest]], schema=pa.schema(rest), preserve_index=False
    )
    columns = [
        _dictionary(frame[f.name]) if f.name in coded else table.column(f.name) for f in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _codes(column: pd.Series) -> CodedText | None:
    cells = column.array
    return cells if isinstance(cells, CodedText) and cells.codes is not None else None


def _dictionary(column: pd.Series) -> pa.Array:
    """Return the codes of a column and the texts that occur, in the order that they come in."""
    cells = _codes(column)
    if cells is None:  # so few rows that the texts were written out
        return pa.array(column.array, pa.large_string()).dictionary_encode()
    codes, texts = cells.factorize()
    found = pa.array(codes.astype("int32"), mask=codes < 0 if (codes < 0).any() else None)
    return pa.DictionaryArray.from_arrays(found, pa.array(texts, pa.large_string()))
