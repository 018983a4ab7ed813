"""Text columns that hold each different text once.

`CodedText` keeps a number per row and the different texts beside them; to pandas it is a plain
``string`` column. What is not written here works on the plain texts, as pandas does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cjm_research.store.words import TEXT, Words, code_type, joined_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_Plain: Any = pd.arrays.ArrowStringArray  # its stubs do not know what a subclass may use
_DEFAULT: Any = pd.api.extensions.no_default
_FEW_ROWS = 8
"""A column with so many times fewer rows than texts is kept as plain texts."""


class CodedText(_Plain):  # type: ignore[misc]
    """A ``string`` column of pandas that holds each different text once.

    Examples
    --------
    >>> column = pd.Series(coded_text(pa.array(["ads", "mail", "ads", None])))
    >>> column.dtype == "string[pyarrow]", int((column == "ads").sum()), column.nunique()
    (True, 2, 2)
    """

    _codes: NDArray[np.signedinteger[Any]] | None = None
    _words: Words

    @property
    def _pa_array(self) -> pa.ChunkedArray:
        """The plain texts; what pandas does with them needs no codes."""
        if self._codes is None:
            return self._texts
        codes = pa.array(self._codes, mask=self._codes < 0 if (self._codes < 0).any() else None)
        return pa.chunked_array([self._words.texts.take(codes)])

    @_pa_array.setter
    def _pa_array(self, texts: pa.ChunkedArray) -> None:
        self._texts, self._codes = texts, None

    @property
    def codes(self) -> NDArray[np.signedinteger[Any]] | None:
        """Number of each row's text, -1 for none; None where the column holds plain texts."""
        return self._codes

    def _of(self, codes: NDArray[np.signedinteger[Any]]) -> Self:
        """Return a column of the same texts with other codes."""
        made = object.__new__(type(self))
        made._dtype, made._cache = self._dtype, {}
        made._codes, made._words = codes, self._words
        if len(codes) * _FEW_ROWS < len(self._words):
            made._pa_array = made._pa_array
        return made

    def __getstate__(self) -> dict[str, Any]:
        """Pickle codes and texts as they are."""
        return {**self.__dict__, "_cache": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take back what was pickled."""
        self.__dict__.update(state)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._texts if self._codes is None else self._codes)

    @property
    def nbytes(self) -> int:
        """Bytes of codes and texts."""
        codes = self._codes
        return int(super().nbytes if codes is None else codes.nbytes + self._words.texts.nbytes)

    def __getitem__(self, item: Any) -> Any:
        """Select a row or rows."""
        if self._codes is None:
            return super().__getitem__(item)
        item = pd.api.indexers.check_array_indexer(self, item)
        if isinstance(item, slice | np.ndarray):
            return self._of(self._codes[item])
        if pd.api.types.is_integer(item):
            code = self._codes[item]
            return self._dtype.na_value if code < 0 else self._words.texts[int(code)].as_py()
        return super().__getitem__(item)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Set rows; anything but one text for several makes the column plain."""
        if self._codes is not None and isinstance(key, np.ndarray | slice) and not self._readonly:
            code = -1 if value is pd.NA or value is None else self._code_of(value)
            if code is not None:
                self._codes = self._codes.copy()
                self._codes[key] = code
                return
        super().__setitem__(key, value)

    def __iter__(self) -> Iterator[Any]:
        """Give the texts as Python objects."""
        return iter(self.to_numpy())

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """Return the rows at positions; see pandas."""
        if self._codes is None or (allow_fill and not pd.isna(fill_value)):
            return super().take(indices, allow_fill=allow_fill, fill_value=fill_value)  # type: ignore[no-any-return]
        at = np.asarray(indices, dtype=np.intp)
        take: Any = pd.api.extensions.take
        fill = {"allow_fill": True, "fill_value": -1} if allow_fill else {}
        return self._of(take(self._codes, at, **fill))

    def copy(self) -> Self:
        """Return a column that shares the codes; they are never changed in place."""
        return super().copy() if self._codes is None else self._of(self._codes)

    def view(self, dtype: Any = None) -> Any:
        """Return the column again."""
        if self._codes is None or dtype is not None:
            return super().view(dtype)
        made = self._of(self._codes)
        made._readonly = self._readonly
        return made

    def count(self) -> int:
        """Return how many rows have a text."""
        return len(self) - int(self.isna().sum())

    def isna(self) -> NDArray[np.bool_]:
        """Tell which rows have no text."""
        return super().isna() if self._codes is None else self._codes < 0

    @property
    def _hasna(self) -> bool:
        return bool(super()._hasna if self._codes is None else (self._codes < 0).any())

    def fillna(self, value: Any, limit: int | None = None, copy: bool = True) -> Self:
        """Fill the rows that have no text."""
        if self._codes is None or limit is not None or not isinstance(value, str):
            return super().fillna(value, limit=limit, copy=copy)  # type: ignore[no-any-return]
        code, words = self._code_of(value), self._words
        if code is None:
            code = len(words)
            words = Words(pa.concat_arrays([words.texts, pa.array([value], TEXT)]))
        kind = code_type(len(words))
        codes = np.where(self._codes < 0, code, self._codes).astype(kind)
        return _coded(codes, words, like=self)

    def _code_of(self, value: Any) -> int | None:
        """Return the number of a text; None if it is not among them."""
        if not isinstance(value, str) or self._codes is None:
            return None
        found = pc.index(self._words.texts, pa.scalar(value, TEXT)).as_py()
        return None if found < 0 else int(found)

    def _by_word(self, of_words: NDArray[Any], missing: Any) -> NDArray[Any]:
        """Return for each row what is known of its text."""
        return np.append(of_words, missing)[self._codes]

    def to_numpy(self, dtype: Any = None, copy: bool = False, na_value: Any = _DEFAULT) -> Any:
        """Return the texts as Python objects, or as another type of numpy."""
        if self._codes is None or dtype not in (None, object):
            return super().to_numpy(dtype=dtype, copy=copy, na_value=na_value)
        known = np.empty(len(self._words) + 1, dtype=object)
        known[:-1] = self._words.objects
        known[-1] = self._dtype.na_value if na_value is _DEFAULT else na_value
        return known[self._codes]

    def _cmp_method(self, other: Any, op: Any) -> Any:
        if self._codes is None:
            return super()._cmp_method(other, op)
        missing = self._codes < 0
        if isinstance(other, str):
            words = _Plain(self._words.texts)._cmp_method(other, op)
            found = self._by_word(words.to_numpy(dtype=bool), False)
        elif self._is_alike(other) and op.__name__ in ("eq", "ne"):
            found = op(self._codes, other._codes)
            missing = missing | (other._codes < 0)
        else:
            return super()._cmp_method(other, op)
        return pd.arrays.ArrowExtensionArray(pa.array(found, mask=missing))

    def _is_alike(self, other: Any) -> bool:
        same = isinstance(other, CodedText) and other._codes is not None
        return same and other._words is self._words and len(other) == len(self)

    def isin(self, values: Any) -> NDArray[np.bool_]:
        """Tell which rows have one of the texts."""
        if self._codes is None:
            return super().isin(values)  # type: ignore[no-any-return]
        if isinstance(values, CodedText) and values._codes is not None:
            seen = np.zeros(len(values._words) + 1, dtype=bool)
            seen[values._codes] = True
            wanted, null = values._words.texts.filter(pa.array(seen[:-1])), bool(seen[-1])
        elif isinstance(values, _Plain):
            wanted, null = values._pa_array, values._hasna
        else:
            wanted = pa.array([v for v in values if isinstance(v, str)], TEXT)
            null = any(pd.api.types.is_scalar(v) and pd.isna(v) for v in values)
        found = pc.is_in(self._words.texts, value_set=wanted)
        return self._by_word(np.asarray(found, dtype=bool), null)

    def argsort(
        self, *, ascending: bool = True, kind: str = "stable", na_position: str = "last", **_: Any
    ) -> NDArray[np.intp]:
        """Return the positions of the rows in the order of their texts; ties keep their order."""
        if self._codes is None:
            return super().argsort(ascending=ascending, kind=kind, na_position=na_position)  # type: ignore[no-any-return]
        n = len(self._words)
        ranks = self._words.ranks if ascending else n - 1 - self._words.ranks
        return np.argsort(self._by_word(ranks, n if na_position == "last" else -1), kind="stable")

    def factorize(self, use_na_sentinel: bool = True) -> tuple[NDArray[np.intp], Any]:
        """Return numbers of the texts, in the order that they come in, and the texts."""
        if self._codes is None:
            return super().factorize(use_na_sentinel)  # type: ignore[no-any-return]
        n = len(self._words)
        first = np.full(n + 1, len(self), dtype=np.int64)
        first[self._codes[::-1]] = np.arange(len(self) - 1, -1, -1)
        if use_na_sentinel:
            first[n] = len(self)
        met = np.flatnonzero(first < len(self))
        met = met[np.argsort(first[met])]
        numbers = np.full(n + 1, -1, dtype=np.intp)
        numbers[met] = np.arange(len(met))
        return numbers[self._codes], self._of(np.where(met == n, -1, met).astype(self._codes.dtype))

    def unique(self) -> Self:
        """Return the different texts in the order that they come in."""
        return super().unique() if self._codes is None else self.factorize(False)[1]  # type: ignore[no-any-return]

    def duplicated(self, keep: Any = "first") -> NDArray[np.bool_]:
        """Tell which rows have the text of another."""
        if self._codes is None:
            return super().duplicated(keep)  # type: ignore[no-any-return]
        return pd.Series(self._codes).duplicated(keep).to_numpy()

    def value_counts(self, dropna: bool = True) -> pd.Series:
        """Count the rows of each text, in the order that they come in."""
        if self._codes is None:
            return super().value_counts(dropna)  # type: ignore[no-any-return]
        codes, met = self.factorize(use_na_sentinel=dropna)
        counts = pa.array(np.bincount(codes[codes >= 0], minlength=len(met)))
        index = pd.Index(_Plain(met._pa_array), copy=False)
        return pd.Series(pd.arrays.ArrowExtensionArray(counts), index=index, name="count")

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[Any]) -> Any:
        """Put columns below each other; their texts are joined where they are not the same."""
        parts = [p for p in to_concat if len(p)] or list(to_concat[:1])
        if not all(isinstance(p, CodedText) and p._codes is not None for p in parts):
            return super()._concat_same_type(to_concat)
        words = list({id(p._words): p._words for p in parts}.values())
        codes = [p._codes for p in parts]
        if len(words) > 1:
            if sum(map(len, words)) > sum(map(len, codes)):
                return super()._concat_same_type(to_concat)
            together, numbers = joined_words(words)
            codes = [np.append(numbers[id(p._words)], -1)[p._codes] for p in parts]
            words = [together]
        kind = code_type(len(words[0]))
        out = np.concatenate(codes, dtype=kind, casting="unsafe")
        return _coded(out, words[0], like=parts[0])


def coded_text(texts: pa.Array | pa.ChunkedArray) -> CodedText:
    """Return a column of texts that holds each different one once.

    Parameters
    ----------
    texts : pyarrow.Array or ChunkedArray
        Of strings, or of a dictionary of strings as Parquet gives them.
    """
    if isinstance(texts, pa.ChunkedArray):  # pieces of a dictionary each have their own
        is_coded = pa.types.is_dictionary(texts.type)
        texts = (texts.unify_dictionaries() if is_coded else texts).combine_chunks()
    if not pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_encode()
    words = texts.dictionary.cast(TEXT)
    codes = texts.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return _coded(codes.astype(code_type(len(words)), copy=False), Words(words))


def _coded(
    codes: NDArray[np.signedinteger[Any]], words: Words, *, like: CodedText | None = None
) -> CodedText:
    made = CodedText(
        pa.chunked_array([], type=TEXT), dtype=like.dtype if like is not None else None
    )
    made._words = words
    return made._of(codes)
