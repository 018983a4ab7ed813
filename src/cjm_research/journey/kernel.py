"""Which steps of a path each customer has passed: numpy only, exact, O(n log n)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cjm_research.journey.log import Codes, JourneyLog

    Chain = tuple[Codes, Codes]

Order = Literal["ordered", "strict", "unordered"]
NEVER = -1
FOREVER = np.iinfo(np.int64).max


def steps_in_order(
    log: JourneyLog, *, windows: tuple[int, ...], whole: int, is_strict: bool
) -> Codes:
    """Time that each customer's first completed attempt took to each step.

    The events of a step that end a chain are found from those of the step before, by the
    nearest earlier one. Each carries the latest start that leads to it, so that a repeated
    first step never hides an attempt that fits into the window.

    Parameters
    ----------
    log : JourneyLog
        Its stages are the steps.
    windows : tuple of int
        Microseconds allowed from each step to the next.
    whole : int
        Microseconds allowed from the start to any step.
    is_strict : bool
        Whether no event of another stage may lie between two steps.

    Returns
    -------
    numpy.ndarray of int64, shape (n_steps, n_customers)
        Microseconds from the attempt's start; `NEVER` where the step was not reached.

    Notes
    -----
    Of two events of a step, the later one never has the earlier start; so the nearest earlier
    event is always the best predecessor. Checked against all subsequences of random logs
    (``tests/journey/test_kernel.py``).
    """
    out = np.full((len(log.stages), log.n_customers), NEVER, dtype=np.int64)
    for step, chain in enumerate(_chains(log, windows=windows, whole=whole, is_strict=is_strict)):
        position, start = chain
        first = opens(log.customer[position])
        position, start = position[first], start[first]
        out[step, log.customer[position]] = log.time[position] - start
    return out


def reached_in_order(
    log: JourneyLog, *, windows: tuple[int, ...], whole: int, is_strict: bool
) -> Codes:
    """Time at which each customer's first completed attempt came to each step.

    Parameters
    ----------
    log : JourneyLog
        Its stages are the steps.
    windows, whole, is_strict
        As in `steps_in_order`.

    Returns
    -------
    numpy.ndarray of int64, shape (n_steps, n_customers)
        Microseconds since 1970; `FOREVER` where the step was not reached.
    """
    out = np.full((len(log.stages), log.n_customers), FOREVER, dtype=np.int64)
    for step, chain in enumerate(_chains(log, windows=windows, whole=whole, is_strict=is_strict)):
        position, _ = chain
        _note_first(out[step], log.customer[position], log.time[position])
    return out


def steps_in_any_order(log: JourneyLog, *, whole: int) -> Codes:
    """Time in which each customer was first seen at any 1, 2, ... different steps.

    Parameters
    ----------
    log : JourneyLog
        Its stages are the steps.
    whole : int
        Microseconds within which the steps must lie.

    Returns
    -------
    numpy.ndarray of int64, shape (n_steps, n_customers)
        Row k is about k + 1 different steps; `NEVER` where there are not so many.
    """
    asked = log.stage >= 0
    customer, stage, time = log.customer[asked], log.stage[asked], log.time[asked]
    first = np.searchsorted(customer, customer, side="left")
    newest = np.empty((len(log.stages), len(customer)), dtype=np.int64)
    for step in range(len(log.stages)):
        seen = np.maximum.accumulate(np.where(stage == step, np.arange(len(stage)), -1))
        newest[step] = np.where(seen >= first, time[seen], -FOREVER)
    newest.sort(axis=0)
    out = np.full((len(log.stages), log.n_customers), NEVER, dtype=np.int64)
    for k in range(len(log.stages)):
        oldest = newest[len(log.stages) - 1 - k]
        took = np.where(oldest > -FOREVER, time - oldest, FOREVER)
        fits = np.flatnonzero((took <= whole) & (took < FOREVER))
        _note_first(out[k], customer[fits], took[fits])
    return out


def first_time(
    log: JourneyLog, *, is_asked: Callable[[NDArray[np.signedinteger]], NDArray[np.bool_]]
) -> Codes:
    """Time of each customer's first event of a kind; `FOREVER` for who has none."""
    out = np.full(log.n_customers, FOREVER, dtype=np.int64)
    position = np.flatnonzero(is_asked(log.stage))
    who = log.customer[position]
    first = opens(who)
    out[who[first]] = log.time[position[first]]
    return out


def opens(customer: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell which entries of a rising array are the first of their value."""
    first = np.ones(len(customer), dtype=bool)
    first[1:] = customer[1:] != customer[:-1]
    return first


def _chains(
    log: JourneyLog, *, windows: tuple[int, ...], whole: int, is_strict: bool
) -> Iterator[Chain]:
    """Give, for each step, the events that end a chain up to it, with the chains' starts."""
    runs = log.runs() if is_strict else None
    position = np.flatnonzero(log.stage == 0)
    chain = position, log.time[position]
    yield chain
    for step in range(1, len(log.stages)):
        position, start = _extended(log, chain, step=step, runs=runs, window=windows[step - 1])
        if whole < FOREVER:
            fits = log.time[position] - start <= whole
            position, start = position[fits], start[fits]
        chain = position, start
        yield chain


def _extended(
    log: JourneyLog, chain: Chain, *, step: int, runs: Codes | None, window: int
) -> Chain:
    """Return the events of `step` that follow an event of the chain, with their starts."""
    before, start = chain
    position = np.flatnonzero(log.stage == step)
    if not len(before) or not len(position):
        return position[:0], start[:0]
    so_far = np.zeros(len(log.stage), dtype=np.int32)
    so_far[before] = 1
    nearest = np.cumsum(so_far, out=so_far)[position] - 1
    previous = before[np.maximum(nearest, 0)]
    follows = log.customer[previous] == log.customer[position]
    follows &= nearest >= 0
    if window < FOREVER:
        follows &= log.time[position] - log.time[previous] <= window
    if runs is not None:
        follows &= runs[position] - runs[previous] == 1
    return position[follows], start[nearest[follows]]


def _note_first(row: Codes, customer: NDArray[np.integer], took: Codes) -> None:
    first = opens(customer)
    row[customer[first]] = took[first]
