"""What a workbook says of its cells beyond their values: hidden rows and errors of formulas.

The parts of the file are searched as text, so that nothing in them is expanded.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROW = re.compile(rb"<row\b[^>]*>")
_ERROR = re.compile(rb"<c\b([^>]*\bt=\"e\"[^>]*)>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]*)</v>")
_PLACE = re.compile(rb"\br=\"([A-Z]*)(\d+)\"")
_HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
_LEVEL = re.compile(rb"\boutlineLevel=\"(\d)\"")
_SHEET = re.compile(rb"<sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetParts:
    """Marks of one sheet."""

    hidden_rows: tuple[int, ...] = ()
    """From 1."""
    errors: Mapping[tuple[int, int], str]
    """Row and column, from 0 = the error that a formula gave."""
    levels: Mapping[int, int]
    """Row, from 1 = depth of its group, where rows are grouped."""


def sheet_parts(data: bytes, name: str) -> SheetParts:
    """Return the marks of a sheet of an xlsx workbook; none of any other kind."""
    none = SheetParts(errors={}, levels={})
    if not data.startswith(b"PK"):
        return none
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = _part_of(archive, name)
            xml = b"" if part is None else archive.read(part)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return none
    hidden, levels = _marked_rows(xml)
    return SheetParts(hidden_rows=hidden, errors=_errors(xml), levels=levels)


def _marked_rows(xml: bytes) -> tuple[tuple[int, ...], dict[int, int]]:
    """Return the hidden rows, and the depth of those that are grouped."""
    hidden, levels = [], {}
    if b"hidden=" in xml or b"outlineLevel=" in xml:
        for tag in _ROW.findall(xml):
            place = _PLACE.search(tag)
            line = int(place[2]) if place is not None else 0
            if _HIDDEN.search(tag):
                hidden.append(line)
            level = _LEVEL.search(tag)
            if level is not None:
                levels[line] = int(level[1])
    return tuple(hidden), levels


def _errors(xml: bytes) -> dict[tuple[int, int], str]:
    errors = {}
    if b't="e"' in xml:
        for attributes, value in _ERROR.findall(xml):
            place = _PLACE.search(attributes)
            if place is not None:
                errors[int(place[2]) - 1, _column(place[1])] = value.decode("utf-8", "replace")
    return errors


def _part_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """Find the part of a sheet by the workbook's own list."""
    relations = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target")
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        if _attribute(tag, b"name") == name:
            target = relations.get(_attribute(tag, b"r:id"), "").lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    return None


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\b" + re.escape(name) + rb"=\"([^\"]*)\"", tag)
    return html.unescape(found[1].decode("utf-8", "replace")) if found else ""


def _column(letters: bytes) -> int:
    """Return the place of a column from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
