"""Texts that a customer gave before, word for word or nearly so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cjm_research.needs.text import sameness_key

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORTEST = 25  # letters; shorter texts are alike by chance between unknown customers
_ALIKE = 0.8  # resemblance from which two texts of a customer are one
_SHORTEST_ALIKE = {True: 14, False: 40}  # by whether it is Chinese; shorter: a word is the point
_SHINGLE = 3
_ROUNDING = 1e-9
_LOOK_BACK = 50  # texts of a customer that the next one is compared with
_FIRST_HAN = "\u3400"


def doubles(rows: pd.DataFrame) -> pd.Series[Any]:
    """Mark the texts that were given before; the first of each stays.

    Of a known customer, texts are one when their letters and digits are the same, or when long
    ones resemble each other in 80 %: a text that was sent again with a few words changed. Long
    equal texts of unknown customers are one too. Texts about different brands are never one.

    Parameters
    ----------
    rows : pandas.DataFrame
        `text`, `feedback_id` and, when there, `customer_id`, `given_at` and `brand`.
    """
    key = pd.Series([sameness_key(t) for t in rows["text"].tolist()], rows.index, dtype="str")
    order = ["given_at", "feedback_id"] if "given_at" in rows else ["feedback_id"]
    customer = rows["customer_id"] if "customer_id" in rows else pd.Series(pd.NA, rows.index)
    frame = rows[order].assign(key=key, customer=customer.astype("string[pyarrow]"))
    frame["brand"] = rows["brand"].fillna("") if "brand" in rows else ""
    known = frame["customer"].notna()
    frame["customer"] = frame["customer"].fillna("")
    comparable = (known & (key != "")) | (key.str.len() >= _SHORTEST)
    ordered = frame.loc[comparable].sort_values(order, kind="stable")
    double = ordered.duplicated(["customer", "brand", "key"])
    left = ordered.loc[~double & (ordered["customer"] != "")]
    double.loc[list(_nearly(left))] = True
    return double.reindex(rows.index, fill_value=False)


def resemblance(one: str, other: str) -> float:
    """Return the share of three-letter pieces that two texts have in common.

    References
    ----------
    Broder A. Z. (1997). On the resemblance and containment of documents. Compression and
    Complexity of Sequences. https://doi.org/10.1109/SEQUEN.1997.666900

    Examples
    --------
    >>> resemblance("abcd", "bcde").__round__(3), resemblance("late", "late"), resemblance("", "")
    (0.333, 1.0, 1.0)
    """
    return _jaccard(_shingles(one), _shingles(other))


def _nearly(rows: pd.DataFrame) -> Iterator[Any]:
    """Yield the index of each text that resembles an earlier one of the same customer."""
    several = rows.loc[rows.duplicated(["customer", "brand"], keep=False)]
    keys = several["key"].tolist()
    is_long = [len(k) >= _SHORTEST_ALIKE[k >= _FIRST_HAN] for k in keys]
    before: dict[tuple[str, str], list[str]] = {}
    long = several.loc[is_long]
    columns = (long["customer"].tolist(), long["brand"].tolist(), long["key"].tolist())
    for at, customer, brand, key in zip(long.index, *columns, strict=True):
        kept = before.setdefault((customer, brand), [])
        if any(_is_alike(earlier, key) for earlier in kept[-_LOOK_BACK:]):
            yield at
        else:
            kept.append(key)


def _is_alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _ALIKE * len(longer):
        return False
    # What is alike in so much lacks at most the rest of its pieces in the other: most texts
    # are told apart by their first words, without making the sets.
    pieces = len(shorter) - _SHINGLE + 1
    lacking, most = set(), (1 - _ALIKE) * pieces + _ROUNDING
    for i in range(pieces):
        piece = shorter[i : i + _SHINGLE]
        if piece not in longer:
            lacking.add(piece)
            if len(lacking) > most:
                return False
    return _jaccard(_shingles(one), _shingles(other)) >= _ALIKE


def _shingles(text: str) -> frozenset[str]:
    return frozenset(text[i : i + _SHINGLE] for i in range(max(1, len(text) - _SHINGLE + 1)))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
