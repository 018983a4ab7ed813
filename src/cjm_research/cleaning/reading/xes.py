"""Event logs in XES (IEEE 1849), read as a stream: one row per event, packed or not."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, NoReturn, cast
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits
from cjm_research.cleaning.reading.raw_table import RawTable, normalised, require_headers
from cjm_research.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cjm_research.cleaning.reading.request import Request

CASE = "case:"
"""What a header begins with that names an attribute of the whole trace."""
_PEEK = 4096
_CHUNK = 1 << 20
_DEEPEST = 64
"""Levels of elements; attributes of attributes are allowed by the standard, and not read."""
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_ROOT = re.compile(rb"<(?:[\w.-]+:)?log[\s>]")
_GZIP = b"\x1f\x8b"


def is_xes(path: Path) -> bool:
    """Tell whether a file is a log in XES, by its first bytes; one that cannot be read is not."""
    try:
        with _opened(path) as file:
            head = file.read(_PEEK)
    except (EOFError, zlib.error, OSError):
        return False
    plain = head.replace(b"\x00", b"").lower()  # UTF-16 too
    return bool(_ROOT.search(plain)) and (b"xes" in plain or b"<trace" in plain)


def read_xes(
    path: Path, request: Request, *, name: str = "", limits: ReadLimits = DEFAULT_LIMITS
) -> RawTable:
    """Read the mapped attributes of a log: one row per event, in the order of the file.

    The header of an event's attribute is its key, such as ``concept:name``; that of its trace
    has ``case:`` before it. Attributes inside attributes are left out. The file is never held
    as a whole: memory grows with the mapped columns only.

    Parameters
    ----------
    path : Path
        The log, plain or packed with gzip.
    request : Request
        Which attributes are wanted.
    name : str
        Name for messages and rows; the file's own if absent.
    limits : ReadLimits
        How much the log may hold, unpacked.

    Raises
    ------
    SourceError
        If the file declares a document type (entities could grow without bound, or fetch
        other files), is damaged, has no event, or passes a limit.

    References
    ----------
    IEEE Standard for eXtensible Event Stream (XES), IEEE 1849-2016.
    doi:10.1109/IEEESTD.2016.7740858
    """
    name = name or path.name
    log = _Log(name=name, limits=limits, wanted=request.wanted, everything=request.everything)
    digest = hashlib.sha256()
    try:
        for chunk in _unpacked(path, digest, name=name, limits=limits):
            log.parser.Parse(chunk, False)  # noqa: FBT003  # expat's own order
        log.parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise SourceError(
            f"File {name!r} is a damaged XES log: {expat.ErrorString(error.code)}, line"
            f" {error.lineno}."
        ) from None
    except (EOFError, zlib.error, OSError) as error:
        raise SourceError(f"File {name!r} cannot be read to its end: {error}.") from None
    if not log.lines:
        raise SourceError(f"File {name!r} is an XES log without an event.")
    require_headers(name, tuple(log.headers), request.wanted)
    return RawTable(
        file=name,
        columns={h: pa.array(log.cells[h], type=pa.string()) for h in log.cells},
        headers=tuple(log.headers),
        lines=np.asarray(log.lines, dtype=np.int64),
        sha256=digest.hexdigest(),
        encoding="xml",
    )


@dataclass(slots=True)
class _Log:
    """What the parser has met so far."""

    name: str
    limits: ReadLimits
    wanted: Sequence[str]
    everything: bool = False
    headers: dict[str, None] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    cells: dict[str, list[str]] = field(init=False)
    places: dict[str, str] = field(init=False)
    """Header as it is compared: as the study writes it."""
    stack: list[str] = field(default_factory=list)
    trace: dict[str, str] = field(default_factory=dict)
    event: dict[str, str] = field(default_factory=dict)
    pending: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Events of the open trace: its own attributes may follow them."""
    parser: Any = field(init=False)

    def __post_init__(self) -> None:
        self.cells = {h: [] for h in self.wanted}
        self.places = {normalised(h): h for h in self.wanted}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.open
        self.parser.EndElementHandler = self.close
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse

    def refuse(self, *_declared: object) -> NoReturn:
        """Stop at a document type: nothing of a log needs one."""
        raise SourceError(
            f"File {self.name!r} declares a document type, which a log does not need and which"
            " can make a small file endless. Take the DOCTYPE line out, or export the log again."
        )

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        """Note an element that begins."""
        kind = tag.rpartition(":")[2]
        parent = self.stack[-1] if self.stack else ""
        if not self.stack and kind != "log":
            raise SourceError(f"File {self.name!r} is no XES log: it begins with <{tag[:40]}>.")
        if len(self.stack) >= _DEEPEST:
            raise SourceError(f"File {self.name!r} has elements {_DEEPEST} levels deep.")
        self.stack.append(kind)
        if kind in _VALUES and parent in {"event", "trace"}:
            self.take(parent, attributes.get("key", ""), attributes.get("value", ""))
        elif kind == "trace":
            self.write()
            self.trace = {}
        elif kind == "event":
            self.event = {}
            self.pending.append((self.parser.CurrentLineNumber, self.event))

    def take(self, parent: str, key: str, value: str) -> None:
        """Keep an attribute of an event or a trace."""
        header = key if parent == "event" else CASE + key
        if header not in self.headers:
            if len(self.headers) >= self.limits.max_columns:
                raise SourceError(
                    f"File {self.name!r} has more than {self.limits.max_columns:,} different"
                    " attributes."
                )
            self.headers[header] = None
            if self.everything:
                self.places[normalised(header)] = header
                self.cells[header] = [""] * len(self.lines)
        if len(value) > self.limits.max_cell:
            raise SourceError(
                f"File {self.name!r}, line {self.parser.CurrentLineNumber}: a value has"
                f" {len(value):,} characters; at most {self.limits.max_cell:,} are read."
            )
        known = self.places.get(normalised(header))
        if known is not None:
            (self.event if parent == "event" else self.trace)[known] = value

    def close(self, _tag: str) -> None:
        """Close an element; a trace gives its events as rows."""
        kind = self.stack.pop()
        if kind in {"trace", "log"}:
            self.write()
            self.trace = {}

    def write(self) -> None:
        """Turn the events that wait into rows."""
        for line, event in self.pending:
            row = self.trace | event
            for header, column in self.cells.items():
                column.append(row.get(header, ""))
            self.lines.append(line)
        self.pending.clear()


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_packed else path.open("rb")


def _unpacked(path: Path, digest: Any, *, name: str, limits: ReadLimits) -> Iterator[bytes]:  # noqa: ANN401
    """Give the log piece by piece; the digest is that of the file as it lies there."""
    with path.open("rb") as packed:
        for piece in iter(lambda: packed.read(_CHUNK), b""):
            digest.update(piece)
    size = 0
    with _opened(path) as file:
        for piece in iter(lambda: file.read(_CHUNK), b""):
            size += len(piece)
            if size > limits.max_bytes:
                raise SourceError(
                    f"File {name!r} unpacks to more than {limits.max_bytes:,} bytes; at most"
                    " that many are read."
                )
            yield piece
