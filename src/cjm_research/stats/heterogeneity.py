"""Do several estimates of one effect agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.errors import ParameterError
from cjm_research.stats.comparison import two_sided_quantile
from cjm_research.stats.sample_ratio import log_chi_square_tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Heterogeneity(NamedTuple):
    """Cochran's test that all effects are the same."""

    q: float
    df: int
    p: float
    common: float
    """The effects' mean, weighted by the inverse of their squared standard errors."""
    common_se: float


class Shrunken(NamedTuple):
    """Estimates drawn towards their common value as far as chance explains their differences."""

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    spread: float
    """Standard deviation of the true effects (DerSimonian and Laird); 0 where chance suffices."""


def shrunken_estimates(
    estimates: ArrayLike, errors: ArrayLike, *, confidence: float = 0.95
) -> Shrunken:
    """Draw noisy estimates of alike effects towards their common value.

    Parameters
    ----------
    estimates, errors : array_like of float, shape (k,)
        Estimates with their standard errors; a pair with NaN stays NaN and plays no part.
    confidence : float, default 0.95
        Of the intervals, the common value's own error included.

    References
    ----------
    DerSimonian R., Laird N. (1986). Meta-analysis in clinical trials. Controlled Clinical
    Trials 7, 177-188. doi:10.1016/0197-2456(86)90046-2
    Efron B., Morris C. (1975). Data analysis using Stein's estimator and its generalizations.
    JASA 70, 311-319. doi:10.1080/01621459.1975.10479864

    Examples
    --------
    >>> found = shrunken_estimates([0.0, 0.1, 0.2], [0.05, 0.05, 0.05])
    >>> found.estimate.round(4).tolist()
    [0.025, 0.1, 0.175]
    """
    effects, se = (np.asarray(a, dtype=np.float64) for a in (estimates, errors))
    used = np.isfinite(effects) & np.isfinite(se) & (se > 0)
    test = cochran_q(effects, se)
    if test.df < 1:
        nothing = np.full(effects.shape, np.nan)
        return Shrunken(nothing, nothing, nothing, np.nan)
    weights = np.where(used, 1 / np.where(used, se, 1.0) ** 2, 0.0)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    square = max((test.q - test.df) / scale, 0.0)
    total = np.where(used, 1 / (square + np.where(used, se, 1.0) ** 2), 0.0)
    values = np.where(used, effects, 0.0)
    common = float((total * values).sum() / total.sum())
    kept = square / (square + np.where(used, se, np.nan) ** 2)
    estimate = common + kept * (effects - common)
    error = np.sqrt(kept * se**2 + (1 - kept) ** 2 / total.sum())
    z = float(two_sided_quantile(confidence))
    return Shrunken(estimate, estimate - z * error, estimate + z * error, float(np.sqrt(square)))


def cochran_q(estimates: ArrayLike, errors: ArrayLike) -> Heterogeneity:
    """Test whether independent estimates are of one common effect.

    Parameters
    ----------
    estimates, errors : array_like of float, shape (k,)
        Estimates with their standard errors; a pair with NaN, or an error that is not
        positive, is left out.

    Returns
    -------
    Heterogeneity
        `p` is NaN where fewer than two estimates are left.

    References
    ----------
    Cochran W. G. (1954). The combination of estimates from different experiments. Biometrics
    10, 101-129. doi:10.2307/3001666

    Examples
    --------
    >>> test = cochran_q([0.02, 0.02, 0.08], [0.01, 0.01, 0.01])
    >>> round(test.q, 3), test.df, round(test.p, 6), round(test.common, 3)
    (24.0, 2, 6e-06, 0.04)
    """
    effects, se = (np.asarray(a, dtype=np.float64) for a in (estimates, errors))
    if effects.shape != se.shape or effects.ndim != 1:
        raise ParameterError.expected("errors", f"{effects.size} numbers", got=se.tolist())
    used = np.isfinite(effects) & np.isfinite(se) & (se > 0)
    effects, weights = effects[used], 1 / se[used] ** 2
    df = len(effects) - 1
    if df < 1:
        return Heterogeneity(np.nan, max(df, 0), np.nan, np.nan, np.nan)
    common = float((weights * effects).sum() / weights.sum())
    q = float((weights * (effects - common) ** 2).sum())
    p = float(np.exp(log_chi_square_tail(q, df=df)))
    return Heterogeneity(q, df, p, common, float(1 / np.sqrt(weights.sum())))
