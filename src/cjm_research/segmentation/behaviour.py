"""How each segment behaves: ranges of its features, against all customers. Sizes, no tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.columns import FROM_ORDERS, unit_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

SHOWN = ("orders_per_year", "average_order", "order_value_rate", "recency_days",
         "gap_median_days", "gap_spread", "contract_share", "tenure_days", "return_share",
         "late_share", "damaged_share", "n_visits", "visit_minutes", "mood")  # fmt: skip
"""Features of the behaviour picture, in its order."""

POINTS = (0.1, 0.25, 0.5, 0.75, 0.9)
MIDDLE = (1 / 3, 2 / 3)
"""A median within the middle third of all customers is not worth a sentence."""


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
    }

    grouping: str
    rows: tuple[BehaviourRange, ...]
    claims_from: int
    """Customers that a sentence needs."""

    def of(self, segment: str) -> tuple[BehaviourRange, ...]:
        """Return the ranges of one segment."""
        return tuple(r for r in self.rows if r.segment == segment)

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
        """Return what lies outside the middle third of all customers and made no segment."""
        return tuple(
            Finding(
                id=f"segmentation/behaviour/grouping={self.grouping}/segment={r.segment}"
                f"/feature={r.feature}",
                kind="segment_behaviour",
                subject={
                    "grouping": self.grouping,
                    "segment": r.segment,
                    "feature": r.feature,
                },
                estimate=r.median,
                low=r.p25,
                high=r.p75,
                confidence=0.5,
                reference=r.median_all,
                unit=unit_of(r.feature),
                n=r.n,
                method="quartiles",
                status="shown" if r.n >= self.claims_from else "hidden_small_n",
                values={"rank": r.rank50},
            )
            for r in self.rows
            if not r.defines and r.median != r.median_all and not MIDDLE[0] <= r.rank50 <= MIDDLE[1]
        )


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
    that clusters were found from, come after the usual ones.
    """
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
) -> Iterator[BehaviourRange]:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(numbers)
    ranked = np.sort(numbers[known])
    if not len(ranked) or ranked[0] == ranked[-1]:
        return
    for segment, inside in members.items():
        own = numbers[known & inside]
        if limits.level(len(own)) in ("hidden", "facts"):
            continue
        quantiles = np.quantile(own, POINTS)
        below = np.searchsorted(ranked, quantiles, side="left")
        up_to = np.searchsorted(ranked, quantiles, side="right")
        ranks = (below + up_to) / 2 / len(ranked)
        yield BehaviourRange(
            segment=segment,
            feature=str(values.name),
            n=len(own),
            p10=float(quantiles[0]),
            p25=float(quantiles[1]),
            median=float(quantiles[2]),
            p75=float(quantiles[3]),
            p90=float(quantiles[4]),
            median_all=float(np.median(ranked)),
            mean=float(own.mean()),
            mean_all=float(ranked.mean()),
            rank10=float(ranks[0]),
            rank25=float(ranks[1]),
            rank50=float(ranks[2]),
            rank75=float(ranks[3]),
            rank90=float(ranks[4]),
            defines=defines,
        )
