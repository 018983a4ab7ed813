"""The exact test of two proportions, for few units."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from cjm_research.errors import ParameterError

LARGEST = 20_000
"""Units up to which the exact test is worth its time; beyond it the score test is the same."""


class OddsComparison(NamedTuple):
    """Odds of the treated sample over those of the control, with the exact test of one."""

    estimate: float
    low: float
    high: float
    p: float


def exact_odds(
    treated: tuple[int, int], control: tuple[int, int], *, confidence: float = 0.95
) -> OddsComparison:
    """Compare two proportions by Fisher's exact test and the interval that inverts it.

    Parameters
    ----------
    treated, control : tuple of int
        Successes and trials.
    confidence : float, default 0.95
        Coverage that is never missed.

    Returns
    -------
    OddsComparison
        The odds ratio given the margins. `p` is twice the smaller one-sided p, so that the
        interval leaves one out exactly when `p` is small. NaN without trials; without a success,
        or without a failure, on both sides there is no ratio and `p` is 1.

    Raises
    ------
    ParameterError
        If there are more than `LARGEST` trials, more successes than trials, or `confidence` is
        not inside (0, 1).

    References
    ----------
    Cornfield J. (1956). A statistical problem arising from retrospective studies. Proceedings of
    the Third Berkeley Symposium 4, 135-148.

    Examples
    --------
    Fisher's tea: three of four cups named. R's fisher.test has the same lower end; the upper one
    solves (16 r^3 + 36 r^2 + 16 r + 1) / (r^4 + 16 r^3 + 36 r^2 + 16 r + 1) = .025.

    >>> found = exact_odds((3, 4), (1, 4))
    >>> round(found.low, 2), round(found.high, 1), round(found.p, 4)
    (0.21, 626.2, 0.4857)
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    (x1, n1), (x0, n0) = treated, control
    if not (0 <= x1 <= n1 and 0 <= x0 <= n0):
        raise ParameterError.expected(
            "treated and control", "successes among trials", got=(treated, control)
        )
    if n1 + n0 > LARGEST:
        raise ParameterError.expected("trials", f"at most {LARGEST:,}", got=n1 + n0)
    if not (n1 and n0) or x1 + x0 in {0, n1 + n0}:
        return OddsComparison(np.nan, np.nan, np.nan, np.nan if not (n1 and n0) else 1.0)
    table = [[x1, n1 - x1], [x0, n0 - x0]]
    tails = [stats.fisher_exact(table, alternative=a).pvalue for a in ("less", "greater")]
    ratio = stats.contingency.odds_ratio(table, kind="conditional")
    low, high = ratio.confidence_interval(confidence)
    return OddsComparison(
        float(ratio.statistic), float(low), float(high), min(1.0, 2 * float(min(tails)))
    )
