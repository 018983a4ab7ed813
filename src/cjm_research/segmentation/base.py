"""All that is known of each customer in one table: the base that segments are drawn from."""

from __future__ import annotations

import pandas as pd

from cjm_research.schema.tables import TABLES
from cjm_research.segmentation.codes import positions_among

PERSONAL = frozenset(c.name for t in TABLES.values() for c in t.columns if c.personal)
"""Columns that name a person; no trait is made of them."""

FOR_RULES_ONLY = frozenset(["birth_date"])
"""Personal columns that a rule may look at, since it tells only who is in a segment."""

_BOOKKEEPING = frozenset(
    ["source_file", "source_line", "source_customer_id", "id_is_generated", "updated_at"]
)


def customer_table(customers: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Join what was declared of customers to what they did; one row per row of `features`.

    Columns that name a person are left out; a column of both tables is that of `features`. A
    customer who stands twice in `customers` counts as the first row.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["b"], "name": ["Мария"], "city": ["Уфа"]})
    >>> features = pd.DataFrame({"customer_id": ["a", "b"], "revenue": [1.0, 2.0]})
    >>> customer_table(customers, features).values.tolist()
    [['a', 1.0, nan], ['b', 2.0, 'Уфа']]
    """
    kept = {"customer_id"}
    left_out = (PERSONAL - FOR_RULES_ONLY) | _BOOKKEEPING | (set(map(str, features)) - kept)
    named = [c for c in map(str, customers.columns) if c not in left_out | kept]
    at = positions_among(features["customer_id"], customers["customer_id"])
    own = customers[named].reset_index(drop=True).reindex(at)  # -1 is no row: nothing is known
    return pd.concat([features.reset_index(drop=True), own.reset_index(drop=True)], axis=1)
