"""Forecasts checked on the newest days: made without them, compared with what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjm_research.segmentation.value.holdout_result import Fifth, Holdout, Method, is_near
from cjm_research.segmentation.value.scoring import scores
from cjm_research.segmentation.value.split import split_at
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

    from cjm_research.segmentation.value.histories import PurchaseDays
    from cjm_research.segmentation.value.scoring import Scores
    from cjm_research.segmentation.value.split import Split

SLOPE = (0.8, 1.25)
"""Slope of calibration that a chance is relied on with."""
FIFTHS = 5
_TRUSTED = ("model", "learned")
"""Methods whose chances may be told; the others stand beside them for comparison."""


def holdout(
    orders: pd.DataFrame | PurchaseDays,
    *,
    as_of: pd.Timestamp,
    horizon: int = 90,
    confidence: float = 0.95,
) -> Holdout:
    """Forecast the newest days from those before, and compare.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    as_of : pandas.Timestamp
        The last day.
    horizon : int
        Days that are held out; what came before must be as long at least.
    confidence : float
        Of the interval of each fifth.

    Raises
    ------
    NoDataError
        If the orders cover less than twice the horizon, or too few customers.
    """
    return judged(split_at(orders, as_of=as_of, horizon=horizon), horizon=horizon,
                  confidence=confidence)  # fmt: skip


def judged(split: Split, *, horizon: int, confidence: float) -> Holdout:
    """Compare each forecast with what came.

    Parameters
    ----------
    split : Split
        As `split.split_at` gives.
    horizon : int
        Days that were held out.
    confidence : float
        Of the interval of each fifth.
    """
    forecasts, came = split.forecasts, split.came
    totals = float(split.n_days.sum()), float(split.money.sum())
    found = {f.method: scores(f.p_active, came) for f in forecasts}
    base = float(np.mean((came.mean() - came) ** 2))
    methods = tuple(
        Method(
            method=f.method, auc=s.auc, brier=s.brier, slope=s.slope,
            expected_share=s.mean, came_share=s.rate,
            orders=float(f.orders.sum()), orders_came=totals[0],
            money=float(f.money.sum()), money_came=totals[1],
            is_reliable=f.method in _TRUSTED and _is_reliable(s, base),
        )
        for f in forecasts
        for s in (found[f.method],)
    )  # fmt: skip
    trusted = [m for m in methods if m.method in _TRUSTED]
    best = min(trusted, key=lambda m: (not m.is_reliable, m.brier)).method
    chance = next(f for f in forecasts if f.method == best).p_active
    return Holdout(
        methods=methods,
        fifths=_fifths(chance, came, confidence),
        best=best,
        n_customers=len(came),
        horizon=horizon,
        confidence=confidence,
        window=split.window,
    )


def _is_reliable(found: Scores, base: float) -> bool:
    return (
        SLOPE[0] <= found.slope <= SLOPE[1]
        and is_near(found.mean, found.rate)
        and found.brier < base
    )


def _fifths(chance: np.ndarray, came: np.ndarray, confidence: float) -> tuple[Fifth, ...]:
    """Cut customers into fifths by their chance; equal chances stay together."""
    cuts = np.quantile(chance, np.arange(1, FIFTHS) / FIFTHS, method="inverted_cdf")
    place = FIFTHS - np.searchsorted(cuts, chance, side="left")
    rows = []
    for fifth in np.unique(place):
        inside = place == fifth
        low, high = wilson_interval(came[inside].sum(), inside.sum(), confidence=confidence)
        rows.append(
            Fifth(
                fifth=int(fifth),
                n=int(inside.sum()),
                expected_share=float(chance[inside].mean()),
                came_share=float(came[inside].mean()),
                low=float(low),
                high=float(high),
            )
        )
    return tuple(rows)
