"""Real customers near the middle of each segment: never a mean person, never one by name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.cluster_criteria import distances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits

FIELDS = ("orders_per_year", "average_order", "recency_days", "tenure_days", "n_events", "mood")
"""Features that a customer is typical or not by, where they are known and vary."""
SHOWN = ("main_category", "main_cargo_type", "orders_per_year", "average_order", "recency_days")
"""What is told of an example: nothing that could name a person."""
EXAMPLES = 3
SAMPLE = 800
"""Customers of a segment among whom the middle is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One customer near the middle of a segment; the number is of the page and not an id."""

    segment: str
    example: int
    main_category: str | None
    main_cargo_type: str | None
    orders_per_year: float
    average_order: float
    recency_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples(Result):
    """Up to three customers of each segment who are nearest to its middle."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "example": Unit.COUNT,
        "main_category": Unit.LABEL,
        "main_cargo_type": Unit.LABEL,
        "orders_per_year": Unit.NUMBER,
        "average_order": Unit.MONEY,
        "recency_days": Unit.DAYS,
    }

    grouping: str
    rows: tuple[Example, ...]

    def of(self, segment: str) -> tuple[Example, ...]:
        """Return the examples of one segment, the most typical first."""
        return tuple(r for r in self.rows if r.segment == segment)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per example."""
        return pd.DataFrame([asdict(r) for r in self.rows], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: an example is no evidence."""
        return ()


def examples(
    base: pd.DataFrame,
    members: Mapping[str, NDArray[np.bool_]],
    *,
    grouping: str,
    limits: Limits,
) -> Examples:
    """Find the customers of each segment who are nearest to all the others of it.

    Distances are over ranks of the features in `FIELDS`, so that a few large customers do not
    pull the middle. Who is nearer to another segment than to the own one is never an example;
    numbers are rounded to two digits, so that nobody can be found by them. A segment in which
    too few customers have every feature has none.

    Parameters
    ----------
    base : pandas.DataFrame
        As `base.customer_table` gives.
    members : mapping of str to array of bool
        Who is in each segment.
    grouping : str
        Id of the grouping.
    limits : Limits
        How many customers an estimate needs.
    """
    known_at_all = [f for f in FIELDS if f in base and base[f].notna().any()]
    used = [f for f in known_at_all if base[f].min() < base[f].max()]
    enough = [f for f in used if base[f].notna().mean() > 0.3] or used
    if not enough:
        return Examples(grouping=grouping, rows=())
    points = np.column_stack([_ranks(base[f]) for f in enough])
    known = ~np.isnan(points).any(axis=1)
    middles = {s: np.median(points[m & known], axis=0)
               for s, m in members.items() if (m & known).any()}  # fmt: skip
    rows: list[Example] = []
    for segment, inside in members.items():
        own = np.flatnonzero(inside & known)
        if limits.level(len(own)) in ("hidden", "facts"):
            continue
        own = own[:: max(1, len(own) // SAMPLE)][:SAMPLE]
        away = distances(points[own]).mean(axis=1)
        ids = base["customer_id"].iloc[own].to_numpy(str)
        order = own[np.lexsort((ids, np.round(away, 9)))]
        typical = [i for i in order if _is_own(points[i], segment, middles)][:EXAMPLES]
        rows += [_example(base.iloc[i], segment, n) for n, i in enumerate(typical, start=1)]
    return Examples(grouping=grouping, rows=tuple(rows))


def _ranks(values: pd.Series) -> NDArray[np.float64]:
    return np.asarray(values.astype("float64").rank(pct=True), dtype=np.float64)


def _is_own(
    point: NDArray[np.float64], segment: str, middles: Mapping[str, NDArray[np.float64]]
) -> bool:
    away = {s: float(np.linalg.norm(point - m)) for s, m in middles.items()}
    return away[segment] <= min(away.values()) + 1e-12


def _example(row: pd.Series, segment: str, number: int) -> Example:
    texts = {c: None if pd.isna(row.get(c)) else str(row[c]) for c in SHOWN[:2]}
    numbers = {c: _rounded(row.get(c)) for c in SHOWN[2:]}
    return Example(segment=segment, example=number, **texts, **numbers)  # type: ignore[arg-type]


def _rounded(value: object) -> float:
    number = float("nan") if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
    return number if number != number else float(f"{number:.2g}")


def names(rows: Sequence[Example]) -> tuple[str, ...]:
    """Return the columns that any of the examples has."""
    return tuple(c for c in SHOWN if any(getattr(r, c) == getattr(r, c) and
                 getattr(r, c) is not None for r in rows))  # fmt: skip
