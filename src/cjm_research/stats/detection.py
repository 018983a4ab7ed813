"""A share corrected for the errors of what detects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Corrected(NamedTuple):
    """True shares with their intervals, inside 0..1; NaN where nothing can be told."""

    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def corrected_share(
    share: ArrayLike,
    n: ArrayLike,
    *,
    found: tuple[ArrayLike, ArrayLike],
    passed: tuple[ArrayLike, ArrayLike],
    confidence: float = 0.95,
) -> Corrected:
    """Rogan and Gladen's true share, with the interval of Lang and Reiczigel.

    Parameters
    ----------
    share : array_like of float
        Share that was detected, 0..1.
    n : array_like of float
        Customers (effective, where clustered) that it rests on.
    found : pair of array_like
        Of a checked sample where it truly is: how often it was detected, and how many.
    passed : pair of array_like
        Of a checked sample where it truly is not: how often it was not detected, and how many.
    confidence : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    Corrected
        NaN where either sample is empty, or where detection is no better than chance.

    References
    ----------
    Rogan W. J., Gladen B. (1978). Estimating prevalence from the results of a screening test.
    American Journal of Epidemiology 107(1), 71-76. doi:10.1093/oxfordjournals.aje.a112510
    Lang Z., Reiczigel J. (2014). Confidence limits for prevalence of disease adjusted for
    estimated sensitivity and specificity. Preventive Veterinary Medicine 113(1), 13-22.
    doi:10.1016/j.prevetmed.2013.09.015

    Examples
    --------
    30 % detected by rules that find 80 of 100 and pass 90 of 100: (.3 + .9 - 1) / .7.

    >>> true = corrected_share(0.3, 500, found=(80, 100), passed=(90, 100))
    >>> true.share.round(4).item()
    0.2857
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    z = special.ndtri((1 + confidence) / 2)
    p, size = (np.asarray(v, dtype=np.float64) for v in (share, n))
    (hits, n_true), (rejected, n_false) = (
        tuple(np.asarray(v, dtype=np.float64) for v in pair) for pair in (found, passed)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        youden = hits / n_true + rejected / n_false - 1
        true = (p + rejected / n_false - 1) / youden
        se, sp = (hits + 1) / (n_true + 2), (rejected + 1) / (n_false + 2)
        seen = (size * p + z**2 / 2) / (size + z**2)
        middle = (seen + sp - 1) / (se + sp - 1)
        of_se, of_sp = se * (1 - se) / (n_true + 2), sp * (1 - sp) / (n_false + 2)
        shift = 2 * z**2 * (middle * of_se - (1 - middle) * of_sp)
        variance = seen * (1 - seen) / (size + z**2) + middle**2 * of_se + (1 - middle) ** 2 * of_sp
        half = z * np.sqrt(variance) / np.abs(se + sp - 1)
        ends = [np.clip(v, 0, 1) for v in (true, middle + shift - half, middle + shift + half)]
    known = np.isfinite(youden) & (youden > 0)
    return Corrected(*(np.where(known, v, np.nan) for v in ends))
