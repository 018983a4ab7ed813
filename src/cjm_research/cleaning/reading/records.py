"""Records with named fields, as JSON and XML have them, to a table of texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cjm_research.cleaning.reading.grid import check_cell, check_width
from cjm_research.cleaning.reading.raw_table import (
    RawTable,
    RejectedRow,
    find_headers,
    named_apart,
    require_headers,
)
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from cjm_research.cleaning.reading.content import Content, ReadLimits
    from cjm_research.cleaning.reading.request import Request


@dataclass(slots=True, kw_only=True)
class Records:
    """Fields of every record by name, with the line or place of each."""

    fields: list[dict[str, str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)


def table_of_records(
    records: Records, request: Request, *, content: Content, limits: ReadLimits
) -> RawTable:
    """Return the wanted fields as columns; a field that a record lacks is missing there.

    Raises
    ------
    SourceError
        If there is no record, a wanted field is in none, or a limit is passed.
    """
    names = tuple(dict.fromkeys(name for record in records.fields for name in record))
    if not names and not records.rejected:
        raise SourceError(f"File {content.file!r} holds no list of records.")
    check_width(content.file, len(names), limits)
    header = named_apart(names)
    wanted = request.of(header)
    require_headers(content.file, header, wanted)
    columns = {}
    for asked, place in find_headers(header, wanted).items():
        cells = [record.get(names[place]) for record in records.fields]
        size, line = max(((len(c), i) for i, c in enumerate(cells) if c), default=(0, 0))
        check_cell(content.file, size, line=records.lines[line] if cells else 0, limits=limits)
        columns[asked] = pa.array(cells, pa.string())
    return RawTable(
        file=content.file,
        columns=columns,
        headers=header,
        lines=np.asarray(records.lines, dtype=np.int64),
        sha256=content.sha256,
        encoding="utf-8",
        rejected=tuple(records.rejected),
        typed=True,
    )
