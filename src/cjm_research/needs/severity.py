"""How bad a theme is for those who name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

if TYPE_CHECKING:
    import pandas as pd


class Severity(NamedTuple):
    """Mean over customers with its t interval, 0 (praise) to 1 (as bad as can be)."""

    mean: float
    low: float
    high: float


def row_severity(said: pd.DataFrame) -> pd.Series[float]:
    """Return how bad each sentence is, 0..1.

    The mean of two parts where both are known: (1 - tone) / 2, and 1 - grade where the text
    came with a grade on a known scale. A method of our own: tone alone misses politely worded
    trouble, a grade alone blames every theme of a text alike.
    """
    tone = (1 - said["sentiment"]) / 2
    if "grade" not in said:
        return tone
    grade = 1 - said["grade"]
    both = (tone + grade) / 2
    return both.fillna(tone).fillna(grade)


def customer_severity(said: pd.DataFrame, *, confidence: float) -> Severity:
    """Return mean and t interval over customers of the sentences' severity.

    Parameters
    ----------
    said : pandas.DataFrame
        Rows of `Voices.said` about one theme.
    confidence : float
        Of the interval; NaN ends for a single customer.
    """
    own = row_severity(said).groupby(said["unit"]).mean().dropna().to_numpy()
    if not len(own):
        return Severity(np.nan, np.nan, np.nan)
    mean = float(own.mean())
    if len(own) == 1:
        return Severity(mean, np.nan, np.nan)
    half = special.stdtrit(len(own) - 1, (1 + confidence) / 2) * own.std(ddof=1) / np.sqrt(len(own))
    return Severity(mean, max(0.0, mean - float(half)), min(1.0, mean + float(half)))
