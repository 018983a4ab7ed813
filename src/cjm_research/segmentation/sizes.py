"""How large each segment is, in customers and in money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

Level = Literal["hidden", "facts", "estimates", "claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSize:
    """One segment of the index: how many customers, how much revenue."""

    segment: str
    level: Level
    """What may be said of so many customers."""
    n: int
    share: float
    low: float
    high: float
    revenue: float
    revenue_share: float
    index: float
    """Revenue share by customer share, 100 is the base."""
    ordered_share: float
    """Part of the segment that has ordered."""
    median_revenue: float
    """Of those who ordered, as the quartiles."""
    p25_revenue: float
    p75_revenue: float
    mood: float
    """Mean of the customers who gave feedback."""
    n_voices: int


def segment_sizes(
    base: pd.DataFrame,
    members: Mapping[str, NDArray[np.bool_]],
    *,
    limits: Limits,
    confidence: float,
) -> tuple[SegmentSize, ...]:
    """Count the customers and the revenue of each segment against all of `base`.

    Parameters
    ----------
    base : pandas.DataFrame
        As `base.customer_table` gives.
    members : mapping of str to array of bool, shape (n_customers,)
        Who is in each segment.
    limits : Limits
        How many customers a statement needs.
    confidence : float
        Of the interval of each share of customers.
    """
    counts = [int(m.sum()) for m in members.values()]
    low, high = wilson_interval(counts, len(base), confidence=confidence)
    revenue, mood = _numbers(base["revenue"]), _numbers(base["mood"])
    ordered = _numbers(base["n_orders"] > 0)
    total = float(np.nansum(revenue))
    sizes = []
    for i, (segment, inside) in enumerate(members.items()):
        share = counts[i] / len(base)
        money = _known(revenue, inside).sum() if len(_known(revenue, inside)) else np.nan
        part = money / total if total > 0 else np.nan
        buyers = _known(revenue, inside & (ordered == 1))
        quartiles = np.quantile(buyers, [0.25, 0.5, 0.75]) if len(buyers) else np.full(3, np.nan)
        sizes.append(
            SegmentSize(
                segment=segment,
                level=limits.level(counts[i]),
                n=counts[i],
                share=share,
                low=float(low[i]),
                high=float(high[i]),
                revenue=float(money),
                revenue_share=float(part),
                index=float(100 * part / share) if share else np.nan,
                ordered_share=_mean(_known(ordered, inside)),
                median_revenue=float(quartiles[1]),
                p25_revenue=float(quartiles[0]),
                p75_revenue=float(quartiles[2]),
                mood=_mean(_known(mood, inside)),
                n_voices=len(_known(mood, inside)),
            )
        )
    return tuple(sizes)


def _numbers(values: pd.Series) -> NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _known(values: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    own = values[inside]
    return own[~np.isnan(own)]


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
