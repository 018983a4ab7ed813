"""A column as its distinct texts and where each stands: only those are parsed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.cleaning.reading.text_bytes import (
    TextBytes,
    may_have_outer_blanks,
    may_hold,
    text_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Places = NDArray[np.signedinteger[Any]]

MISSING = frozenset(
    {
        "", "-", "--", "—", "–", "null", "(null)", "<null>", "\\n", "nan", "n/a", "#n/a", "#н/д",
        "н/д", "н.д.", "нет данных", "не указано", "не указан", "не указана", "не заполнено",
        "暂无", "暂无数据", "未填写", "未知", "(空)", "（空）", "(跳过)",
        "#ref!", "#div/0!", "#num!",
        "#value!", "#name?", "#null!", "#знач!", "#дел/0!", "#ссылка!", "#имя?", "#число!",
        "not set",
        "(not set)", "not provided", "(not provided)", "nat", "n.a.", "n\\a",
    }
)  # fmt: skip
"""Texts that say "not known" in any column, in lower case."""

MISSING_VALUE = frozenset(
    {"na", "none", "nil", "нет", "无", "無", "?", ".", "unknown", "неизвестно"}
)
"""Further ones where a number, a date or a yes or no is expected; elsewhere they may be answers."""

_FIRST_BYTES = np.array([0xC2, 0xE2, 0xEF], dtype=np.uint8)
_CONTROLS = np.array(sorted(set(range(32)) - {9, 10, 13}), dtype=np.uint8)
_SAMPLE, _MOSTLY = 20_000, 0.9
_LOOKED_AT = 100
_WRAPPED = r'^="([^"]*)"$'
_INVISIBLE = (
    r"[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{2066}-\x{2069}\x{FEFF}\x{00AD}"
    r"\x00-\x08\x0B\x0C\x0E-\x1F]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """The distinct texts of a column, trimmed, and the place of each row's text among them."""

    texts: pa.Array
    index: Places
    """Shape (rows,); -1 where the cell is empty or says that nothing is known. Not to be changed:
    columns share it."""
    typed: bool = False
    """Numbers and dates were written by us from typed cells."""
    own: bool = False
    """Every row has a text of its own, in its own place."""
    in_file: NDArray[np.integer[Any]] | None = None
    """Rows of each text in the whole file, where these rows are a part of it."""

    @property
    def proof(self) -> NDArray[np.integer[Any]]:
        """Rows of each text that may prove how the column is written."""
        return self.counts if self.in_file is None else self.in_file

    @property
    def counts(self) -> NDArray[np.integer[Any]]:
        """Rows of each text."""
        if self.own:
            return (self.index >= 0).view(np.int8)
        return np.bincount(self.index[self.index >= 0], minlength=len(self.texts))

    def rows(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Turn a mask over texts into one over rows."""
        if self.own:
            return mask & (self.index >= 0)
        return np.append(mask, False)[self.index]

    def spread(self, values: NDArray[Any], missing: object) -> NDArray[Any]:
        """Give every row the value of its text."""
        if self.own:
            gone = self.index < 0
            if gone.any():
                values = values.copy()
                values[gone] = missing
            return values
        return np.append(values, np.asarray(missing, dtype=values.dtype))[self.index]

    def example(self, mask: NDArray[np.bool_], *, limit: int = 3) -> str:
        """Return the first few different texts of a mask."""
        first = (self.texts[int(i)].as_py() for i in np.flatnonzero(mask)[:_LOOKED_AT])
        return ", ".join(list(dict.fromkeys(first))[:limit])

    def without(self, words: frozenset[str]) -> Distinct:
        """Take texts that say "not known" for missing ones."""
        gone = _is_word(self.texts, words)
        if not gone.any():
            return self
        index = np.where(self.rows(gone), -1, self.index)
        return replace(self, index=index)

    def mapped(self, values: Mapping[str, str]) -> Distinct:
        """Replace texts by the study's own values: exact, then in any case, then ``"*"``."""
        if not values:
            return self
        lower = {k.casefold(): v for k, v in values.items()}
        others = values.get("*")
        found = [
            values.get(t, lower.get(t.casefold(), others if others is not None else t))
            for t in self.texts.to_pylist()
        ]
        mapped = pa.array(found, pa.string())
        return replace(self, texts=mapped).without(MISSING)


def distinct_texts(
    cells: pa.Array, *, typed: bool = False, places: Places | None = None
) -> Distinct:
    """Find the distinct texts of a column, trimmed and free of invisible marks.

    Parameters
    ----------
    cells : pyarrow array
        The column: texts, a dictionary of them, or typed values.
    typed : bool
        Numbers and dates were written from typed cells.
    places : numpy.ndarray of int64, optional
        0, 1, 2 and so on, if the caller has that at hand for several columns.

    Examples
    --------
    >>> found = distinct_texts(pa.array([" a", "b", "a", "н/д", None]))
    >>> found.texts.to_pylist(), found.index.tolist()
    (['a', 'b', 'a', 'н/д'], [0, 1, 2, -1, -1])
    """
    if pa.types.is_null(cells.type):
        cells = cells.cast(pa.string())
    own = _is_text(cells.type) and cells.null_count == 0 and _are_mostly_different(cells)
    if own:
        index, texts = np.arange(len(cells)) if places is None else places, cells
    else:
        encoded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
        places_of = encoded.indices
        places_of = places_of.fill_null(-1) if places_of.null_count else places_of  # it copies
        index = places_of.to_numpy(zero_copy_only=False)
        texts = as_text(encoded.dictionary)
    known = text_bytes(texts)
    if _may_hold_invisible(known):
        texts = pc.replace_substring_regex(texts, _INVISIBLE, "")
        known = text_bytes(texts)
    if may_have_outer_blanks(known):
        texts = pc.utf8_trim_whitespace(texts)
        known = text_bytes(texts)
    if known.any(
        lambda part: part.first() == ord("=")
    ):  # ="00123" keeps a spreadsheet from counting with it
        texts = pc.replace_substring_regex(texts, _WRAPPED, r"\1")
    return Distinct(texts=texts, index=index, typed=typed, own=own).without(MISSING)


def as_text(values: pa.Array) -> pa.Array:
    """Write typed values so that they read back as the same value."""
    kind = values.type
    if _is_text(kind):
        return values
    if pa.types.is_floating(kind):
        plain = values.to_numpy(zero_copy_only=False)
        return pa.array([_number(v) for v in plain.tolist()], pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return pa.array([str(v) for v in values.to_pylist()], pa.string())
    return values.cast(pa.string())


def as_mask(values: pa.Array) -> NDArray[np.bool_]:
    """Return arrow booleans as a numpy mask; null is false."""
    plain: NDArray[np.bool_] = values.fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    return plain


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _are_mostly_different(cells: pa.Array) -> bool:
    """Tell whether looking for distinct texts would find nearly as many as there are rows."""
    sample = cells.slice(0, _SAMPLE)
    return len(cells) > _SAMPLE and len(sample.unique()) > _MOSTLY * _SAMPLE


def _is_word(texts: pa.Array, words: frozenset[str]) -> NDArray[np.bool_]:
    """Tell which texts are one of a few words; only those of their first byte and size are read."""
    found = np.zeros(len(texts), dtype=bool)
    known, allowed = text_bytes(texts), _first_and_size(words)
    may_begin: NDArray[np.bool_] = np.any(allowed, axis=1)

    def may_be(part: TextBytes) -> NDArray[np.bool_]:
        first = part.first()
        found = may_begin[first]
        if found.any():
            sizes = np.minimum(part.lengths, allowed.shape[1] - 1)
            found = allowed.ravel()[first.astype(np.int32) * allowed.shape[1] + sizes]
        return found

    short = known.places(may_be)
    if len(short):
        lower = pc.utf8_lower(texts if len(short) == len(texts) else texts.take(pa.array(short)))
        found[short] = as_mask(pc.is_in(lower, pa.array(sorted(words), lower.type)))
    return found


@lru_cache
def _first_and_size(words: frozenset[str]) -> NDArray[np.bool_]:
    """Return which first bytes go with which sizes, in any case; the last size is "longer"."""
    forms = {f.encode() for w in words for f in (w, w.upper(), w.title(), w.capitalize())}
    table = np.zeros((256, max(map(len, forms)) + 2), dtype=bool)
    for form in forms:
        table[form[0] if form else 0, len(form)] = True
    return table


def _may_hold_invisible(found: TextBytes) -> bool:
    """Look for the first bytes of invisible marks, and for control characters."""
    return may_hold(found, _FIRST_BYTES) or may_hold(found, _CONTROLS)


def _number(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
