"""Rows that are wrong or doubtful, counted for the customers that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.codes import Code
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

DOUBLES = frozenset(
    {Code.DOUBLE, Code.CONFLICTING_KEY, Code.MERGED, Code.SAME_CUSTOMER, Code.RE_EXPORTED,
     Code.REPEATED_HEADER}
)  # fmt: skip
"""Rows that tell nothing which another row does not."""

ORPHANS = frozenset({Code.UNKNOWN_CUSTOMER})
TOUCHED_BY = ("orders", "events", "feedback", "care_contacts", "deals")
"""Tables of what customers did."""


def rows_of_customers(
    tables: Mapping[str, pd.DataFrame], ids: pd.Index
) -> dict[str, NDArray[np.int64]]:
    """Count the rows of each customer: kept, set aside as invalid, kept and flagged.

    Rows of nobody have no customer, and doubles say nothing about validity: neither is counted.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Canonical tables, and ``quarantine`` and ``flags`` as the cleaning leaves them.
    ids : pandas.Index of str
        Different customers.

    Returns
    -------
    dict of str to numpy.ndarray of int64, shape (n_customers,)
        ``kept``, ``aside``, ``flagged``.
    """
    aside, flags = (_marked(tables.get(book)) for book in ("quarantine", "flags"))
    flags = flags.drop_duplicates(["table", "source_file", "source_line"])
    kept = [tables[name]["customer_id"] for name in TOUCHED_BY if name in tables]
    return {
        "kept": sum((_counts(of, ids) for of in kept), np.zeros(len(ids), dtype=np.int64)),
        "aside": _counts(aside["customer_id"], ids),
        "flagged": _counts(flags["customer_id"], ids),
    }


def _counts(customers: pd.Series, ids: pd.Index) -> NDArray[np.int64]:
    at = positions_of(customers, ids)
    return np.bincount(at[at >= 0], minlength=len(ids))


def _marked(book: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows of a book that are of a customer, in a table of what customers did."""
    columns = ["table", "source_file", "source_line", "code", "customer_id"]
    if book is None or book.empty:
        return pd.DataFrame(columns=columns, dtype=object)
    skipped = [str(c) for c in (*DOUBLES, *ORPHANS)]
    fits = book["customer_id"].notna() & ~book["code"].isin(skipped)
    fits &= book["table"].isin(TOUCHED_BY)
    return book.loc[fits.to_numpy(dtype=bool), columns].astype(object)
