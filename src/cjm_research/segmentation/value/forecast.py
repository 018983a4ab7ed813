"""What each customer is likely to buy in the next days, by several methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.segmentation.value.histories import PurchaseDays, day_of, purchase_histories
from cjm_research.segmentation.value.purchases import (
    Histories,
    PurchaseModel,
    expected_purchases,
    fit_purchases,
    histories,
    p_active,
)
from cjm_research.segmentation.value.scoring import logistic
from cjm_research.segmentation.value.spend import SpendModel, expected_spend, fit_spend
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS = ("n_repeats", "last_days", "observed_days")
FEWEST = 50
"""Customers that a forecast needs."""
_KNOWN = 0.5
"""Part of a purchase that a customer without a repeat is given in the own rate."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """One method's forecast: an entry for each customer; NaN where it says nothing."""

    method: str
    p_active: Floats
    """Chance of a purchase in the next days."""
    orders: Floats
    """Mean number of days with a purchase."""
    money: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Models fitted on histories in days."""

    purchases: PurchaseModel
    spend: SpendModel | None
    """None where too few purchases of known worth were repeated."""


def fit_models(table: pd.DataFrame) -> Models:
    """Fit both purchase models and keep the likelier, then the worth of purchases.

    Raises
    ------
    NoDataError
        With fewer than `FEWEST` customers, or when nobody bought twice.
    """
    if len(table) < FEWEST or not (table["n_repeats"] > 0).any():
        raise NoDataError(
            f"A forecast needs {FEWEST} customers, some of whom bought twice;"
            f" there are {len(table)}."
        )
    data = _rows(table, together=True)
    fitted = [fit_purchases(data, kind=kind) for kind in ("mbg_nbd", "bg_nbd")]
    try:
        spend = fit_spend(table["n_repeats"], table["repeat_value"])
    except NoDataError:
        spend = None
    return Models(purchases=max(fitted, key=lambda m: (m.is_settled, m.log_likelihood)),
                  spend=spend)  # fmt: skip


def model_forecast(table: pd.DataFrame, models: Models, *, horizon: int) -> Forecast:
    """Forecast by the purchase and spend models.

    Parameters
    ----------
    table : pandas.DataFrame
        As `purchase_histories` gives.
    models : Models
        As `fit_models` gives.
    horizon : int
        Days ahead.
    """
    _check(horizon)
    data = _rows(table, together=False)
    orders = expected_purchases(models.purchases, data, time=horizon)
    worth = np.full(len(table), np.nan)
    if models.spend is not None:
        worth = expected_spend(models.spend, table["n_repeats"], table["repeat_value"])
    return Forecast(
        method="model",
        p_active=p_active(models.purchases, data, time=horizon),
        orders=orders,
        money=orders * worth,
    )


def same_as_before(table: pd.DataFrame, *, horizon: int) -> Forecast:
    """Forecast that everybody goes on at the own rate: the naive way."""
    _check(horizon)
    rate = (table["n_repeats"].to_numpy() + _KNOWN) / (table["observed_days"].to_numpy() + 30)
    orders = table["n_repeats"].to_numpy() / np.maximum(table["observed_days"].to_numpy(), 30)
    value = table["repeat_value"].fillna(0.0).to_numpy()
    return Forecast(
        method="same_as_before",
        p_active=-np.expm1(-rate * horizon),
        orders=orders * horizon,
        money=orders * horizon * value,
    )


def learned_chances(
    purchases: PurchaseDays, table: pd.DataFrame, *, as_of: pd.Timestamp, horizon: int
) -> dict[str, Floats]:
    """Return chances learned from the `horizon` days before: who came then, among those before.

    Returns
    -------
    dict of str to array
        ``learned`` (number, time since the last, time since the first, own gap), ``recency``
        (time since the last alone), ``base`` (the share that came). Empty if nobody had bought by
        then, or all or none came.
    """
    _check(horizon)
    split = day_of(as_of) - horizon
    if not (purchases.days <= split).any():
        return {}
    past = purchases.until(split)
    came = came_back(purchases, past, first=split + 1, last=day_of(as_of))
    if came.all() or not came.any() or len(came) < FEWEST:
        return {}
    then = _design(purchase_histories(past, as_of=as_of - pd.Timedelta(days=horizon)))
    now = _design(table)
    found = {"base": np.full(len(table), came.mean())}
    for name, columns in (("learned", [0, 1, 2, 3]), ("recency", [1])):
        centre, scale = then[:, columns].mean(axis=0), then[:, columns].std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        beta = logistic((then[:, columns] - centre) / scale, came.astype(np.float64), penalty=1.0)
        eta = beta[0] + (now[:, columns] - centre) / scale @ beta[1:]
        found[name] = special.expit(eta)
    return found


def came_back(
    purchases: PurchaseDays, known: PurchaseDays, *, first: int, last: int
) -> NDArray[np.bool_]:
    """Tell, for each customer of `known`, whether a purchase lies between two days."""
    inside = (purchases.days >= first) & (purchases.days <= last)
    seen = np.bincount(purchases.codes[inside], minlength=len(purchases.ids)) > 0
    return rows_of(known.ids, purchases.ids[seen])


def _design(table: pd.DataFrame) -> Floats:
    n, last, age = (table[c].to_numpy(np.float64) for c in COLUMNS)
    gap = np.where(n > 0, last / np.maximum(n, 1), age)
    design: Floats = np.log1p(np.column_stack([n, age - last, age, gap]))
    return design


def _rows(table: pd.DataFrame, *, together: bool) -> Histories:
    n, last, age = (table[c].to_numpy(np.float64) for c in COLUMNS)
    return histories(n, last, age) if together else Histories(n, last, age, np.ones(len(table)))


def _check(horizon: int) -> None:
    if horizon < 1:
        raise ParameterError.expected("horizon", "at least 1 day", got=horizon)
