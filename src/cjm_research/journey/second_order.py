"""One-time buyers, and whether it is time for their second order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.journey.log import in_utc
from cjm_research.journey.order_path import bought_orders, waited
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits

STATES = ("early", "due", "overdue")
"""Less than the usual wait; from its half to its last tenth; longer than nine in ten waited."""
DUE_FROM, DUE_UNTIL = 0.5, 0.9
"""Shares of those who came back that had done so by then."""
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSecond(Result):
    """One-time buyers by how long ago they bought, against those who came back."""

    units: ClassVar[Mapping[str, Unit]] = {
        "due_state": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
    }

    counts: tuple[int, int, int]
    """Customers in each of `STATES`."""
    due_from: float
    """Days after which half of those who came back had done so."""
    due_until: float
    """Days after which nine in ten of them had."""
    n_returned: int
    limits: Limits = USUAL

    @property
    def n_one_time(self) -> int:
        """Customers with one order."""
        return sum(self.counts)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per state."""
        n = self.n_one_time
        plain = [(s, c, c / n if n else float("nan"))
                 for s, c in zip(STATES, self.counts, strict=True)]  # fmt: skip
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how many are due."""
        n, due = self.n_one_time, self.counts[1]
        if not n:
            return ()
        return (
            Finding(
                id="journey/second_order_due",
                kind="second_order_due",
                subject={},
                estimate=due / n,
                unit=Unit.SHARE,
                n=n,
                method="count; waits of those who came back",
                customers=due,
                status=told(self.limits, min(n, self.n_returned)),
                values={"due": due, "due_from": self.due_from, "due_until": self.due_until},
            ),
        )


def one_time_buyers(orders: pd.DataFrame, *, observed_until: pd.Timestamp | str) -> pd.DataFrame:
    """Return the customers with one order, and whether a second one is due.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders.
    observed_until : pandas.Timestamp or str
        End of what was watched; later orders are left out.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `ordered_at`, `days_since`, `due_state`, the longest due first within
        each state; a list for care, not for a page.

    Raises
    ------
    NoDataError
        If nobody has come back yet: nothing tells how long that takes.
    """
    waits = _waits(orders, in_utc(observed_until))
    due_from, due_until = _usual(waits)
    once = waits.loc[waits["took"].isna()].copy()
    once["due_state"] = pd.array(
        np.select([once["watched"] < due_from, once["watched"] <= due_until], STATES[:2],
                  default=STATES[2]), dtype="string[pyarrow]",
    )  # fmt: skip
    once = once.rename(columns={"watched": "days_since"}).drop(columns="took")
    return once.sort_values(["due_state", "days_since"], ascending=[True, False], kind="stable",
                            ignore_index=True)  # fmt: skip


def due_second(
    orders: pd.DataFrame, *, observed_until: pd.Timestamp | str, limits: Limits = USUAL
) -> DueSecond:
    """Count the one-time buyers for whom a second order is early, due and overdue.

    A second order is due from the day by which half of those who came back had done so until
    the day by which nine in ten had. It is a count of who waits, not a forecast.

    Raises
    ------
    NoDataError
        If nobody has come back yet.
    """
    waits = _waits(orders, in_utc(observed_until))
    due_from, due_until = _usual(waits)
    found = one_time_buyers(orders, observed_until=observed_until)["due_state"].value_counts()
    early, due, overdue = (int(found.get(s, 0)) for s in STATES)
    return DueSecond(
        counts=(early, due, overdue),
        due_from=due_from,
        due_until=due_until,
        n_returned=int(waits["took"].notna().sum()),
        limits=limits,
    )


def _waits(orders: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    rows = bought_orders(orders)
    rows = rows.assign(ordered_at=pd.to_datetime(rows["ordered_at"], utc=True))
    rows = rows.loc[(rows["ordered_at"] < until) & (rows["number"] <= 2)]
    before, second = waited(rows, 2)
    first = rows[["customer_id", "ordered_at"]].iloc[before].reset_index(drop=True)
    then = pd.Series(rows["ordered_at"].array.take(second, allow_fill=True))
    watched = first["ordered_at"].rsub(until).dt.total_seconds() / SECONDS_PER_DAY
    took = (then - first["ordered_at"]).dt.total_seconds() / SECONDS_PER_DAY
    return first.assign(watched=watched, took=took)


def _usual(waits: pd.DataFrame) -> tuple[float, float]:
    took = waits["took"].dropna()
    if took.empty:
        raise NoDataError("Nobody has ordered a second time yet: nothing tells when it is due.")
    return float(took.quantile(DUE_FROM)), float(took.quantile(DUE_UNTIL))
