"""Different texts, which a coded column numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TEXT = pa.large_string()


class Words:
    """Different texts, in any order, with their rank among each other."""

    __slots__ = ("_objects", "_ranks", "texts")

    def __init__(self, texts: pa.LargeStringArray) -> None:
        self.texts = texts
        self._ranks: NDArray[np.int32] | None = None
        self._objects: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.texts)

    def __reduce__(self) -> tuple[type[Words], tuple[pa.LargeStringArray]]:
        """Pickle the texts alone."""
        return Words, (self.texts,)

    @property
    def ranks(self) -> NDArray[np.int32]:
        """Position of each text among all of them sorted."""
        if self._ranks is None:
            self._ranks = np.empty(len(self), dtype=np.int32)
            self._ranks[pc.array_sort_indices(self.texts).to_numpy()] = np.arange(
                len(self), dtype=np.int32
            )
        return self._ranks

    @property
    def objects(self) -> NDArray[np.object_]:
        """The texts as Python objects."""
        if self._objects is None:
            self._objects = self.texts.to_numpy(zero_copy_only=False)
        return self._objects


def joined_words(words: Sequence[Words]) -> tuple[Words, dict[int, NDArray[np.int32]]]:
    """Return all texts once, and the new numbers of each one's texts."""
    every = pa.concat_arrays([w.texts for w in words]).dictionary_encode()
    ends = np.cumsum([len(w) for w in words])
    numbers = np.split(every.indices.to_numpy().astype(np.int32, copy=False), ends[:-1])
    return Words(every.dictionary), {id(w): n for w, n in zip(words, numbers, strict=True)}


def code_type(n: int) -> type[np.signedinteger[Any]]:
    """Return the smallest type of numbers that counts `n` texts."""
    return np.int8 if n < 128 else np.int16 if n < 32_768 else np.int32
