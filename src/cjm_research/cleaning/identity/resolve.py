"""Which records of a study are one customer, in one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.identity.decisions import Decision, placed
from cjm_research.cleaning.identity.golden import golden
from cjm_research.cleaning.identity.grouping import grouped
from cjm_research.cleaning.identity.judging import judged
from cjm_research.cleaning.identity.likeness import Alike, alike
from cjm_research.cleaning.identity.records import Records, prepared
from cjm_research.cleaning.identity.slips import are_full_of_slips, names_of_proved_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.study.identity import Identity

IDENTITIES = ("customer_id", "source_customer_id", "rule", "probability", "source_file",
              "source_line")  # fmt: skip
REVIEW = ("customer_id", "other_id", "rule", "why", "probability")
COUNTS = ("what", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Customers, each once, and everything that is needed to take a merge back."""

    customers: pd.DataFrame
    """One row a customer; `source_customer_id` is the id of the record it began with."""
    is_merged: NDArray[np.bool_]
    """For each record, whether it went into another one."""
    customer_of: dict[str, str]
    """Id of a record that went into another one: id of its customer."""
    identities: pd.DataFrame
    """One row for each record that went into another one, and by which rule."""
    review: pd.DataFrame
    """Pairs that a person should look at, the likeliest first, and why no rule decides."""
    provenance: pd.DataFrame
    """For each value of a merged customer, the record that it comes from."""
    counts: pd.DataFrame
    """How many records, customers, merges, doubtful pairs; pairs kept apart; decisions used."""


def resolve(
    customers: pd.DataFrame,
    settings: Identity,
    *,
    decisions: tuple[Decision, ...] = (),
    region: str | None = None,
) -> Resolved:
    """Find records of one customer and join them.

    Names are brought into one form. Records that share a telephone number, an e-mail address, a
    tax number or a declared key are one customer when their names agree and nothing contradicts.
    Others are compared by splink. What is doubtful goes to a review list; a person's decision
    overrules everything.

    Parameters
    ----------
    customers : pandas.DataFrame
        Canonical customers, ids unique, index 0, 1, 2 and so on.
    settings : Identity
        Of the study; `match` is ``keys`` or ``all``.
    decisions : tuple of Decision
        As `read_decisions` gives them.
    region : str, optional
        Country whose tax numbers can be checked: ``RU`` or ``CN``.
    """
    records = prepared(customers, settings, region=region)
    proved, slipped = names_of_proved_pairs(records)
    if settings.other_names == "auto":
        records = replace(records, names_slip=are_full_of_slips(proved, slipped))
    found = alike(records, at_least=settings.review_from) if settings.match == "all" else _none()
    decided = placed(decisions, customers)
    joined = grouped(judged(records, found, settings), records, settings, decided=decided)
    best = golden(customers, joined.group)
    is_merged = joined.group != np.arange(len(customers))
    whole = customers.assign(source_customer_id=customers["customer_id"])
    ids = customers["customer_id"].to_numpy(dtype=object)
    if len(best.rows):
        rows = best.rows.assign(source_customer_id=best.rows["customer_id"])
        whole = pd.concat([whole.drop(index=rows.index), rows]).sort_index()
    moved = np.flatnonzero(is_merged)
    owners = ids[joined.group[moved]]
    return Resolved(
        customers=whole.loc[~is_merged].reset_index(drop=True),
        is_merged=is_merged,
        customer_of=dict(zip(ids[moved].tolist(), owners.tolist(), strict=True)),
        identities=_identities(customers, joined.pairs, moved, owners),
        review=_review(joined.pairs, joined.group, ids),
        provenance=best.provenance,
        counts=_counts(
            records, joined.pairs, joined.group, decided, further=_further(found, records, slipped)
        ),
    )


def with_customers(frame: pd.DataFrame, column: str, customer_of: dict[str, str]) -> pd.DataFrame:
    """Give rows to the customer that their record went into; the record's own id is kept.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows that name a customer.
    column : str
        The column that does.
    customer_of : dict of str to str
        As in `Resolved`.
    """
    own = frame[column]
    moved = own.map(customer_of).astype(own.dtype)
    return frame.assign(**{column: moved.where(moved.notna(), own), "source_customer_id": own})


def _identities(
    customers: pd.DataFrame,
    pairs: pd.DataFrame,
    moved: NDArray[np.int64],
    owners: NDArray[np.object_],
) -> pd.DataFrame:
    """Say of each record that went into another one by which pair it was tied."""
    merged = pairs[pairs["verdict"] == "merge"]
    ends = pd.concat(
        [merged.assign(place=merged[end]) for end in ("second", "first")], ignore_index=True
    )
    ties = ends.drop_duplicates("place").set_index("place").reindex(moved)
    rows = customers.loc[moved]
    return pd.DataFrame(
        {
            "customer_id": pd.Series(owners, dtype="string[pyarrow]"),
            "source_customer_id": rows["customer_id"].to_numpy(),
            "rule": ties["rule"].to_numpy(),
            "probability": ties["probability"].to_numpy(dtype=np.float64),
            "source_file": rows["source_file"].to_numpy(),
            "source_line": rows["source_line"].to_numpy(),
        }
    ).astype(_types(IDENTITIES))


def _review(
    pairs: pd.DataFrame, group: NDArray[np.int64], ids: NDArray[np.object_]
) -> pd.DataFrame:
    first, second = (pairs[e].to_numpy() for e in ("first", "second"))
    open_pairs = (pairs["verdict"] == "review").to_numpy() & (group[first] != group[second])
    plain = pairs[open_pairs]
    listed = pd.DataFrame(
        {
            "customer_id": ids[plain["first"]],
            "other_id": ids[plain["second"]],
            "rule": plain["rule"],
            "why": plain["why"],
            "probability": plain["probability"],
        }
    ).sort_values(["probability", "customer_id", "other_id"], ascending=[False, True, True])
    return listed.reset_index(drop=True).astype(_types(REVIEW))


def _counts(
    records: Records, pairs: pd.DataFrame, group: NDArray[np.int64], decided: pd.DataFrame,
    *, further: Mapping[str, int],
) -> pd.DataFrame:  # fmt: skip
    first, second = (pairs[e].to_numpy() for e in ("first", "second"))
    is_open = group[first] != group[second]
    shared = pairs["rule"].isin(records.keys).to_numpy()
    sizes = np.bincount(group)
    found = {
        "records": len(records),
        "customers": len(np.unique(group)),
        "merged_customers": int((sizes > 1).sum()),
        "review": int(((pairs["verdict"] == "review").to_numpy() & is_open).sum()),
        "kept_apart": int(((pairs["verdict"] == "apart").to_numpy() & shared & is_open).sum()),
        "shared_values": records.n_shared,
        "decided_same": int(decided["is_same"].sum()),
        "decided_apart": int((~decided["is_same"]).sum()),
        **further,
    }
    return pd.DataFrame({"what": list(found), "n": list(found.values())}).astype(
        {"what": "string[pyarrow]", "n": "int64"}
    )


def _further(found: Alike, records: Records, slipped: int) -> dict[str, int]:
    """Say why likeness was not looked for, and of how many proved pairs the names differ."""
    skipped = {f"skipped_{found.skipped}": 1} if found.skipped else {}
    return skipped | ({"names_slip": slipped} if records.names_slip else {})


def _types(columns: tuple[str, ...]) -> dict[str, str]:
    other = {"probability": "float64", "source_line": "Int64"}
    return {c: other.get(c, "string[pyarrow]") for c in columns}


def _none() -> Alike:
    return Alike(
        pairs=np.empty((0, 2), dtype=np.int64),
        probability=np.empty(0),
        is_specific=np.empty(0, dtype=bool),
    )
