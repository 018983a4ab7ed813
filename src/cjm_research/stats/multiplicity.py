"""Many questions at once: adjusted p-values of one family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy import integrate, special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Correction = Literal["holm", "benjamini_hochberg"]


def adjust_p_values(p_values: ArrayLike, *, correction: Correction) -> NDArray[np.float64]:
    """Adjust the p-values of one family of tests.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        Each between 0 and 1; NaN marks a question that could not be asked. Such a question
        is no member of the family and stays NaN.
    correction : {"holm", "benjamini_hochberg"}
        Holm keeps the chance of any false claim, Benjamini-Hochberg the expected share of
        false claims (for independent or positively dependent tests).

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Adjusted p-values: compare them with the level that one test would use.

    Raises
    ------
    ParameterError
        If a p-value is outside [0, 1], or there is no such correction.

    References
    ----------
    Holm S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6, 65-70. https://www.jstor.org/stable/4615733
    Benjamini Y., Hochberg Y. (1995). Controlling the false discovery rate. JRSS B 57(1),
    289-300. doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03], correction="holm").tolist()
    [0.03, 0.06, 0.06]
    >>> adjust_p_values([0.01, 0.04, 0.03], correction="benjamini_hochberg").tolist()
    [0.03, 0.04, 0.04]
    """
    if correction not in get_args(Correction):
        raise ParameterError.unknown("correction", correction, known=get_args(Correction))
    p = np.asarray(p_values, dtype=np.float64)
    asked = ~np.isnan(p)
    if ((p[asked] < 0) | (p[asked] > 1)).any():
        raise ParameterError.expected("p_values", "between 0 and 1", got=p[asked].tolist())
    order = np.argsort(p[asked], kind="stable")
    ranked = p[asked][order]
    n = len(ranked)
    if correction == "holm":
        steps = np.maximum.accumulate(ranked * np.arange(n, 0, -1))
    else:
        steps = np.minimum.accumulate((ranked * n / np.arange(1, n + 1))[::-1])[::-1]
    adjusted = np.full(n, np.nan)
    adjusted[order] = np.minimum(steps, 1.0)
    out = np.full(p.shape, np.nan)
    out[asked] = adjusted
    return out


def dunnett_p_values(p_values: ArrayLike, loadings: ArrayLike) -> NDArray[np.float64]:
    """Adjust the p-values of several arms that share one control.

    Dunnett's single step for large samples: the chance that any of the correlated
    differences is as far out as this one, were no arm different. Each p-value counts as that
    of a normal deviate, so that one arm alone keeps its p-value.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        Two-sided, one per arm; NaN is no member of the family and stays NaN.
    loadings : array_like of float, shape (n,)
        For each arm the share of the variance of its difference that the control brings,
        v0 / (v0 + v1): one half where all arms are alike.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Adjusted p-values, never below the given ones.

    Raises
    ------
    ParameterError
        If a number is outside [0, 1] or the two differ in length.

    References
    ----------
    Dunnett C. W. (1955). A multiple comparison procedure for comparing several treatments
    with a control. JASA 50, 1096-1121. doi:10.1080/01621459.1955.10501294

    Examples
    --------
    >>> dunnett_p_values([0.02, 0.04], [0.5, 0.5]).round(4).tolist()
    [0.0374, 0.0732]
    """
    p, share = (np.asarray(a, dtype=np.float64) for a in (p_values, loadings))
    asked = ~np.isnan(p)
    if p.shape != share.shape or not (
        ((p[asked] >= 0) & (p[asked] <= 1)).all() and ((share >= 0) & (share <= 1))[asked].all()
    ):
        raise ParameterError.expected(
            "p_values and loadings", "of one length, between 0 and 1", got=(p, share)
        )
    if asked.sum() == 1:  # one comparison is no family: no integral, no rounding
        return p
    out = np.full(p.shape, np.nan)
    limits = -special.ndtri(p[asked] / 2)
    common, own = np.sqrt(share[asked]), np.sqrt(1 - share[asked])
    out[asked] = [_any_beyond(c, common, np.maximum(own, 1e-8)) for c in limits]
    return np.asarray(np.maximum(out, p))


def _any_beyond(limit: float, common: NDArray[np.float64], own: NDArray[np.float64]) -> float:
    """Chance that any deviate common * x + own * e_i exceeds `limit` in size."""
    if not np.isfinite(limit):
        return 0.0

    def beyond(x: float) -> float:
        inside = special.ndtr((limit - common * x) / own) - special.ndtr(
            (-limit - common * x) / own
        )
        # 1 - prod(inside), without losing the digits of a small chance.
        with np.errstate(divide="ignore"):
            outside = special.ndtr((common * x - limit) / own) + special.ndtr(
                (-limit - common * x) / own
            )
            log_all = np.where(outside < 0.5, np.log1p(-outside), np.log(inside)).sum()
        return float(-np.expm1(log_all) * np.exp(-x * x / 2) / np.sqrt(2 * np.pi))

    # What the common part must be for an arm to stand at its limit: the integrand bends there.
    bends = np.clip(limit / np.maximum(common, limit / 39.0 if limit else 1.0), 0.0, 39.0)
    points = sorted({0.0, limit, -limit, *bends.tolist(), *(-bends).tolist()})
    chance, _ = integrate.quad(
        beyond, -40.0, 40.0, points=points, limit=400, epsabs=0.0, epsrel=1e-11
    )
    # No chance of any is larger than the sum of the chances, nor than one.
    return min(float(chance), 2 * len(common) * float(special.ndtr(-limit)), 1.0)
