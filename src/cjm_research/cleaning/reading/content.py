"""The bytes of a file, unpacked, with what kind of file they are."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Literal

from cjm_research.cleaning.reading.encoding import unmarked_utf16
from cjm_research.errors import SourceError, nearest

if TYPE_CHECKING:
    from pathlib import Path

FileKind = Literal["text", "html", "sheet", "parquet", "json", "xml"]

_BINARY = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
}
_OF_TEXTS = b"\x00\t\n\x0b\x0c\r\x1a"
_SMALL = 32 << 20
_LISTED = 25
"""Files of a folder that a message names."""
_SHEET_PARTS = ("xl/", "content.xml", "Index/")


_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[{\]]")
_HTML = re.compile(rb"<(html|!doctype html|table)")
_XML = re.compile(rb"<[a-z_][\w:.-]*[\s>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """How much one file may hold; beyond it a clear error is raised instead of running out."""

    max_bytes: int = 4 << 30
    """Of a file, and of what a packed file unpacks to."""
    max_columns: int = 4_096
    """A wider table is a matrix, or a text split by the wrong sign."""
    max_cell: int = 10_000_000
    """Characters of one cell."""
    max_ratio: int = 500
    """Times that a packed file of more than `_SMALL` bytes may grow; a bomb grows by 1,000."""


DEFAULT_LIMITS = ReadLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What lies in a file."""

    file: str
    """Its name, for messages and for the rows that come from it."""
    kind: FileKind
    data: bytes
    digest: Digest

    @property
    def sha256(self) -> str:
        """Hash of the file as it lies on the disk."""
        return self.digest.hexdigest()


class Digest:
    """The SHA-256 of bytes, computed in a thread while they are read."""

    def __init__(self, data: bytes) -> None:
        self._found: list[str] = []
        self._thread = Thread(target=self._compute, args=(data,), daemon=True)
        self._thread.start()

    def hexdigest(self) -> str:
        """Return the hash, when it is there."""
        self._thread.join()
        return self._found[0]

    def _compute(self, data: bytes) -> None:
        self._found.append(hashlib.sha256(data).hexdigest())


def read_content(path: Path, *, name: str = "", limits: ReadLimits = DEFAULT_LIMITS) -> Content:
    """Read a file, unpack it when it is packed, and tell what kind it is by its bytes.

    The ending of the name is not looked at: exports are often named for what they are not.

    Raises
    ------
    SourceError
        If the file is missing, empty, a folder, not readable, too large, or of a kind that
        holds no table. One sentence that names the file and the cause.
    """
    name = name or path.name
    data = _bytes_of(path, name, limits)
    digest = Digest(data)
    data = _unpacked(data, name, limits)
    if not data or data.isspace():
        raise SourceError(f"File {name!r} is empty.")
    return Content(file=name, kind=_kind(data, name), data=data, digest=digest)


def files_there(folder: Path, wanted: str) -> str:
    """Return the end of a message: the nearest name, and what lies in the folder, hidden files not.

    Examples
    --------
    >>> from pathlib import Path
    >>> files_there(Path("no such folder"), "orders.csv")
    ' Files there: none.'
    """
    found = folder.glob("*") if folder.is_dir() else ()
    names = sorted(p.name for p in found if not p.name.startswith("."))
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{nearest(wanted, names)} Files there: {names[:_LISTED] or 'none'}{more}."


def _bytes_of(path: Path, name: str, limits: ReadLimits) -> bytes:
    if path.is_dir():
        raise SourceError(f"{name!r} is a folder, not a file.")
    try:
        before = path.stat()
        _check_size(before.st_size, name, limits, "has")
        data = path.read_bytes()
        after = path.stat()
    except FileNotFoundError:
        raise SourceError(
            f"There is no file {name!r} in {path.parent.resolve()}."
            f"{files_there(path.parent, path.name)}"
        ) from None
    except PermissionError:
        raise SourceError(f"File {name!r} may not be read: permission is denied.") from None
    except OSError as error:
        raise SourceError(f"File {name!r} cannot be read: {error.strerror}.") from None
    if len(data) != before.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise SourceError(
            f"File {name!r} changed while it was read; wait until it is written and try again."
        )
    return data


def _unpacked(data: bytes, name: str, limits: ReadLimits) -> bytes:
    if data.startswith(b"\x1f\x8b"):
        return _gunzipped(data, name, limits)
    if data.startswith(b"PK\x03\x04"):
        return _unzipped(data, name, limits)
    return data


def _gunzipped(data: bytes, name: str, limits: ReadLimits) -> bytes:
    most = _most(len(data), limits)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            plain = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"File {name!r} is a damaged gzip archive: {error}.") from None
    _check_growth(len(data), len(plain), name, limits)
    return plain


def _unzipped(data: bytes, name: str, limits: ReadLimits) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [n for n in archive.namelist() if _is_real(n)]
            if any(n.startswith(_SHEET_PARTS) for n in archive.namelist()):
                unpacked = sum(i.file_size for i in archive.infolist())
                _check_growth(len(data), unpacked, name, limits)
                return data
            if len(names) != 1:
                raise SourceError(
                    f"Archive {name!r} must hold exactly one file; it holds"
                    f" {len(names)}: {names[:5]}."
                )
            _check_growth(len(data), archive.getinfo(names[0]).file_size, name, limits)
            with archive.open(names[0]) as packed:
                plain = packed.read(_most(len(data), limits) + 1)
            _check_growth(len(data), len(plain), name, limits)
            return plain
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise SourceError(f"File {name!r} is a damaged or locked zip archive: {error}.") from None


def _most(size: int, limits: ReadLimits) -> int:
    """Return how many bytes a packed file may unpack to."""
    return min(limits.max_bytes, max(_SMALL, size * limits.max_ratio))


def _check_growth(size: int, unpacked: int, name: str, limits: ReadLimits) -> None:
    _check_size(unpacked, name, limits, "unpacks to")
    if unpacked > _most(size, limits):
        raise SourceError(
            f"File {name!r} of {size:,} bytes unpacks to more than {limits.max_ratio:,} times that:"
            " it looks like a zip bomb (setting max_ratio)."
        )


def _is_real(member: str) -> bool:
    return not (
        member.endswith(("/", "Thumbs.db", "desktop.ini"))
        or member.startswith("__MACOSX")
        or member.rpartition("/")[2].startswith(".")
    )


def _check_size(size: int, name: str, limits: ReadLimits, verb: str) -> None:
    if size > limits.max_bytes:
        raise SourceError(
            f"File {name!r} {verb} {size:,} bytes; at most {limits.max_bytes:,} are read"
            " (setting max_bytes)."
        )


def _kind(data: bytes, name: str) -> FileKind:
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "sheet"
    _refuse_binary(data, name)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _JSON.match(head):
        return "json"
    if head.startswith(b"<?xml") and b"<html" not in head:
        return "xml"
    if _HTML.match(head) or (head.startswith(b"<") and b"<table" in head):
        return "html"
    return "xml" if _XML.match(head) and data.rstrip().endswith(b">") else "text"


def is_plain_text(start: bytes) -> bool:
    """Tell by its first bytes that a file is surely a text, neither packed nor marked up."""
    if start.startswith((b"PAR1", b"PK", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", *_BINARY)):
        return False
    head = start[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return not head.startswith((b"<", b"{", b"[")) and b"\x00" not in start


def _refuse_binary(data: bytes, name: str) -> None:
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise SourceError(f"File {name!r} is {what}, not a table.")
    start = data[:4096]
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in start and not is_wide and unmarked_utf16(start) is None and _is_binary(start):
        raise SourceError(f"File {name!r} is binary, not a table.")


def _is_binary(start: bytes) -> bool:
    """Tell bytes of a program from a text with zeros in it: those have other control bytes."""
    others = sum(b < 32 and b not in _OF_TEXTS for b in start)
    return bool(others) or start.count(0) > len(start) / 2
