"""Two groupings crossed: how many customers and how much revenue are in each pair of segments."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.codes import positions_among
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The customers who are in a segment of both groupings; NaN where they are too few."""

    segment: str
    segment_with: str
    n: float
    share: float
    """Of the customers of `segment` who are in a segment of the other grouping."""
    low: float
    high: float
    revenue: float
    revenue_share: float
    """Of the revenue of all customers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed(Result):
    """Every pair of segments of two groupings."""

    units: ClassVar[Mapping[str, Unit]] = {
        "segment": Unit.LABEL,
        "segment_with": Unit.LABEL,
        "n": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "revenue": Unit.MONEY,
        "revenue_share": Unit.SHARE,
    }

    grouping: str
    grouping_with: str
    cells: tuple[Crossing, ...]
    n_hidden: int
    """Cells not shown: too few customers, or told by subtraction."""

    def cell(self, segment: str, segment_with: str) -> Crossing:
        """Return one pair of segments."""
        return next(c for c in self.cells if (c.segment, c.segment_with) == (segment, segment_with))

    @property
    def segments(self) -> tuple[str, ...]:
        """Segments of the first grouping, in their order."""
        return tuple(dict.fromkeys(c.segment for c in self.cells))

    @property
    def others(self) -> tuple[str, ...]:
        """Segments of the second grouping, in their order."""
        return tuple(dict.fromkeys(c.segment_with for c in self.cells))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair."""
        return pd.DataFrame([asdict(c) for c in self.cells], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return nothing: the table shows sizes, and portraits tell what differs."""
        return ()


def crossed(
    features: pd.DataFrame,
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    names: tuple[str, str],
    limits: Limits,
    confidence: float = 0.95,
) -> Crossed:
    """Count customers and revenue in every pair of segments of two groupings.

    A pair with fewer customers than may be shown is hidden, and so is the next smallest of its
    row and column where one hidden pair alone could be found by subtraction. An empty pair is
    shown as such.

    Parameters
    ----------
    features : pandas.DataFrame
        `customer_id` and `revenue`.
    first, second : pandas.DataFrame
        `customer_id` and `segment` of the two groupings.
    names : pair of str
        The groupings.
    limits : Limits
        How many customers may be shown.
    confidence : float, default 0.95
        Of the intervals of shares.

    Raises
    ------
    NoDataError
        If no customer is in a segment of both.
    """
    pairs = _pairs(first, second)
    if pairs.empty:
        raise NoDataError(f"No customer is in a segment of both {names[0]!r} and {names[1]!r}.")
    at = positions_among(pairs["customer_id"], features["customer_id"])
    pairs["revenue"] = features["revenue"].reset_index(drop=True).reindex(at).array
    rows, columns = _by_size(pairs["segment"]), _by_size(pairs["segment_with"])
    counts = pd.crosstab(pairs["segment"], pairs["segment_with"]).reindex(
        index=rows, columns=columns, fill_value=0
    ).to_numpy()  # fmt: skip
    money = pairs.pivot_table(
        index="segment", columns="segment_with", values="revenue", aggfunc="sum", fill_value=0
    ).reindex(index=rows, columns=columns, fill_value=0).to_numpy(dtype=np.float64)  # fmt: skip
    total = float(features["revenue"].sum())
    hidden = _hidden(counts, limits.hidden_below)
    cells = []
    for i, row in enumerate(rows):
        low, high = wilson_interval(counts[i], int(counts[i].sum()), confidence=confidence)
        cells += [
            Crossing(
                segment=row,
                segment_with=columns[j],
                n=_unless(hidden[i, j], counts[i, j]),
                share=_unless(hidden[i, j], counts[i, j] / counts[i].sum()),
                low=_unless(hidden[i, j], low[j]),
                high=_unless(hidden[i, j], high[j]),
                revenue=_unless(hidden[i, j], money[i, j]),
                revenue_share=_unless(hidden[i, j], money[i, j] / total if total > 0 else np.nan),
            )
            for j in range(len(columns))
        ]
    return Crossed(
        grouping=names[0],
        grouping_with=names[1],
        cells=tuple(cells),
        n_hidden=int(hidden.sum()),
    )


def _pairs(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return `segment` and `segment_with` of customers in both; in the order of the first."""
    if second["customer_id"].duplicated().any():
        return first[["customer_id", "segment"]].merge(
            second[["customer_id", "segment"]], on="customer_id", suffixes=("", "_with")
        )
    at = positions_among(first["customer_id"], second["customer_id"])
    found = first.loc[at >= 0, ["customer_id", "segment"]].reset_index(drop=True)
    return found.assign(segment_with=second["segment"].array.take(at[at >= 0]))


def _by_size(values: pd.Series) -> list[str]:
    counts = values.value_counts()
    return sorted(map(str, counts.index), key=lambda s: (-counts[s], s))


def _unless(is_hidden: object, value: float) -> float:
    return float("nan") if is_hidden else float(value)


def _hidden(counts: NDArray[np.int64], below: int) -> NDArray[np.bool_]:
    """Return which cells are not shown: the small ones, and what would give them away."""
    hidden = (counts > 0) & (counts < below)
    while True:
        before = int(hidden.sum())
        for lines, marks in ((counts, hidden), (counts.T, hidden.T)):
            for line, mark in zip(lines, marks, strict=True):
                left = (line > 0) & ~mark
                if mark.sum() == 1 and left.any():
                    mark[np.where(left, line, np.iinfo(np.int64).max).argmin()] = True
        if int(hidden.sum()) == before:
            return hidden
