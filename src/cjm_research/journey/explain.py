"""Why a customer stands where they stand: the rows that decided, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError, nearest
from cjm_research.journey.log import in_utc
from cjm_research.journey.rules import matched_rule
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.study.plans import EventRule, Stage

NO_RULE, NO_TIME, TOO_LATE, COUNTED, AGAIN, OUT_OF_TURN, WINDOW = (
    "no_rule", "no_time", "after_the_end", "counted", "again", "out_of_turn", "window",
)  # fmt: skip
"""What became of an event in the funnel: see the labels ``step_reason``."""
MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedEvent:
    """One event of the customer, and what was made of it."""

    occurred_at: str
    """ISO, in UTC; empty if the event has no time."""
    name: str
    stage: str
    """Empty if no rule names the event."""
    touchpoint: str
    rule: str
    """The rule that took it, as the study file has it."""
    step: int
    """Step of the funnel that it counts as, from 1; 0 if it counts as none."""
    reason: str
    order: str
    """What set its place among the events: ``time``, ``sequence`` of equal times, ``file``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Result):
    """The events of one customer in the order in which they were taken. Not for a page."""

    units: ClassVar[Mapping[str, Unit]] = {
        "occurred_at": Unit.TEXT,
        "name": Unit.TEXT,
        "stage": Unit.LABEL,
        "touchpoint": Unit.LABEL,
        "stage_rule": Unit.TEXT,
        "step": Unit.COUNT,
        "step_reason": Unit.LABEL,
        "placed_by": Unit.LABEL,
    }

    events: tuple[ExplainedEvent, ...]
    stages: tuple[str, ...]
    reached: int
    """Steps of the funnel that the best attempt came through."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per event, also of those that belong to no stage."""
        plain = [
            (e.occurred_at or None, e.name, e.stage or None, e.touchpoint or None, e.rule or None,
             e.step or None, e.reason, e.order)
            for e in self.events
        ]  # fmt: skip
        return pd.DataFrame(plain, columns=list(self.units)).astype({"step": "Int64"})

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: one customer is no finding."""
        return ()


def explain(
    events: pd.DataFrame,
    stages: Sequence[Stage],
    customer: str,
    *,
    within_days: float = 0,
    observed_until: pd.Timestamp | str | None = None,
) -> Explanation:
    """Show the rows that decided on one customer: rules, order, and why a step counted.

    The steps are those of the ordered funnel: each stage after the one before it, other events
    between them allowed, and of several attempts the one that comes farthest; of equally far
    ones the first.

    Parameters
    ----------
    events : pandas.DataFrame
        Canonical events of the study.
    stages : sequence of Stage
        Stages in the order of the journey, with their rules.
    customer : str
        The customer's id.
    within_days : float, default 0
        Days from the first step within which a step counts; 0 for no limit.
    observed_until : pandas.Timestamp or str, optional
        Events from this time on are not looked at; a time without a zone is UTC.

    Raises
    ------
    ParameterError
        If no event is of that customer (the nearest id is named), or `within_days` is negative or
        infinite.

    Examples
    --------
    >>> from cjm_research.study.plans import Stage
    >>> stages = [
    ...     Stage.model_validate({"id": i, "label": i, "events": [{"names": [i]}]})
    ...     for i in ("look", "buy")
    ... ]
    >>> events = pd.DataFrame(
    ...     {
    ...         "customer_id": "a",
    ...         "name": ["buy", "look", "buy"],
    ...         "occurred_at": pd.date_range("2026-01-01", periods=3, tz="UTC"),
    ...     }
    ... )
    >>> found = explain(events, stages, "a")
    >>> [(e.name, e.step, e.reason) for e in found.events]
    [('buy', 0, 'out_of_turn'), ('look', 1, 'counted'), ('buy', 2, 'counted')]
    """
    if not 0 <= within_days < float("inf"):
        raise ParameterError.expected("within_days", "days, or 0 for no limit", got=within_days)
    ids = events["customer_id"].astype("string[pyarrow]")
    rows = events.loc[(ids == customer).fillna(value=False)]
    if rows.empty:
        near = nearest(customer, ids.dropna().unique().tolist())
        raise ParameterError(f"There is no customer {customer!r} with an event.{near}")
    rows = rows.iloc[_order(rows)]
    rules = [(stage.id, rule) for stage in stages for rule in stage.events]
    taken = matched_rule(rows, stages)
    times = pd.to_datetime(rows["occurred_at"], utc=True)
    names = [s.id for s in stages]
    number = np.array([names.index(rules[r][0]) if r >= 0 else -1 for r in taken])
    usable = times.notna().to_numpy(dtype=bool)
    if observed_until is not None:
        usable = usable & (times < in_utc(observed_until)).fillna(value=False).to_numpy(dtype=bool)
    span = pd.Timedelta(days=within_days) if within_days else None
    steps = _best(number, times, usable, span=span)
    reasons = _reasons(number, times, usable, steps=steps, span=span)
    own = rows["touchpoint"] if "touchpoint" in rows else rows["name"]
    return Explanation(
        events=tuple(
            ExplainedEvent(
                occurred_at="" if pd.isna(times.iloc[i]) else times.iloc[i].isoformat(),
                name=str(rows["name"].iloc[i]),
                stage=rules[taken[i]][0] if taken[i] >= 0 else "",
                touchpoint=_touchpoint(rules, int(taken[i]), own.iloc[i], rows["name"].iloc[i]),
                rule=_told(rules[taken[i]][1]) if taken[i] >= 0 else "",
                step=steps.get(i, -1) + 1,
                reason=reasons[i],
                order=_placed_by(rows, times, i),
            )
            for i in range(len(rows))
        ),
        stages=tuple(names),
        reached=len(steps),
    )


def _order(rows: pd.DataFrame) -> np.ndarray:
    """Return the places of events by time, then sequence, then file; missing ones last."""
    keys = [np.arange(len(rows))]
    for column in ("sequence", "occurred_at"):
        if column in rows:
            codes, values = pd.factorize(rows[column], sort=True)
            keys.append(np.where(codes < 0, len(values), codes))
    return np.lexsort(keys)


def _best(
    number: np.ndarray, times: pd.Series, usable: np.ndarray, *, span: pd.Timedelta | None
) -> dict[int, int]:
    """Return place of the event: step, of the first attempt that comes farthest."""
    best: dict[int, int] = {}
    for start in np.flatnonzero((number == 0) & usable):
        end = None if span is None else times.iloc[start] + span
        found, step = {int(start): 0}, 1
        for i in range(start + 1, len(number)):
            if end is not None and usable[i] and times.iloc[i] > end:
                break
            if usable[i] and number[i] == step:
                found[i], step = step, step + 1
        if len(found) > len(best):
            best = found
    return best


def _reasons(
    number: np.ndarray,
    times: pd.Series,
    usable: np.ndarray,
    *,
    steps: dict[int, int],
    span: pd.Timedelta | None,
) -> list[str]:
    done: list[str] = []
    start = min(steps, default=-1)
    for i, stage in enumerate(number):
        passed = sum(place < i for place in steps)
        if stage < 0:
            done.append(NO_RULE)
        elif pd.isna(times.iloc[i]):
            done.append(NO_TIME)
        elif not usable[i]:
            done.append(TOO_LATE)
        elif i in steps:
            done.append(COUNTED)
        elif stage < passed:
            done.append(AGAIN)
        elif span is not None and start >= 0 and times.iloc[i] > times.iloc[start] + span:
            done.append(WINDOW)
        else:
            done.append(OUT_OF_TURN)
    return done


def _touchpoint(rules: list[tuple[str, EventRule]], rule: int, own: object, name: object) -> str:
    if rule < 0:
        return ""
    given = rules[rule][1].touchpoint
    return given or str(name if pd.isna(own) else own)  # type: ignore[call-overload]


def _told(rule: EventRule) -> str:
    """Write a rule as the study file has it, long lists cut short."""
    parts = []
    if rule.names:
        more = ", …" if len(rule.names) > MOST_NAMES else ""
        parts.append(f"names = {', '.join(rule.names[:MOST_NAMES])}{more}")
    parts += [f"prefix = {rule.prefix}"] if rule.prefix else []
    parts += [f"regex = {rule.regex}"] if rule.regex else []
    if rule.column:
        parts.append(
            f"{rule.column} = {', '.join(map(str, rule.model_dump()['values'][:MOST_NAMES]))}"
        )
    return "; ".join(parts)


def _placed_by(rows: pd.DataFrame, times: pd.Series, i: int) -> str:
    """Tell what set the place of an event: its time, the sequence of equal times, the file."""
    if pd.isna(times.iloc[i]):
        return "file"
    alike = (times == times.iloc[i]).to_numpy(dtype=bool)
    if alike.sum() == 1:
        return "time"
    if "sequence" not in rows or pd.isna(rows["sequence"].iloc[i]):
        return "file"
    same = rows["sequence"].to_numpy()[alike]
    return "sequence" if (same == rows["sequence"].iloc[i]).sum() == 1 else "file"
