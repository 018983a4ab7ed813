"""How each segment behaves: ranges of its features, against all customers.

What made the segments, and with it all that is counted from the same orders, is described by
sizes. Other numbers are tested as traits are, and in one family with them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.columns import FROM_ORDERS, unit_of
from cjm_research.stats.multiplicity import adjust_p_values
from cjm_research.stats.ranks import chance_above

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.results import Status
    from cjm_research.study.model import Limits

SHOWN = ("orders_per_year", "average_order", "order_value_rate", "recency_days",
         "gap_median_days", "gap_spread", "contract_share", "tenure_days", "return_share",
         "late_share", "damaged_share", "n_visits", "visit_minutes", "mood")  # fmt: skip
"""Features of the behaviour picture, in its order."""

POINTS = (0.1, 0.25, 0.5, 0.75, 0.9)
MIDDLE = (1 / 3, 2 / 3)
"""A median within the middle third of all customers is not worth a sentence."""
EVEN = 0.05
"""A chance to be above the rest whose interval comes so near to one half is not worth one (a
Cliff's delta of 0.1)."""
_ENOUGH = 20_000
"""Customers on each side that a test looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourRange:
    """One feature in one segment: its quantiles, and where they lie among all customers."""

    segment: str
    feature: str
    n: int
    """Customers of the segment for whom it is known."""
    p10: float
    p25: float
    median: float
    p75: float
    p90: float
    median_all: float
    mean: float
    mean_all: float
    rank10: float
    rank25: float
    rank50: float
    rank75: float
    rank90: float
    """Part of all customers below each quantile, ties counted half."""
    defines: bool
    """The feature made the segments: the difference is there by construction."""
    above: float
    """Chance that a customer here has more than one of the rest; NaN where it is not tested."""
    above_low: float
    above_high: float
    p: float
    p_adjusted: float
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviours(Result):
    """The features of every segment of a grouping as ranges."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "feature": Unit.LABEL,
        "n": Unit.COUNT,
        "p10": Unit.NUMBER,
        "p25": Unit.NUMBER,
        "median": Unit.NUMBER,
        "p75": Unit.NUMBER,
        "p90": Unit.NUMBER,
        "median_all": Unit.NUMBER,
        "mean": Unit.NUMBER,
        "mean_all": Unit.NUMBER,
        "rank10": Unit.SHARE,
        "rank25": Unit.SHARE,
        "rank50": Unit.SHARE,
        "rank75": Unit.SHARE,
        "rank90": Unit.SHARE,
        "defines": Unit.YES_NO,
        "above": Unit.SHARE,
        "above_low": Unit.SHARE,
        "above_high": Unit.SHARE,
        "p": Unit.P_VALUE,
        "p_adjusted": Unit.P_VALUE,
        "status": Unit.LABEL,
    }

    grouping: str
    rows: tuple[BehaviourRange, ...]
    claims_from: int
    """Customers that a sentence needs."""

    def of(self, segment: str) -> tuple[BehaviourRange, ...]:
        """Return the ranges of one segment."""
        return tuple(r for r in self.rows if r.segment == segment)

    @property
    def n_tests(self) -> int:
        """How many of the numbers were tested."""
        return sum(r.p == r.p for r in self.rows)

    def told(self, segment: str) -> tuple[BehaviourRange, ...]:
        """Return the tested numbers that differ, the strongest first."""
        found = [r for r in self.of(segment) if r.p == r.p and r.status == "shown"]
        return tuple(sorted(found, key=lambda r: (-abs(r.above - 0.5), r.feature)))

    def corrected(self, beside: Sequence[float], *, confidence: float) -> Behaviours:
        """Correct the tests in one family with the p-values of others."""
        family = [*beside, *(r.p for r in self.rows)]
        adjusted = adjust_p_values(family, correction="benjamini_hochberg")[len(beside) :]
        return replace(self, rows=tuple(
            replace(r, p_adjusted=p, status=_status(r, p, self.claims_from, confidence))
            for r, p in zip(self.rows, adjusted.tolist(), strict=True)
        ))  # fmt: skip

    def strongest(self, segments: Collection[str]) -> Behaviours:
        """Return, of each segment, the range furthest from the middle that made no segment."""
        free = [r for r in self.rows if r.segment in segments and not r.defines]
        free.sort(key=lambda r: (-abs(r.rank50 - 0.5), r.feature))
        first = {r.segment: r for r in reversed(free)}
        return replace(self, rows=tuple(first.values()))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per segment and feature."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return what is proved; of what is not tested, medians outside the middle third."""
        return tuple(self._finding(r) for r in self.rows if _is_told(r))

    def _finding(self, r: BehaviourRange) -> Finding:
        return Finding(
            id=f"segmentation/behaviour/grouping={self.grouping}/segment={r.segment}"
            f"/feature={r.feature}",
            kind="segment_behaviour",
            subject={"grouping": self.grouping, "segment": r.segment, "feature": r.feature},
            estimate=r.median,
            low=r.p25,
            high=r.p75,
            confidence=0.5,
            reference=r.median_all,
            unit=unit_of(r.feature),
            n=r.n,
            p=r.p,
            p_adjusted=r.p_adjusted,
            method="quartiles",
            status=r.status,
            values={"rank": r.rank50},
        )


def _is_told(row: BehaviourRange) -> bool:
    if row.defines or row.median == row.median_all:
        return False
    return row.p == row.p or not MIDDLE[0] <= row.rank50 <= MIDDLE[1]


def _status(row: BehaviourRange, p_adjusted: float, claims_from: int, confidence: float) -> Status:
    if row.n < claims_from:
        return "hidden_small_n"
    if row.p != row.p:
        return "shown"
    clear = row.above_low > 0.5 + EVEN or row.above_high < 0.5 - EVEN
    return "shown" if clear and p_adjusted < 1 - confidence else "not_significant"


def behaviours(
    base: pd.DataFrame,
    members: Mapping[str, NDArray[np.bool_]],
    *,
    grouping: str,
    defined_by: frozenset[str],
    limits: Limits,
    also: Sequence[str] = (),
) -> Behaviours:
    """Describe the features of each segment as ranges among all customers.

    What only orders tell is described among customers who ordered. Features of `also`, those
    that clusters were found from, come after the usual ones. Numbers that did not make the
    segments are tested by Brunner and Munzel's test of the segment against the rest, of each at
    most 20,000 customers; `Behaviours.corrected` corrects the tests with those of traits.
    """
    by_orders = bool(defined_by & FROM_ORDERS)
    ordered = base["n_orders"].fillna(0) > 0 if "n_orders" in base else base["customer_id"].notna()
    rows = [
        row
        for feature in dict.fromkeys((*SHOWN, *also))
        if feature in base and _is_number(base[feature])
        for row in _ranges(
            base[feature].where(ordered) if feature in FROM_ORDERS else base[feature],
            members,
            limits,
            defines=feature in defined_by,
            tested=feature not in defined_by and not (by_orders and feature in FROM_ORDERS),
        )
    ]
    order = {segment: i for i, segment in enumerate(members)}
    rows.sort(key=lambda r: order[r.segment])
    return Behaviours(grouping=grouping, rows=tuple(rows), claims_from=limits.claims_from)


def _is_number(values: pd.Series) -> bool:
    is_flag = isinstance(values.dtype, pd.BooleanDtype)
    return pd.api.types.is_numeric_dtype(values.dtype) and not is_flag


def _ranges(
    values: pd.Series,
    members: Mapping[str, NDArray[np.bool_]],
    limits: Limits,
    *,
    defines: bool,
    tested: bool,
) -> Iterator[BehaviourRange]:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(numbers)
    ranked = np.sort(numbers[known])
    if not len(ranked) or ranked[0] == ranked[-1]:
        return
    middle = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    for segment, inside in members.items():
        own = numbers[known & inside]
        if limits.level(len(own)) in ("hidden", "facts"):
            continue
        quantiles = np.quantile(own, POINTS)
        below = np.searchsorted(ranked, quantiles, side="left")
        up_to = np.searchsorted(ranked, quantiles, side="right")
        ranks = (below + up_to) / 2 / len(ranked)
        above = _above(own, numbers[known & ~inside]) if tested else (np.nan,) * 4
        yield BehaviourRange(
            segment=segment,
            feature=str(values.name),
            n=len(own),
            p10=float(quantiles[0]),
            p25=float(quantiles[1]),
            median=float(quantiles[2]),
            p75=float(quantiles[3]),
            p90=float(quantiles[4]),
            median_all=float(middle),
            mean=float(own.mean()),
            mean_all=float(ranked.mean()),
            rank10=float(ranks[0]),
            rank25=float(ranks[1]),
            rank50=float(ranks[2]),
            rank75=float(ranks[3]),
            rank90=float(ranks[4]),
            defines=defines,
            above=above[0],
            above_low=above[1],
            above_high=above[2],
            p=above[3],
            p_adjusted=float("nan"),
            status="hidden_small_n" if limits.level(len(own)) != "claims" else "shown",
        )


def _above(own: NDArray[np.float64], rest: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the chance that one here is above one of the rest, its interval and its p."""
    if len(rest) < 2:
        return (np.nan,) * 4
    here, there = (v[:: 1 + (len(v) - 1) // _ENOUGH] for v in (own, rest))
    found = chance_above(here, there)
    chance, p = float(found.estimate), float(found.p)
    if p != p:  # one is above the other throughout, which leaves that test without a spread
        p = float(mannwhitneyu(here, there, method="asymptotic").pvalue)
        return chance, chance, chance, p
    return chance, float(found.low), float(found.high), p
