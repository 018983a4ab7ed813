"""Reads the ``.po`` files of the catalogues: the part of gettext's format that they use.

Babel reads all of the format and takes ten times as long, which each notebook would pay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINE = re.compile(
    r'(?:(?P<word>msgid|msgid_plural|msgstr)(?:\[(?P<form>\d+)\])?\s+)?"(?P<text>(?:[^"\\]|\\.)*)"\s*$'
)
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}
_Entry = dict[str, str]


def read_messages(path: Path) -> dict[str, str | tuple[str, ...]]:
    """Return the entries of one file that have words; an empty or fuzzy one counts as missing.

    Raises
    ------
    ValueError
        If a line is none of the format, or of a part of it that catalogues do not use.
    """
    found: dict[str, str | tuple[str, ...]] = {}
    for entry in _entries(path):
        key = entry.get("msgid", "")
        forms = [text for name, text in entry.items() if name.startswith("msgstr")]
        if not key or "fuzzy" in entry or not all(forms):
            continue
        found[key] = tuple(forms) if "msgid_plural" in entry else forms[0]
    return found


def _entries(path: Path) -> Iterator[_Entry]:
    entry: _Entry = {}
    last = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if last.startswith("msgstr") and not line.startswith(('"', "msgstr")):
            yield entry
            entry, last = {}, ""
        if line.startswith("#,") and "fuzzy" in line:
            entry["fuzzy"] = ""
        if line.startswith("#") or not line.strip():
            continue
        match = _LINE.match(line)
        if match is None or not (match["word"] or last):
            raise ValueError(f"{path.name}, line {number} cannot be read: {line[:60]}")
        if match["word"]:
            last = match["word"] + (match["form"] or "")
        entry[last] = entry.get(last, "") + _unescaped(match["text"])
    if entry:
        yield entry


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: _MEANT.get(m[1], m[1]), text) if "\\" in text else text
