"""From judged pairs to customers: a chain never joins two who cannot be one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cjm_research.cleaning.identity.judging import contradicting
from cjm_research.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.cleaning.identity.records import Records
    from cjm_research.study.identity import Identity


_CERTAIN = 1
"""Rank of a pair that shares a tax number or a declared key; a decision is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Which customer each record belongs to."""

    group: NDArray[np.int64]
    """Shape (records,): the lowest place of each customer's records."""
    pairs: pd.DataFrame
    """The judged pairs; those that would have joined two customers are ``review``."""


def grouped(
    pairs: pd.DataFrame, records: Records, settings: Identity, *, decided: pd.DataFrame
) -> Grouped:
    """Join the records of one customer.

    Where a chain of pairs holds two records that contradict each other (an initial that fits a
    father and a son), a record that is tied to both in the same way is tied to neither, and of
    other pairs the surest join first, as long as no contradicting records come together. What is
    left out so goes to the review list. The result does not depend on the order of the rows.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As `judged` gives them.
    records : Records
        As `prepared` gives them.
    settings : Identity
        Of the study.
    decided : pandas.DataFrame
        Columns `first`, `second`, `is_same`: what a person decided; it overrules everything.

    Raises
    ------
    DataError
        If the decisions contradict each other.
    """
    pairs = _with_decisions(pairs, decided)
    group = components(pairs, len(records))
    bad = _impossible(group, records, settings, decided)
    if bad:
        joins = pairs["verdict"] == "merge"
        touched = joins & np.isin(
            group[pairs["first"].to_numpy()], list({group[a] for a, _ in bad})
        )
        out = _left_out(pairs[touched].assign(rank=_rank(pairs[touched], records)), bad)
        pairs = pairs.assign(
            verdict=pairs["verdict"].where(~pairs.index.isin(out), "review"),
            why=pairs["why"].where(~pairs.index.isin(out), "ambiguous"),
        )
        group = components(pairs, len(records))
    apart = decided[~decided["is_same"]]
    torn = group[apart["first"].to_numpy()] == group[apart["second"].to_numpy()]
    if torn.any():
        raise DataError(
            "The decisions on identity contradict each other: two customers are said to stay"
            " apart, and a chain of others that are the same joins them."
        )
    return Grouped(group=group, pairs=pairs)


def _left_out(pairs: pd.DataFrame, bad: set[tuple[int, int]]) -> list[int]:
    """Return the pairs, by index, that must not join: the surest of the others join first."""
    order = pairs.sort_values(
        ["rank", "probability", "first", "second"], ascending=[True, False, True, True]
    )
    torn = _torn(order, bad)
    members: dict[int, set[int]] = {}
    out = []
    for index, a, b, rank in order[["first", "second", "rank"]].itertuples(name=None):
        one, other = members.setdefault(a, {a}), members.setdefault(b, {b})
        if one is other:
            continue
        if rank and (
            index in torn or any((min(x, y), max(x, y)) in bad for x in one for y in other)
        ):
            out.append(index)
            continue
        one |= other
        members.update(dict.fromkeys(other, one))
    return out


def _torn(pairs: pd.DataFrame, bad: set[tuple[int, int]]) -> set[int]:
    """Return pairs of a record that is tied in the same way to two which contradict each other."""
    ties: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for index, a, b, rank in pairs[["first", "second", "rank"]].itertuples(name=None):
        ties.setdefault((a, rank), []).append((b, index))
        ties.setdefault((b, rank), []).append((a, index))
    torn: set[int] = set()
    for (_, rank), ends in ties.items():
        for (a, i), (b, j) in combinations(ends, 2):
            if rank > _CERTAIN and (min(a, b), max(a, b)) in bad:
                torn |= {i, j}
    return torn


def _rank(pairs: pd.DataFrame, records: Records) -> NDArray[np.int64]:
    """Order pairs by how sure they are."""
    by_key = pairs["rule"] != "likeness"
    ranks: NDArray[np.int64] = np.select(
        [pairs["rule"] == "decided", pairs["rule"].isin(records.certain),
         by_key & pairs["is_strong"], by_key | pairs["is_strong"]],
        [0, _CERTAIN, 2, 3], 4,
    )  # fmt: skip
    return ranks


def components(pairs: pd.DataFrame, n: int) -> NDArray[np.int64]:
    """Return for each record the lowest place among those that merged pairs join it to."""
    merged = pairs[pairs["verdict"] == "merge"]
    ends = merged["first"].to_numpy(), merged["second"].to_numpy()
    graph = coo_array((np.ones(len(merged), dtype=np.int8), ends), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    lowest = np.full(n, n, dtype=np.int64)
    np.minimum.at(lowest, label, np.arange(n))
    places: NDArray[np.int64] = lowest[label]
    return places


def _with_decisions(pairs: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    if decided.empty:
        return pairs
    known = pairs.merge(decided, on=["first", "second"], how="left", indicator=True)
    rest = known.loc[known["_merge"] == "left_only", list(pairs.columns)]
    own = decided.assign(
        verdict=np.where(decided["is_same"], "merge", "apart"),
        rule="decided", why="", probability=np.nan, is_strong=True,
    )  # fmt: skip
    return pd.concat([rest, own[list(pairs.columns)]], ignore_index=True)


def _impossible(
    group: NDArray[np.int64], records: Records, settings: Identity, decided: pd.DataFrame
) -> set[tuple[int, int]]:
    """Return pairs inside the groups that cannot be one customer, the lower place first."""
    inside = pd.DataFrame({"group": group, "place": np.arange(len(group))})
    inside = inside[inside.duplicated("group", keep=False)]
    both = inside.merge(inside, on="group")
    both = both[both["place_x"] < both["place_y"]]
    places = both[["place_x", "place_y"]].to_numpy(dtype=np.int64)
    if not len(places):
        return set()
    found = set(map(tuple, places[contradicting(records, places, settings)].tolist()))
    for a, b, is_same in decided[["first", "second", "is_same"]].itertuples(index=False, name=None):
        if is_same:
            found.discard((a, b))
        elif group[a] == group[b]:
            found.add((a, b))
    return found
