"""The columns of a large table side by side: what arrow and numpy do needs no lock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

Key = TypeVar("Key", bound="Hashable")
Before = TypeVar("Before")
After = TypeVar("After")

_FROM_ROWS = 100_000
_MOST = 8


def each(
    work: Callable[[Key, Before], After], items: Mapping[Key, Before], *, rows: int
) -> dict[Key, After]:
    """Do the same work for every item; in threads where there are many rows.

    Examples
    --------
    >>> each(lambda name, n: f"{name}{n}", {"a": 1, "b": 2}, rows=10)
    {'a': 'a1', 'b': 'b2'}
    """
    workers = min(_MOST, os.cpu_count() or 1, len(items))
    if rows < _FROM_ROWS or workers < 2:
        return {k: work(k, v) for k, v in items.items()}
    with ThreadPoolExecutor(workers) as pool:
        return dict(zip(items, pool.map(work, items, items.values()), strict=True))
