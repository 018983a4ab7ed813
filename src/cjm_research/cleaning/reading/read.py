"""Any raw file to a table of texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.beginning import end_of_beginning
from cjm_research.cleaning.reading.columnar import read_parquet
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits, read_content
from cjm_research.cleaning.reading.delimited import read_delimited
from cjm_research.cleaning.reading.encoding import SURE_FROM, Decoded, recognised
from cjm_research.cleaning.reading.grid import table_of_grid
from cjm_research.cleaning.reading.groups import GROUP, with_groups
from cjm_research.cleaning.reading.json_records import json_records
from cjm_research.cleaning.reading.mojibake import Repair, repaired
from cjm_research.cleaning.reading.page import read_html
from cjm_research.cleaning.reading.raw_table import (
    Note,
    RawTable,
    find_headers,
    require_headers,
    without_words,
)
from cjm_research.cleaning.reading.records import table_of_records
from cjm_research.cleaning.reading.request import Request, request_of
from cjm_research.cleaning.reading.segments import read_in_segments
from cjm_research.cleaning.reading.sheet import read_sheet
from cjm_research.cleaning.reading.xes import is_xes, read_xes
from cjm_research.cleaning.reading.xml_records import workbook_grid, xml_records

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.cleaning.reading.content import Content
    from cjm_research.study.sources import Source


_HEAD = 1 << 18
_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"


def read_raw(
    path: Path, asked: Source | Request, *, name: str = "", limits: ReadLimits = DEFAULT_LIMITS
) -> RawTable:
    """Read the mapped columns of a file, whatever kind it is.

    Parameters
    ----------
    path : Path
        A delimited text, a spreadsheet, a parquet file, an HTML table, JSON,
        XML, an event log in XES; packed or not.
    asked : Source or Request
        Which headers are wanted, and what is known about the file.
    name : str
        Name for messages and rows; the file's own if absent.
    limits : ReadLimits
        How much the file may hold.

    Raises
    ------
    SourceError
        One sentence that names the file and the cause.
    """
    request = asked if isinstance(asked, Request) else request_of(asked)
    if is_xes(path):
        return read_xes(path, request, name=name, limits=limits)
    if request.shape.groups:
        return _grouped(read_content(path, name=name, limits=limits), request, limits)
    parted = read_in_segments(path, request, name=name, limits=limits)
    if parted is not None:
        return without_words(parted, request.shape.missing)
    table = _read(read_content(path, name=name, limits=limits), request, limits)
    return without_words(table, request.shape.missing)


def read_head(path: Path, request: Request, *, limits: ReadLimits = DEFAULT_LIMITS) -> RawTable:
    """Read the beginning of a text, and any other file whole, to see what its columns are.

    Raises
    ------
    SourceError
        As `read_raw`.
    """
    if is_xes(path):
        return read_xes(path, request, limits=limits)
    content = read_content(path, limits=limits)
    if request.shape.groups:
        return _grouped(content, request, limits)
    if content.kind == "text" and len(content.data) > _HEAD:
        is_wide = b"\x00" in content.data[:4]  # two bytes a letter: no byte ends a line by itself
        end = _HEAD if is_wide else end_of_beginning(content.data, _HEAD)
        content = replace(content, data=content.data[:end])
    return _read(content, request, limits)


def _read(content: Content, request: Request, limits: ReadLimits) -> RawTable:
    if content.kind == "parquet":
        return read_parquet(content, request, limits=limits)
    if content.kind == "sheet":
        return read_sheet(content, request, limits=limits)
    if content.kind == "xml":
        return _read_xml(content, request, limits)
    text = recognised(content.data, encoding=request.encoding, name=content.file)
    text, n_hollow = _without_nothing(text)
    content = replace(content, data=b"")  # held once, as the text
    repair = repaired(text.data) if text.encoding.startswith("utf") else None
    if repair is not None:
        text = replace(text, data=repair.data)
    table = _read_text(text, content, request, limits)
    table = _with_notes(table, text, repair)
    lost = (Note(code=Code.LOST_LETTERS, rows=n_hollow, example="NUL"),) if n_hollow else ()
    return replace(table, notes=(*table.notes, *lost))


def _without_nothing(text: Decoded) -> tuple[Decoded, int]:
    """Take out bytes of zero, which a cut write or a fixed width leaves; count their lines."""
    if b"\x00" not in text.data:
        return text, 0
    n = sum(b"\x00" in line for line in text.data.split(b"\n"))
    return replace(text, data=text.data.replace(b"\x00", b"")), n


def _read_text(text: Decoded, content: Content, request: Request, limits: ReadLimits) -> RawTable:
    if content.kind == "json":
        records = json_records(text.in_utf8().data.decode(), request.shape, file=content.file)
        return table_of_records(records, request, content=content, limits=limits)
    if content.kind == "html":
        return read_html(text.in_utf8().data.decode(), content, request, limits=limits)
    return read_delimited(text, request, file=content.file, sha256=content.sha256, limits=limits)


def _grouped(content: Content, request: Request, limits: ReadLimits) -> RawTable:
    """Read every column, put rows under their groups, and give those that are wanted."""
    whole = replace(request, everything=True, wanted=(),
                    expected=tuple(w for w in request.telling if w != GROUP))  # fmt: skip
    table = with_groups(_read(content, whole, limits), request.shape.groups)
    if request.everything:
        return table
    require_headers(table.file, tuple(table.columns), request.wanted)
    places = find_headers(tuple(table.columns), request.wanted)
    cells = list(table.columns.values())
    return replace(table, columns={w: cells[i] for w, i in places.items()})


def _read_xml(content: Content, request: Request, limits: ReadLimits) -> RawTable:
    if _WORKBOOK in content.data[:4096]:
        grid = workbook_grid(content.data, file=content.file)
        return table_of_grid(grid, request, content=content, limits=limits)
    records = xml_records(content.data, file=content.file)
    return table_of_records(records, request, content=content, limits=limits)


def _with_notes(table: RawTable, text: Decoded, repair: Repair | None) -> RawTable:
    """Report repaired lines, and an encoding that neither its bytes nor a header proves."""
    notes = list(table.notes)
    if repair is not None and repair.restored:
        notes.append(Note(code=Code.MOJIBAKE, rows=repair.restored))
    if repair is not None and repair.lost:
        notes.append(Note(code=Code.LOST_LETTERS, rows=repair.lost))
    if text.repaired:
        lines = ", ".join(map(str, text.repaired[:5]))
        notes.append(Note(code=Code.REPAIRED_ENCODING, rows=len(text.repaired), example=lines))
    proved = any(not header.isascii() for header in table.columns)
    if text.confidence < SURE_FROM and not proved:
        notes.append(Note(code=Code.UNCERTAIN_ENCODING, rows=len(table), example=text.encoding))
    return replace(table, encoding=text.encoding, notes=tuple(notes))
