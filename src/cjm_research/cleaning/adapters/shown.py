"""What was found in a raw file, as lines that a person can confirm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cjm_research.cleaning.adapters.library import ANY
from cjm_research.cleaning.adapters.own_columns import is_own

if TYPE_CHECKING:
    from cjm_research.cleaning.adapters.find import Found
    from cjm_research.study.sources import Source

_SHOWN = 3
_TIMES = {"orders": "ordered_at", "events": "occurred_at", "feedback": "given_at"}
"""When a row happened: what most reports rest on."""


def shown_lines(found: Found) -> list[str]:
    """Return which header was taken for which column, with examples, and which was not used."""
    lines = [f"{found.head.file}: {_tables(found)}{_layout(found)}"]
    used: set[str] = set()
    for source in found.sources:
        lines += _column_lines(source, found, used)
        if lacks_scale(source):
            lines.append(
                "  the scale of the score is not said: in the study file, scale_min, scale_max"
            )
        used |= set(source.headers)
    left = [h for h in found.head.headers if h not in used and not h.startswith("(column ")]
    lines += _keys_lacking(found)
    if left:
        lines += _times_lacking(found)
        lines.append(f"  not used: {', '.join(map(repr, left))}")
    return lines


def lacks_scale(source: Source) -> bool:
    """Tell whether grades are given and neither a column nor a constant says on which scale."""
    return "score" in source.given and not {"scale_min", "scale_max"} <= source.given


def examples(found: Found, header: str) -> str:
    """Return the first different values of a column, shortened."""
    cells = found.head.columns.get(header)
    if cells is None:
        return ""
    texts = dict.fromkeys(str(c).strip() for c in cells.slice(0, 200).to_pylist() if c)
    shown = [re.sub(r"\s+", " ", t)[:24] for t in list(texts)[:_SHOWN]]
    return ", ".join(re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\ufeff]", "", t) for t in shown)


def _tables(found: Found) -> str:
    return ", ".join(dict.fromkeys(s.table for s in found.sources))


def _layout(found: Found) -> str:
    if found.adapter.name == ANY:
        return ""
    doubt = " (known from memory only: check it)" if found.adapter.known_from == "memory" else ""
    return f", layout of {found.adapter.title}{doubt}"


def _column_lines(source: Source, found: Found, used: set[str]) -> list[str]:
    lines = []
    for column, header in source.columns.items():
        if header not in used:
            own = " (a column of your own)" if is_own(source, column) else ""
            names = " or ".join(map(repr, (header, *source.otherwise.get(column, ()))))
            lines.append(f"  {column} <- {names}{own}: {examples(found, header)}")
    for column, headers in source.joined.items():
        lines.append(f"  {column} <- {' + '.join(map(repr, headers))}")
    for header, metric in source.unpivot.items():
        kind = source.constants.get("kind", source.table)
        lines.append(f"  {kind} <- {header!r}" + ("" if header == metric else f" as {metric}"))
    return lines


def _keys_lacking(found: Found) -> list[str]:
    if not any(s.table == "customers" and "customer_id" not in s.given for s in found.sources):
        return []
    said = "no header is known for it, so that no order or answer of another file can be theirs"
    return [f"  customer_id <- {said}; name one: --column customer_id=HEADER"]


def _times_lacking(found: Found) -> list[str]:
    return [
        f"  {column} <- no header is known for it; name one: --column {column}=HEADER"
        for table, column in _TIMES.items()
        if any(s.table == table and column not in s.given for s in found.sources)
    ]
