"""Reports in which the name of a group stands in a row above the rows of the group."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.reading.raw_table import Choice, RejectedRow, normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjm_research.cleaning.reading.raw_table import RawTable

    Mask = NDArray[np.bool_]

GROUP = "(group)"
"""Header of the column that is made: the name of the group that a row belongs to."""
_NUMBER = re.compile(r"-?[\d\s\u00a0\u202f]+([.,]\d+)?")
_TOTAL = re.compile(r"(?i)\s*(итого|всего|total|合计|总计)")
_CENT = 0.011


def with_groups(table: RawTable, column: str) -> RawTable:
    """Write the name of its group beside every row, and set the rows of the groups aside.

    Which rows name groups is told by the outline of the sheet, else by the sums: the number of
    a group's row is the sum of those below it, down to the next group.

    Parameters
    ----------
    table : RawTable
        Every column as texts.
    column : str
        Header of the column that holds names of groups and of what is in them; several: the
        first that is there, joined by ``|``.
    """
    names = {normalised(h): h for h in table.columns}
    header = next((names[n] for c in column.split("|") if (n := normalised(c)) in names), None)
    if header is None:
        return table
    is_total = np.array([bool(_TOTAL.match(t or "")) for t in _texts(table, header)], dtype=bool)
    is_total |= _above_all_numbers(table, header)
    is_group = _by_outline(table)
    if is_group is None:
        is_group = _by_sums(table, header, is_total)
    if is_group is None or not is_group.any():
        return table
    texts = _texts(table, header)
    group, of_row = None, []
    for i, text in enumerate(texts):
        group = text.strip() if is_group[i] else None if is_total[i] else group
        of_row.append(group)
    keep = ~is_group
    rejected = tuple(
        RejectedRow(line=int(table.lines[i]), code=Code.GROUP_ROW, text=texts[i])
        for i in np.flatnonzero(is_group)
    )
    columns = {h: c.filter(pa.array(keep)) for h, c in table.columns.items()}
    columns[GROUP] = pa.array(of_row, pa.string()).filter(pa.array(keep))
    choice = Choice(column="", choice=f"groups={header}", evidence=str(len(rejected)), override="")
    return replace(
        table,
        columns=columns,
        headers=(*table.headers, GROUP),
        lines=table.lines[keep],
        rejected=(*table.rejected, *rejected),
        choices=(*table.choices, choice),
    )


def _above_all_numbers(table: RawTable, header: str) -> Mask:
    """Mark the first rows that hold a name alone: the header goes on in them."""
    others = [_texts(table, h) for h in table.columns if h != header]
    bare = [not any(cell.strip() for cell in row) for row in zip(*others, strict=True)]
    first = bare.index(False) if False in bare else len(bare)
    return np.arange(len(table)) < first


def _by_outline(table: RawTable) -> Mask | None:
    """Rows above deeper ones are groups."""
    if not table.levels:
        return None
    depth = [table.levels.get(int(line), 0) for line in table.lines]
    return np.array([a < b for a, b in zip(depth, [*depth[1:], 0], strict=True)], dtype=bool)


def _by_sums(table: RawTable, header: str, is_total: Mask) -> Mask | None:
    """Find the column of numbers in which rows are sums of those below them, from top to end."""
    for name in reversed(list(table.columns)):
        texts = _texts(table, name)
        plain = [_NUMBER.fullmatch(t.strip()) for t in texts]
        if name == header or sum(map(bool, plain)) < 0.8 * len(texts):
            continue
        found = _sums([_value(t) if ok else 0.0 for t, ok in zip(texts, plain, strict=True)],
                      is_total)  # fmt: skip
        if found is not None:
            return found
    return None


def _sums(values: Sequence[float], is_total: Mask) -> Mask | None:
    """Mark the rows that are sums of what follows them; None unless all rows fit in groups."""
    is_group = np.zeros(len(values), dtype=bool)
    at = 0
    while at < len(values):
        if is_total[at]:
            at += 1
            continue
        wanted, total, end = values[at], 0.0, at + 1
        while end < len(values) and not is_total[end]:
            total += values[end]
            end += 1
            if abs(total - wanted) < _CENT * max(1, end - at) ** 0.5:
                break
        if abs(total - wanted) >= _CENT * max(1, end - at) ** 0.5 or end == at + 1:
            return None
        is_group[at] = True
        at = end
    return is_group


def _value(text: str) -> float:
    return float(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))


def _texts(table: RawTable, header: str) -> list[str]:
    return [t or "" for t in table.columns[header].to_pylist()]
