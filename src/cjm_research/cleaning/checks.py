"""What a row must and should hold: declared rules, each with its code and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.codes import Code
from cjm_research.cleaning.ledger import Ledger, Outcome
from cjm_research.schema.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

MAIN_TIME = {
    "orders": "ordered_at",
    "events": "occurred_at",
    "feedback": "given_at",
    "exposures": "exposed_at",
    "outcomes": "observed_at",
    "care_contacts": "made_at",
    "deals": "created_at",
    "campaign_totals": "date",
}
"""For each table, the column that says when a row happened.

A row may lack it. A row that gives one which cannot be a time is set aside: counting it at no
time would be as wrong as counting it at any.
"""

_DAY = pd.Timedelta(days=1)
_PREPAID = pd.Timedelta(days=31)
_OLDEST = 110
_LATE = pd.Timedelta(days=400)
PAST = {
    "customers": ("acquired_on", "churned_on", "last_contact_at", "updated_at"),
    "orders": ("delivered_at", "paid_on"),
    "deals": ("closed_at",),
    "feedback": ("first_response_at", "resolved_at"),
}
"""Columns of what has happened: more than a year after all else, it is a slip."""
NPS_SCALE = (0.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A rule over the columns of one table."""

    code: Code
    table: str
    column: str
    """The column that is blamed, and left out where that is the outcome."""
    needs: tuple[str, ...]
    outcome: Outcome
    fails: Callable[[pd.DataFrame], pd.Series]


def _negative_quantity(t: pd.DataFrame) -> pd.Series:
    return (t["quantity"] < 0) & (t["status"] == "completed")


def _negative_amount(t: pd.DataFrame) -> pd.Series:
    return (t["amount"] < 0) & (t["status"] == "completed")


def _delivered_before_ordered(t: pd.DataFrame) -> pd.Series:
    """Allow a day, as many systems keep the day of delivery only."""
    return t["delivered_at"] + _DAY <= t["ordered_at"]


def _closed_before_created(t: pd.DataFrame) -> pd.Series:
    return t["closed_at"] + _DAY <= t["created_at"]


def _ends_before_start(t: pd.DataFrame) -> pd.Series:
    return t["ends_on"] < t["starts_on"]


def _paid_before_ordered(t: pd.DataFrame) -> pd.Series:
    """Allow a prepayment of a month: bills are often paid before the order is booked."""
    early: pd.Series = t["paid_on"] + _PREPAID < t["ordered_at"].dt.tz_localize(None)
    return early


def _resolved_before_given(t: pd.DataFrame) -> pd.Series:
    return t["resolved_at"] + _DAY <= t["given_at"]


def _left_before_came(t: pd.DataFrame) -> pd.Series:
    return t["churned_on"] < t["acquired_on"]


def _discount_above_price(t: pd.DataFrame) -> pd.Series:
    """Compare with the price before the discount: what was paid and the discount together."""
    return (t["discount"] > 0) & (t["amount"] < 0) & (t["status"] == "completed")


def _scale_upside_down(t: pd.DataFrame) -> pd.Series:
    return t["scale_min"] >= t["scale_max"]


def _outside_scale(t: pd.DataFrame) -> pd.Series:
    nothing = pd.Series(np.nan, index=t.index)
    is_nps = t["kind"] == "nps"
    low = t.get("scale_min", nothing).mask(lambda s: s.isna() & is_nps, NPS_SCALE[0])
    high = t.get("scale_max", nothing).mask(lambda s: s.isna() & is_nps, NPS_SCALE[1])
    return (t["score"] < low) | (t["score"] > high)


def _says_nothing(t: pd.DataFrame) -> pd.Series:
    said = [c for c in ("score", "text", "emotion") if c in t]
    return t[said].isna().all(axis=1) if said else pd.Series(data=True, index=t.index)


CHECKS = (
    Check(code=Code.NEGATIVE_QUANTITY, table="orders", column="quantity",
          needs=("quantity", "status"), outcome=Outcome.SET_ASIDE, fails=_negative_quantity),
    Check(code=Code.NEGATIVE_AMOUNT, table="orders", column="amount",
          needs=("amount", "status"), outcome=Outcome.FLAGGED, fails=_negative_amount),
    Check(code=Code.DELIVERED_BEFORE_ORDERED, table="orders", column="delivered_at",
          needs=("delivered_at", "ordered_at"), outcome=Outcome.LEFT_OUT,
          fails=_delivered_before_ordered),
    Check(code=Code.ENDS_BEFORE_START, table="deals", column="closed_at",
          needs=("closed_at", "created_at"), outcome=Outcome.LEFT_OUT,
          fails=_closed_before_created),
    Check(code=Code.ENDS_BEFORE_START, table="contracts", column="ends_on",
          needs=("ends_on", "starts_on"), outcome=Outcome.LEFT_OUT, fails=_ends_before_start),
    Check(code=Code.DISCOUNT_ABOVE_PRICE, table="orders", column="discount",
          needs=("discount", "amount", "status"), outcome=Outcome.FLAGGED,
          fails=_discount_above_price),
    Check(code=Code.PAID_BEFORE_ORDERED, table="orders", column="paid_on",
          needs=("paid_on", "ordered_at"), outcome=Outcome.LEFT_OUT, fails=_paid_before_ordered),
    Check(code=Code.RESOLVED_BEFORE_GIVEN, table="feedback", column="resolved_at",
          needs=("resolved_at", "given_at"), outcome=Outcome.LEFT_OUT,
          fails=_resolved_before_given),
    Check(code=Code.LEFT_BEFORE_CAME, table="customers", column="churned_on",
          needs=("churned_on", "acquired_on"), outcome=Outcome.LEFT_OUT, fails=_left_before_came),
    Check(code=Code.SCALE_UPSIDE_DOWN, table="feedback", column="scale_max",
          needs=("scale_min", "scale_max"), outcome=Outcome.SET_ASIDE, fails=_scale_upside_down),
    Check(code=Code.SCORE_OUTSIDE_SCALE, table="feedback", column="score",
          needs=("score", "kind"), outcome=Outcome.SET_ASIDE, fails=_outside_scale),
    Check(code=Code.EMPTY_FEEDBACK, table="feedback", column="text",
          needs=(), outcome=Outcome.FLAGGED, fails=_says_nothing),
)  # fmt: skip
"""The rules beside types, choices and required columns, which the schema declares."""


def apply_checks(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Check every row: what it must have, the ranges of the schema, then the declared rules."""
    declared = TABLES[ledger.table]
    for name in declared.required:
        if name in frame:
            lacking = frame[name].isna().to_numpy()
            frame = ledger.set_aside(frame, lacking, Code.MISSING_REQUIRED, column=name)
    for column in declared.columns:
        if column.name not in frame or (column.low is None and column.high is None):
            continue
        values = frame[column.name]
        low = -np.inf if column.low is None else column.low
        high = np.inf if column.high is None else column.high
        outside = as_mask((values < low) | (values > high))
        change = ledger.set_aside if column.required else ledger.leave_out
        frame = change(frame, outside, Code.OUT_OF_RANGE, column=column.name)
    for check in CHECKS:
        if check.table == ledger.table and all(c in frame for c in check.needs):
            frame = _apply(check, frame, ledger)
    return frame


def check_days(frame: pd.DataFrame, ledger: Ledger, *, newest: pd.Timestamp | None) -> pd.DataFrame:
    """Check days of birth, and days of what is past, against the newest day of the study's data."""
    if newest is None:
        return frame
    for column in PAST.get(ledger.table, ()):
        if column in frame:
            days = frame[column]
            last = newest + _LATE
            last = last.tz_localize("UTC") if days.dt.tz is not None else last
            frame = ledger.leave_out(frame, as_mask(days > last), Code.FUTURE_DATE, column=column)
    if ledger.table != "customers" or "birth_date" not in frame:
        return frame
    born = frame["birth_date"]
    frame = ledger.leave_out(
        frame, as_mask(born > newest), Code.BIRTH_IN_FUTURE, column="birth_date"
    )
    oldest = newest - pd.DateOffset(years=_OLDEST)
    too_old = as_mask(frame["birth_date"] < oldest)
    return ledger.leave_out(frame, too_old, Code.IMPLAUSIBLE_BIRTH, column="birth_date")


def as_mask(found: pd.Series) -> Mask:
    """Return a condition as a mask; not known is no."""
    return found.fillna(value=False).to_numpy(dtype=bool)


def _apply(check: Check, frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    failed = as_mask(check.fails(frame))
    if check.outcome is Outcome.SET_ASIDE:
        return ledger.set_aside(frame, failed, check.code, column=check.column)
    if check.outcome is Outcome.LEFT_OUT:
        return ledger.leave_out(frame, failed, check.code, column=check.column)
    return ledger.flag(frame, failed, check.code, column=check.column)
