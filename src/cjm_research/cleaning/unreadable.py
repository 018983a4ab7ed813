"""What becomes of rows whose cells could not be read, and of rows that are no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.checks import MAIN_TIME
from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.typed import text_column
from cjm_research.cleaning.reading.text_bytes import text_bytes
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.cleaning.ledger import Ledger
    from cjm_research.cleaning.mapping import Mapped
    from cjm_research.cleaning.parsing.hints import Parsed

    Mask = NDArray[np.bool_]

_FIRST_LETTERS = "ИиВвTtGg合总總"
_TOTALS = r"(?i)^(итого|всего|total|grand total|total rows|合计|总计|合計|總計)\s*:?\s*\d*$"


def readable_rows(
    mapped: Mapped,
    parsed: Mapping[str, Parsed],
    *,
    ledger: Ledger,
    required: Sequence[str],
    written: Callable[[Mask], pd.DataFrame],
) -> Mask:
    """Set aside rows whose needed cell is empty or cannot be read; leave out other such values.

    A spoilt time makes a row doubtful. A time that only lacks proof of its day order, a
    stand-in, and a column in which no time at all can be read, do not: the time is not known.

    Parameters
    ----------
    mapped, parsed
        Texts and values of all rows.
    ledger : Ledger
        Its books.
    required : sequence of str
        Columns whose cell must not be empty.
    written : callable
        Gives the canonical table of some rows.

    Returns
    -------
    numpy.ndarray of bool, shape (rows,)
        The rows that are kept.
    """
    declared = TABLES[ledger.table]
    needed = set(declared.required)
    time = parsed.get(MAIN_TIME.get(ledger.table, ""))
    is_time_read = time is not None and not bool(time.missing.all())
    gone = _totals(parsed, mapped, needed, n=len(mapped))
    if gone.any():
        ledger.write_aside(*_whole(written, gone), Code.TOTAL_ROW)
    for name, column in parsed.items():
        for code, rows in column.problems.items():
            here = rows & ~gone
            if not here.any():
                continue
            found = mapped.columns[name]
            values = text_column(found.texts, found.index[here])
            spoilt = column is time and is_time_read and code is Code.UNREADABLE_DATE
            if name in needed or spoilt:
                ledger.write_aside(*_whole(written, here), code, column=name, values=values)
                gone = gone | here
            else:
                ledger.leave_out(*_whole(written, here), code, column=name, values=values)
    for name in required:
        lacking = parsed[name].missing & ~gone if name in parsed else gone[:0]
        if lacking.any():
            ledger.write_aside(*_whole(written, lacking), Code.MISSING_REQUIRED, column=name)
            gone = gone | lacking
    return ~gone


def _whole(written: Callable[[Mask], pd.DataFrame], rows: Mask) -> tuple[pd.DataFrame, Mask]:
    """Return the table of some rows, and a mask of all of it."""
    frame = written(rows)
    return frame, np.ones(len(frame), dtype=bool)


def _totals(parsed: Mapping[str, Parsed], mapped: Mapped, needed: set[str], *, n: int) -> Mask:
    """Tell which rows are sums of the others: by an id, else by any cell of a row that fails."""
    fallen = np.zeros(n, dtype=bool)
    for name in needed & set(parsed):
        fallen |= parsed[name].unread | parsed[name].missing
    ids = [mapped.columns[c] for c, p in parsed.items() if p.kind is Kind.ID and c in needed]
    found = np.zeros(n, dtype=bool)
    for column in ids:
        says = _say_total(column.texts)
        if says.any():
            found |= column.rows(says)
    rows = np.flatnonzero(fallen & ~found)
    for column in mapped.columns.values() if len(rows) else ():
        known = rows[column.index[rows] >= 0]
        found[known] |= _say_total(column.texts.take(pa.array(column.index[known])))
    return found


def _say_total(texts: pa.Array) -> Mask:
    """Tell which texts are "total" in any language; nobody's id is that word."""
    places = text_bytes(texts).places(lambda part: part.begin_with(*_FIRST_LETTERS))
    says = np.zeros(len(texts), dtype=bool)
    if len(places):
        few = texts.take(pa.array(places))
        says[places] = as_mask(pc.match_substring_regex(few, _TOTALS))
    return says
