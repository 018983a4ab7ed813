"""Which layout a file has, by its headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjm_research.cleaning.adapters.build import settings_of, sources_of
from cjm_research.cleaning.adapters.library import ANY, adapter, adapters
from cjm_research.cleaning.adapters.match import (
    bare_key,
    every_alias,
    has_questions,
    has_signs,
    key_of,
)
from cjm_research.cleaning.reading.content import DEFAULT_LIMITS, ReadLimits
from cjm_research.cleaning.reading.read import read_head
from cjm_research.cleaning.reading.request import Request, Shape
from cjm_research.errors import ParameterError, SourceError
from cjm_research.schema.tables import TABLES, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cjm_research.cleaning.adapters.model import Adapter, Part
    from cjm_research.cleaning.reading.raw_table import RawTable
    from cjm_research.study.sources import Source

_FEW = 2
"""Known headers from which they tell what a file is."""
_OF_ANY_TABLE = {"id", "name", "date", "ид", "дата", "编号", "日期"}
"""Headers that say little of what a file is: every list has its numbers, names and days."""
_NUMBERS = {"номер", "number", "no", "单号", "created at", "created", "date created",
            "дата создания", "создан", "创建时间"}  # fmt: skip
"""Headers that a list of customers may have as well as one of orders."""
_READING = ("encoding", "delimiter", "sheet", "header_row", "header_rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The layout of a file and the sources that read it."""

    adapter: Adapter
    sources: tuple[Source, ...]
    head: RawTable
    """The first rows, with every column."""


def find_sources(
    path: Path,
    table_name: str = "",
    *,
    adapter_name: str | None = None,
    hints: Mapping[str, Any] | None = None,
    folder: Path | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> Found:
    """Find the layout of a file and what a study file would say of it.

    Parameters
    ----------
    path : Path
        The file.
    table_name : str
        The canonical table that it fills; found by its headers if empty.
    adapter_name : str, optional
        Name of the layout; found by its headers if absent.
    hints : mapping of str to any, optional
        Settings of a source that go before those found.
    folder : Path, optional
        Folder of the project's own adapters.
    limits : ReadLimits
        How much the file may hold.

    Raises
    ------
    SourceError
        If the file cannot be read, or no column that the table needs is known.
    ParameterError
        If there is no such table or adapter.
    """
    hints = hints or {}
    if table_name:
        table(table_name)
    known = adapters(folder)
    asked = [adapter(adapter_name, folder)] if adapter_name is not None else list(known.values())
    asked.sort(key=lambda a: a.layout.shape != Shape())  # the plain one tells of the others
    heads: dict[Shape, RawTable | None] = {}
    candidates: list[tuple[Adapter, Part, RawTable]] = []
    for layout in asked:
        shape = layout.layout.shape
        plain = heads.get(Shape())
        if shape not in heads:
            shaped = [a for a in asked if a.layout.shape == shape]
            may_be = plain is None or plain.typed or _any_sign(shaped, plain.headers)
            heads[shape] = _head(path, shaped, hints, limits) if may_be else None
        head = heads[shape]
        if head is not None:
            candidates += [(layout, p, head) for p in layout.parts if table_name in ("", p.table)]
    given = frozenset(hints.get("columns", {}))
    layout, part, head = _chosen(candidates, asked, path, table_name, given)
    sources = sources_of(layout, part, file=path.name, sample=head.columns, hints=hints)
    return Found(adapter=layout, sources=tuple(sources), head=head)


def _any_sign(layouts: list[Adapter], headers: Sequence[str]) -> bool:
    """Tell whether a sign of a layout is among the headers, so that it is worth a look."""
    keys = {key for h in headers for key in (key_of(h), bare_key(h))}
    signs = (s for a in layouts for p in a.parts for s in p.signs)
    return any(key_of(either) in keys for sign in signs for either in sign.split("|"))


def _head(
    path: Path, layouts: list[Adapter], hints: Mapping[str, Any], limits: ReadLimits
) -> RawTable | None:
    """Read the first rows as layouts of one shape have them; None when they are not so."""
    shape = layouts[0].layout.shape
    given = {k: hints[k] for k in _READING if k in hints}
    given.setdefault("header_rows", shape.header_rows)
    aliases = every_alias(p for a in layouts for p in a.parts)
    columns = hints.get("columns", {})
    request = Request(everything=True, expected=(*columns.values(), *aliases), shape=shape, **given)
    try:
        return read_head(path, request, limits=limits)
    except SourceError:
        if shape == Shape():
            raise
        return None


def _chosen(
    candidates: list[tuple[Adapter, Part, RawTable]],
    asked: list[Adapter],
    path: Path,
    table_name: str,
    given: frozenset[str],
) -> tuple[Adapter, Part, RawTable]:
    """Take the layout whose signs are all there, else the one with most known headers."""
    signed = [
        c
        for c in candidates
        if has_signs(c[1], c[2].headers)
        and (not c[1].questions or has_questions(c[1], c[2].headers))
    ]
    if signed:
        return max(signed, key=lambda c: (len(c[1].signs), _score(c, given)))
    open_to_all = [c for c in candidates if c[0].name == ANY or len(asked) == 1]
    if not open_to_all:
        tables = sorted({p.table for a in asked for p in a.parts})
        raise ParameterError(
            f"Adapter {asked[0].name!r} fills {tables}, not {table_name!r}."
            if len(asked) == 1
            else f"No layout is known that fills {table_name!r} from {path.name!r}."
        )
    open_to_all = [c for c in open_to_all if not c[1].questions] or open_to_all
    best = max(open_to_all, key=lambda c: _score(c, given))
    if best[1].table == "customers":
        best = next((c for c in open_to_all if _is_of_orders(c, given)), best)
    if not table_name:
        _check_no_customer_is_missed(best, open_to_all, path, given)
    if not table_name and (_score(best, given)[0], _n_known(best)) < (1, _FEW):
        known = list(settings_of(best[1], list(best[2].columns)).get("columns", {}).values())
        raise SourceError(
            f"The headers of file {path.name!r} do not tell which table it is; known among them"
            f" are {known or 'none'}. Name the table by what a row is, as in --table"
            f" {path.name}=orders: {'; '.join(f'{t.name}: {t.row}' for t in TABLES.values())}."
        )
    return best


def _check_no_customer_is_missed(
    best: tuple[Adapter, Part, RawTable],
    candidates: list[tuple[Adapter, Part, RawTable]],
    path: Path,
    given: frozenset[str],
) -> None:
    """Ask for the customer where all else tells of another table.

    Raises
    ------
    SourceError
        If a table would know twice as many headers and lacks nothing but its customer.
    """
    for _, part, head in candidates:
        columns = list(settings_of(part, list(head.columns)).get("columns", {}))
        lacking = {*TABLES[part.table].required} - _filled(part, head, given)
        if lacking == {"customer_id"} and len(columns) >= max(2 * _FEW, 2 * _n_known(best)):
            raise SourceError(
                f"File {path.name!r} looks like {part.table} ({', '.join(columns)} are known), but"
                " no header is known to name the customer. Name it: --column customer_id=HEADER"
                f" (in a study file under 'columns'), or another table: --table"
                f" {path.name}={best[1].table}. Its headers are {list(head.headers)}."
            )


def _filled(part: Part, head: RawTable, given: frozenset[str]) -> set[str]:
    settings = settings_of(part, list(head.columns))
    filled = ("columns", "joined", "constants", "computed")
    return {*(c for k in filled for c in settings.get(k, {})), *given}


def _is_of_orders(candidate: tuple[Adapter, Part, RawTable], given: frozenset[str]) -> bool:
    """Tell whether a file says what was paid, and for which order or when it was placed.

    Beside that the customer's name, telephone and address do not make it a list of customers.
    """
    _, part, head = candidate
    columns = settings_of(part, list(head.columns)).get("columns", {})
    told = (columns[c] for c in ("ordered_at", "order_id") if c in columns)
    is_told = any(key_of(h) not in _OF_ANY_TABLE | _NUMBERS for h in told)
    return part.table == "orders" and is_told and bool(_score(candidate, given)[0])


def _score(candidate: tuple[Adapter, Part, RawTable], given: frozenset[str]) -> tuple[int, float]:
    """Count what a part finds; a table that lacks a needed column comes after those that do not.

    The key of a table tells more than another column, a header that any table may have less.
    """
    _, part, head = candidate
    columns = settings_of(part, list(head.columns)).get("columns", {})
    found = _filled(part, head, given)
    declared = TABLES[part.table]
    whole = all(c in found or c == declared.key for c in declared.required)
    told = sum(0.5 if key_of(header) in _OF_ANY_TABLE else 1.0 for header in columns.values())
    key = columns.get(declared.key or "")
    return int(whole), told + (0.5 if key and key_of(key) not in _OF_ANY_TABLE else 0.0)


def _n_known(candidate: tuple[Adapter, Part, RawTable]) -> int:
    _, part, head = candidate
    return len(settings_of(part, list(head.columns)).get("columns", {}))
