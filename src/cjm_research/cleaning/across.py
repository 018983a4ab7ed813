"""What only shows across rows and tables: doubles, customers nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjm_research.cleaning.alike import repeated
from cjm_research.cleaning.checks import as_mask as known_mask
from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.re_exports import without_re_exported
from cjm_research.schema.tables import TABLES
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.cleaning.ledger import Ledger

    Mask = NDArray[np.bool_]

SEEN_ONCE = ("exposures", "outcomes", "campaign_totals")
"""Tables where a row that says the same once more tells nothing."""

BY_CUSTOMER = ("orders", "events", "deals", "contacts", "contracts", "care_contacts", "feedback")
"""Tables whose rows belong to a customer of the study."""

_WHERE_FROM = ("source_file", "source_line", "id_is_generated")
_OWN_NUMBERS = 0.5


def content_columns(frame: pd.DataFrame, key: str | None = None) -> list[str]:
    """Return the columns that say what a row says, not where it came from."""
    made = bool(frame["id_is_generated"].fillna(value=False).any())
    aside = {*_WHERE_FROM, *([key] if key is not None and made else [])}
    return [str(c) for c in frame if c not in aside and frame[c].notna().any()]


def without_doubles(
    frame: pd.DataFrame, ledger: Ledger, *, unique: Sequence[str] = ()
) -> pd.DataFrame:
    """Set aside rows that stand twice under one key; flag rows that merely look alike.

    Same key and same content: the first is kept. Same key and other content: the row with the
    newest `updated_at` is kept, and of equals the last. Where nothing names a row, two equal
    rows may be two true events (two equal lines of an order, two visitors without an id), so
    they are kept and flagged.

    Parameters
    ----------
    frame : pandas.DataFrame
        A canonical table.
    ledger : Ledger
        Its books.
    unique : sequence of str
        Columns that name a row, where the study declares them.
    """
    declared = TABLES[ledger.table]
    key = list(unique) or ([declared.key] if declared.key else [])
    content = content_columns(frame, declared.key)
    if not content:
        return frame
    if key:
        frame = _without_repeated_keys(frame, ledger, key, content)
        if unique or not frame["id_is_generated"].any():
            return frame
    if ledger.table not in (*SEEN_ONCE, "customers"):
        frame = without_re_exported(frame, ledger, content=content)
    same = repeated(frame, content)
    if ledger.table in SEEN_ONCE:
        return ledger.set_aside(frame, same, Code.DOUBLE)
    if ledger.table == "customers":  # people without an id may well be alike
        return frame
    return ledger.flag(frame, same, Code.SAME_CONTENT)


def _without_repeated_keys(
    frame: pd.DataFrame, ledger: Ledger, key: list[str], content: list[str]
) -> pd.DataFrame:
    named = frame[key].notna().all(axis=1)
    twice = repeated(frame, key, keep=False) & named.to_numpy()
    if not twice.any():
        return frame
    part = frame.loc[twice, list(dict.fromkeys([*key, *content]))]
    double = np.zeros(len(frame), dtype=bool)
    double[np.flatnonzero(twice)] = part.duplicated().to_numpy()
    frame = ledger.set_aside(frame, double, Code.DOUBLE, column=key[0])
    named = frame[key].notna().all(axis=1)
    older = _older(frame, key) & named.to_numpy()
    return ledger.set_aside(frame, older, Code.CONFLICTING_KEY, column=key[0])


def _older(frame: pd.DataFrame, key: list[str]) -> Mask:
    """Tell which rows stand under the key of a newer row."""
    if "updated_at" not in frame or frame["updated_at"].isna().all():
        return repeated(frame, key, keep="last")
    ranked = frame.sort_values("updated_at", kind="stable", na_position="first")
    older = ranked.duplicated(key, keep="last")
    return older.reindex(frame.index).to_numpy()


def merged_sources(frames: Sequence[pd.DataFrame], ledger: Ledger) -> list[pd.DataFrame]:
    """Join what several sources know of one customer: the first in the study file wins.

    Where it knows nothing, the next one that does fills in. The rows of the others are set
    aside with code ``merged``; where two sources contradict each other it is pointed out.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        What each source gave, in the order of the study file; keys are unique in each.
    ledger : Ledger
        The books of the table.
    """
    key = TABLES[ledger.table].key or ""
    done: list[pd.DataFrame] = []
    for later in frames:
        rest = later
        for i, first in enumerate(done):
            shared = later[later[key].isin(first[key])]
            done[i] = _filled(first, shared, key, ledger)
            rest = ledger.set_aside(
                rest, rest[key].isin(first[key]).to_numpy(dtype=bool), Code.MERGED, column=key
            )
        done.append(rest)
    return done


def _filled(first: pd.DataFrame, other: pd.DataFrame, key: str, ledger: Ledger) -> pd.DataFrame:
    """Fill what is missing from the rows of another source under the same keys."""
    if other.empty:
        return first
    aligned = other.set_index(key).reindex(first[key])
    columns: dict[str, pd.Series] = {}
    for name in (str(c) for c in other if c not in (*_WHERE_FROM, key)):
        given = aligned[name].set_axis(first.index)
        if name not in first:
            columns[name] = given
            continue
        own = first[name]
        if own.dtype != given.dtype:  # an own column that the sources read differently is text
            own, given = own.astype("string[pyarrow]"), given.astype("string[pyarrow]")
        both = own.notna() & given.notna()
        unlike = (both & (own != given).fillna(value=False)).to_numpy(dtype=bool)
        ledger.flag(first, unlike, Code.CONTRADICTING_SOURCES, column=name)
        columns[name] = own.where(own.notna(), given)
    return first.assign(**columns)


def without_orphans(
    frame: pd.DataFrame, known: pd.Series, ledger: Ledger, *, kept: Collection[str] = ()
) -> pd.DataFrame:
    """Set aside rows of customers that the study's customer list does not know.

    Rows that name no customer are kept where the table allows it, and so are those of the files
    `kept`.
    """
    customer = frame["customer_id"]
    unknown = customer.notna().to_numpy() & ~rows_of(customer, known)
    if kept:
        unknown &= ~frame["source_file"].isin(list(kept)).to_numpy(dtype=bool)
    return ledger.set_aside(frame, unknown, Code.UNKNOWN_CUSTOMER, column="customer_id")


def point_out_references(tables: Mapping[str, pd.DataFrame], ledgers: Mapping[str, Ledger]) -> None:
    """Flag customers referred by nobody known, and units of experiments that are no customers.

    Units that mostly are no customers (cookies, visits) have numbers of their own: then nothing
    is said.
    """
    customers = tables["customers"]
    if customers.empty:
        return
    known = customers["customer_id"]
    referred = customers["referred_by"]
    lost = referred.notna().to_numpy() & ~rows_of(referred, known)
    ledgers["customers"].flag(customers, lost, Code.UNKNOWN_REFERENCE, column="referred_by")
    for name in ("exposures", "outcomes"):
        frame = tables[name]
        unknown = ~rows_of(frame["unit_id"], known)
        if 0 < unknown.sum() < _OWN_NUMBERS * len(frame):
            ledgers[name].flag(frame, unknown, Code.UNKNOWN_REFERENCE, column="unit_id")


def point_out_returns(orders: pd.DataFrame, ledger: Ledger) -> None:
    """Flag returns of customers who bought nothing before: the order itself is not in the data."""
    if orders.empty or orders["ordered_at"].isna().all():
        return
    back = known_mask(orders["status"] == "returned")
    bought = known_mask(orders["status"] == "completed")
    given_back = back & known_mask((orders["amount"] < 0) | (orders["quantity"] < 0))
    if not bought.any() or not given_back.any():  # a returned order that was only marked is none
        return
    first = orders.loc[bought].groupby("customer_id")["ordered_at"].min()
    rows = orders.loc[given_back, ["customer_id", "ordered_at"]].dropna()
    alone = known_mask(~(rows["customer_id"].map(first) <= rows["ordered_at"]))
    found = np.zeros(len(orders), dtype=bool)
    found[orders.index.get_indexer(rows.index[alone])] = True
    ledger.flag(orders, found, Code.RETURN_WITHOUT_ORDER, column="status")
