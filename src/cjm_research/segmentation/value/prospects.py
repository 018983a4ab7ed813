"""What each segment is likely to do next, told only where days held out bear it out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.by_segment import inside_segments
from cjm_research.segmentation.value.foreseen import Foreseen, foreseen
from cjm_research.segmentation.value.holdout_result import is_near
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.results import Status
    from cjm_research.segmentation.value.histories import PurchaseDays
    from cjm_research.study.model import Limits

    Mask = NDArray[np.bool_]


class Memberships(NamedTuple):
    """`customer_id` and `segment` on the day, and on the day before the days held out.

    The check needs the segments of that earlier day: those of today know what came since.
    """

    now: pd.DataFrame
    then: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What one segment is likely to do; NaN where the days held out do not bear it out."""

    segment: str
    n: int
    """Members who have bought."""
    p_active: float
    """Mean chance of a purchase within the horizon."""
    low: float
    high: float
    year_value: float
    """Money of the next year."""
    year_value_low: float
    year_value_high: float
    n_checked: int
    """Members on the earlier day who had bought by then."""
    came_share: float
    """Part of them who bought on the days held out."""
    expected_share: float
    """Part that was expected then."""
    money_came: float
    money_expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospects(Result):
    """The segments of a grouping and what they are likely to do next."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "n": Unit.COUNT,
        "p_active": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "year_value": Unit.MONEY,
        "year_value_low": Unit.MONEY,
        "year_value_high": Unit.MONEY,
        "n_checked": Unit.COUNT,
        "expected_share": Unit.SHARE,
        "came_share": Unit.SHARE,
        "money_expected": Unit.MONEY,
        "money_came": Unit.MONEY,
    }

    grouping: str
    rows: tuple[Prospect, ...]
    p_active_all: float
    """Of all customers who have bought; NaN where the chances are not reliable."""
    horizon: int
    confidence: float
    method: str
    limits: Limits
    checked: tuple[str, str]
    """The days held out."""
    window: tuple[str, str]
    """The days of the horizon."""

    def of(self, segment: str) -> Prospect | None:
        """Return one segment; None if too few of it have bought."""
        return next((r for r in self.rows if r.segment == segment), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the chance and the value of each segment, each with its guard."""
        chances = (self._finding(r, "p_active", (r.p_active, r.low, r.high)) for r in self.rows)
        values = (
            self._finding(r, "value", (r.year_value, r.year_value_low, r.year_value_high))
            for r in self.rows
        )
        return (*chances, *values)

    def _finding(self, row: Prospect, what: str, told: tuple[float, float, float]) -> Finding:
        is_money = what == "value"
        return Finding(
            id=f"segmentation/{what}/grouping={self.grouping}/segment={row.segment}",
            kind=f"segment_{what}",
            subject={"grouping": self.grouping, "segment": row.segment},
            estimate=told[0],
            low=told[1],
            high=told[2],
            confidence=self.confidence,
            reference=None if is_money else self.p_active_all,
            unit=Unit.MONEY if is_money else Unit.SHARE,
            n=row.n,
            customers=float(row.n),
            method="model" if is_money else self.method,
            window=self.window,
            status=self._status(row, told[0]),
            values={"horizon": self.horizon},
        )

    def _status(self, row: Prospect, estimate: float) -> Status:
        if estimate != estimate:
            return "not_reliable"
        return "shown" if self.limits.level(row.n) == "claims" else "hidden_small_n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How prospects are made."""

    grouping: str
    as_of: pd.Timestamp
    horizon: int
    confidence: float
    limits: Limits


def prospects(
    orders: pd.DataFrame | PurchaseDays | Foreseen, members: Memberships, asked: Asked
) -> Prospects:
    """Forecast each segment, and check the forecast on the segments of an earlier day.

    Parameters
    ----------
    orders : pandas.DataFrame, PurchaseDays or Foreseen
        The canonical table, what `purchase_days` made of it, or what `foreseen` made of that
        for the same day, horizon and confidence.
    members : Memberships
        Segments on the day, and `asked.horizon` days before.
    asked : Asked
        Grouping, day, horizon, confidence and limits.

    Raises
    ------
    NoDataError
        If the orders cover less than twice the horizon, or too few customers.

    Notes
    -----
    A chance is told if the method is reliable over all customers (see `holdout`), and the part
    of the segment that was expected is within a fifth of the part that came, or inside its
    interval. A year's value is told if the money expected of the segment on the days held out is
    within a fifth of what came. Its interval is a method of our own: how widely the money of the
    segment's customers lay around the forecast on those days (a ratio by linearisation), with
    the miss itself on its side. It was checked on simulated shops whose next year is known.
    """
    found = orders if isinstance(orders, Foreseen) else foreseen(
        orders, as_of=asked.as_of, horizon=asked.horizon, confidence=asked.confidence
    )  # fmt: skip
    table, check = found.customers, found.check
    chance = found.chance(_numbers(table, "p_active"))
    money = _numbers(table, "year_money")
    was_known = table["was_known"].to_numpy(dtype=bool)
    ids = table["customer_id"]
    before = dict(inside_segments(ids, members.then))
    nobody = np.zeros(len(ids), dtype=bool)
    rows = []
    for segment, now in inside_segments(ids, members.now):
        then = before.get(segment, nobody) & was_known
        if asked.limits.level(int(now.sum())) in ("hidden", "facts"):
            continue
        rows.append(_row(segment, (chance[now], money[now]), _past(found, then), asked))
    first = pd.Timestamp(check.window[1]) + pd.Timedelta(days=1)
    last = first + pd.Timedelta(days=asked.horizon - 1)
    return Prospects(
        grouping=asked.grouping,
        rows=tuple(sorted(rows, key=lambda r: (-r.n, r.segment))),
        p_active_all=float(chance.mean()) if check.chances_are_reliable else float("nan"),
        horizon=asked.horizon,
        confidence=asked.confidence,
        method=f"time_split_{check.best}",
        limits=asked.limits,
        checked=check.window,
        window=(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"),
    )


class _Past(NamedTuple):
    """What was expected of a segment on the days held out, and what came."""

    n: int
    came: int
    expected: float
    chances_hold: bool
    money: float
    money_expected: float
    spread: float
    """Standard error of money to money expected."""
    miss: float


def _past(found: Foreseen, inside: Mask) -> _Past:
    """Sum over the members of a segment on the earlier day."""
    rows = found.customers[inside]
    n, came = len(rows), int(rows["came"].sum())
    expected, model = _numbers(rows, "expected_chance"), _numbers(rows, "expected_money")
    money = _numbers(rows, "paid")
    total, paid = float(model.sum()), float(money.sum())
    ratio = paid / total if total > 0 else np.nan
    apart = money - ratio * model
    return _Past(
        n, came, float(expected.mean()) if n else np.nan, found.check.chances_are_reliable, paid,
        total, float(np.sqrt(np.square(apart).sum()) / total) if total > 0 else np.nan, ratio - 1,
    )  # fmt: skip


def _numbers(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    return table[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _row(
    segment: str,
    now: tuple[NDArray[np.float64], NDArray[np.float64]],
    past: _Past,
    asked: Asked,
) -> Prospect:
    chance, money = now
    z = float(special.ndtri((1 + asked.confidence) / 2))
    nothing = (np.nan, np.nan, np.nan)
    known = asked.limits.is_enough(past.n)
    share = past.came / past.n if past.n else np.nan
    low, high = wilson_interval(past.came, max(past.n, 1), confidence=asked.confidence)
    holds = is_near(past.expected, share) or bool(low <= past.expected <= high)
    mean, margin = chance.mean(), z * np.sqrt((chance * (1 - chance)).sum()) / len(chance)
    told = (mean, max(mean - margin, 0.0), min(mean + margin, 1.0))
    value = float(money.sum())
    below, above = min(past.miss, 0.0) - z * past.spread, max(past.miss, 0.0) + z * past.spread
    worth = (value, max(value * (1 + below), 0.0), value * (1 + above))
    told = told if known and past.chances_hold and holds else nothing
    worth = worth if known and is_near(past.money_expected, past.money) else nothing
    return Prospect(
        segment=segment, n=len(chance), p_active=float(told[0]), low=float(told[1]),
        high=float(told[2]), year_value=worth[0], year_value_low=worth[1], year_value_high=worth[2],
        n_checked=past.n, came_share=share, expected_share=past.expected,
        money_came=past.money, money_expected=past.money_expected,
    )  # fmt: skip
