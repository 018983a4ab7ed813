"""The newest days held out: forecasts made without them, and what each customer did then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.segmentation.value.forecast import (
    Forecast,
    came_back,
    fit_models,
    learned_chances,
    model_forecast,
    same_as_before,
)
from cjm_research.segmentation.value.histories import (
    PurchaseDays,
    day_of,
    purchase_days,
    purchase_histories,
)
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Split(NamedTuple):
    """Customers known before the days held out: an entry for each in every array."""

    ids: pd.Series
    forecasts: tuple[Forecast, ...]
    came: NDArray[np.bool_]
    """Bought on a day held out."""
    n_days: NDArray[np.float64]
    """Days held out on which they bought."""
    money: NDArray[np.float64]
    """What they paid then."""
    window: tuple[str, str]
    """The days held out."""
    last_day: int
    """The last day before them, in days since 1970."""

    def of(self, method: str) -> Forecast:
        """Return the forecast of one method."""
        return next(f for f in self.forecasts if f.method == method)


def split_at(orders: pd.DataFrame | PurchaseDays, *, as_of: pd.Timestamp, horizon: int) -> Split:
    """Forecast the newest days by every method from the days before.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    as_of : pandas.Timestamp
        The last day.
    horizon : int
        Days that are held out; what came before must be as long at least.

    Raises
    ------
    NoDataError
        If the orders cover less than twice the horizon, or too few customers.
    """
    purchases = purchase_days(orders, as_of=as_of)
    first = as_of - pd.Timedelta(days=horizon)
    split = day_of(first)
    if split - int(purchases.days.min()) < horizon:
        raise NoDataError(
            f"The orders cover less than twice {horizon} days: a forecast of {horizon} days"
            " could not be checked, so none is shown."
        )
    known = purchases.until(split)
    table = purchase_histories(known, as_of=first)
    models = fit_models(table)
    forecasts = [model_forecast(table, models, horizon=horizon),
                 same_as_before(table, horizon=horizon)]  # fmt: skip
    nothing = np.full(len(table), np.nan)
    for name, chance in learned_chances(known, table, as_of=first, horizon=horizon).items():
        forecasts.append(Forecast(method=name, p_active=chance, orders=nothing, money=nothing))
    n_days, money = _later(purchases, known, split)
    return Split(
        ids=known.ids,
        forecasts=tuple(forecasts),
        came=came_back(purchases, known, first=split + 1, last=day_of(as_of)),
        n_days=n_days,
        money=money,
        window=(f"{first + pd.Timedelta(days=1):%Y-%m-%d}", f"{as_of:%Y-%m-%d}"),
        last_day=split,
    )


def _later(
    purchases: PurchaseDays, known: PurchaseDays, split: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return purchase days and money after the split of the customers known by then."""
    at = positions_of(purchases.ids, pd.Index(known.ids))
    inside = (purchases.days > split) & (at[purchases.codes] >= 0)
    codes = at[purchases.codes[inside]]
    n_days = np.bincount(codes, minlength=len(known.ids)).astype(np.float64)
    money = np.bincount(codes, purchases.money[inside], minlength=len(known.ids))
    return n_days, money.astype(np.float64)
