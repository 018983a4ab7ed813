"""For each pair of records that share something: one customer, two, or a person must look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.identity.agreement import Agreement, days_contradict, values_differ
from cjm_research.cleaning.identity.records import key_pairs
from cjm_research.cleaning.identity.slips import near_numbers, outweighed_by_two, same_number

if TYPE_CHECKING:
    from cjm_research.cleaning.identity.agreement import Pairs
    from cjm_research.cleaning.identity.likeness import Alike
    from cjm_research.cleaning.identity.records import Records
    from cjm_research.study.identity import Identity

PAIRS = ("first", "second", "verdict", "rule", "why", "probability", "is_strong")
"""Columns of judged pairs. `verdict`: ``merge``, ``review`` or ``apart``; `rule`: the key or
``likeness``; `why`: what makes a pair doubtful; `is_strong`: the names are equal or the key is
certain."""


def judged(records: Records, found: Alike, settings: Identity) -> pd.DataFrame:
    """Judge every pair that shares a key or is alike.

    A telephone number or an address alone never merges two people: the names must be equal, or
    nearly so with the date of birth or a second key. A contradicting date of birth or name stops
    every merge but one that a tax number or a declared key, and the other of the two, prove.

    Parameters
    ----------
    records : Records
        As `prepared` gives them.
    found : Alike
        Pairs that are alike.
    settings : Identity
        Of the study.
    """
    table = _facts(records, _pairs(records, found), settings)
    by_key, merged, doubtful = _verdicts(table, settings)
    verdict = np.select([merged, doubtful], ["merge", "review"], "apart")
    rule = np.select([table[k] for k in records.keys], list(records.keys), "likeness")
    why = np.select(
        [table["is_other_name"], table["is_other_birth"], table["is_other_number"],
         (table["name"] == Agreement.UNKNOWN) & by_key, by_key],
        ["other_name", "other_birth", "other_number", "name_missing", "slip_in_name"],
        "likely",
    )  # fmt: skip
    return pd.DataFrame(
        {
            "first": table["first"],
            "second": table["second"],
            "verdict": verdict,
            "rule": np.where(by_key | table["is_certain"], rule, "likeness"),
            "why": np.where(verdict == "merge", "", why),
            "probability": table["probability"],
            "is_strong": table["is_certain"] | (table["name"] == Agreement.EQUAL),
        }
    )


def contradicting(records: Records, pairs: Pairs, settings: Identity) -> np.ndarray:
    """Tell which pairs cannot be one customer, whatever else they share."""
    plain = pd.DataFrame({"first": pairs[:, 0], "second": pairs[:, 1], "probability": np.nan})
    facts = _facts(records, plain.assign(is_specific=False), settings)
    if settings.other_names == "may_be_slips" or records.names_slip:
        both = facts["is_other_name"] & facts["is_other_birth"]
        if records.names_slip:
            both &= ~same_number(records, facts) & ~facts["birth"]
        return (facts["is_contradicting"] & (both | facts["is_other_number"])).to_numpy(dtype=bool)
    return facts["is_contradicting"].to_numpy(dtype=bool)


def _pairs(records: Records, found: Alike) -> pd.DataFrame:
    """Collect the pairs that share a key and those that are alike, each once."""
    by_key = [key_pairs(records.fields[k]) for k in records.keys]
    every = np.unique(np.concatenate([found.pairs, *by_key]), axis=0)
    pairs = pd.DataFrame(every, columns=["first", "second"])
    likely = pd.DataFrame(found.pairs, columns=["first", "second"]).assign(
        probability=found.probability, is_specific=found.is_specific
    )
    joined = pairs.merge(likely, on=["first", "second"], how="left")
    return joined.assign(is_specific=joined["is_specific"].eq(other=True))


def _facts(records: Records, pairs: pd.DataFrame, settings: Identity) -> pd.DataFrame:
    """Say of each pair what is equal and what contradicts."""
    places = pairs[["first", "second"]].to_numpy(dtype=np.int64)
    fields = records.fields
    facts = pairs.assign(
        name=records.book.compare(places),
        is_company=np.asarray(records.book.is_company, dtype=bool)[places].any(axis=1),
        **{c: _equal(fields[c], places) for c in ("birth", *records.keys, *records.address)},
    )
    certain = facts[list(records.certain)].any(axis=1)
    other_name = facts["name"] == Agreement.CONTRADICT
    other_birth = days_contradict(fields["birth"].tolist(), places)
    other_number = _numbers_differ(records, places)
    rest_agrees = np.select(
        [other_name & other_birth, other_name],
        [False, facts["birth"]],
        facts["name"] >= Agreement.SIMILAR,
    )
    overruled = certain & rest_agrees
    if settings.other_names == "may_be_slips":
        overruled |= certain | _outweighed(records, facts, other_birth)
    elif records.names_slip:
        overruled |= outweighed_by_two(
            records, facts, other_birth=other_birth, merge_from=settings.merge_from
        )
    return facts.assign(
        is_certain=certain,
        is_other_name=other_name,
        is_other_birth=other_birth,
        is_other_number=other_number,
        is_other_gender=values_differ(fields["gender"].tolist(), places),
        is_contradicting=other_number | ((other_name | other_birth) & ~overruled),
        lacks_a_name=fields["name"].isna().to_numpy()[places].any(axis=1),
    )


def _outweighed(records: Records, facts: pd.DataFrame, other_birth: np.ndarray) -> pd.Series:
    """Tell where birth and address are the same though the name is not, or the number nearly."""
    places = facts[["first", "second"]].to_numpy(dtype=np.int64)
    address = facts[list(records.address)].any(axis=1)
    other_name = facts["name"] == Agreement.CONTRADICT
    near = near_numbers(records.fields["tax_id"], places) & ~(other_name & other_birth)
    return (facts["birth"] & address & ~facts["is_company"]) | near


def _verdicts(facts: pd.DataFrame, settings: Identity) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return which pairs share a key of their own, are merged, and are doubtful."""
    by_contact = facts["phone"] | facts["email"]
    by_key = by_contact | facts["is_certain"]
    fits = ~facts["is_contradicting"]
    is_equal, is_similar = (facts["name"] == a for a in (Agreement.EQUAL, Agreement.SIMILAR))
    is_proved = facts["birth"] | (facts["phone"] & facts["email"])
    by_mail_alone = facts["email"] & facts["lacks_a_name"] & ~facts["is_company"]
    contact = by_contact & ~facts["is_other_gender"] & (
        is_equal | (is_similar & is_proved & ~facts["is_company"]) | by_mail_alone
    )  # fmt: skip
    likely = facts["is_specific"] & (facts["probability"] >= settings.merge_from)
    likely &= ~facts["is_company"] | (facts["name"] >= Agreement.SIMILAR)
    merged = fits & (facts["is_certain"] | contact | likely)
    doubtful = fits & (
        (by_contact & (facts["name"] >= Agreement.UNKNOWN))
        | (facts["probability"] >= settings.review_from)
    )
    doubtful |= ~fits & (facts["is_certain"] | (facts["probability"] >= settings.merge_from))
    return by_key, merged, doubtful & ~merged


def _equal(values: pd.Series, places: Pairs) -> np.ndarray:
    plain = values.to_numpy(dtype=object)
    first, second = plain[places[:, 0]], plain[places[:, 1]]
    return np.asarray((first == second) & pd.notna(first), dtype=bool)


def _numbers_differ(records: Records, places: Pairs) -> np.ndarray:
    """Tell which pairs have two tax numbers that are both proved right by their check digits."""
    if not records.has_checked_numbers:
        return np.zeros(len(places), dtype=bool)
    return values_differ(records.fields["tax_id"].tolist(), places)
