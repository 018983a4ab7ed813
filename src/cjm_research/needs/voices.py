"""Who said what: one row per customer and theme, interviews apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.errors import SchemaError
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_NEEDED = ("feedback_id", "customer_id", "kind", "content", "theme", "is_double")
INTERVIEW = "interview"


@dataclass(frozen=True, slots=True)
class Voices:
    """Customers with a text that says something, and the themes that each of them names."""

    units: pd.Index
    """Customers; feedback without a customer is a customer of its own (``#FEEDBACK``)."""
    weights: NDArray[np.float64]
    """Of each unit, averaging 1."""
    said: pd.DataFrame
    """One row per sentence and theme: the columns of `feedback_codes`, and `unit`, its number."""

    def named(self, themes: Iterable[str]) -> NDArray[np.float64]:
        """Return 1 where a unit names a theme, shape (units, themes), weighted."""
        names = pd.Index(list(themes))
        hits = np.zeros((len(self.units), len(names)))
        rows = self.said.loc[self.said["theme"].isin(names), ["unit", "theme"]]
        hits[rows["unit"].to_numpy(), names.get_indexer(pd.Index(rows["theme"]))] = 1.0
        return hits * self.weights[:, None]

    def among(self, customers: pd.Series[str]) -> NDArray[np.bool_]:
        """Tell for each unit whether it is one of these customers."""
        return rows_of(pd.Series(self.units), customers)


def voices(codes: pd.DataFrame) -> Voices:
    """Gather what customers wrote, without interviews, doubles and answers that say nothing.

    Raises
    ------
    SchemaError
        If a column of `feedback_codes` is missing.
    """
    return _gathered(codes, of_interviews=False)


def interviews(codes: pd.DataFrame) -> Voices:
    """Gather what was said in interviews: a unit is an interview, else a customer interviewed."""
    return _gathered(codes, of_interviews=True)


def _gathered(codes: pd.DataFrame, *, of_interviews: bool) -> Voices:
    for column in _NEEDED:
        if column not in codes:
            found = list(codes.columns)
            raise SchemaError.missing_column(column, table="feedback_codes", found=found)
    is_interview = codes["kind"].eq(INTERVIEW).fillna(value=False)
    kept = (is_interview == of_interviews) & (codes["content"] != "none") & ~codes["is_double"]
    said = codes.loc[kept.to_numpy(dtype=bool)].copy()
    unit = said["customer_id"].fillna("#" + said["feedback_id"])
    if of_interviews and "interview" in said:
        unit = said["interview"].fillna(unit)
    numbers, units = pd.factorize(unit, sort=True)
    said["unit"] = numbers
    weights = np.ones(len(units))
    if "weight" in said and said["weight"].notna().any():
        mean = said["weight"].fillna(1.0).groupby(numbers).mean().sort_index().to_numpy()
        weights = mean / mean.mean()
    return Voices(pd.Index(np.asarray(units, dtype=object)), weights, said)
