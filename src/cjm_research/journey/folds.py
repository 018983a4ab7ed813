"""Journeys of more events than memory holds: bucket by bucket, with the same answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.journey.funnel import Attempts, attempts, funnel_of
from cjm_research.journey.log import event_log
from cjm_research.journey.moves import MoveSums, finish_transitions, move_sums
from cjm_research.journey.ordering import NO_TIME
from cjm_research.store.fold import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from cjm_research.journey.funnel_result import Funnel
    from cjm_research.journey.kernel import Order
    from cjm_research.journey.moves import Transitions
    from cjm_research.store.store import Store
    from cjm_research.study.plans import Stage

    Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelQuestion:
    """What is asked of every bucket; the fields are those of `funnel`."""

    steps: tuple[str, ...]
    within: float | tuple[float, ...] | None = None
    order: Order = "ordered"
    confidence: float = 0.95


def fold_funnel(
    store: Store,
    stages: Sequence[Stage],
    question: FunnelQuestion,
    *,
    observed_until: pd.Timestamp | str | None = None,
    executor: Executor | None = None,
) -> Funnel:
    """Count a funnel over the events of a store, one bucket in memory at a time.

    A customer's events are all in one bucket, so the counts, shares, intervals and medians are
    those of `funnel` on all events. What is kept of a bucket is the time to each step of the
    customers who started.

    Parameters
    ----------
    store : Store
        A pinned version with `events`.
    stages : sequence of Stage
        Stages with their event rules.
    question : FunnelQuestion
        Steps, window, order.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; just after the newest event that belongs to a stage if absent,
        which takes one more fold.
    executor : concurrent.futures.Executor, optional
        Runs the buckets elsewhere; in this process if absent.
    """
    until = str(observed_until or _newest(store, stages, executor))
    ask = partial(_attempts, stages=tuple(stages), question=question, until=until)
    found = fold(store, ask, _joined, tables=["events"], executor=executor)
    return funnel_of(
        _all(found), question.steps, within=question.within, order=question.order,
        confidence=question.confidence,
    )  # fmt: skip


def fold_transitions(
    store: Store,
    stages: Sequence[Stage],
    *,
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
    executor: Executor | None = None,
) -> Transitions:
    """Count the moves between stages over the events of a store; as `transitions` on all.

    Parameters
    ----------
    store : Store
        A pinned version with `events`.
    stages : sequence of Stage
        Stages with their event rules.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; all events if absent.
    confidence : float, default 0.95
        Of the intervals.
    executor : concurrent.futures.Executor, optional
        Runs the buckets elsewhere; in this process if absent.
    """
    ask = partial(_moves, stages=tuple(stages), until=observed_until)
    sums = fold(store, ask, _added, tables=["events"], executor=executor)
    return finish_transitions(sums, [s.id for s in stages], confidence=confidence)


def _attempts(
    tables: Tables, *, stages: tuple[Stage, ...], question: FunnelQuestion, until: str
) -> tuple[Attempts, ...]:
    log = event_log(tables["events"], stages, observed_until=until)
    found = attempts(
        log, question.steps, within=question.within, order=question.order, observed_until=until
    )
    # Who they are is of no use to the counts, and the largest part of the answer.
    bare = Attempts(
        took=found.took, ids=pd.Index([]), start=found.start[:0], until=found.until,
        n_open=found.n_open, n_elsewhere=found.n_elsewhere, n_without_time=found.n_without_time,
    )  # fmt: skip
    return (bare,)


def _all(parts: tuple[Attempts, ...]) -> Attempts:
    return Attempts(
        took=np.concatenate([p.took for p in parts], axis=1),
        ids=pd.Index([]),
        start=np.empty(0, dtype=np.int64),
        until=parts[0].until,
        n_open=sum(p.n_open for p in parts),
        n_elsewhere=sum(p.n_elsewhere for p in parts),
        n_without_time=sum(p.n_without_time for p in parts),
    )


def _moves(
    tables: Tables, *, stages: tuple[Stage, ...], until: pd.Timestamp | str | None
) -> MoveSums:
    return move_sums(event_log(tables["events"], stages, observed_until=until))


def _newest(store: Store, stages: Sequence[Stage], executor: Executor | None) -> str:
    ask = partial(_last_time, stages=tuple(stages))
    last = fold(store, ask, max, tables=["events"], executor=executor)
    return str(np.datetime64(last + 1 if last > NO_TIME else 0, "us"))


def _last_time(tables: Tables, *, stages: tuple[Stage, ...]) -> int:
    log = event_log(tables["events"], stages)
    return int(log.time.max()) if len(log.time) else NO_TIME


def _joined(one: tuple[Attempts, ...], other: tuple[Attempts, ...]) -> tuple[Attempts, ...]:
    return one + other


def _added(one: MoveSums, other: MoveSums) -> MoveSums:
    return one + other
