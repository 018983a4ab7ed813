"""Do several estimates of one effect agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjm_research.errors import ParameterError
from cjm_research.stats.sample_ratio import log_chi_square_tail

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Heterogeneity(NamedTuple):
    """Cochran's test that all effects are the same."""

    q: float
    df: int
    p: float
    common: float
    """The effects' mean, weighted by the inverse of their squared standard errors."""
    common_se: float


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
