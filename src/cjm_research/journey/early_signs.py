"""What customers who later left met in their first days, against those who stayed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.coded_events import coded_events
from cjm_research.journey.contacts import contacts
from cjm_research.journey.early_result import EarlySign, EarlySigns
from cjm_research.journey.kernel import opens
from cjm_research.journey.left import has_left
from cjm_research.journey.log import in_utc
from cjm_research.journey.order_path import bought_orders
from cjm_research.journey.ordering import microseconds
from cjm_research.journey.pieces import AT_ONCE
from cjm_research.journey.placing import need, placed
from cjm_research.journey.shares import difference_of_shares
from cjm_research.journey.telling import USUAL
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.store.rows import aligned, positions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjm_research.journey.coded_events import CodedEvents, EventStages
    from cjm_research.journey.log import Codes
    from cjm_research.study.model import Limits

STAGE, TOUCHPOINT, PAIN = "stage", "touchpoint", "pain"
"""Came to a stage; met a touchpoint; named a pain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """The first days that are looked at, and who counts as having left."""

    days: float = 30
    """First days of each customer; what came later tells nothing about them."""
    quiet_days: float = 60
    """Where nobody is known to have left: not seen for so many days at the end is left."""
    observed_until: pd.Timestamp | str | None = None
    """End of what was watched, in UTC if it has no zone; just after the newest event if absent."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whose:
    """Which customers are compared."""

    since: pd.DataFrame | None = None
    """`customer_id` and `began_at`: only these customers, from that moment on, as `first_orders`
    gives them. Who never bought cannot leave. Without it: everybody, from the first event."""
    left: pd.DataFrame | None = None
    """`customer_id` and `left_on` (may be missing) of those who are known to have left; all
    others stayed. Without it, silence at the end counts as having left."""


EVERYBODY = Whose()
"""All customers; the silent have left."""


USUAL_LANDMARK = Landmark()
"""The first month; two silent months."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """Customers with their landmark, and whether they left later."""

    begin: pd.Series
    end: pd.Series
    left: pd.Series[bool]
    n_too_new: int

    def is_early(self, who: Codes, time: Codes) -> NDArray[np.bool_]:
        """Tell which rows are of these customers' first days; `who` is their place among them."""
        if not len(self.left):
            return np.zeros(len(who), dtype=bool)
        begin, end = microseconds(self.begin), microseconds(self.end)
        return np.asarray((who >= 0) & (time >= begin[who]) & (time < end[who]))


def early_signs(
    event_stages: EventStages,
    feedback_codes: pd.DataFrame | None,
    *,
    whose: Whose = EVERYBODY,
    landmark: Landmark = USUAL_LANDMARK,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> EarlySigns:
    """Compare the first days of the customers who later left and of those who stayed.

    Only the first days of a customer are looked at, and only customers who were still there at
    their end: otherwise those who stayed would have met more of everything, because they had
    more time for it.

    Parameters
    ----------
    event_stages : pandas.DataFrame
        What `event_stages` gave.
    feedback_codes : pandas.DataFrame, optional
        Adds pains; of these, only customers who wrote in their first days are compared.
    whose : Whose
        Since when each customer is one, and who left.
    landmark : Landmark
        The first days, the silence, the end.
    confidence : float, default 0.95
        Of Newcombe's intervals; Holm's correction is over all signs.
    limits : Limits
        How many customers, of each of the two groups, a sign needs to be listed.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If the days are not above zero.
    NoDataError
        If nobody left, or nobody stayed, of those who were watched long enough.
    """
    if not (landmark.days > 0 and landmark.quiet_days > 0):
        raise ParameterError.expected("days and quiet_days", "above zero", got=landmark)
    need(event_stages, ("customer_id", "occurred_at", "stage", "touchpoint"), table="event_stages")
    events = coded_events(event_stages)
    group = _groups(events, whose, landmark)
    sizes = int(group.left.sum()), int((~group.left).sum())
    if not all(sizes):
        raise NoDataError(
            f"Nobody to compare: {sizes[0]} customers left and {sizes[1]} stayed, of those who"
            f" were watched for {landmark.days:g} days or longer."
        )
    signs = [*_met(group, events)]
    if feedback_codes is not None and len(feedback_codes):
        signs += _named(group, feedback_codes, events)
    enough = [s for s in signs if limits.level(min(s[2], s[4])) in ("estimates", "claims")]
    rows = [_sign(s, confidence) for s in enough]
    adjusted = adjust_p_values([r.p for r in rows], correction="holm")
    rows = [replace(r, p_adjusted=float(p)) for r, p in zip(rows, adjusted, strict=True)]
    return EarlySigns(
        rows=tuple(sorted(rows, key=lambda r: -abs(r.difference))),
        n_left=sizes[0],
        n_stayed=sizes[1],
        n_too_new=group.n_too_new,
        is_known=whose.left is not None,
        days=landmark.days,
        quiet_days=landmark.quiet_days,
        confidence=confidence,
        limits=limits,
    )


def _groups(events: CodedEvents, whose: Whose, landmark: Landmark) -> _Group:
    left = whose.left
    seen = _seen(events)
    until = seen["max"].max() + pd.Timedelta(microseconds=1)
    if landmark.observed_until is not None:
        until = in_utc(landmark.observed_until)
    if whose.since is not None:
        need(whose.since, ("customer_id", "began_at"), table="since")
        began = whose.since.drop_duplicates("customer_id").set_index("customer_id")["began_at"]
        began = pd.to_datetime(began, utc=True).dropna()
        last = aligned(seen["max"], began.index)
        seen = pd.DataFrame({"min": began, "max": last.where(last > began, began)})
    seen = seen.loc[seen["min"] < until]
    end = seen["min"] + pd.Timedelta(days=landmark.days)
    if left is None:
        quiet = pd.Timedelta(days=landmark.quiet_days)
        gone = seen["max"] < until - quiet
        is_fit = (end <= until - quiet) & (~gone | (seen["max"] >= end))
    else:
        need(left, ("customer_id",), table="left")
        known = left.drop_duplicates("customer_id").set_index("customer_id")
        gone = pd.Series(seen.index.isin(known.index), index=seen.index)
        is_fit = end <= until
        if "left_on" in known:
            on = aligned(pd.to_datetime(known["left_on"], utc=True), seen.index)
            is_fit &= on.isna() | (on >= end)
    return _Group(
        begin=seen.loc[is_fit, "min"],
        end=end[is_fit],
        left=gone[is_fit],
        n_too_new=int((~is_fit).sum()),
    )


def _seen(events: CodedEvents) -> pd.DataFrame:
    """Return the first and the last moment of each customer."""
    order = events.order()
    codes, time = events.customer, events.time
    if order is not None:
        codes, time = codes[order], time[order]
    starts = np.flatnonzero(opens(codes))
    found = {"min": time[starts], "max": time[np.append(starts[1:], len(time)) - 1]}
    stamps = {name: pd.to_datetime(of, unit="us", utc=True) for name, of in found.items()}
    return pd.DataFrame(stamps, index=events.ids[codes[starts]])


_Counted = tuple[tuple[str, str, str, str], int, int, int, int]


def _met(group: _Group, events: CodedEvents) -> Iterator[_Counted]:
    """Count who came to each stage and met each touchpoint, but one that all at a stage met."""
    place = np.append(positions_of(events.ids, group.left.index), -1)  # the last is nobody's
    is_early = np.zeros(len(events), dtype=bool)
    for start in range(0, len(events), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        is_early[rows] = group.is_early(place[events.customer[rows]], events.time[rows])
    early = events.only(is_early)
    met = contacts(early)
    for stage in sorted(early.met("stage")):
        whole = _count((STAGE, stage, "", ""), place[met.at(stage)], group.left)
        yield whole
        for touchpoint in met.touchpoints(stage):
            who = place[met.at(stage, touchpoint)]
            part = _count((TOUCHPOINT, stage, touchpoint, ""), who, group.left)
            if part[1:] != whole[1:]:
                yield part


def _named(group: _Group, feedback_codes: pd.DataFrame, events: CodedEvents) -> Iterator[_Counted]:
    need(feedback_codes, ("theme", "theme_kind", "given_at"), table="feedback_codes")
    told = placed(feedback_codes, events)
    who = positions_of(told["customer_id"], group.left.index)
    rows = np.flatnonzero(group.is_early(who, microseconds(told["given_at"])))
    early = told.iloc[rows].assign(who=who[rows])
    writers = group.left.iloc[np.unique(early["who"])]
    early = early.assign(who=np.unique(early["who"], return_inverse=True)[1])
    pains = early.loc[(early["theme_kind"] == PAIN).fillna(value=False).astype(bool)]
    for theme, whose in pains.groupby("theme", observed=True)["who"]:
        yield _count((PAIN, "", "", str(theme)), whose.to_numpy(), writers)


def _count(name: tuple[str, str, str, str], who: Codes, among: pd.Series[bool]) -> _Counted:
    has = np.zeros(len(among), dtype=bool)
    has[who] = True
    left = among.to_numpy(dtype=bool)
    return (
        name,
        int((has & left).sum()),
        int(left.sum()),
        int((has & ~left).sum()),
        int((~left).sum()),
    )


def _sign(counted: _Counted, confidence: float) -> EarlySign:
    (kind, stage, touchpoint, theme), left, n_left, stayed, n_stayed = counted
    gap = difference_of_shares((left, n_left), (stayed, n_stayed), confidence=confidence)
    return EarlySign(
        kind=kind,
        stage=stage,
        touchpoint=touchpoint,
        theme=theme,
        n_left=n_left,
        n_stayed=n_stayed,
        left=left / n_left,
        stayed=stayed / n_stayed,
        difference=gap.estimate,
        difference_low=gap.low,
        difference_high=gap.high,
        p=gap.p,
        p_adjusted=float("nan"),
    )


def known_to_have_left(customers: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return `customer_id` and `left_on` of the customers whose record says that they left.

    Parameters
    ----------
    customers : pandas.DataFrame, optional
        With any of `status`, `is_churned` and `churned_on`.

    Returns
    -------
    pandas.DataFrame
        None where no record says who left.
    """
    if customers is None or customers.empty:
        return None
    left = has_left(customers)
    if not left.any():
        return None
    on = customers.get("churned_on", pd.Series(pd.NaT, index=customers.index))
    known = pd.DataFrame({"customer_id": customers["customer_id"], "left_on": on})
    return known.loc[left].reset_index(drop=True)


def first_orders(orders: pd.DataFrame) -> pd.DataFrame:
    """Return `customer_id` and `began_at`, the time of the first order of each who bought."""
    rows = bought_orders(orders)
    first = rows.loc[rows["number"] == 1, ["customer_id", "ordered_at"]]
    return first.rename(columns={"ordered_at": "began_at"}).reset_index(drop=True)
