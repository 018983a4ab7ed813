"""What is known of customers apart from what they did: age, time as a customer, contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from cjm_research.segmentation.kernels import codes_of, day_numbers, group_extreme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.segmentation.kernels import Floats


OLDEST = 120
"""Years beyond which a number is no age."""


def person_features(
    tables: Mapping[str, pd.DataFrame],
    known: pd.Index,
    *,
    day: int,
    columns: Mapping[str, object],
) -> dict[str, object]:
    """Return `tenure_days`, `age` and `has_contract`; what was ordered is in `columns`.

    The age is that of the date of birth; where there is none, that which the list gives.
    """
    customers = tables["customers"]
    acquired = day - _dates(customers, known, "acquired_on")
    acquired[acquired < 0] = np.nan
    first = np.asarray(columns.get("first_order_days", np.full(len(known), np.nan)), np.float64)
    return {
        "tenure_days": np.fmax(acquired, first),
        "age": _age(customers, known, day),
        "has_contract": _has_contract(tables, known, day),
    }


def _dates(customers: pd.DataFrame, known: pd.Index, column: str) -> Floats:
    """Return a date of each customer as a day number; NaN where it is not known."""
    if column not in customers or customers.empty:
        return np.full(len(known), np.nan)
    rows = customers[customers["customer_id"].notna()]
    days = day_numbers(rows[column], "UTC")
    return group_extreme(codes_of(rows["customer_id"], known), days, len(known), largest=True)


def _age(customers: pd.DataFrame, known: pd.Index, day: int) -> Floats:
    born = _dates(customers, known, "birth_date")
    out = _age_told(customers, known)
    some = ~np.isnan(born)
    birth = born[some].astype(np.int64).astype("datetime64[D]")
    today = np.datetime64(day, "D")
    years = today.astype("datetime64[Y]") - birth.astype("datetime64[Y]")
    anniversary = birth - birth.astype("datetime64[Y]") > today - today.astype("datetime64[Y]")
    age = years.astype(np.float64) - anniversary
    out[some] = np.where(age >= 0, age, np.nan)
    return out


def _age_told(customers: pd.DataFrame, known: pd.Index) -> Floats:
    """Return the whole years that the customer list gives; NaN where they are no age."""
    out = np.full(len(known), np.nan)
    if "age" not in customers or not is_numeric_dtype(customers["age"]):
        return out
    rows = customers[customers["customer_id"].notna()].drop_duplicates("customer_id")
    codes = codes_of(rows["customer_id"], known)
    years = rows["age"].to_numpy(np.float64, na_value=np.nan)
    out[codes] = np.where((years >= 0) & (years <= OLDEST), np.floor(years), np.nan)
    return out


def _has_contract(
    tables: Mapping[str, pd.DataFrame], known: pd.Index, day: int
) -> pd.Series | None:
    contracts = tables.get("contracts")
    if contracts is not None and len(contracts):
        starts = _days(contracts, "starts_on", -np.inf)
        ends = _days(contracts, "ends_on", np.inf)
        owners = contracts.loc[(starts <= day) & (day <= ends), "customer_id"]
        return pd.Series(known.isin(owners.dropna()), dtype="boolean")
    until = _dates(tables["customers"], known, "contract_until")
    if np.isnan(until).all():
        return None
    return pd.Series(until >= day, dtype="boolean").where(~np.isnan(until), pd.NA)


def _days(contracts: pd.DataFrame, column: str, unknown: float) -> Floats:
    if column not in contracts:
        return np.full(len(contracts), unknown)
    days = day_numbers(contracts[column], "UTC")
    return np.where(np.isnan(days), unknown, days)
