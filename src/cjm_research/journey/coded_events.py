"""Event stages as numbers: one reading of them serves every analysis of a report."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import pandas as pd

from cjm_research.journey.ordering import NO_TIME, coded, journey_order, microseconds
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Few = NDArray[np.signedinteger[Any]]

NAMED = ("stage", "touchpoint", "channel")
"""Columns of names; of any other an analysis of many events knows nothing."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodedEvents:
    """Rows of event stages in the order of their table, each name and customer as a number.

    It is never changed: what analyses make of it is kept and made once.
    """

    customer: NDArray[np.int32]
    """Number in `ids`; -1 for none."""
    time: Codes
    """Microseconds since 1970, UTC; `NO_TIME` for none."""
    codes: Mapping[str, Few]
    """Of those of `NAMED` that the table has: number in its `names`; -1 for none."""
    names: Mapping[str, tuple[str, ...]]
    ids: pd.Index
    """Customers; may hold some who have no row."""
    columns: tuple[str, ...]
    """Columns that the table has."""
    sequence: Codes | None = None
    """Breaks ties of one customer's equal stamps; None where nothing does."""
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.customer)

    def __contains__(self, column: str) -> bool:
        """Tell whether the table has a column."""
        return column in self.columns

    @property
    def empty(self) -> bool:
        """Whether there is no event."""
        return not len(self)

    @property
    def n_customers(self) -> int:
        """Customers who have an event."""
        return int((self.per_customer > 0).sum())

    @property
    def per_customer(self) -> Codes:
        """Events of each customer."""

        def counted() -> Codes:
            return np.bincount(_known(self.customer), minlength=len(self.ids))

        return self.kept("per customer", counted)

    @property
    def window(self) -> tuple[int, int] | None:
        """Microseconds of the first and of the last event; None where no event has a time."""

        def found() -> tuple[int, int] | None:
            last = int(self.time.max(initial=NO_TIME))
            first = int(self.time.min(initial=last))
            if first == NO_TIME and last > NO_TIME:
                first = int(self.time[self.time != NO_TIME].min())
            return (first, last) if last > NO_TIME else None

        return self.kept("window", found)

    def kept(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under a name, or make it."""
        if name not in self._kept:
            self._kept[name] = make()
        made: Made = self._kept[name]
        return made

    def met(self, column: str, rows: NDArray[np.bool_] | None = None) -> tuple[str, ...]:
        """Return the names of a column that events have; of some events only if these are told."""
        codes = self.codes[column] if rows is None else self.codes[column][rows]
        n = np.bincount(_known(codes), minlength=len(self.names[column]))
        return tuple(name for name, k in zip(self.names[column], n.tolist(), strict=True) if k)

    def of(self, customers: Collection[object]) -> Self:
        """Return the events of some customers only."""
        chosen = pd.Index(pd.array(list(customers), dtype="string[pyarrow]").dropna().unique())
        is_asked = np.zeros(len(self.ids) + 1, dtype=bool)
        is_asked[:-1] = positions_of(self.ids, chosen) >= 0
        return self.only(is_asked[self.customer])

    def before(self, end: int) -> Self:
        """Return the events before a moment in microseconds, and those without a time."""
        if self.window is None or self.window[1] < end:  # mostly nothing is left out
            return self
        return self.kept(("before", end), lambda: self.only(self.time < end))

    def since(self, first: int) -> Self:
        """Return the events from a moment in microseconds on; those without a time are not."""
        return self.only((self.time >= first) & (self.time != NO_TIME))

    def only(self, rows: NDArray[np.bool_] | Codes) -> Self:
        """Return some of the events: those that are true, or those at positions."""
        at = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(
            self,
            customer=self.customer[at],
            time=self.time[at],
            codes={c: of[at] for c, of in self.codes.items()},
            sequence=None if self.sequence is None else self.sequence[at],
        )

    def order(self) -> Codes | None:
        """Return the positions of the timed events of customers; None if they stand so already.

        By customer, then time and sequence; events with equal stamps keep their order.
        """

        def ordered() -> Codes | None:
            has_no_time = self.window is None or bool((self.time == NO_TIME).any())
            if has_no_time or (self.customer < 0).any():
                at = np.flatnonzero((self.time != NO_TIME) & (self.customer >= 0))
            elif self.sequence is None and _rise(self.customer, self.time):
                return None
            else:
                at = np.arange(len(self))
            ties = None if self.sequence is None else self.sequence[at]
            return at[journey_order(self.customer[at], self.time[at], sequence=ties)]

        return self.kept("order", ordered)


EventStages = pd.DataFrame | CodedEvents
"""What `event_stages` gave, or what `coded_events` made of it."""


def coded_events(event_stages: EventStages | Iterable[pd.DataFrame]) -> CodedEvents:
    """Return event stages as numbers.

    Parameters
    ----------
    event_stages : pandas.DataFrame, CodedEvents or iterable of pandas.DataFrame
        What `event_stages` gave; or its buckets, one after the other, of which no two share a
        customer. A column that is not there is not there afterwards.
    """
    if isinstance(event_stages, CodedEvents):
        return event_stages
    frames = [event_stages] if isinstance(event_stages, pd.DataFrame) else event_stages
    parts = [_coded(frame) for frame in frames]
    return parts[0] if len(parts) == 1 else _joined(parts)


def _coded(frame: pd.DataFrame) -> CodedEvents:
    n = len(frame)
    customer = np.full(n, -1, dtype=np.int32)
    ids: pd.Index[Any] = pd.Index([], dtype="string[pyarrow]")
    time = np.full(n, NO_TIME)
    if "customer_id" in frame:
        customer, ids = coded(frame["customer_id"])
    if "occurred_at" in frame:
        time = microseconds(frame["occurred_at"])
    codes, names = {}, {}
    for column in NAMED:
        if column in frame:
            numbers, found = coded(frame[column])
            names[column] = tuple(str(name) for name in found)
            codes[column] = numbers.astype(_width(len(found)), copy=False)
    return CodedEvents(
        customer=customer, time=time, codes=codes, names=names, ids=ids,
        columns=tuple(str(c) for c in frame.columns), sequence=sequence_of(frame),
    )  # fmt: skip


def sequence_of(events: pd.DataFrame) -> Codes | None:
    """Return the sequence of events as whole numbers; who has none comes last."""
    if "sequence" not in events or events["sequence"].isna().all():
        return None
    last = np.iinfo(np.int64).max
    whole = events["sequence"].astype("Int64").to_numpy(dtype=np.int64, na_value=last)
    return np.asarray(whole, dtype=np.int64)


def _joined(parts: list[CodedEvents]) -> CodedEvents:
    """Put the events of different customers one below the other; each part is let go."""
    first = parts[0]
    names = {c: tuple(dict.fromkeys(n for p in parts for n in p.names[c])) for c in first.names}
    ids: pd.Index[Any] = pd.Index(pd.concat([pd.Series(p.ids) for p in parts]), name=None)
    n = sum(map(len, parts))
    customer, time = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int64)
    codes = {c: np.empty(n, dtype=_width(len(of))) for c, of in names.items()}
    place = {c: {name: i for i, name in enumerate(of)} for c, of in names.items()}
    begin = before = 0
    for i, part in enumerate(parts):
        rows = slice(begin, begin + len(part))
        np.add(part.customer, before, out=customer[rows], where=part.customer >= 0)
        customer[rows][part.customer < 0] = -1
        time[rows] = part.time
        for c, of in codes.items():
            of[rows] = np.array([*(place[c][name] for name in part.names[c]), -1])[part.codes[c]]
        begin, before = rows.stop, before + len(part.ids)
        parts[i] = None  # type: ignore[call-overload]
    return CodedEvents(
        customer=customer, time=time, codes=codes, names=names, ids=ids, columns=first.columns
    )


def _width(n: int) -> type[np.signedinteger[Any]]:
    return np.int8 if n < 128 else np.int16 if n < 32_768 else np.int32


def _known(codes: Few) -> Few:
    is_known = codes >= 0
    return codes if is_known.all() else codes[is_known]


def _rise(customer: NDArray[np.int32], time: Codes) -> bool:
    """Tell whether customers rise, and the times of each."""
    if not (customer[1:] >= customer[:-1]).all():
        return False
    return bool(((time[1:] >= time[:-1]) | (customer[1:] != customer[:-1])).all())
