"""Which kinds of goods the same customers buy, beyond what the number of purchases explains."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.value.histories import day_of
from cjm_research.stats.multiplicity import adjust_p_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.results import Status
    from cjm_research.segmentation.value.kinds_bought import Needs
    from cjm_research.study.model import Limits

    Floats = NDArray[np.float64]

STRATA = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 50)
"""Numbers of purchases of other kinds from which a stratum begins; the first holds 1."""
_FEWEST = 5
"""Customers with both kinds that a pair needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Customers who bought one kind, and how much more often than others they bought another."""

    kind: str
    other_kind: str
    n: int
    """Customers who bought the first kind."""
    both: int
    share: float
    """Part of them who bought the other kind too."""
    rest_share: float
    """Part of the customers without the first kind who bought the other."""
    lift: float
    low: float
    high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity(Result):
    """Kinds that are bought by the same customers more often than by chance."""

    units: ClassVar[Mapping[str, Unit]] = {
        "kind": Unit.LABEL,
        "other_kind": Unit.LABEL,
        "n": Unit.COUNT,
        "both": Unit.COUNT,
        "share": Unit.SHARE,
        "rest_share": Unit.SHARE,
        "lift": Unit.LIFT,
        "low": Unit.LIFT,
        "high": Unit.LIFT,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
    }

    pairs: tuple[Pair, ...]
    n_customers: int
    n_tested: int
    confidence: float
    window: tuple[str, str]
    """The day up to which purchases count: what customers own on it, no sum of its days."""
    limits: Limits
    column: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair, the strongest sure ones first."""
        return pd.DataFrame([asdict(p) for p in self.pairs], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return the pairs bought more often; those not beyond chance are not shown."""
        return tuple(
            Finding(
                id=f"segmentation/affinity/{p.kind}/{p.other_kind}",
                kind=f"{self.column}_affinity",
                subject={"kind": p.kind, "other_kind": p.other_kind},
                estimate=p.lift,
                low=p.low,
                high=p.high,
                confidence=self.confidence,
                unit=Unit.LIFT,
                n=p.n,
                p=p.p,
                p_adjusted=p.p_adjusted,
                family="affinity",
                method="risk_ratio_walter_bh",
                window=self.window,
                status=self._status(p),
                customers=float(p.n - p.both),
                values={"both": p.both, "share": p.share, "rest_share": p.rest_share},
            )
            for p in self.pairs
            if p.lift > 1
        )

    def _status(self, pair: Pair) -> Status:
        if pair.p_adjusted >= 1 - self.confidence:
            return "not_significant"
        return "shown" if self.limits.level(pair.n) == "claims" else "hidden_small_n"


def affinity(
    needs: Needs, *, as_of: pd.Timestamp, limits: Limits, confidence: float = 0.95
) -> Affinity:
    """Compare customers who bought a kind with those who did not, on every other kind.

    Who buys often buys many kinds, so that all would seem to go together; and who has bought one
    kind has fewer purchases left for another. So customers are compared with those who bought
    other kinds as many times, and the strata are joined by Mantel and Haenszel. One correction
    over all pairs (Benjamini and Hochberg).

    Parameters
    ----------
    needs : Needs
        As `needs_of` gives.
    as_of : pandas.Timestamp
        The last day.
    limits : Limits
        How many customers each side needs.
    confidence : float
        Of each interval, and of the claim.

    References
    ----------
    Greenland S., Robins J. M. (1985). Estimation of a common effect parameter from sparse
    follow-up data. Biometrics 41(1), 55-68. doi:10.2307/2530643
    """
    n, size = len(needs.purchases.ids), len(needs.kinds)
    known = needs.kind >= 0
    flat = np.bincount(needs.purchases.codes[known] * size + needs.kind[known], minlength=n * size)
    times = flat.reshape(n, size)
    pairs = [p for i in range(size) for p in _of_kind(times, i, needs.kinds, limits, confidence)]
    if pairs:
        found = adjust_p_values([p.p for p in pairs], correction="benjamini_hochberg")
        pairs = [replace(p, p_adjusted=float(q)) for p, q in zip(pairs, found, strict=True)]
    day = str(np.datetime64(day_of(as_of), "D"))
    pairs.sort(key=lambda p: (p.p_adjusted >= 1 - confidence, -p.low, p.kind, p.other_kind))
    return Affinity(
        pairs=tuple(pairs),
        n_customers=int((times.sum(axis=1) > 0).sum()),
        n_tested=len(pairs),
        confidence=confidence,
        window=(day, day),
        limits=limits,
        column=needs.column,
    )  # fmt: skip


def _of_kind(
    times: NDArray[np.int64], i: int, kinds: tuple[str, ...], limits: Limits, confidence: float
) -> list[Pair]:
    others = times.sum(axis=1) - times[:, i]
    inside = others > 0
    bought, has = times[inside] > 0, times[inside, i] > 0
    stratum = np.digitize(others[inside], STRATA)
    sums = np.zeros((5, len(kinds)))
    n_with = n_without = 0
    for level in np.unique(stratum):
        own, mine = bought[stratum == level], has[stratum == level]
        total, n1 = len(own), int(mine.sum())
        n0 = total - n1
        if not n1 or not n0:
            continue
        a = own[mine].sum(axis=0).astype(np.float64)
        c = own[~mine].sum(axis=0).astype(np.float64)
        spread = ((a + c) * n1 * n0 - a * c * total) / total**2
        sums += [a * n0 / total, c * n1 / total, spread, a, c]
        n_with, n_without = n_with + n1, n_without + n0
    top, bottom, spread, both, rest = sums
    if min(n_with, n_without) < limits.facts_below:
        return []
    z = float(stats.norm.ppf((1 + confidence) / 2))
    return [
        _pair((kinds[i], kinds[j]), (n_with, n_without, int(both[j]), int(rest[j])),
              float(top[j] / bottom[j]), float(np.sqrt(spread[j] / (top[j] * bottom[j]))), z)
        for j in range(len(kinds))
        if j != i and min(both[j], rest[j]) >= _FEWEST and spread[j] > 0
    ]  # fmt: skip


def _pair(
    names: tuple[str, str], counts: tuple[int, int, int, int], lift: float, se: float, z: float
) -> Pair:
    n, n_rest, both, rest = counts
    return Pair(
        kind=names[0],
        other_kind=names[1],
        n=n,
        both=both,
        share=both / n,
        rest_share=rest / n_rest,
        lift=lift,
        low=float(lift * np.exp(-z * se)),
        high=float(lift * np.exp(z * se)),
        p=float(2 * stats.norm.sf(abs(np.log(lift)) / se)),
        p_adjusted=float("nan"),
    )
