"""A file as texts: columns by header, the line of every row, the rows that could not be read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.codes import Code
from cjm_research.errors import SourceError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SHOWN = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that has no cells to speak of; it is set aside with its text."""

    line: int
    code: Code
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something about the file that a reader of the numbers should know."""

    code: Code
    rows: int
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision made by evidence, with the line of the study file that overrides it."""

    column: str
    choice: str
    evidence: str
    override: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """What was read of one file."""

    file: str
    columns: Mapping[str, pa.Array]
    """Texts (or typed values of parquet) by header; only those asked for."""
    headers: tuple[str, ...]
    """All headers of the file."""
    lines: NDArray[np.int64]
    """Line of each row in the file, from 1."""
    sha256: str
    encoding: str = ""
    delimiter: str = ""
    rejected: tuple[RejectedRow, ...] = ()
    notes: tuple[Note, ...] = ()
    choices: tuple[Choice, ...] = ()
    typed: bool = False
    """The file says itself what is a number and what a date (parquet, spreadsheets)."""
    levels: Mapping[int, int] = field(default_factory=dict)
    """Line = depth of its group, in a spreadsheet with grouped rows."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def rows_in(self) -> int:
        """Rows of the file, those set aside included; blank lines are no rows."""
        return len(self.lines) + len(self.rejected)


@dataclass(slots=True)
class Rows:
    """Rows of cells while a file is read cell by cell."""

    header: Sequence[str]
    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)

    def columns(self, wanted: Sequence[str]) -> dict[str, pa.Array]:
        """Return the wanted columns as texts."""
        places = find_headers(self.header, wanted)
        return {
            h: pa.array([row[p] for row in self.cells], type=pa.string()) for h, p in places.items()
        }


@lru_cache(maxsize=65_536)
def normalised(header: str) -> str:
    r"""Return a header as it is compared: form, case, blanks and invisible marks aside.

    Examples
    --------
    >>> normalised(" Дата\u00a0 заказа ") == normalised("дата заказа")
    True
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", header))
    return " ".join(plain.split()).casefold()


def named_apart(header: Sequence[str]) -> tuple[str, ...]:
    """Give every column a name of its own: a second one is ``"Name (2)"``, a nameless one by place.

    Examples
    --------
    >>> named_apart(["Phone", "", "Phone"])
    ('Phone', '(column 2)', 'Phone (2)')
    """
    seen: dict[str, int] = {}
    names = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(_INVISIBLE.sub("", cell).split()) or f"(column {place})"
        seen[normalised(name)] = seen.get(normalised(name), 0) + 1
        count = seen[normalised(name)]
        names.append(name if count == 1 else f"{name} ({count})")
    return tuple(names)


def find_headers(header: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Return the place of each wanted header that is there.

    Of a header of two rows the lower name alone will do, if no other column has it.
    """
    names = [normalised(h) for h in header]
    places = {n: i for i, n in reversed(list(enumerate(names)))}
    if any(" / " in n for n in names):
        lower = [n.rpartition(" / ")[2] for n in names]
        alone = {n: i for i, n in enumerate(lower) if lower.count(n) == 1}
        places = {**alone, **places}
    return {w: places[normalised(w)] for w in wanted if normalised(w) in places}


def require_headers(file: str, header: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse a file that lacks a header which the study maps.

    Raises
    ------
    SourceError
        One sentence per header, with the nearest one and those that are there.
    """
    found = find_headers(header, wanted)
    missing = [w for w in wanted if w not in found]
    if not missing:
        return
    named = " ".join(f"no column {w!r}.{nearest(w, header)}" for w in missing)
    there = [h for h in header if not h.startswith("(column ")]
    shown = f"{there[:_SHOWN]}" + (f" and {len(there) - _SHOWN} more" if there[_SHOWN:] else "")
    raise SourceError(f"File {file!r} has {named} Its headers are {shown}.")


def without_repeats(
    columns: Mapping[str, pa.Array], lines: NDArray[np.int64]
) -> tuple[dict[str, pa.Array], NDArray[np.int64], tuple[RejectedRow, ...]]:
    """Take out rows that repeat the header, as joined exports have them."""
    repeats = np.full(len(lines), bool(columns))
    for header, cells in columns.items():
        texts = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
        if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
            return dict(columns), lines, ()
        same = pc.equal(texts, header).fill_null(fill_value=False)
        if texts is not cells:
            same = same.take(cells.indices)
        repeats &= same.to_numpy(zero_copy_only=False)
        if not repeats.any():
            return dict(columns), lines, ()
    if not repeats.any():
        return dict(columns), lines, ()
    text = " | ".join(columns)
    rejected = tuple(
        RejectedRow(line=int(line), code=Code.REPEATED_HEADER, text=text) for line in lines[repeats]
    )
    kept = pa.array(~repeats)
    return {h: c.filter(kept) for h, c in columns.items()}, lines[~repeats], rejected


def without_words(table: RawTable, words: Sequence[str]) -> RawTable:
    """Empty the cells that hold a system's own word for "not known"."""
    if not words:
        return table
    columns = {h: _without(c, words) for h, c in table.columns.items()}
    return replace(table, columns=columns)


def _without(cells: pa.Array, words: Sequence[str]) -> pa.Array:
    if pa.types.is_dictionary(cells.type):
        texts = _without(cells.dictionary, words)
        return pa.DictionaryArray.from_arrays(cells.indices, texts)
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        return pc.if_else(pc.is_in(cells, pa.array(list(words), cells.type)), "", cells)
    return cells
