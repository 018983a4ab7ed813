"""What in the events a journey cannot be sure of: times, births, equal stamps, strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cjm_research.journey.log import moment
from cjm_research.journey.ordering import NO_TIME, coded, journey_order, microseconds
from cjm_research.journey.rules import need_events
from cjm_research.results import Finding, Result, Unit
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.journey.rules import EventBuckets

CHECKS = ("no_time", "too_late", "before_birth", "before_acquired", "twice", "tied",
          "unknown_customer", "only_midnight")  # fmt: skip
"""No time at all; from the end of what was watched on; before the customer was born; before
the customer was acquired; one contact that stands in two files, as Metrica's visits and hits do;
same stamp as another event of the customer and no sequence to tell which came first; of a
customer who is in no table; at midnight, as dates without a time are."""
LOOKED_AT = ("customer_id", "name", "occurred_at", "sequence", "event_id", "session_id",
             "source_file")  # fmt: skip
"""Columns of the events that the checks use, where they are there."""
KNOWN_OF = ("customer_id", "birth_date", "acquired_on")
"""Columns of the customers that the checks use, where they are there."""
CLEAR_FROM = 0.01
"""Share of the events from which on a flaw is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFlaw:
    """Events with one flaw."""

    check: str
    events: int
    customers: int
    share: float
    """Of all events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChecks(Result):
    """Flaws of the events, in the order of `CHECKS`; a check without its columns is left out."""

    units: ClassVar[Mapping[str, Unit]] = {
        "log_check": Unit.LABEL,
        "events": Unit.COUNT,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
    }

    flaws: tuple[LogFlaw, ...]
    n_events: int

    def of(self, check: str) -> LogFlaw | None:
        """Return one check; None if it could not be made."""
        return next((f for f in self.flaws if f.check == check), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per check that was made."""
        plain = [(f.check, f.events, f.customers, f.share) for f in self.flaws]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the flaws that touch one event in a hundred or more."""
        return tuple(
            Finding(
                id=f"journey/log_check/{f.check}",
                kind="log_flaw",
                subject={"log_check": f.check},
                estimate=f.share,
                unit=Unit.SHARE,
                n=self.n_events,
                method="count",
                direction="bad",
                customers=f.customers,
                status="shown" if f.share >= CLEAR_FROM else "not_significant",
                values={"flawed": f.events},
            )
            for f in self.flaws
            if f.events
        )


def log_checks(
    events: pd.DataFrame | EventBuckets,
    customers: pd.DataFrame | None = None,
    *,
    observed_until: pd.Timestamp | str | None = None,
    zone: str = "UTC",
) -> LogChecks:
    """Count the events whose place in a journey is doubtful.

    Nothing is changed or left out here: analyses pass over events without a time and from the
    end on, keep the others, and break ties by sequence, then by the order in the table.

    Parameters
    ----------
    events : pandas.DataFrame or EventBuckets
        Canonical events; their buckets bring their customers with them.
    customers : pandas.DataFrame, optional
        Canonical customers: `birth_date` and `acquired_on` are looked at where they exist.
    observed_until : pandas.Timestamp or str, optional
        End of what was watched; the check is left out if absent.
    zone : str, default "UTC"
        Time zone of days and of midnight.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    until = None if observed_until is None else moment(observed_until)
    counts: dict[str, tuple[int, int]] = {}
    n = 0
    for part, known in [(events, customers)] if isinstance(events, pd.DataFrame) else events:
        n += len(part)
        for check, rows in _found(part, known, until, zone).items():
            whose = part["customer_id"].iloc[np.flatnonzero(rows)]
            before = counts.get(check, (0, 0))
            counts[check] = before[0] + len(whose), before[1] + int(whose.nunique())
    return LogChecks(
        flaws=tuple(
            LogFlaw(
                check=check,
                events=counts[check][0],
                customers=counts[check][1],
                share=counts[check][0] / n if n else float("nan"),
            )
            for check in CHECKS
            if check in counts
        ),
        n_events=n,
    )


def _found(
    events: pd.DataFrame, customers: pd.DataFrame | None, until: int | None, zone: str
) -> dict[str, NDArray[np.bool_]]:
    """Return the events with each flaw, of some customers."""
    need_events(events, ("customer_id", "name"))
    found: dict[str, NDArray[np.bool_]] = {}
    stamps = pd.Series(pd.NaT, index=events.index, dtype="datetime64[us, UTC]")
    if "occurred_at" in events:
        stamps = pd.to_datetime(events["occurred_at"], utc=True)
    time = microseconds(stamps)
    has_time = time != NO_TIME
    found["no_time"] = ~has_time
    if until is not None:
        found["too_late"] = has_time & (time >= until)
    local = stamps.dt.tz_convert(zone).dt.tz_localize(None)
    if customers is not None and "customer_id" in customers:
        found |= _against(customers, events["customer_id"], local)
    found["tied"] = _tied(events, time)
    midnight = (local == local.dt.normalize()).to_numpy(dtype=bool)
    found["only_midnight"] = has_time & midnight
    if "source_file" in events:
        found["twice"] = _of_visits(events) | _in_two_files(events, time, has_time & ~midnight)
    return found


def _against(
    customers: pd.DataFrame, whose: pd.Series[str], local: pd.Series[pd.Timestamp]
) -> dict[str, NDArray[np.bool_]]:
    known = customers.drop_duplicates("customer_id").set_index("customer_id")
    number = positions_of(whose, known.index)
    out = {"unknown_customer": number < 0}
    for check, column in (("before_birth", "birth_date"), ("before_acquired", "acquired_on")):
        if column in known and known[column].notna().any():
            days = pd.to_datetime(known[column]).to_numpy(dtype="datetime64[us]")
            own = np.where(number >= 0, days[number], np.datetime64("NaT", "us"))
            out[check] = local.dt.normalize().to_numpy(dtype="datetime64[us]") < own
    return out


def _of_visits(events: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which events are a visit whose own events came in another file."""
    if not {"event_id", "session_id"} <= set(events) or events["source_file"].nunique() < 2:
        return np.zeros(len(events), dtype=bool)
    keys = ["customer_id", "session_id"]
    inside = events.loc[events["session_id"].notna(), [*keys, "source_file"]]
    if inside.empty:
        return np.zeros(len(events), dtype=bool)
    inside = inside.dropna().drop_duplicates()
    pairs = events[["customer_id", "event_id", "source_file"]].reset_index(drop=True)
    pairs = pairs.rename(columns={"event_id": "session_id", "source_file": "own_file"})
    both = pairs.dropna().reset_index(names="row").merge(inside, on=keys)
    is_visit = np.zeros(len(events), dtype=bool)
    is_visit[both.loc[both["source_file"] != both["own_file"], "row"].to_numpy()] = True
    return is_visit


def _in_two_files(
    events: pd.DataFrame, time: NDArray[np.int64], is_timed: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which timed events share customer and stamp with an event of another file."""
    files, _ = pd.factorize(events["source_file"])
    if not len(files) or files.min() == files.max():
        return np.zeros(len(events), dtype=bool)
    keys = pd.DataFrame({"customer": coded(events["customer_id"])[0], "time": time})
    is_timed = is_timed & (keys["customer"] >= 0).to_numpy()
    by = keys.assign(file=files)[is_timed].groupby(["customer", "time"], sort=False)["file"]
    out = np.zeros(len(events), dtype=bool)
    out[is_timed] = (by.transform("min") != by.transform("max")).to_numpy()
    return out


def _tied(events: pd.DataFrame, time: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which events share customer and stamp with another, and no sequence tells them apart."""
    customer = coded(events["customer_id"])[0]
    keys: list[NDArray[np.integer[Any]]] = [time, customer]
    sequence = None
    if "sequence" in events and events["sequence"].notna().any():
        sequence = events["sequence"].astype("Int64").fillna(-1).to_numpy(dtype=np.int64)
        keys.append(sequence)
    order = journey_order(customer + 1, time, sequence=sequence)  # -1 is nobody's
    is_next_same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        placed = key[order]
        is_next_same &= placed[1:] == placed[:-1]
    is_double = np.zeros(len(order), dtype=bool)
    is_double[order[1:][is_next_same]] = True
    is_double[order[:-1][is_next_same]] = True
    is_double &= time != NO_TIME
    return is_double
