"""The derived tables of a study, made bucket by bucket wherever an executor runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cjm_research.workspace.derived import MADE_FROM
from cjm_research.workspace.workspace import open_study

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor
    from pathlib import Path

    from cjm_research.segmentation.features import FeaturePartial


def derive(name: str, root: Path, executor: Executor) -> None:
    """Make the derived tables that are not kept yet: stages of events, codes, features.

    Parameters
    ----------
    name : str
        Name of a study that is cleaned.
    root : Path
        The project's folder, on storage that the workers of the executor share.
    executor : concurrent.futures.Executor
        Runs the buckets: of threads, of processes, or of a cluster.
    """
    world = open_study(name, root=root)
    for table, origin in MADE_FROM.items():
        if world.store.has(origin):
            list(executor.map(partial(_make, name, root, table), world.buckets))
    world.features_from(_parts(name, root, world.buckets, executor))


def _parts(
    name: str, root: Path, buckets: range, executor: Executor
) -> Iterable[FeaturePartial]:  # begun only when the first is asked for
    yield from executor.map(partial(_part, name, root), buckets)


def _make(name: str, root: Path, table: str, bucket: int) -> None:
    open_study(name, root=root).make(table, bucket)


def _part(name: str, root: Path, bucket: int) -> FeaturePartial:
    return open_study(name, root=root).features_part(bucket)
