"""Whether a statement about so many customers may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.study.model import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cjm_research.results import Status

USUAL = Limits()
"""Limits of a study that sets none."""


def told(limits: Limits, n: float, *, is_clear: bool = True) -> Status:
    """Return the status of a finding: enough customers first, then a clear difference.

    Examples
    --------
    >>> told(USUAL, 500), told(USUAL, 20), told(USUAL, 500, is_clear=False)
    ('shown', 'hidden_small_n', 'not_significant')
    """
    if limits.level(n) != "claims":
        return "hidden_small_n"
    return "shown" if is_clear else "not_significant"


def without_small(
    frame: pd.DataFrame, limits: Limits, *, n: str, columns: Sequence[str]
) -> pd.DataFrame:
    """Return a table whose estimates are missing where too few customers stand behind them.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per estimate.
    limits : Limits
        Estimates are shown from `facts_below` customers on.
    n : str
        Column with the number of customers.
    columns : sequence of str
        Columns with the estimates and their intervals.
    """
    few = [limits.level(count) in ("hidden", "facts") for count in frame[n]]
    out = frame.copy()
    out.loc[few, list(columns)] = float("nan")
    return out
