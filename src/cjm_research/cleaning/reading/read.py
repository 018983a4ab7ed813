"""Any raw file to a table of texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.columnar import read_parquet
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits, read_content
from cjm_research.cleaning.reading.delimited import read_delimited
from cjm_research.cleaning.reading.encoding import SURE_FROM, Decoded, decode
from cjm_research.cleaning.reading.raw_table import Note, RawTable
from cjm_research.cleaning.reading.sheet import read_html, read_sheet
from cjm_research.cleaning.reading.xes import is_xes, read_xes

if TYPE_CHECKING:
    from pathlib import Path

    from cjm_research.study.sources import Source


def read_raw(
    path: Path, source: Source, *, name: str = "", limits: ReadLimits = DEFAULT_LIMITS
) -> RawTable:
    """Read the mapped columns of a file, whatever kind it is.

    Parameters
    ----------
    path : Path
        A delimited text, a spreadsheet, a parquet file, an HTML table, an event log in XES;
        packed or not.
    source : Source
        Which headers are mapped, and what is known about the file.
    name : str
        Name for messages and rows; the file's own if absent.
    limits : ReadLimits
        How much the file may hold.

    Raises
    ------
    SourceError
        One sentence that names the file and the cause.
    """
    if is_xes(path):
        return read_xes(path, source, name=name, limits=limits)
    content = read_content(path, name=name, limits=limits)
    if content.kind == "parquet":
        return read_parquet(content, source)
    if content.kind == "sheet":
        return read_sheet(content, source, limits=limits)
    text = decode(content.data, encoding=source.encoding, name=content.file)
    if content.kind == "html":
        table = read_html(text.data.decode(), content, source, limits=limits)
    else:
        table = read_delimited(
            text, source, file=content.file, sha256=content.sha256, limits=limits
        )
    return _with_notes(table, text)


def _with_notes(table: RawTable, text: Decoded) -> RawTable:
    """Report repaired lines, and an encoding that neither its bytes nor a header proves."""
    notes = list(table.notes)
    if text.repaired:
        lines = ", ".join(map(str, text.repaired[:5]))
        notes.append(Note(code=Code.REPAIRED_ENCODING, rows=len(text.repaired), example=lines))
    proved = any(not header.isascii() for header in table.columns)
    if text.confidence < SURE_FROM and not proved:
        notes.append(Note(code=Code.UNCERTAIN_ENCODING, rows=len(table), example=text.encoding))
    return replace(table, encoding=text.encoding, notes=tuple(notes))
