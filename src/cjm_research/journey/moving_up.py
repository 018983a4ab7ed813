"""Who comes back after the first order, and how soon: the step from chance buyer upwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.grouped import (
    GROUP_UNITS,
    NAN,
    GroupShare,
    against_the_rest,
    corrected,
    counted,
    group_finding,
    group_frame,
    group_share,
    one_group_each,
)
from cjm_research.journey.log import in_utc
from cjm_research.journey.order_path import bought_orders, waited
from cjm_research.journey.telling import USUAL, without_small
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.survival import finished_by, kaplan_meier
from cjm_research.store.rows import aligned, positions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjm_research.study.model import Limits

DAYS = (30, 90, 365)
STEPS = {"second_order": 2, "third_order": 3}
"""Steps up the ladder, each from the order before."""
SECONDS_PER_DAY = 86_400
TRAITS = ("category", "cargo_type", "channel")
"""Columns of the first order by which customers are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """One step within so many days, of one group."""

    ladder_step: str
    within_days: float
    group: GroupShare
    n_open: int
    """Customers whose days are not over: in no share."""
    eventual: float
    """Share within these days by Kaplan and Meier, with all customers; NaN for groups, and where
    nobody was watched so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingUp(Result):
    """Share that ordered again within so many days, of those who were watched that long."""

    units: ClassVar[Mapping[str, Unit]] = {
        "ladder_step": Unit.LABEL,
        "within_days": Unit.DAYS,
        **GROUP_UNITS,
        "n_open": Unit.COUNT,
        "eventual": Unit.SHARE,
    }
    shown: ClassVar[tuple[str, ...]] = (
        "ladder_step", "within_days", "n", "share", "low", "high", "eventual", "n_open",
    )  # fmt: skip
    shown_by_trait: ClassVar[tuple[str, ...]] = (
        "trait", "n", "share", "low", "high", "rest", "difference",
    )  # fmt: skip

    rows: tuple[StepUp, ...]
    main_days: float
    """The window in which groups are compared."""
    confidence: float
    limits: Limits = USUAL
    window: tuple[str, str] | None = None
    """First and last day of the data, ISO, which every finding carries."""

    def whole(self) -> MovingUp:
        """Return the rows of all customers."""
        return replace(self, rows=tuple(r for r in self.rows if not r.group.trait))

    def by_trait(self) -> MovingUp:
        """Return the rows of groups, in which the second order is looked at."""
        return replace(self, rows=tuple(r for r in self.rows if r.group.trait))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step, window and group."""
        own = ("ladder_step", "within_days", "n_open", "eventual")
        more = [{c: getattr(r, c) for c in own} for r in self.rows]
        groups = [r.group for r in self.rows]
        frame = group_frame(groups, self.units, more=more, limits=self.limits)
        return without_small(frame, self.limits, n="n", columns=["eventual"])

    def findings(self) -> tuple[Finding, ...]:
        """Return the share that ordered a second time, and the groups that differ in it."""
        return tuple(
            self._finding(r)
            for r in self.rows
            if r.ladder_step == "second_order" and r.within_days == self.main_days and r.group.n
        )

    def _finding(self, row: StepUp) -> Finding:
        found = group_finding(row.group, self, name="moving_up", kind="comes_back",
                              values={"days": row.within_days})  # fmt: skip
        return replace(found, customers=row.group.customers)


def moving_up(
    orders: pd.DataFrame,
    traits: pd.DataFrame | None = None,
    *,
    observed_until: pd.Timestamp | str,
    main_days: float = 90,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> MovingUp:
    """Count who ordered a second and a third time within 30, 90 and 365 days.

    Of a window, only customers count whose order before lies at least so long before the end
    of what was watched: an open window is no "no". Beside it stands Kaplan and Meier's share,
    which uses all of them.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders.
    traits : pandas.DataFrame, optional
        What `first_order_traits` gave: groups whose second order is compared.
    observed_until : pandas.Timestamp or str
        End of what was watched.
    main_days : float, default 90
        The window in which groups are compared; added to the windows if it is another one.
    confidence : float, default 0.95
        Of all intervals.
    limits : Limits
        How many customers a statement needs.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If `main_days` is not above zero.
    NoDataError
        If nobody bought anything before the end.
    """
    if not 0 < main_days < float("inf"):
        raise ParameterError.expected("main_days", "days above zero", got=main_days)
    until, rows = in_utc(observed_until), bought_orders(orders)
    rows = rows.loc[pd.to_datetime(rows["ordered_at"], utc=True) < until]
    if rows.empty:
        raise NoDataError("Nobody can have come back: there is no order with a time.")
    steps: list[StepUp] = []
    for step, number in STEPS.items():
        waits = _waits(rows, number, until)
        windows = sorted({*DAYS, main_days})
        steps += [_all(waits, step, days=days, confidence=confidence) for days in windows]
    if traits is not None:
        waits = _waits(rows, 2, until)
        groups = _by_trait(waits, traits, days=main_days, confidence=confidence)
        steps += [
            StepUp(
                ladder_step="second_order", within_days=main_days, group=g, n_open=0, eventual=NAN
            )
            for g in corrected(groups, limits)
        ]
    return MovingUp(rows=tuple(steps), main_days=main_days, confidence=confidence, limits=limits)


def _waits(rows: pd.DataFrame, number: int, until: pd.Timestamp) -> pd.DataFrame:
    """Return for each customer with the order before: days watched, and days to the order."""
    before, then = waited(rows, number)
    at = pd.to_datetime(rows["ordered_at"], utc=True).array
    since = pd.Series(at[before], index=pd.Index(rows["customer_id"].array[before]))
    watched, took = since.rsub(until), at.take(then, allow_fill=True) - since
    days = {"watched": watched.dt.total_seconds(), "took": took.dt.total_seconds()}
    return pd.DataFrame(days) / SECONDS_PER_DAY


def _all(waits: pd.DataFrame, step: str, *, days: float, confidence: float) -> StepUp:
    is_mature = waits["watched"] >= days
    moved = waits["took"] <= days
    has = waits["took"].notna().to_numpy()
    curve = kaplan_meier(np.where(has, waits["took"], waits["watched"]), has)
    return StepUp(
        ladder_step=step,
        within_days=days,
        group=group_share(
            "", int((moved & is_mature).sum()), int(is_mature.sum()), confidence=confidence
        ),
        n_open=int((~is_mature).sum()),
        eventual=finished_by(curve, days).share,
    )


def _by_trait(
    waits: pd.DataFrame, traits: pd.DataFrame, *, days: float, confidence: float
) -> list[GroupShare]:
    mature = waits.loc[waits["watched"] >= days]
    place = positions_of(mature.index, pd.Index(traits["customer_id"]))
    own = traits.drop(columns="customer_id").take(place).set_axis(mature.index)
    own = own.mask(place < 0) if (place < 0).any() else own
    groups: list[GroupShare] = []
    for column in [c for c in own.columns if not c.startswith("pain ")]:
        known = own[column].notna()
        moved = (mature["took"] <= days)[known]
        found = counted(moved, own.loc[known, column].astype("str"), column=str(column))
        whole = int(moved.sum()), len(moved)
        groups += against_the_rest(found, whole, confidence=confidence)
    for column in [c for c in own.columns if c.startswith("pain ")]:
        known = own[column].notna()
        moved = (mature["took"] <= days)[known]
        named = own.loc[known, column].astype(bool)
        found = {str(column)[5:]: (int(moved[named].sum()), int(named.sum()))}
        groups += against_the_rest(found, (int(moved.sum()), len(moved)), confidence=confidence)
    return groups


def first_order_traits(
    orders: pd.DataFrame,
    *,
    segments: pd.DataFrame | None = None,
    feedback_codes: pd.DataFrame | None = None,
    pain_days: float = 14,
    columns: Sequence[str] = TRAITS,
) -> pd.DataFrame:
    """Return what is known of each customer's first order: groups for `moving_up`.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders.
    segments : pandas.DataFrame, optional
        `customer_id` and `segment`; a customer is in one at most.
    feedback_codes : pandas.DataFrame, optional
        With `customer_id`, `given_at`, `theme`, `theme_kind`. Only texts of the first days
        after the first order and before the second count, so that nobody's pain is told after
        the fact; who wrote none is in no comparison of pains.
    pain_days : float, default 14
        Days after the first order in which a pain counts.
    columns : sequence of str
        Columns of the first order, where the orders have them.

    Returns
    -------
    pandas.DataFrame
        `customer_id`; the columns; `segment`; a column ``pain THEME`` of true, false or
        missing for each pain.
    """
    rows = bought_orders(orders)
    first = rows.loc[rows["number"] == 1].set_index("customer_id")
    out = first[[c for c in columns if c in first and first[c].notna().any()]].copy()
    if segments is not None:
        out["segment"] = aligned(one_group_each(segments), out.index)
    if feedback_codes is not None and len(feedback_codes):
        second = rows.loc[rows["number"] == 2].set_index("customer_id")["ordered_at"]
        early = _early_texts(feedback_codes, first["ordered_at"], second, days=pain_days)
        wrote = out.index.isin(early["customer_id"])
        is_pain = (early["theme_kind"] == "pain").fillna(value=False).astype(bool)
        for theme, told_by in early.loc[is_pain].groupby("theme", observed=True)["customer_id"]:
            named = pd.Series(out.index.isin(told_by), index=out.index, dtype="boolean")
            out[f"pain {theme}"] = named.where(wrote)
    return out.reset_index()


def _early_texts(
    codes: pd.DataFrame, first: pd.Series, second: pd.Series, *, days: float
) -> pd.DataFrame:
    """Return the texts between the first order and the second, of the first days."""
    rows = codes.dropna(subset=["customer_id", "given_at"])
    given = pd.to_datetime(rows["given_at"], utc=True).reset_index(drop=True)
    begin, end = (
        aligned(pd.to_datetime(at, utc=True), rows["customer_id"]).reset_index(drop=True)
        for at in (first, second)
    )
    is_early = (given >= begin) & (given <= begin + pd.Timedelta(days=days))
    return rows.loc[(is_early & (end.isna() | (given < end))).to_numpy(dtype=bool)]
