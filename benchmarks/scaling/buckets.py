"""One question to a store whose events lie in one bucket, or in many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest
from benchmarks.journey import PATH, STAGES, UNTIL
from benchmarks.journey import make as make_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.contest import Answer

COUNTS = (1, 4, 16, 64, 256)


def make(folder: Path, size: int, *, counts: tuple[int, ...] = COUNTS) -> None:
    """Commit the same events to one store for each number of buckets."""
    import pandas as pd

    from cjm_research.store.store import commit

    make_events(folder, size)
    events = pd.read_parquet(folder / "events.parquet")
    texts = dict.fromkeys(("customer_id", "name", "channel"), "string[pyarrow]")
    for count in counts:
        commit(
            folder / f"store-{count}", {"events": events.astype(texts)}, info={},
            rows_per_bucket=-(-size // count),
        )  # fmt: skip


def opened(count: int) -> Callable[[Path], Any]:
    """Return what opens the store of so many buckets."""

    def load(folder: Path) -> Any:
        from cjm_research.store.store import Store

        return Store.open(folder / f"store-{count}")

    return load


def counted(store: Any, executor: Any = None) -> Answer:
    """Fold a funnel and the moves between stages over the store."""
    from cjm_research.journey.folds import FunnelQuestion, fold_funnel, fold_transitions
    from cjm_research.study.plans import Stage

    stages = [
        Stage.model_validate({"id": s, "label": s, "events": [{"names": list(names)}]})
        for s, names in STAGES.items()
    ]
    asked = {"observed_until": UNTIL, "executor": executor}
    found = fold_funnel(store, stages, FunnelQuestion(steps=PATH, within=7), **asked)
    moves = fold_transitions(store, stages, **asked).moves
    return {
        "funnel": [float(s.reached) for s in found.steps],
        "moves": [float(m.moves) for m in sorted(moves, key=lambda m: (m.stage, m.next_stage))],
    }


CONTEST = Contest(
    name="scaling.buckets",
    task="A funnel with a window and the moves between stages, over a store, in one process.",
    size=4_000_000,
    of="events",
    make=make,
    repeat=2,
    warm_up=2_000,
)
for _count in COUNTS:
    CONTEST.tool(
        str(_count), role="floor" if _count == 1 else "peer", load=opened(_count),
        needs=("cjm_research",),
    )(counted)  # fmt: skip
