"""Names that a table itself proves to be full of slips, and what outweighs a name there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA, JaroWinkler

from cjm_research.cleaning.identity.agreement import SLIP, Agreement
from cjm_research.cleaning.identity.records import MOST_RECORDS, key_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.cleaning.identity.agreement import Pairs
    from cjm_research.cleaning.identity.records import Records

    Mask = NDArray[np.bool_]

FEWEST = 100
"""Pairs proved without their names from which something is learned of the names."""
OFTEN = 0.1
"""Share of them under other names from which a name proves little."""
_SAME_STREET = 0.92
_SLIPS_OF_A_NUMBER = 2


def names_of_proved_pairs(records: Records) -> tuple[int, int]:
    """Count the pairs that are one customer whatever their names, and those under other names.

    A certain number and the date of birth are two proofs that chance does not give together.

    Parameters
    ----------
    records : Records
        As `prepared` gives them.
    """
    every = [key_pairs(records.fields[k]) for k in records.certain]
    pairs = np.unique(np.concatenate(every), axis=0)
    birth = records.fields["birth"].to_numpy(dtype=object)
    first, second = birth[pairs[:, 0]], birth[pairs[:, 1]]
    proved = pairs[np.asarray((first == second) & pd.notna(first), dtype=bool)]
    apart = records.book.compare(proved) == Agreement.CONTRADICT
    return len(proved), int(apart.sum())


def are_full_of_slips(proved: int, under_other_names: int) -> bool:
    """Tell whether names of one customer differ so often that a name proves little.

    Examples
    --------
    >>> are_full_of_slips(5000, 40), are_full_of_slips(5000, 900), are_full_of_slips(20, 9)
    (False, True, False)
    """
    return proved >= FEWEST and under_other_names >= OFTEN * proved


def outweighed_by_two(
    records: Records, facts: pd.DataFrame, *, other_birth: Mask, merge_from: float
) -> pd.Series:
    """Tell where two things beside the name agree that strangers, relatives and twins do not share.

    A number, equal or nearly so, needs a date of birth that is known of both and does not
    contradict, or the name, or the address and the first name: a family may share a number, never
    these too.
    Date of birth and an address that few share need likeness in all, and names that twins
    cannot have.
    """
    places = facts[["first", "second"]].to_numpy(dtype=np.int64)
    births = facts["birth"] | (_both_known(records.fields["birth"], places) & ~other_birth)
    unlikely = facts["probability"] < merge_from  # false where likeness is not known
    address, number = _own_address(records, places), same_number(records, facts)
    at_home = facts["birth"] & address & ~_may_be_twins(records, places) & ~unlikely
    named = (facts["name"] >= Agreement.SIMILAR) | _same_given(records, places, at_least=SLIP)
    fits = births | (address & named) | (facts["name"] >= Agreement.SIMILAR)
    return (at_home | (number & fits)) & ~facts["is_company"]


def same_number(records: Records, facts: pd.DataFrame) -> pd.Series:
    """Tell which pairs share a certain number, or a tax number but for slips."""
    places = facts[["first", "second"]].to_numpy(dtype=np.int64)
    near = near_numbers(records.fields["tax_id"], places)
    return facts[list(records.certain)].any(axis=1) | near


def _both_known(values: pd.Series, places: Pairs) -> Mask:
    known = values.notna().to_numpy()
    return np.asarray(known[places[:, 0]] & known[places[:, 1]], dtype=bool)


def near_numbers(values: pd.Series, places: Pairs) -> Mask:
    """Tell which pairs have numbers that differ by no more than two slips."""
    plain = values.tolist()
    found = (
        plain[a] is not None
        and plain[b] is not None
        and OSA.distance(plain[a], plain[b], score_cutoff=_SLIPS_OF_A_NUMBER) <= _SLIPS_OF_A_NUMBER
        for a, b in places.tolist()
    )
    return np.fromiter(found, dtype=bool, count=len(places))


def _own_address(records: Records, places: Pairs) -> Mask:
    """Tell which pairs share a street or a postcode that stands under few records."""
    found = np.zeros(len(places), dtype=bool)
    for column in records.address:
        values = records.fields[column]
        sizes = values.map(values.value_counts()).fillna(0).to_numpy()
        few = sizes <= MOST_RECORDS
        own = np.asarray(few[places[:, 0]] & few[places[:, 1]], dtype=bool)
        found |= _alike(values, places, own, at_least=_SAME_STREET)
    return found


def _may_be_twins(records: Records, places: Pairs) -> Mask:
    """Tell which pairs are under one family name with first names that are not the same.

    Where first and family names stand in one column, any word in common may be the family name.
    """
    words = records.book.words
    shares_word = np.fromiter(
        (not set(words[a]).isdisjoint(words[b]) for a, b in places.tolist()),
        dtype=bool, count=len(places),
    )  # fmt: skip
    return shares_word & ~_same_given(records, places)


def _same_given(records: Records, places: Pairs, *, at_least: float = 1.0) -> Mask:
    """Tell which pairs have one first name; none where it has no column of its own."""
    if records.given is None:
        return np.zeros(len(places), dtype=bool)
    everyone = np.ones(len(places), dtype=bool)
    return _alike(records.fields[records.given], places, everyone, at_least=at_least)


def _alike(values: pd.Series, places: Pairs, among: Mask, *, at_least: float) -> Mask:
    """Tell which of the pairs have texts that are the same but for slips."""
    plain = values.tolist()
    found = among.copy()
    for i in np.flatnonzero(among).tolist():
        a, b = plain[places[i, 0]], plain[places[i, 1]]
        found[i] = a is not None and b is not None and JaroWinkler.similarity(a, b) >= at_least
    return found
