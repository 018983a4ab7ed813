"""All that orders allow to say of what comes: each part only where it can be relied on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from cjm_research.errors import NoDataError, SchemaError
from cjm_research.segmentation.abc_xyz import AbcXyz, abc_xyz, abc_xyz_classes
from cjm_research.segmentation.potential import Potential, potential
from cjm_research.segmentation.rfm_moves import RfmMoves, rfm_moves_of
from cjm_research.segmentation.rfm_table import rfm_table
from cjm_research.segmentation.value.affinity import Affinity, affinity
from cjm_research.segmentation.value.churn import Churn, churn
from cjm_research.segmentation.value.cohorts import Cohorts, cohorts
from cjm_research.segmentation.value.customer_value import (
    GroupValues,
    foreseen_values,
    group_values,
)
from cjm_research.segmentation.value.foreseen import Foreseen, foreseen
from cjm_research.segmentation.value.histories import PurchaseDays, purchase_days
from cjm_research.segmentation.value.kinds_bought import Needs, needs_of
from cjm_research.segmentation.value.need_checks import NeedCheck, need_check

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from cjm_research.results import Result
    from cjm_research.segmentation.value.holdout_result import Holdout
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Rfm as RfmPlan

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the outlook is made."""

    as_of: pd.Timestamp
    horizon: int
    confidence: float
    limits: Limits
    rfm: RfmPlan
    window: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Parts that can be told; None for the others, with the reason as a key of the catalogues."""

    check: Holdout | None = None
    groups: GroupValues | None = None
    cohorts: Cohorts | None = None
    churn: Churn | None = None
    need: NeedCheck | None = None
    affinity: Affinity | None = None
    moves: RfmMoves | None = None
    potential: Potential | None = None
    abc: AbcXyz | None = None
    missing: tuple[str, ...] = field(default=())

    @property
    def results(self) -> tuple[Result, ...]:
        """The parts that can be told."""
        parts = (self.groups, self.check, self.cohorts, self.churn, self.need, self.affinity,
                 self.moves, self.potential, self.abc)  # fmt: skip
        return tuple(p for p in parts if p is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where is read what was made before, or is made of some order lines after the other."""

    purchases: Callable[[], PurchaseDays]
    forecasts: Callable[[pd.DataFrame | PurchaseDays], Foreseen]
    needs: Callable[[PurchaseDays | None], Needs]
    """As `needs_of`."""
    ordered: Callable[[pd.Timestamp], pd.DataFrame]
    """As `rfm_table`, of a day."""


def outlook(
    customers: pd.DataFrame,
    orders: pd.DataFrame,
    placed: pd.DataFrame,
    settings: Settings,
    *,
    kept: Kept | None = None,
) -> Outlook:
    """Make every part that the data allow.

    Parameters
    ----------
    customers, orders : pandas.DataFrame
        The canonical tables; where purchases are kept, no order line is needed.
    placed : pandas.DataFrame
        As `place_customers` gives: the cells that forecasts are summed over.
    settings : Settings
        Day, horizon of the forecast, confidence, limits, RFM plan.
    kept : Kept, optional
        Where tables of the same day and settings are read; made here if absent.
    """
    s, missing = settings, []

    def part(name: str, make: Callable[[], Found]) -> Found | None:
        try:
            return make()
        except (NoDataError, SchemaError):
            missing.append(f"outlook.no_{name}")
            return None

    def reliable(name: str, found: Found | None, is_good: bool) -> Found | None:  # noqa: FBT001
        if found is not None and not is_good:
            missing.append(f"outlook.bad_{name}")
            return None
        return found

    common: dict[str, Any] = {"as_of": s.as_of, "confidence": s.confidence}
    kept = kept or Kept(
        purchases=lambda: purchase_days(orders, as_of=s.as_of),
        forecasts=lambda bought: foreseen(bought, horizon=s.horizon, **common),
        needs=lambda days: needs_of(orders, as_of=s.as_of, purchases=days),
        ordered=lambda day: rfm_table(orders, as_of=day),
    )
    days = part("value", kept.purchases)
    bought = orders if days is None else days  # without any, each part says what it lacks
    ahead = part("value", lambda: kept.forecasts(bought))
    check = None if ahead is None else ahead.check
    check = reliable("value", check, check is not None and check.chances_are_reliable)
    groups = None
    if ahead is not None and check is not None:
        if not check.money_is_reliable:
            missing.append("outlook.bad_money")
        groups = group_values(
            foreseen_values(ahead), placed, check, limits=s.limits, confidence=s.confidence
        )
    left = part("churn", lambda: churn(customers, window=s.window, confidence=s.confidence))
    needs = part("need", lambda: kept.needs(days))
    found = part("potential", lambda: potential(bought, limits=s.limits, **common))
    return Outlook(
        check=check,
        groups=groups,
        cohorts=_with_rows(part("cohorts", lambda: cohorts(bought, limits=s.limits, **common))),
        churn=reliable("churn", left, left is not None and left.is_reliable),
        need=None if needs is None else part(
            "need_check", lambda: need_check(needs, horizon=s.horizon, **common)),
        affinity=None if needs is None else affinity(needs, limits=s.limits, **common),
        moves=part("moves", lambda: rfm_moves_of(kept.ordered, s.rfm, limits=s.limits, **common)),
        potential=reliable("potential", found, found is not None and found.is_proved),
        abc=part("abc", lambda: abc_xyz(abc_xyz_classes(bought, as_of=s.as_of), limits=s.limits,
                                        confidence=s.confidence, window=s.window)),
        missing=tuple(dict.fromkeys(missing)),
    )  # fmt: skip


def _with_rows(found: Cohorts | None) -> Cohorts | None:
    return found if found is not None and found.cells else None
