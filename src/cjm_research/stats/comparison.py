"""What comparing a treated sample with a control gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from cjm_research.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Comparison(NamedTuple):
    """Difference of two samples; every field has the shape of the inputs.

    The interval holds zero exactly when `p` is larger than one less the confidence:
    both come from one test. NaN says that the data cannot answer.
    """

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]
    se: NDArray[np.float64]


def two_sided_quantile(confidence: float, df: ArrayLike = np.inf) -> NDArray[np.float64]:
    """Return the quantile that leaves half of the error on each side.

    Parameters
    ----------
    confidence : float
        Between 0 and 1, both excluded.
    df : array_like of float, default infinity
        Degrees of freedom of Student's t; infinity gives the normal quantile.

    Raises
    ------
    ParameterError
        If `confidence` is not inside (0, 1).

    Examples
    --------
    >>> float(two_sided_quantile(0.95).round(3)), float(two_sided_quantile(0.95, 10).round(3))
    (1.96, 2.228)
    """
    if not 0 < confidence < 1:
        raise ParameterError.expected("confidence", "between 0 and 1", got=confidence)
    upper = (1 + confidence) / 2
    freedom = np.asarray(df, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        quantile = special.stdtrit(np.where(np.isinf(freedom), 1.0, freedom), upper)
    return np.asarray(np.where(np.isinf(freedom), special.ndtri(upper), quantile))
