"""A large text in UTF-8, read part by part: it is never held whole beside its columns.

Only a text that needs no repair is read so, and only where every part proves that nothing
shifted; any other is left to the reading of whole files, which gives the same for this one.
"""

from __future__ import annotations

import codecs
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cjm_research.cleaning.reading.arrow_rows import (
    Asked,
    columns_of,
    few_texts,
    offset_of_line,
    read_rows,
    without_blank_rows,
)
from cjm_research.cleaning.reading.content import is_plain_text
from cjm_research.cleaning.reading.delimited import choices_of, tidied
from cjm_research.cleaning.reading.encoding import Decoded, is_utf8
from cjm_research.cleaning.reading.layout import BLANKS, Layout, find_layout
from cjm_research.cleaning.reading.mojibake import TELLING, pair_of, repaired, telling_lines
from cjm_research.cleaning.reading.parting import Parting, n_lines
from cjm_research.cleaning.reading.raw_table import (
    RawTable,
    find_headers,
    named_apart,
    without_repeats,
)
from cjm_research.cleaning.reading.record_lines import quotes_are_sound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future
    from io import BufferedReader
    from pathlib import Path

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.content import ReadLimits
    from cjm_research.cleaning.reading.parting import Segment
    from cjm_research.cleaning.reading.request import Request

SEGMENT = 1 << 25
"""Bytes of a part."""
LARGE = 1 << 28
"""Bytes from which a file is read in parts."""
_WORKERS = 2
_HEAD = 1 << 18
"""Bytes of the beginning that tell how quotes and lines are written."""
_FEWEST_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What a part holds."""

    at: int
    size: int
    start: int
    table: pa.Table
    lines: NDArray[np.int64]
    """Line of each row, from 1 in the part."""
    n_lines: int
    telling: list[bytes]
    spans_lines: bool


def read_in_segments(
    path: Path, request: Request, *, name: str, limits: ReadLimits
) -> RawTable | None:
    """Read the mapped columns of a large delimited text; None where that needs the whole file.

    What is given is what the reading of the whole file gives, to the letter.

    Parameters
    ----------
    path : Path
        The file.
    request : Request
        Which columns are wanted, and what is known about the file.
    name : str
        Name for messages and rows; the file's own if empty.
    limits : ReadLimits
        How much the file may hold.
    """
    try:
        before = path.stat()
        if not _may_be_parted(before.st_size, request, limits):
            return None
        with path.open("rb") as file:
            found = _read(file, request, name=name or path.name, limits=limits)
        after = path.stat()
    except OSError:
        return None
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return found if same else None


def _may_be_parted(size: int, request: Request, limits: ReadLimits) -> bool:
    if not LARGE <= size <= limits.max_bytes or request.shape.groups:
        return False
    try:
        given = codecs.lookup(request.encoding or "utf-8").name
    except LookupError:
        return False
    return given in ("utf-8", "utf-8-sig")


def _read(
    file: BufferedReader, request: Request, *, name: str, limits: ReadLimits
) -> RawTable | None:
    first = file.read(SEGMENT)
    layout = _layout_of(first, request, limits)
    if layout is None:
        return None
    header = named_apart(layout.header)
    asked = Asked.of(layout, request.of(header), delimiter=layout.delimiter, size=len(first))
    mark = len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0
    start = mark + offset_of_line(first[mark:], layout.first_line)
    parting = Parting(file, SEGMENT)
    with ThreadPoolExecutor(1) as hasher:
        pieces = _pieces(parting.segments(first, start, hasher), asked, limits)
    del first
    if pieces is None or not _belong_together(pieces, file, asked):
        return None
    columns, lines = _joined(pieces, file, asked)
    columns, lines, repeats = without_repeats(columns, lines + layout.first_line - 1)
    text = Decoded(data=b"", encoding="utf-8")
    return RawTable(
        file=name, columns=columns, headers=header, lines=lines,
        sha256=parting.digest.hexdigest(), encoding=text.encoding, delimiter=layout.delimiter,
        rejected=repeats, choices=choices_of(text, layout, request),
    )  # fmt: skip


def _layout_of(first: bytes, request: Request, limits: ReadLimits) -> Layout | None:
    """Return how a text is laid out; None where its beginning is not plain or lacks a header."""
    plain = first.removeprefix(codecs.BOM_UTF8)
    head = plain[:_HEAD]
    if not is_plain_text(head) or head.isspace() or plain.count(b"\n") < _FEWEST_LINES:
        return None
    if tidied(head) != head:
        return None
    layout = find_layout(
        plain, request.telling, delimiter=request.delimiter, header_row=request.header_row,
        header_rows=request.header_rows,
    )  # fmt: skip
    if layout.delimiter == BLANKS or not layout.delimiter.isascii():
        return None
    header = named_apart(layout.header)
    wanted = request.of(header)
    fits = len(header) <= limits.max_columns and len(find_headers(header, wanted)) == len(wanted)
    return layout if fits else None


def _pieces(segments: Iterable[Segment], asked: Asked, limits: ReadLimits) -> list[_Piece] | None:
    """Read parts side by side, few at a time; None as soon as one cannot be read by itself."""
    done: list[_Piece] = []
    waiting: deque[Future[_Piece | None]] = deque()
    few: list[str] | None = None
    with ThreadPoolExecutor(_WORKERS) as pool:
        for segment in segments:
            if few is None:
                few = few_texts(memoryview(segment.data)[segment.start :], asked, quotes="cells")
            waiting.append(pool.submit(_piece, segment, asked, few, limits))
            del segment
            while len(waiting) > _WORKERS:
                piece = waiting.popleft().result()
                if piece is None:
                    return None
                done.append(piece)
        rest = [one.result() for one in waiting]
    if any(piece is None for piece in rest):
        return None
    return [*done, *(piece for piece in rest if piece is not None)]


def _piece(segment: Segment, asked: Asked, few: list[str], limits: ReadLimits) -> _Piece | None:
    data = segment.data
    if not _is_sound(data, limits):
        return None
    telling: list[bytes] = []
    if not data.isascii():
        plain = data.removeprefix(codecs.BOM_UTF8) if not segment.at else data
        repair = repaired(plain)
        if repair.restored or repair.lost:
            return None
        telling = telling_lines(plain)
    body = memoryview(data)[segment.start :]
    found = read_rows(body, asked, few=few)
    if found is None:
        return None
    return _Piece(
        at=segment.at, size=len(data), start=segment.start, table=found.table, lines=found.lines,
        n_lines=n_lines(body), telling=telling, spans_lines=found.spans_lines,
    )  # fmt: skip


def _is_sound(data: bytes, limits: ReadLimits) -> bool:
    """Tell whether a part holds letters in UTF-8 alone, and no line that may be too long."""
    if not data or b"\x00" in data or not is_utf8(data):
        return False
    start = 0
    while len(data) - start > limits.max_cell:
        start = data.rfind(b"\n", start, start + limits.max_cell) + 1
        if not start:
            return False
    return True


def _belong_together(pieces: list[_Piece], file: BufferedReader, asked: Asked) -> bool:
    """Tell whether nothing speaks against the parts that only shows in all of them."""
    lines = islice((line for piece in pieces for line in piece.telling), TELLING)
    if pair_of(list(lines)) is not None:
        return False
    if not any(piece.spans_lines for piece in pieces):
        return True
    others = (piece for piece in pieces if not piece.spans_lines)
    return all(quotes_are_sound(_body(piece, file), asked.delimiter) for piece in others)


def _joined(
    pieces: list[_Piece], file: BufferedReader, asked: Asked
) -> tuple[dict[str, pa.Array], NDArray[np.int64]]:
    """Put the parts below each other; lines count from the first row of the file."""
    firsts = np.cumsum([0, *(piece.n_lines for piece in pieces)])
    ends = np.cumsum([len(piece.lines) for piece in pieces])
    lines = np.concatenate([p.lines + n for p, n in zip(pieces, firsts, strict=False)])
    parts = [(piece.at, piece.size, piece.start) for piece in pieces]
    tables = [piece.table for piece in pieces if len(piece.lines)] or [pieces[0].table]
    pieces.clear()
    pa.default_memory_pool().release_unused()  # what the threads took that read the parts
    columns = columns_of(tables, asked)
    pa.default_memory_pool().release_unused()  # the parts

    def texts_of(places: NDArray[np.int64]) -> list[bytes]:
        found: list[bytes] = []
        of_part = np.searchsorted(ends, places, side="right")
        for number in np.unique(of_part).tolist():
            at, size, start = parts[number]
            rows = bytes(_bytes(file, at, size)[start:]).split(b"\n")
            found += [rows[i] for i in lines[places[of_part == number]] - firsts[number] - 1]
        return found

    return without_blank_rows(columns, lines, texts_of)


def _body(piece: _Piece, file: BufferedReader) -> memoryview:
    return _bytes(file, piece.at, piece.size)[piece.start :]


def _bytes(file: BufferedReader, at: int, size: int) -> memoryview:
    file.seek(at)
    return memoryview(file.read(size))
