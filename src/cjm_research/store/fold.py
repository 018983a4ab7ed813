"""A question asked of every bucket and merged: the one way that analyses scale."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    import pandas as pd

    from cjm_research.store.store import Store

P = TypeVar("P")


def fold(
    store: Store,
    partial: Callable[[dict[str, pd.DataFrame]], P],
    merge: Callable[[P, P], P],
    *,
    tables: Sequence[str],
    executor: Executor | None = None,
) -> P:
    """Apply `partial` to the tables of each bucket and merge the answers in bucket order.

    Parameters
    ----------
    store : Store
        A pinned version.
    partial : callable
        Takes ``{table: frame}`` of one bucket, gives a partial answer. With an executor of
        processes it must be an importable function (or `functools.partial` of one).
    merge : callable
        Joins two partial answers; associative.
    tables : sequence of str
        Tables that the question needs.
    executor : concurrent.futures.Executor, optional
        Runs the buckets elsewhere; in this process if absent.
    """
    jobs = [(store, partial, tuple(tables), b) for b in range(store.version.n_buckets)]
    answers: Iterable[P] = (
        map(_one_bucket, *zip(*jobs, strict=True))
        if executor is None
        else executor.map(_one_bucket, *zip(*jobs, strict=True))
    )
    return reduce(merge, answers)


def _one_bucket(
    store: Store,
    partial: Callable[[dict[str, pd.DataFrame]], P],
    tables: tuple[str, ...],
    bucket: int,
) -> P:
    return partial({t: store.read(t, bucket=bucket) for t in tables})
