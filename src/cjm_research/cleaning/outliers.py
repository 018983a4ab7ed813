"""Values far from all others and units that do not fit together: pointed out, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.cleaning.checks import as_mask
from cjm_research.cleaning.codes import Code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.cleaning.ledger import Ledger

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]

LOOKED_AT = {
    "orders": ("amount", "quantity", "weight", "cost"),
    "deals": ("amount",),
    "events": ("value",),
    "customers": ("annual_revenue", "employees", "sites"),
}
"""Columns where a value of another order of magnitude is worth a look."""

FENCE = 6.0
"""Distance from the median, in robust standard deviations of the logarithm, of an outlier: under
a log-normal law one value in 500 million."""

_FEWEST = 50
_LEAST_SPREAD = 1 / FENCE  # less than a factor of ten is no other order of magnitude
_FEWEST_BY_FILE = 30
_DECADES = 1.3
"""Powers of ten between two files' medians that no business explains: kopecks, thousands."""


def outlying(values: Floats) -> Mask:
    """Tell which positive values are of another order of magnitude than the rest.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
        Amounts, weights; NaN, zero and negative ones are never outliers here.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        All false with fewer than 50 positive values.

    References
    ----------
    Leys C. et al. (2013). Detecting outliers: do not use standard deviation around the mean, use
    absolute deviation around the median. doi:10.1016/j.jesp.2013.03.013

    Examples
    --------
    >>> outlying(np.array([10.0, 12.0] * 40 + [1_000_000.0]))[-2:].tolist()
    [False, True]
    """
    positive = values > 0
    found = np.zeros(len(values), dtype=bool)
    if positive.sum() < _FEWEST:
        return found
    logs = np.log10(values[positive])
    middle = np.median(logs)
    spread = max(1.4826 * float(np.median(np.abs(logs - middle))), _LEAST_SPREAD)
    found[positive] = np.abs(logs - middle) > FENCE * spread
    return found


def point_out_outliers(frame: pd.DataFrame, ledger: Ledger, *, currency: str) -> None:
    """Write down outliers, amounts in another currency, and files in another unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        A canonical table.
    ledger : Ledger
        Its books.
    currency : str
        The study's: sums of money are read in it.
    """
    other = np.zeros(len(frame), dtype=bool)
    if "currency" in frame and len(frame):
        named = frame["currency"]
        other = as_mask(named.str.upper() != currency)
        ledger.flag(frame, other, Code.OTHER_CURRENCY, column="currency")
    for column in LOOKED_AT.get(ledger.table, ()):
        if column not in frame or not len(frame):
            continue
        values = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
        values = np.where(other, np.nan, values)
        ledger.flag(frame, _other_unit(frame, values), Code.UNIT_CLASH, column=column)
        ledger.flag(frame, outlying(values), Code.OUTLIER, column=column)


def _other_unit(frame: pd.DataFrame, values: Floats) -> Mask:
    """Tell which rows are of a file whose values are of another size than all other files'."""
    none = np.zeros(len(frame), dtype=bool)
    files = frame["source_file"]
    names = files.dropna().unique()
    if len(names) < 2:
        return none
    positive = values > 0
    logs = pd.Series(np.log10(np.where(positive, values, np.nan)))
    by_file = logs.groupby(files.to_numpy(dtype=object)).agg(["median", "count"])
    by_file = by_file[by_file["count"] >= _FEWEST_BY_FILE]
    if len(by_file) < 2:
        return none
    usual = by_file["median"].to_numpy()[int(by_file["count"].to_numpy().argmax())]
    far = by_file.index[(by_file["median"] - usual).abs() > _DECADES]
    return (files.isin(far).to_numpy(dtype=bool)) & positive
