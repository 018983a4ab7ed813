"""One question to a store of sixteen buckets, by one process or by several."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest
from benchmarks.scaling.buckets import counted, make, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.contest import Answer

COUNTS = (1, 2, 4)
BUCKETS = 16


def _with_workers(count: int) -> Callable[[Path], Any]:
    def load(folder: Path) -> Any:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        store = opened(BUCKETS)(folder)
        pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
        counted(opened(BUCKETS)(_little(folder)), pool)  # so that starting is not measured
        return store, pool

    return load


def _little(folder: Path) -> Path:
    little = folder / "warm_up"
    return little if little.is_dir() else folder


def _work(opened_both: tuple[Any, Any]) -> Answer:
    store, pool = opened_both
    return counted(store, pool)


CONTEST = Contest(
    name="scaling.workers",
    task=f"The same question over {BUCKETS} buckets, by processes that have started already.",
    size=8_000_000,
    of="events",
    make=partial(make, counts=(BUCKETS,)),
    repeat=2,
)
for _count in COUNTS:
    CONTEST.tool(
        str(_count), role="floor" if _count == 1 else "peer", load=_with_workers(_count),
        needs=("cjm_research",),
    )(_work)  # fmt: skip
