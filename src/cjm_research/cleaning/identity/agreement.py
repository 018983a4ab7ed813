"""Whether two names, or two dates of birth, can be one person's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler

from cjm_research.cleaning.identity.names import differ_in_gender, is_han

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pairs = NDArray[np.int64]

SLIP = 0.8
"""Jaro-Winkler similarity from which a rare word may be another one with a slip."""
ESTABLISHED = 3
"""Customers under which a word stands from which it is a name of its own and no slip."""
NEAR_COMPANY = 0.95
_SLIPS_OF_A_DATE = 2


class Agreement(IntEnum):
    """What two names say about being one customer's."""

    CONTRADICT = -1
    """A word of one has no counterpart in the other: Anna and Olga."""
    UNKNOWN = 0
    """One is missing, or says too little."""
    SIMILAR = 1
    """The same but for a slip, an initial, or a word that one of them lacks."""
    EQUAL = 2


@dataclass(slots=True)
class NameBook:
    """All names of a table, compared pair by pair; a pair of names is compared once.

    Names that differ in one letter are a slip only when one of them is rare: Maria and Marina
    are both known names, so they are two people.
    """

    words: Sequence[tuple[str, ...]]
    """For each customer, in the order of the table; empty where the name is not known."""
    is_company: Sequence[bool]
    _counts: Counter[str] = field(default_factory=Counter)
    _known: dict[tuple[tuple[str, ...], tuple[str, ...]], Agreement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Count under how many customers each word stands."""
        self._counts.update(w for words in self.words for w in set(words))

    def compare(self, pairs: Pairs) -> NDArray[np.int8]:
        """Return an `Agreement` for each pair of customers.

        Parameters
        ----------
        pairs : numpy.ndarray of int64, shape (n, 2)
            Places of the customers in the table.
        """
        found = (self._of(int(a), int(b)) for a, b in pairs)
        return np.fromiter(found, dtype=np.int8, count=len(pairs))

    def _of(self, a: int, b: int) -> Agreement:
        first, second = self.words[a], self.words[b]
        if not first or not second:
            return Agreement.UNKNOWN
        if first == second:
            return Agreement.EQUAL if len(first) > 1 or self.is_company[a] else Agreement.SIMILAR
        if self.is_company[a] or self.is_company[b]:
            return self._companies(first, second)
        key = (first, second) if first < second else (second, first)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._people(*key)
        return known

    def _people(self, first: tuple[str, ...], second: tuple[str, ...]) -> Agreement:
        short, long = sorted((first, second), key=len)
        left = list(long)
        for word in sorted(short, key=len, reverse=True):
            fit = next((w for w in left if w == word), None)
            if fit is None:
                fit = next((w for w in left if self._may_be(word, w)), None)
            if fit is None:
                return Agreement.CONTRADICT
            left.remove(fit)
        return Agreement.SIMILAR if len(short) > 1 else Agreement.UNKNOWN

    def _may_be(self, first: str, second: str) -> bool:
        if len(first) == 1 or len(second) == 1:
            return first[0] == second[0]
        if is_han(first) or is_han(second):
            return False
        if min(self._counts[first], self._counts[second]) >= ESTABLISHED:
            return False
        if differ_in_gender(first, second):
            return False
        return JaroWinkler.similarity(first, second) >= SLIP

    def _companies(self, first: tuple[str, ...], second: tuple[str, ...]) -> Agreement:
        """Compare names of companies: a further word is another firm of the same house."""
        a, b = " ".join(first), " ".join(second)
        if a.replace(" ", "") == b.replace(" ", ""):
            return Agreement.EQUAL
        digits = {w for w in first if w.isdigit()} ^ {w for w in second if w.isdigit()}
        is_near = not digits and JaroWinkler.similarity(a, b) >= NEAR_COMPANY
        return Agreement.SIMILAR if is_near and not is_han(a) else Agreement.CONTRADICT


def days_contradict(days: Sequence[str | None], pairs: Pairs) -> NDArray[np.bool_]:
    """Tell for which pairs two dates of birth differ by more than slips of the pen.

    Parameters
    ----------
    days : sequence of str or None
        ``YYYYMMDD`` for each customer.
    pairs : numpy.ndarray of int64, shape (n, 2)
        Places of the customers.

    Examples
    --------
    >>> days = ["19800102", "19800201", "19550102", None]
    >>> days_contradict(days, np.array([[0, 1], [0, 2], [0, 3]])).tolist()
    [False, True, False]
    """
    found = (_apart(days[int(a)], days[int(b)]) > _SLIPS_OF_A_DATE for a, b in pairs)
    return np.fromiter(found, dtype=bool, count=len(pairs))


def values_differ(values: Sequence[str | None], pairs: Pairs) -> NDArray[np.bool_]:
    """Tell for which pairs two known values are not the same."""
    found = (
        values[int(a)] is not None
        and values[int(b)] is not None
        and values[int(a)] != values[int(b)]
        for a, b in pairs
    )
    return np.fromiter(found, dtype=bool, count=len(pairs))


def _apart(first: str | None, second: str | None) -> int:
    """Return how many slips lie between two dates; a day and a month exchanged are one."""
    if first is None or second is None or first == second:
        return 0
    if first[:4] == second[:4] and first[4:6] == second[6:] and first[6:] == second[4:6]:
        return 1
    if OSA.distance(first[:4], second[:4]) > 1:
        return len(first)  # other years: father and son may have one birthday
    return OSA.distance(first, second)
