"""Which stage of the journey an event belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import ParameterError, SchemaError
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.plans import EventRule, Stage

COLUMNS = (
    "customer_id", "occurred_at", "stage", "touchpoint", "channel", "name", "event_id",
)  # fmt: skip
"""Columns of every table of event stages."""
KEPT = ("session_id", "campaign", "value")
"""Columns that are kept where the events have them."""


def event_stages(events: pd.DataFrame, stages: Sequence[Stage]) -> pd.DataFrame:
    """Return the events that belong to a stage, each with its stage and touchpoint.

    Rules are tried in the order of the stages and, within a stage, in their own order; the
    first that matches decides. They are looked up for distinct values only.

    Parameters
    ----------
    events : pandas.DataFrame
        Canonical events; `customer_id` and `name` are needed.
    stages : sequence of Stage
        Stages in the order of the journey, each with its event rules.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`, and those of `KEPT` that the events have. Sorted by customer
        and time; equal stamps by `sequence`, then by their order in `events`; events without
        a time come last. An event that no rule names is left out: see `unmatched_events`.

    Raises
    ------
    SchemaError
        If a column is missing, also one that only a rule names.
    ParameterError
        If a regular expression of a rule cannot be read.

    Examples
    --------
    >>> from cjm_research.study.plans import Stage
    >>> stage = Stage.model_validate({"id": "buy", "label": "Buy", "events": [{"prefix": "pay"}]})
    >>> events = pd.DataFrame({"customer_id": ["a", "a"], "name": ["pay_card", "visit"]})
    >>> event_stages(events, [stage])[["customer_id", "stage", "touchpoint"]].values.tolist()
    [['a', 'buy', 'pay_card']]
    """
    rule = _matched_rule(events, stages)
    keys = [(stage.id, r.touchpoint) for stage in stages for r in stage.events]
    found = np.flatnonzero(rule >= 0)
    found = found[_journey_order(events.iloc[found])]
    rows, code = events.iloc[found], rule[found]
    out = pd.DataFrame(
        {
            "customer_id": _texts(rows, "customer_id"),
            "occurred_at": _times(rows, "occurred_at"),
            "stage": pd.array([keys[c][0] for c in code], dtype="string[pyarrow]"),
            "touchpoint": pd.array([keys[c][1] for c in code], dtype="string[pyarrow]"),
            "channel": _texts(rows, "channel"),
            "name": _texts(rows, "name"),
            "event_id": _texts(rows, "event_id"),
        }
    )
    own = _texts(rows, "touchpoint").fillna(out["name"])
    out["touchpoint"] = out["touchpoint"].fillna(own)
    for column in KEPT:
        if column in events:
            out[column] = rows[column]
    return out.reset_index(drop=True)


def unmatched_events(events: pd.DataFrame, stages: Sequence[Stage]) -> UnmatchedEvents:
    """Count the events that no stage's rule names, by their name.

    Parameters
    ----------
    events : pandas.DataFrame
        Canonical events.
    stages : sequence of Stage
        Stages with their event rules.
    """
    rule = _matched_rule(events, stages)
    left = events.loc[rule < 0, ["customer_id", "name"]]
    counts = left.groupby("name", observed=True)["customer_id"].agg(["size", "nunique"])
    counts = counts.sort_index().sort_values("size", ascending=False, kind="stable")
    return UnmatchedEvents(
        rows=tuple(
            UnmatchedName(name=str(name), events=int(size), customers=int(customers))
            for name, size, customers in counts.itertuples()
        ),
        n_events=len(events),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedName:
    """Events of one name that belong to no stage."""

    name: str
    events: int
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedEvents(Result):
    """Events that the map does not speak about, most frequent first."""

    units: ClassVar[Mapping[str, Unit]] = {
        "name": Unit.TEXT,
        "events": Unit.COUNT,
        "customers": Unit.COUNT,
        "event_share": Unit.SHARE,
    }

    rows: tuple[UnmatchedName, ...]
    n_events: int
    """All events, matched or not."""

    @property
    def n_unmatched(self) -> int:
        """Events that no rule names."""
        return sum(r.events for r in self.rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per event name."""
        plain = [(r.name, r.events, r.customers, r.events / self.n_events) for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how much of the log the journey leaves out, if any."""
        if not self.rows:
            return ()
        return (
            Finding(
                id="journey/unmatched_events",
                kind="unmatched_events",
                subject={},
                estimate=self.n_unmatched / self.n_events,
                unit=Unit.SHARE,
                n=self.n_events,
                method="count",
                values={"n_unmatched": self.n_unmatched, "n_names": len(self.rows)},
            ),
        )


def _matched_rule(events: pd.DataFrame, stages: Sequence[Stage]) -> NDArray[np.int64]:
    """Return, for each event, the number of the rule that takes it; -1 for none."""
    _need(events, ("customer_id", "name"))
    rules = [rule for stage in stages for rule in stage.events]
    columns = list(dict.fromkeys(["name", *(r.column for r in rules if r.column)]))
    _need(events, columns)
    kinds, distinct = _distinct(events, columns)
    matched = np.full(len(distinct), -1, dtype=np.int64)
    for number, rule in enumerate(rules):
        free = matched < 0
        matched[free & _holds(rule, distinct)] = number
    return matched[kinds]


def _distinct(
    events: pd.DataFrame, columns: Sequence[str]
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the distinct rows of `columns` as text, and for each event which of them it is."""
    kinds = np.zeros(len(events), dtype=np.int64)
    values: dict[str, pd.Index] = {}
    for column in columns:
        codes, values[column] = pd.factorize(events[column], use_na_sentinel=True)
        _, kinds = np.unique(kinds * (len(values[column]) + 1) + codes + 1, return_inverse=True)
    _, first = np.unique(kinds, return_index=True)
    return kinds, events.iloc[first][list(columns)].reset_index(drop=True)


def _holds(rule: EventRule, distinct: pd.DataFrame) -> NDArray[np.bool_]:
    names = distinct["name"].astype("string[pyarrow]").fillna("")
    holds = np.ones(len(distinct), dtype=bool)
    if rule.names:
        holds &= names.isin(rule.names).to_numpy(dtype=bool)
    if rule.prefix:
        holds &= names.str.startswith(rule.prefix).to_numpy(dtype=bool)
    if rule.regex:
        pattern = _pattern(rule.regex)
        holds &= np.array([bool(pattern.search(n)) for n in names], dtype=bool)
    if rule.column:
        holds &= distinct[rule.column].astype(str).isin(rule.values).to_numpy(dtype=bool)
    return holds


def _pattern(regex: str) -> re.Pattern[str]:
    try:
        return re.compile(regex)
    except re.error as error:
        raise ParameterError(
            f"The event rule's regex {regex!r} cannot be read: {error}. Write a Python regular"
            " expression."
        ) from None


def _journey_order(events: pd.DataFrame) -> NDArray[np.int64]:
    """Return the positions of events by customer, time, sequence and their own order."""
    keys = []
    for column in ("sequence", "occurred_at", "customer_id"):
        if column in events:
            codes, values = pd.factorize(events[column], sort=True)
            keys.append(np.where(codes < 0, len(values), codes))
    return np.lexsort(keys).astype(np.int64)


def _texts(rows: pd.DataFrame, name: str) -> pd.Series[str]:
    if name in rows:
        return rows[name].astype("string[pyarrow]")
    return pd.Series(None, index=rows.index, dtype="string[pyarrow]")


def _times(rows: pd.DataFrame, name: str) -> pd.Series[pd.Timestamp]:
    if name in rows:
        return pd.to_datetime(rows[name], utc=True).dt.as_unit("us")
    return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")


def _need(events: pd.DataFrame, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in events:
            raise SchemaError.missing_column(column, table="events", found=list(events.columns))
