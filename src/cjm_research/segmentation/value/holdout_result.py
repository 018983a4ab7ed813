"""How a forecast fared on days that it had not seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cjm_research.results import Finding, Result, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

WITHIN = 0.2
"""Part by which a total may miss, for a forecast to be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method against what came."""

    method: str
    auc: float
    brier: float
    slope: float
    expected_share: float
    """Mean chance it gave."""
    came_share: float
    """Part of the customers who came."""
    orders: float
    orders_came: float
    money: float
    money_came: float
    is_reliable: bool
    """Its chances may be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fifth:
    """A fifth of the customers by the chance they were given, highest first."""

    fifth: int
    n: int
    expected_share: float
    came_share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout(Result):
    """How forecasts made some days ago fared since."""

    units: ClassVar[Mapping[str, Unit]] = {
        "value_method": Unit.LABEL,
        "auc": Unit.SCORE,
        "brier": Unit.NUMBER,
        "slope": Unit.SCORE,
        "expected_share": Unit.SHARE,
        "came_share": Unit.SHARE,
        "orders_expected": Unit.COUNT,
        "orders_came": Unit.COUNT,
        "money_expected": Unit.MONEY,
        "money_came": Unit.MONEY,
        "is_reliable": Unit.YES_NO,
    }

    methods: tuple[Method, ...]
    fifths: tuple[Fifth, ...]
    """By the chances of the best method."""
    best: str
    """Method with the least error among those relied on, else among all that may be."""
    n_customers: int
    horizon: int
    confidence: float
    window: tuple[str, str]
    """The days that were held out."""

    fifth_units: ClassVar[Mapping[str, Unit]] = {
        "fifth": Unit.LABEL,
        "n": Unit.COUNT,
        "expected_share": Unit.SHARE,
        "came_share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    def method(self, name: str) -> Method:
        """Return one method."""
        return next(m for m in self.methods if m.method == name)

    @property
    def chances_are_reliable(self) -> bool:
        """The chances of the best method may be told."""
        return self.method(self.best).is_reliable

    @property
    def orders_are_reliable(self) -> bool:
        """The model missed the number of purchases by at most a fifth."""
        model = self.method("model")
        return is_near(model.orders, model.orders_came)

    @property
    def money_is_reliable(self) -> bool:
        """The model missed purchases and money by at most a fifth."""
        model = self.method("model")
        return self.orders_are_reliable and is_near(model.money, model.money_came)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per method."""
        named = {"method": "value_method", "orders": "orders_expected", "money": "money_expected"}
        frame = pd.DataFrame([asdict(m) for m in self.methods]).rename(columns=named)
        return frame[list(self.units)]

    def fifths_frame(self) -> pd.DataFrame:
        """Return one row per fifth of the customers."""
        return pd.DataFrame([asdict(f) for f in self.fifths], columns=list(self.fifth_units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how well chances sort customers, and how near the totals came."""
        return (self._chances(), self._money())

    def _chances(self) -> Finding:
        top, bottom = self.fifths[0], self.fifths[-1]
        return Finding(
            id="segmentation/value/chances",
            kind="value_chances",
            subject={},
            estimate=top.came_share,
            low=top.low,
            high=top.high,
            confidence=self.confidence,
            reference=bottom.came_share,
            unit=Unit.SHARE,
            n=self.n_customers,
            method=f"time_split_{self.best}",
            window=self.window,
            status="shown" if self.chances_are_reliable else "not_reliable",
            values={
                "chance": top.expected_share,
                "horizon": self.horizon,
                "bottom": bottom.came_share,
            },
        )

    def _money(self) -> Finding:
        model = self.method("model")
        return Finding(
            id="segmentation/value/totals",
            kind="value_totals",
            subject={},
            estimate=model.money / model.money_came - 1 if model.money_came else float("nan"),
            unit=Unit.POINTS,
            n=self.n_customers,
            customers=0.0,
            method="time_split_model",
            window=self.window,
            status="shown" if self.money_is_reliable else "not_reliable",
            values={"orders": model.orders, "orders_came": model.orders_came,
                    "expected": model.money, "came": model.money_came, "horizon": self.horizon},
        )  # fmt: skip


def is_near(expected: float, came: float) -> bool:
    """Tell whether a total was missed by at most a fifth.

    Examples
    --------
    >>> is_near(1653, 1882), is_near(100, 200), is_near(5, 0)
    (True, False, False)
    """
    return came > 0 and abs(expected / came - 1) <= WITHIN
