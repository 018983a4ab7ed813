"""Identity of a study's customers: one id for each in all tables, every merge written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.identity.decisions import read_decisions
from cjm_research.cleaning.identity.golden import PROVENANCE
from cjm_research.cleaning.identity.resolve import (
    COUNTS,
    IDENTITIES,
    REVIEW,
    resolve,
    with_customers,
)
from cjm_research.cleaning.parsing.contacts import REGIONS
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from cjm_research.cleaning.ledger import Ledger
    from cjm_research.study.model import Study

BOOKS = {
    "identities": IDENTITIES,
    "identity_review": REVIEW,
    "identity_values": PROVENANCE,
    "identity_counts": COUNTS,
}
"""Tables that tell what was merged, what is doubtful, and where each value comes from."""

_TYPES = {"probability": "float64", "source_line": "Int64", "n": "int64"}


def identify(
    study: Study, tables: dict[str, pd.DataFrame], ledgers: dict[str, Ledger]
) -> dict[str, pd.DataFrame]:
    """Join the records of each customer in all tables; return the books of it.

    The records that went into another one are set aside with code ``same_customer``. In every
    other table the rows follow, and `source_customer_id` keeps whose they were.

    Parameters
    ----------
    study : Study
        Its ``[identity]`` says whether and how.
    tables : dict of str to pandas.DataFrame
        Canonical tables; those that change are replaced.
    ledgers : dict of str to Ledger
        The books of each table.

    Raises
    ------
    SourceError
        If the list of decisions cannot be read.
    """
    empty = {name: _empty(columns) for name, columns in BOOKS.items()}
    path = study.decisions_path
    decisions = read_decisions(path) if path is not None else ()
    customers = tables["customers"].reset_index(drop=True)
    if study.identity.match == "off" or customers.empty:
        return empty
    found = resolve(
        customers, study.identity, decisions=decisions, region=REGIONS.get(study.currency)
    )
    ledgers["customers"].set_aside(
        customers, found.is_merged, Code.SAME_CUSTOMER, column="customer_id"
    )
    referred = found.customers["referred_by"]
    moved = referred.map(found.customer_of).astype(referred.dtype)
    tables["customers"] = found.customers.assign(referred_by=moved.where(moved.notna(), referred))
    for name, declared in TABLES.items():
        if name != "customers" and declared.customer and len(tables[name]):
            tables[name] = with_customers(tables[name], declared.customer, found.customer_of)
    return {
        "identities": found.identities,
        "identity_review": found.review,
        "identity_values": found.provenance,
        "identity_counts": found.counts,
    }


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns)).astype(
        {c: _TYPES.get(c, "string[pyarrow]") for c in columns}
    )
