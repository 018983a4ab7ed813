"""Who has left, as the records of customers say it."""

from __future__ import annotations

import pandas as pd


def has_left(customers: pd.DataFrame) -> pd.Series[bool]:
    """Tell of each record whether its status, flag or date says that the customer left.

    Parameters
    ----------
    customers : pandas.DataFrame
        With any of `status`, `is_churned` and `churned_on`.

    Examples
    --------
    >>> has_left(pd.DataFrame({"status": ["lost", None], "churned_on": [None, None]})).tolist()
    [True, False]
    """
    left = pd.Series(data=False, index=customers.index)
    if "status" in customers:
        left |= (customers["status"] == "lost").fillna(value=False).astype(bool)
    if "is_churned" in customers:
        left |= customers["is_churned"].fillna(value=False).astype(bool)
    if "churned_on" in customers:
        left |= customers["churned_on"].notna()
    return left
