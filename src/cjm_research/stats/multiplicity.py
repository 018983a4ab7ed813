"""Many questions at once: adjusted p-values of one family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

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
        If a p-value is outside [0, 1].

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
