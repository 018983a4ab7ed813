"""What every customer is likely to bring, and how such forecasts fared: made once, read by many.

Segments and cells only add up what stands here, so that pages about different ones share it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from cjm_research.segmentation.value.forecast import fit_models, learned_chances, model_forecast
from cjm_research.segmentation.value.histories import purchase_days, purchase_histories
from cjm_research.segmentation.value.holdout import judged
from cjm_research.segmentation.value.holdout_result import Fifth, Holdout, Method
from cjm_research.segmentation.value.split import split_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.segmentation.value.histories import PurchaseDays

    Floats = NDArray[np.float64]

YEAR = 365
"""Days that the value of a segment is told for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Foreseen:
    """Forecasts of every customer who has bought, sorted by customer, and their check."""

    customers: pd.DataFrame
    """`customer_id`; ahead: `p_active`, `orders` and `money` by the models over the horizon,
    `year_money`, `learned`, the chance that was learned (NaN without one); on the days held out:
    `was_known`, who had bought before them, `came`, `paid`, and what was expected of those then:
    `expected_chance` by the best method, `expected_money` by the models."""
    check: Holdout

    def chance(self, otherwise: Floats) -> Floats:
        """Return the chance by the best method; `otherwise` where it could not be learned."""
        learned = self._numbers("learned")
        if self.check.best != "learned":
            return self._numbers("p_active")
        return otherwise if np.isnan(learned).all() else learned

    def _numbers(self, column: str) -> Floats:
        return self.customers[column].to_numpy(dtype=np.float64, na_value=np.nan)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per customer; the check goes with it as plain data."""
        frame = self.customers.copy(deep=False)
        frame.attrs = {"check": asdict(self.check)}
        return frame

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Read what `to_frame` gave."""
        plain: dict[str, Any] = dict(frame.attrs["check"])
        plain |= {
            "methods": tuple(Method(**m) for m in plain["methods"]),
            "fifths": tuple(Fifth(**f) for f in plain["fifths"]),
            "window": tuple(plain["window"]),
        }
        return cls(customers=frame, check=Holdout(**plain))


def foreseen(
    orders: pd.DataFrame | PurchaseDays,
    *,
    as_of: pd.Timestamp,
    horizon: int,
    confidence: float = 0.95,
) -> Foreseen:
    """Forecast every customer, and check the forecasts on the newest days.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    as_of : pandas.Timestamp
        The last day.
    horizon : int
        Days ahead, and days that are held out.
    confidence : float, default 0.95
        Of the intervals of the check.

    Raises
    ------
    NoDataError
        If the orders cover less than twice the horizon, or too few customers.
    """
    purchases = purchase_days(orders, as_of=as_of)
    split = split_at(purchases, as_of=as_of, horizon=horizon)
    check = judged(split, horizon=horizon, confidence=confidence)
    table = purchase_histories(purchases, as_of=as_of)
    models = fit_models(table)
    found = model_forecast(table, models, horizon=horizon)
    learned: dict[str, Floats] = {}
    if check.best == "learned":
        learned = learned_chances(purchases, table, as_of=as_of, horizon=horizon)
    nothing = np.full(len(table), np.nan)
    was_known = purchases.days[purchases.starts[:-1]] <= split.last_day
    customers = pd.DataFrame({
        "customer_id": table["customer_id"],
        "p_active": found.p_active,
        "orders": found.orders,
        "money": found.money,
        "year_money": model_forecast(table, models, horizon=YEAR).money,
        "learned": learned.get("learned", nothing),
        "was_known": was_known,
        "came": _laid(split.came, was_known, 0),
        "paid": _laid(split.money, was_known, np.nan),
        "expected_chance": _laid(split.of(check.best).p_active, was_known, np.nan),
        "expected_money": _laid(split.of("model").money, was_known, np.nan),
    })  # fmt: skip
    return Foreseen(customers=customers, check=check)


def _laid(values: NDArray[Any], rows: NDArray[np.bool_], otherwise: float) -> NDArray[Any]:
    """Lay values of some rows among all; both are in the order of the customers."""
    out = np.full(len(rows), otherwise, dtype=values.dtype)
    out[rows] = values
    return out
