"""Customers of small value so far who resemble those of large value, and whether that held true."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.value.histories import PurchaseDays, day_of, purchase_days
from cjm_research.stats.proportions import wilson_interval
from cjm_research.store.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

YEAR, LOOK, PAST = 365, 90, 180
"""Days whose money is the value, days between the choice and its check, and the fewest days that
the orders must cover before the choice."""
HIGH = 0.8
"""Quantile of the value above which it is high."""
FRESH = 0.75
"""A candidate's last purchase is as fresh as this part of the high-value customers'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """One side of the comparison."""

    potential_group: str
    """``candidates`` or ``others``."""
    n: int
    became: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Potential(Result):
    """Of the candidates chosen three months ago, how many are of high value by now."""

    units: ClassVar[Mapping[str, Unit]] = {
        "potential_group": Unit.LABEL,
        "n": Unit.COUNT,
        "became": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    groups: tuple[Candidates, ...]
    p: float
    """Of no difference between candidates and other customers of small value (Fisher)."""
    n_now: int
    """Candidates on the last day."""
    confidence: float
    window: tuple[str, str]
    limits: Limits

    @property
    def is_proved(self) -> bool:
        """Candidates became customers of high value more often than the others."""
        one, other = self.groups
        return bool(one.share > other.share and self.p < 1 - self.confidence)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per side."""
        return pd.DataFrame([asdict(g) for g in self.groups], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how many candidates there are, and what became of those before them."""
        one, other = self.groups
        enough = self.limits.level(one.n) == "claims"
        return (
            Finding(
                id="segmentation/potential",
                kind="potential_customers",
                subject={},
                estimate=one.share,
                low=one.low,
                high=one.high,
                confidence=self.confidence,
                reference=other.share,
                unit=Unit.SHARE,
                n=one.n,
                customers=float(self.n_now),
                p=self.p,
                method="time_split_fisher",
                window=self.window,
                direction="good",
                status="not_significant" if not self.is_proved
                else "shown" if enough else "hidden_small_n",
                values={"now": self.n_now, "days": LOOK},
            ),
        )  # fmt: skip


def candidates(orders: pd.DataFrame | PurchaseDays, *, as_of: pd.Timestamp) -> pd.Series:
    """Return the ids of customers who may become valuable.

    Their money of the last year is not above the 80th percentile of all buyers', yet an order of
    theirs is worth at least the median order of those above it, and their last purchase is as
    fresh as that of three quarters of these.

    Parameters
    ----------
    orders : pandas.DataFrame or PurchaseDays
        The canonical table, or what `purchase_days` made of it.
    as_of : pandas.Timestamp
        The day.
    """
    purchases = purchase_days(orders, as_of=as_of)
    chosen, _, _ = _chosen(purchases, day_of(as_of))
    return purchases.ids[chosen].reset_index(drop=True)


def potential(
    orders: pd.DataFrame | PurchaseDays,
    *,
    as_of: pd.Timestamp,
    limits: Limits,
    confidence: float = 0.95,
) -> Potential:
    """Choose candidates as they would have been three months ago, and see what became of them.

    High value is the same sum of money on both days.

    Raises
    ------
    NoDataError
        If the orders cover too few days, or one side is empty.
    """
    purchases = purchase_days(orders, as_of=as_of)
    split = day_of(as_of) - LOOK
    if split - int(purchases.days.min()) < PAST:
        raise NoDataError(f"Potential of customers: the orders cover less than {PAST + LOOK} days.")
    past = purchases.until(split)
    chosen, high, cut = _chosen(past, split)
    now = _value(purchases, day_of(as_of))
    became = now[rows_of(purchases.ids, past.ids)] > cut
    sides = {"candidates": chosen, "others": ~chosen & ~high}
    if not all(s.any() for s in sides.values()):
        raise NoDataError("Potential of customers: nobody to compare with.")
    counts = {k: (int(s.sum()), int(became[s].sum())) for k, s in sides.items()}
    table = [[hits, n - hits] for n, hits in counts.values()]
    return Potential(
        groups=tuple(_side(k, n, hits, confidence) for k, (n, hits) in counts.items()),
        p=float(stats.fisher_exact(table).pvalue),
        n_now=len(candidates(purchases, as_of=as_of)),
        confidence=confidence,
        window=(str(np.datetime64(split, "D")), f"{as_of:%Y-%m-%d}"),
        limits=limits,
    )


def _side(name: str, n: int, hits: int, confidence: float) -> Candidates:
    low, high = wilson_interval(hits, n, confidence=confidence)
    return Candidates(
        potential_group=name, n=n, became=hits, share=hits / n, low=float(low), high=float(high)
    )


def _value(purchases: PurchaseDays, day: int) -> NDArray[np.float64]:
    within = purchases.days > day - YEAR
    n, money = len(purchases.ids), purchases.money[within]
    return np.bincount(purchases.codes[within], money, minlength=n).astype(np.float64)


def _chosen(
    purchases: PurchaseDays, day: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
    """Return who is a candidate, who is of high value, and the money from which one is."""
    value, n = _value(purchases, day), np.diff(purchases.starts)
    total = np.bincount(purchases.codes, purchases.money, minlength=len(n))
    order, silent = total / n, day - purchases.days[purchases.starts[1:] - 1]
    cut = float(np.quantile(value, HIGH, method="inverted_cdf"))
    high = value > cut
    if not high.any():
        return np.zeros(len(n), dtype=bool), high, cut
    fresh = float(np.quantile(silent[high], FRESH))
    chosen = ~high & (order >= np.median(order[high])) & (silent <= fresh)
    return chosen, high, cut
