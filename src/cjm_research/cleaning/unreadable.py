"""What becomes of rows whose cells could not be read, and of rows that are no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from cjm_research.cleaning.checks import MAIN_TIME
from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.parsing.distinct import as_mask
from cjm_research.cleaning.parsing.typed import text_column
from cjm_research.schema.columns import Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.cleaning.ledger import Ledger
    from cjm_research.cleaning.mapping import Mapped
    from cjm_research.cleaning.parsing.distinct import Distinct
    from cjm_research.cleaning.parsing.hints import Parsed

    Mask = NDArray[np.bool_]

_TOTALS = r"(?i)^(итого|всего|total|grand total|total rows|合计|总计|合計|總計)\s*:?\s*\d*$"


def without_unreadable(
    frame: pd.DataFrame, mapped: Mapped, parsed: Mapping[str, Parsed], *, ledger: Ledger
) -> pd.DataFrame:
    """Set aside rows whose needed cell cannot be read; leave out any other such value.

    A spoilt time makes a row doubtful. A time that only lacks proof of its day order, a
    stand-in, and a column in which no time at all can be read, do not: the time is not known.
    """
    declared = TABLES[ledger.table]
    needed = set(declared.required)
    time = parsed.get(MAIN_TIME.get(ledger.table, ""))
    is_time_read = time is not None and bool(time.cells.notna().any())
    frame["_row"] = np.arange(len(frame))
    fallen = np.zeros(len(frame), dtype=bool)
    for name, column in parsed.items():
        if name in needed:
            fallen |= column.unread | (
                column.cells.isna().to_numpy() if name in declared.required else False
            )
    totals = _says_total(
        [mapped.columns[n] for n, c in parsed.items() if c.kind is Kind.ID and n in needed]
    )
    if fallen.any():
        totals = totals | (fallen & _says_total(mapped.columns.values()))
    totals = np.broadcast_to(totals, len(frame))
    frame = ledger.set_aside(frame, totals, Code.TOTAL_ROW)
    for name, column in parsed.items():
        for code, rows in column.problems.items():
            left = frame["_row"].to_numpy()
            here = rows[left]
            if not here.any():
                continue
            found = mapped.columns[name]
            values = text_column(found.texts, found.index[left])
            spoilt = column is time and is_time_read and code is Code.UNREADABLE_DATE
            change = ledger.set_aside if name in needed or spoilt else ledger.leave_out
            frame = change(frame, here, code, column=name, values=values)
    return frame.drop(columns="_row")


def _says_total(columns: Iterable[Distinct]) -> Mask:
    """Tell which rows have "total" in one of the columns; nobody's id is that word."""
    found: Mask = np.zeros(1, dtype=bool)
    for column in columns:
        found = found | column.rows(as_mask(pc.match_substring_regex(column.texts, _TOTALS)))
    return found
