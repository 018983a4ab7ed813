"""How many customers pass the steps of a path, and where they are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjm_research.errors import ParameterError
from cjm_research.journey.funnel_result import Funnel, FunnelStep
from cjm_research.journey.kernel import (
    FOREVER,
    NEVER,
    Order,
    first_time,
    steps_in_any_order,
    steps_in_order,
)
from cjm_research.journey.log import MICROSECONDS_PER_DAY, journey_log
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import EventStages
    from cjm_research.journey.log import Codes, JourneyLog

NAN = float("nan")


def funnel(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    within: float | Sequence[float] | None = None,
    order: Order = "ordered",
    observed_until: pd.Timestamp | str | None = None,
    confidence: float = 0.95,
) -> Funnel:
    """Count the customers who pass each step of a path.

    A customer has reached a step if any attempt led there: a slow first attempt does not hide
    a quick second one. The share of a step is of all who came to the start.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or JourneyLog
        What `event_stages` or `event_log` gave.
    stages : sequence of str, two or more
        The steps. A stage that nobody came to has zero.
    within : float or sequence of float, optional
        Days from the start within which a step counts; or, one number for each step after the
        first, days from the step before. Without it there is no limit.
    order : {"ordered", "strict", "unordered"}
        Steps in their order with anything between; in their order with no other stage
        between; or any so many different stages.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; the newest event if absent. A customer whose first start is
        nearer to it than `within` is not counted yet: see `Funnel.n_open`.
    confidence : float, default 0.95
        Of the Wilson intervals.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If fewer than two stages are named or one stands twice, a window is not above zero or
        there are not as many as steps, or another value is out of its range.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame(
    ...     {
    ...         "customer_id": ["a", "a", "b"],
    ...         "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-02"], utc=True),
    ...         "stage": ["visit", "buy", "visit"],
    ...     }
    ... )
    >>> [(s.stage, s.reached, s.median_days) for s in funnel(log, ["visit", "buy"]).steps]
    [('visit', 2, 0.0), ('buy', 1, 2.0)]
    """
    found = attempts(
        event_stages, stages, within=within, order=order, observed_until=observed_until
    )
    return funnel_of(found, stages, within=within, order=order, confidence=confidence)


def funnel_of(
    found: Attempts,
    stages: Sequence[str],
    *,
    within: float | Sequence[float] | None,
    order: Order,
    confidence: float,
) -> Funnel:
    """Count what `attempts` found; the parameters are those of `funnel`."""
    return Funnel(
        steps=funnel_steps(found.took, _names(stages, order), confidence=confidence),
        stages=tuple(stages),
        order=order,
        within=tuple(within) if isinstance(within, Sequence) else within,
        observed_until=str(np.datetime64(found.until, "us")),
        n_open=found.n_open,
        n_elsewhere=found.n_elsewhere,
        n_without_time=found.n_without_time,
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attempts:
    """How far each customer came, of those whose window has closed."""

    took: Codes
    """Microseconds to each step, shape (n_steps, n_customers); `NEVER` where not reached."""
    ids: pd.Index
    start: Codes
    """Microseconds of each customer's first start."""
    until: int
    n_open: int
    n_elsewhere: int
    n_without_time: int


def attempts(
    event_stages: EventStages | JourneyLog,
    stages: Sequence[str],
    *,
    within: float | Sequence[float] | None,
    order: Order,
    observed_until: pd.Timestamp | str | None,
) -> Attempts:
    """Find each customer's way along the steps; the parameters are those of `funnel`."""
    if len(stages) < 2:
        raise ParameterError.expected("stages", "two or more different names", got=list(stages))
    steps, whole = windows_of(within, order, n_steps=len(stages) - 1)
    log = journey_log(event_stages, stages, observed_until=observed_until)
    needed = min(whole, sum(steps)) if within is not None else 0
    windows = steps, whole
    return log.kept(
        ("attempts", windows, order, needed),
        lambda: _attempts(log, windows=windows, order=order, needed=needed),
    )


def _attempts(
    log: JourneyLog, *, windows: tuple[tuple[int, ...], int], order: Order, needed: int
) -> Attempts:
    steps, whole = windows
    took = np.empty((len(log.stages), log.n_customers), dtype=np.int64)
    for who, part in log.pieces():
        if order == "unordered":
            took[:, who] = steps_in_any_order(part, whole=whole)
        else:
            is_strict = order == "strict"
            took[:, who] = steps_in_order(part, windows=steps, whole=whole, is_strict=is_strict)
    start = log.kept(
        ("started", order == "unordered"),
        lambda: first_time(log, is_asked=lambda s: s >= 0 if order == "unordered" else s == 0),
    )
    has_started = start < FOREVER
    is_mature = has_started & (log.until - np.where(has_started, start, log.until) >= needed)
    return Attempts(
        took=took[:, is_mature],
        ids=log.ids[is_mature],
        start=start[is_mature],
        until=log.until,
        n_open=int((has_started & ~is_mature).sum()),
        n_elsewhere=int((~has_started).sum()),
        n_without_time=log.n_without_time,
    )


def funnel_steps(took: Codes, names: Sequence[str], *, confidence: float) -> tuple[FunnelStep, ...]:
    """Count customers at each step, with the shares and their intervals."""
    reached = (took != NEVER).sum(axis=1)
    before = np.concatenate([reached[:1], reached[:-1]])
    share = wilson_interval(reached, reached[0], confidence=confidence)
    passed = wilson_interval(reached, before, confidence=confidence)
    return tuple(
        FunnelStep(
            stage=name,
            reached=int(reached[i]),
            share=_share(reached[i], reached[0]),
            low=float(share.low[i]),
            high=float(share.high[i]),
            passed=_share(reached[i], before[i]) if i else NAN,
            passed_low=float(passed.low[i]) if i else NAN,
            passed_high=float(passed.high[i]) if i else NAN,
            lost=int(before[i] - reached[i]),
            median_days=_median_days(took[i]),
        )
        for i, name in enumerate(names)
    )


def windows_of(
    within: float | Sequence[float] | None, order: Order, *, n_steps: int
) -> tuple[tuple[int, ...], int]:
    """Return the microseconds allowed for each step, and for the whole."""
    if order not in ("ordered", "strict", "unordered"):
        raise ParameterError.expected("order", "'ordered', 'strict' or 'unordered'", got=order)
    if within is None:
        return (FOREVER,) * n_steps, FOREVER
    days = list(within) if isinstance(within, Sequence) else [within]
    if not all(0 < d < float("inf") for d in days):
        raise ParameterError.expected("within", "days above zero", got=within)
    allowed = tuple(round(d * MICROSECONDS_PER_DAY) for d in days)
    if not isinstance(within, Sequence):
        return (FOREVER,) * n_steps, allowed[0]
    if order == "unordered":
        raise ParameterError.expected("within", "one number where steps have no order", got=within)
    if len(allowed) != n_steps:
        raise ParameterError.expected("within", f"{n_steps} numbers, one a step", got=within)
    return allowed, FOREVER


def _names(stages: Sequence[str], order: Order) -> list[str]:
    if order == "unordered":
        return [f"any_{k}" for k in range(1, len(stages) + 1)]
    return list(stages)


def _share(part: np.integer, whole: np.integer) -> float:
    return float(part / whole) if whole else NAN


def _median_days(took: NDArray[np.int64]) -> float:
    seen = took[took != NEVER]
    return float(np.median(seen) / MICROSECONDS_PER_DAY) if len(seen) else NAN
