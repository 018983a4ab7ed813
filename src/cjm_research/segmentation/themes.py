"""Who named which pain, need or delight, among those who spoke of that part of the journey.

A customer who was asked about the delivery and one who was asked about the advertising have
not had the same chance to complain of a late courier. So a theme is known of customers whose
feedback was given where the theme belongs, and unknown of all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

PREFIX_OF = {"pain": "pain_", "need_basic": "need_", "need_form": "need_", "delight": "delight_"}
"""Kind of a theme, and how the name of its column begins."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Voices:
    """What one bucket's customers said: who named what, who was asked where."""

    mentions: pd.DataFrame
    """Different `customer_id`, `column` (of the features) and `stage` (of the theme)."""
    asked: pd.DataFrame
    """Different `customer_id` and `touchpoint`."""
    counts: pd.DataFrame
    """`touchpoint`, `stage` and `n`, the rows that name both."""


def heard(rows: pd.DataFrame) -> Voices:
    """Collect the voices of rows of `feedback_codes` that have a customer."""
    texts = {c: _text(rows, c) for c in ("customer_id", "theme", "stage", "touchpoint")}
    prefix = rows["theme_kind"].map(PREFIX_OF)
    table = pd.DataFrame({**texts, "column": prefix.astype("string[pyarrow]") + texts["theme"]})
    named = table.dropna(subset=["column"]).fillna({"stage": ""})
    placed = table.dropna(subset=["touchpoint", "stage"])
    return Voices(
        mentions=named[["customer_id", "column", "stage"]].drop_duplicates(),
        asked=table[["customer_id", "touchpoint"]].fillna({"touchpoint": ""}).drop_duplicates(),
        counts=placed.groupby(["touchpoint", "stage"]).size().rename("n").reset_index(),
    )


def joined(one: Voices | None, other: Voices | None) -> Voices | None:
    """Join the voices of two sets of customers that share none."""
    if one is None or other is None:
        return one if other is None else other
    counts = pd.concat([one.counts, other.counts]).groupby(["touchpoint", "stage"])["n"].sum()
    return Voices(
        mentions=pd.concat([one.mentions, other.mentions]),
        asked=pd.concat([one.asked, other.asked]),
        counts=counts.reset_index(),
    )


def theme_columns(voices: Voices, known: pd.Index) -> dict[str, pd.Series]:
    """Return a three-valued column per theme, in the order of their names.

    The stage of a touchpoint is the stage of most themes named there; feedback whose
    touchpoint is not known may be of any stage.
    """
    ranked = voices.counts.sort_values(["n", "stage"], ascending=[False, True])
    stage_of = ranked.drop_duplicates("touchpoint").set_index("touchpoint")["stage"]
    asked_at = voices.asked["touchpoint"].map(stage_of).astype("string[pyarrow]").fillna("")
    anywhere = _of(known, voices.asked.loc[asked_at == "", "customer_id"])
    columns: dict[str, pd.Series] = {}
    for column, rows in voices.mentions.groupby("column", sort=True):
        stages = rows["stage"].value_counts()
        stage = min(stages.index[stages == stages.max()])
        asked = anywhere | _of(known, voices.asked.loc[asked_at == stage, "customer_id"])
        if not stage:
            asked = _of(known, voices.asked["customer_id"])
        named = _of(known, rows["customer_id"])
        columns[str(column)] = pd.Series(named, dtype="boolean").where(asked | named, pd.NA)
    return columns


def _of(known: pd.Index, customers: pd.Series) -> NDArray[np.bool_]:
    found = np.zeros(len(known), dtype=bool)
    found[known.get_indexer(pd.Index(customers.unique(), dtype=known.dtype))] = True
    return found


def _text(rows: pd.DataFrame, column: str) -> pd.Series:
    if column not in rows:
        return pd.Series(pd.NA, index=rows.index, dtype="string[pyarrow]")
    return rows[column].astype("string[pyarrow]")
