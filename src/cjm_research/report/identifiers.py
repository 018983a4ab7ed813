"""Whether a text of a page is an identifier of someone in the study's tables.

Pages are small and tables are large: the words of the pages are looked for among the
identifiers, whose hashes are kept, and not the other way round.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.report.gate import Leak, hidden
from cjm_research.schema.columns import Column, Kind
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from cjm_research.store.store import Store

LONGEST_NAME = 5
"""Words of the longest name that is looked for."""
SHORTEST_ID = 4
MOST_DIGITS = 8
"""Digits from which a number without letters is an id."""

_TABLES = ("customers", "contacts", "orders", "deals", "contracts", "exposures", "feedback")
_SOURCE_ID = Column(name="source_customer_id", kind=Kind.ID)
"""The id that a record had before it was joined to others of the same customer."""
_CODE = re.compile(r"\w+(?:[-_.#/@:]\w+)*")
_NAME = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(slots=True)
class Candidates:
    """Texts of pages that could be identifiers, and where each stands."""

    found: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Case-folded text: as it stands, and its block."""
    _seen: set[str] = field(default_factory=set)

    def add(self, text: str, where: str) -> None:
        """Take every word that looks like an id, and every run of two words or more."""
        if text in self._seen:  # tables stand on pages, in workbooks and in findings
            return
        self._seen.add(text)
        for word in _CODE.findall(text):
            if word.isalpha():  # most words: no digit, so no id
                continue
            for part in (word, *re.split(r"[/:@#]", word)):
                if looks_like_an_id(part):
                    self.found.setdefault(part.casefold(), (part, where))
        names = _NAME.findall(text)
        for size in range(2, LONGEST_NAME + 1):
            for i in range(len(names) - size + 1):
                name = " ".join(names[i : i + size])
                self.found.setdefault(name.casefold(), (name, where))


def looks_like_an_id(text: str) -> bool:
    """Tell whether a word is specific enough to point at someone.

    Examples
    --------
    >>> [looks_like_an_id(t) for t in ("C-00123", "12345678", "1234567", "cart", "A1")]
    [True, True, False, False, False]
    """
    n_digits = sum(c.isdigit() for c in text)
    has_letter = any(c.isalpha() for c in text)
    return (has_letter and n_digits > 0 and len(text) >= SHORTEST_ID) or n_digits >= MOST_DIGITS


def identifiers_among(
    candidates: Candidates, store: Store, *, allowed: Collection[str] = ()
) -> list[Leak]:
    """Return the candidates that are identifiers of the study's customers and orders.

    Parameters
    ----------
    candidates : Candidates
        Texts of the pages.
    store : Store
        Where the identifiers are: ids and personal columns of customers, contacts and orders.
    allowed : collection of str
        Case-folded words of the study file, which its author wrote to be read.
    """
    return list(_known(candidates, store, allowed).values())


def identifiers_in(text: str, store: Store) -> list[str]:
    """Return the parts of a text that are identifiers, the longest first.

    Words of a name are joined by single spaces, whatever stands between them in the text.
    """
    candidates = Candidates()
    candidates.add(text, "")
    found = [candidates.found[name][0] for name in _known(candidates, store, ())]
    return sorted(found, key=len, reverse=True)


def _known(candidates: Candidates, store: Store, allowed: Collection[str]) -> dict[str, Leak]:
    wanted = np.array(sorted(set(candidates.found) - set(allowed)), dtype=object)
    if not len(wanted):
        return {}
    suspects = wanted[_are_among(_hashes(wanted), identifier_hashes(store))].tolist()
    return _confirmed(suspects, candidates, store) if suspects else {}


def identifier_hashes(store: Store) -> NDArray[np.uint64]:
    """Return the sorted hashes of all identifiers of a store's version, made once and kept."""
    path = store.folder / "derived" / "identifiers" / f"{store.version.id}.npy"
    with suppress(OSError, ValueError):
        kept: NDArray[np.uint64] = np.load(path)
        return kept
    found = [np.empty(0, dtype=np.uint64)]
    for _, column, values in _identifier_values(store):
        texts = _in_common_form(values.drop_duplicates(), column).unique()
        found.append(_hashes(texts[_are_specific(texts)]))
    every = np.sort(np.concatenate(found))  # `numpy.unique` takes twenty times as long for millions
    hashes: NDArray[np.uint64] = every[np.append(every[1:] != every[:-1], True)[: len(every)]]
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{os.getpid()}.npy")
    np.save(staged, hashes)
    staged.replace(path)
    return hashes


def _confirmed(suspects: list[str], candidates: Candidates, store: Store) -> dict[str, Leak]:
    """Look the suspects up in the tables: two texts can have one hash."""
    leaks: dict[str, Leak] = {}
    for table, column, values in _identifier_values(store):
        texts = _in_common_form(values, column)
        for name in sorted(texts[texts.isin(suspects)].unique().tolist()):
            text, where = candidates.found[name]
            leak = Leak(what=f"{table}.{column.name}", shown=hidden(text), where=where)
            leaks.setdefault(name, leak)
    return leaks


def _are_among(few: NDArray[np.uint64], many: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which of a few numbers are among many that are sorted; `numpy.isin` sorts them anew."""
    if not len(many):
        return np.zeros(len(few), dtype=bool)
    place = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return np.asarray(many[place] == few)


def _are_specific(texts: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell for each case-folded text whether it looks like an id, or is of several words."""
    column = pa.array(texts, pa.large_string())
    n_digits, n_letters, n_blanks = (
        _count_between(column, *ends) for ends in (("0", "9"), ("a", "z"), (" ", " "))
    )
    is_code = (n_letters > 0) & (n_digits > 0) & (np.asarray(pc.utf8_length(column)) >= SHORTEST_ID)
    found: NDArray[np.bool_] = is_code | (n_digits >= MOST_DIGITS) | (n_blanks > 0)
    others = ~np.asarray(pc.string_is_ascii(column), dtype=bool) & ~found
    found[others] = [looks_like_an_id(t) for t in texts[others]]
    return found


def _count_between(column: pa.LargeStringArray, first: str, last: str) -> NDArray[np.int64]:
    """Return how many letters of each text lie between two of ASCII."""
    _, offsets, letters = column.buffers()
    if letters is None:
        return np.zeros(len(column), dtype=np.int64)
    place = np.frombuffer(offsets, dtype=np.int64, count=len(column) + 1)
    byte = np.frombuffer(letters, dtype=np.uint8)
    so_far = np.append(0, np.cumsum((byte >= ord(first)) & (byte <= ord(last)), dtype=np.int64))
    return np.diff(so_far[place])


def _hashes(texts: NDArray[np.object_]) -> NDArray[np.uint64]:
    if not len(texts):
        return np.empty(0, dtype=np.uint64)
    return pd.util.hash_array(texts, categorize=False)


def _in_common_form(values: pd.Series, column: Column) -> pd.Series:
    texts = values.dropna().astype("str")
    is_plain = np.array(pc.string_is_ascii(pa.array(texts, pa.string())), dtype=bool)
    texts = (texts.str.lower() if is_plain.all() else texts.str.casefold()).str.strip()
    if column.kind is Kind.TEXT:  # a name: its quotes and commas do not matter
        texts = texts.str.replace(r"[^\w'’-]+", " ", regex=True).str.strip()
    return texts


def _identifier_values(store: Store) -> Iterator[tuple[str, Column, pd.Series]]:
    for table in _TABLES:
        for column in _identifier_columns(store, table):
            for bucket in range(store.version.n_buckets):
                frame = store.read(table, columns=[column.name], bucket=bucket)
                yield table, column, frame[column.name]


def _identifier_columns(store: Store, table: str) -> list[Column]:
    """Return the columns of a table that name someone or something."""
    if not store.has(table):
        return []
    there = set(store.columns(table))
    own = [_SOURCE_ID] if _SOURCE_ID.name in there else []
    return own + [
        c
        for c in TABLES[table].columns
        if c.name in there and (c.kind is Kind.ID or (c.personal and c.kind is Kind.TEXT))
    ]
