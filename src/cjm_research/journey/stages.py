"""Which stage of the journey an event belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.ordering import NO_TIME, journey_order, microseconds
from cjm_research.journey.rules import matched_rule
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

    from cjm_research.journey.rules import EventBuckets
    from cjm_research.study.plans import Stage

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

    Examples
    --------
    >>> from cjm_research.study.plans import Stage
    >>> stage = Stage.model_validate({"id": "buy", "label": "Buy", "events": [{"prefix": "pay"}]})
    >>> events = pd.DataFrame({"customer_id": ["a", "a"], "name": ["pay_card", "visit"]})
    >>> event_stages(events, [stage])[["customer_id", "stage", "touchpoint"]].values.tolist()
    [['a', 'buy', 'pay_card']]
    """
    rule = matched_rule(events, stages)
    known = [r for stage in stages for r in stage.events]
    found = np.flatnonzero(rule >= 0)
    columns = [c for c in (*COLUMNS, "sequence", *KEPT) if c in events]
    rows = events[columns]
    rows = rows if len(found) == len(rows) else rows.iloc[found]
    order = _order(rows)
    rows, code = rows.iloc[order], rule[found[order]]
    out = pd.DataFrame(
        {
            "customer_id": _texts(rows, "customer_id"),
            "occurred_at": _times(rows, "occurred_at"),
            "stage": _looked_up([s.id for s in stages for _ in s.events], code),
            "touchpoint": _looked_up([r.touchpoint for r in known], code),
            "channel": _texts(rows, "channel"),
            "name": _texts(rows, "name"),
            "event_id": _texts(rows, "event_id"),
        }
    )
    if any(r.touchpoint is None for r in known):
        own = _texts(rows, "touchpoint").fillna(out["name"])
        out["touchpoint"] = out["touchpoint"].fillna(own)
    for column in KEPT:
        if column in rows:
            out[column] = rows[column]
    return out.reset_index(drop=True)


def unmatched_events(
    events: pd.DataFrame | EventBuckets, stages: Sequence[Stage]
) -> UnmatchedEvents:
    """Count the events that no stage's rule names, by their name.

    Parameters
    ----------
    events : pandas.DataFrame or EventBuckets
        Canonical events.
    stages : sequence of Stage
        Stages with their event rules.
    """
    n, seen = 0, set[str]()
    counts: dict[str, tuple[int, int]] = {}
    for part in [events] if isinstance(events, pd.DataFrame) else (e for e, _ in events):
        rule = matched_rule(part, stages)
        n += len(part)
        seen |= {str(name) for name in part["name"].dropna().unique()}
        left = part[["customer_id", "name"]].iloc[np.flatnonzero(rule < 0)]
        found = left.groupby("name", observed=True)["customer_id"].agg(["size", "nunique"])
        for name, size, customers in found.itertuples():
            before = counts.get(str(name), (0, 0))
            counts[str(name)] = before[0] + int(size), before[1] + int(customers)
    return UnmatchedEvents(
        rows=tuple(
            UnmatchedName(name=name, events=size, customers=customers)
            for name, (size, customers) in sorted(counts.items(), key=lambda c: (-c[1][0], c[0]))
        ),
        n_events=n,
        almost=tuple(_almost(stages, seen, set(counts))),
    )


def _almost(
    stages: Sequence[Stage], seen: Collection[str], left: Collection[str]
) -> Iterator[AlmostNamed]:
    """Give the names of rules that no event has, where an event left over is called nearly so."""
    for stage in stages:
        for name in (n for rule in stage.events for n in rule.names if n not in seen):
            near = get_close_matches(name, sorted(left), n=1, cutoff=0.8)
            if near:
                yield AlmostNamed(stage=stage.id, asked=name, found=near[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class AlmostNamed:
    """A name of a rule that no event has; one that no rule takes is nearly the same."""

    stage: str
    asked: str
    found: str


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
    almost: tuple[AlmostNamed, ...] = ()
    """Rules that may be misspelt."""

    @property
    def n_unmatched(self) -> int:
        """Events that no rule names."""
        return sum(r.events for r in self.rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per event name."""
        plain = [(r.name, r.events, r.customers, r.events / self.n_events) for r in self.rows]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the rules that may be misspelt, and how much of the log the journey leaves out."""
        if not self.rows:
            return ()
        misspelt = (
            Finding(
                id=f"journey/rule_misses/stage={a.stage}/{a.asked}",
                kind="rule_misses",
                subject={"stage": a.stage},
                estimate=next(float(r.events) for r in self.rows if r.name == a.found),
                unit=Unit.COUNT,
                n=self.n_events,
                method="count",
                direction="bad",
                values={"asked": a.asked, "found": a.found},
            )
            for a in self.almost
        )
        return (
            *misspelt,
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


def _order(rows: pd.DataFrame) -> NDArray[np.int64]:
    """Return the positions of events by customer, time, sequence and their own order."""
    codes, ids = pd.factorize(rows["customer_id"], use_na_sentinel=False)
    rank = np.empty(len(ids), dtype=np.int32)
    rank[pd.Index(ids).argsort()] = np.arange(len(ids), dtype=np.int32)
    last = np.iinfo(np.int64).max
    time = np.zeros(len(rows), dtype=np.int64)
    if "occurred_at" in rows:
        time = microseconds(rows["occurred_at"])
        time = np.where(time == NO_TIME, last, time)
    sequence = None
    if "sequence" in rows and rows["sequence"].notna().any():
        sequence = rows["sequence"].astype("Int64").to_numpy(dtype=np.int64, na_value=last)
    return journey_order(rank[codes], time, sequence=sequence)


def _looked_up(values: Sequence[str | None], code: NDArray[np.int16]) -> ExtensionArray:
    """Return the text of each code."""
    return pd.array(list(values), dtype="string[pyarrow]").take(code)


def _texts(rows: pd.DataFrame, name: str) -> pd.Series[str]:
    if name in rows:
        return rows[name].astype("string[pyarrow]")
    return pd.Series(None, index=rows.index, dtype="string[pyarrow]")


def _times(rows: pd.DataFrame, name: str) -> pd.Series[pd.Timestamp]:
    if name in rows:
        return pd.to_datetime(rows[name], utc=True).dt.as_unit("us")
    return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
