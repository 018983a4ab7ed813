"""One row for each customer of several records, and which record each value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROVENANCE = ("customer_id", "column", "source_customer_id", "source_file", "source_line")
_ASIDE = ("customer_id", "source_customer_id", "source_file", "source_line", "id_is_generated")
_EARLIEST = ("acquired_on",)
_LATEST = ("last_contact_at", "updated_at")
_REFUSED = "consent_marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """The rows of customers of several records."""

    rows: pd.DataFrame
    """As the customers, one row for each, at the place of its first record."""
    provenance: pd.DataFrame
    """For every value of those rows, the record that it comes from."""


def golden(customers: pd.DataFrame, group: NDArray[np.int64]) -> Golden:
    """Join the records of each customer: of every column, the newest value that is known.

    Newest by `updated_at`; where it is not known, the order of the study file. A refusal of
    marketing holds, whichever record has it; a customer was acquired on the earliest day.

    Parameters
    ----------
    customers : pandas.DataFrame
        All records, index 0, 1, 2 and so on.
    group : numpy.ndarray of int64, shape (records,)
        For each record, the place of its customer's first record.
    """
    several = pd.Series(group).duplicated(keep=False).to_numpy()
    records = customers.loc[several].assign(_group=group[several], _place=np.flatnonzero(several))
    ranked = _ranked(records)
    columns: dict[str, pd.Series] = {}
    sources = []
    for name in (str(c) for c in customers if c not in _ASIDE):
        known = ranked[ranked[name].notna()]
        if name in _EARLIEST:
            known = known.sort_values(name, kind="stable")
        elif name in _LATEST:
            known = known.sort_values(name, kind="stable", ascending=False)
        elif name == _REFUSED:
            known = known.sort_values(name, kind="stable")
        chosen = known.drop_duplicates("_group").set_index("_group")
        columns[name] = chosen[name]
        sources.append(chosen[["customer_id", "source_file", "source_line"]].assign(column=name))
    first = customers.loc[np.unique(group[several])]
    filled = {
        n: values.reindex(first.index).astype(first[n].dtype) for n, values in columns.items()
    }
    return Golden(rows=first.assign(**filled), provenance=_provenance(sources, customers))


def _ranked(records: pd.DataFrame) -> pd.DataFrame:
    """Put the newest record of each customer first."""
    if "updated_at" not in records or records["updated_at"].isna().all():
        return records.sort_values("_place", kind="stable")
    return records.sort_values("updated_at", ascending=False, kind="stable", na_position="last")


def _provenance(sources: list[pd.DataFrame], customers: pd.DataFrame) -> pd.DataFrame:
    if not sources:
        return pd.DataFrame(columns=list(PROVENANCE)).astype("string[pyarrow]")
    joined = pd.concat(sources).sort_index(kind="stable")
    owner = customers["customer_id"].loc[joined.index].to_numpy()
    plain = joined.rename(columns={"customer_id": "source_customer_id"}).assign(customer_id=owner)
    typed = plain.reset_index(drop=True)[list(PROVENANCE)].astype(
        {c: "string[pyarrow]" for c in PROVENANCE if c != "source_line"}
    )
    return typed.astype({"source_line": "Int64"})
