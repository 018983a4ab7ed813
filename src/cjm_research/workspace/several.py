"""Derived tables that are made in one go and kept side by side."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from cjm_research.store.store import Store


def derived_together(
    store: Store, tables: Sequence[str], *, key: str, make: Callable[[], Mapping[str, pd.DataFrame]]
) -> list[pd.DataFrame]:
    """Return some derived tables of all buckets, made at once where one of them is not kept.

    Parameters
    ----------
    store : Store
        A pinned version.
    tables : sequence of str
        Their names.
    key : str
        Of all of them.
    make : callable
        Makes them, by name.
    """
    made = cache(make)

    def of(table: str) -> Callable[[], pd.DataFrame]:
        return lambda: made()[table]

    return [store.derived(t, key=key, bucket=0, make=of(t)) for t in tables]
