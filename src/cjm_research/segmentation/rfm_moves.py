"""Who moved between the regions of RFM since an earlier day, by one frozen set of cuts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError
from cjm_research.results import Finding, Result, Unit
from cjm_research.segmentation.grids import grid
from cjm_research.segmentation.rfm import RfmCard, rfm_card, rfm_scores
from cjm_research.segmentation.rfm_table import rfm_table
from cjm_research.stats.proportions import wilson_interval
from cjm_research.store.rows import positions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Rfm as RfmPlan

NEWCOMERS = "newcomers"
"""Where customers come from who had not ordered by the earlier day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmMove:
    """Customers who went from one region to another; or stayed."""

    from_cell: str
    cell: str
    n: int
    of: int
    """Customers of the region that they come from."""
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmMoves(Result):
    """How customers moved between the regions, both days scored with the same cuts."""

    units: ClassVar[Mapping[str, Unit]] = {
        "from_cell": Unit.LABEL,
        "cell": Unit.LABEL,
        "n": Unit.COUNT,
        "of": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
    }

    moves: tuple[RfmMove, ...]
    card: RfmCard
    """Cuts that both days are scored with."""
    confidence: float
    names: tuple[str, ...]
    n_customers: int
    window: tuple[str, str]
    limits: Limits

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair of regions that customers moved between."""
        return pd.DataFrame([asdict(m) for m in self.moves], columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return, per region of origin, which other region most of its customers went to."""
        told = []
        for name in self.names:
            own = [m for m in self.moves if m.from_cell == name and m.cell != name]
            if own:
                told.append(self._told(max(own, key=lambda m: (m.n, m.cell))))
        return tuple(told)

    def _told(self, move: RfmMove) -> Finding:
        rank = {name: i for i, name in enumerate(self.names)}
        return Finding(
            id=f"segmentation/rfm_move/from={move.from_cell}",
            kind="rfm_move",
            subject={"from_cell": move.from_cell, "cell": move.cell},
            estimate=move.share,
            low=move.low,
            high=move.high,
            confidence=self.confidence,
            unit=Unit.SHARE,
            n=move.of,
            customers=float(move.n),
            method="rfm_frozen_cuts",
            window=self.window,
            direction="good" if rank[move.cell] < rank[move.from_cell] else "bad",
            values={"moved": move.n},
            status="shown" if self.limits.level(move.of) == "claims" else "hidden_small_n",
        )


def rfm_moves(
    orders: pd.DataFrame,
    plan: RfmPlan,
    *,
    as_of: pd.Timestamp,
    limits: Limits,
    confidence: float = 0.95,
) -> RfmMoves:
    """Compare the regions of a day with those some days before.

    The cuts are the study's, else the quintiles of the earlier day, and are the same for both:
    cuts taken anew would fix the sizes of the scores, so that nobody could move on the whole.

    Parameters
    ----------
    orders : pandas.DataFrame
        The canonical table.
    plan : Rfm
        Grid, cuts, and how many days to look back.
    as_of : pandas.Timestamp
        The later day.
    limits : Limits
        How many customers a statement needs.
    confidence : float, default 0.95
        Of the interval of each share.

    Raises
    ------
    NoDataError
        If nobody had ordered by the earlier day.
    """
    return rfm_moves_of(
        lambda day: rfm_table(orders, as_of=day),
        plan,
        as_of=as_of,
        limits=limits,
        confidence=confidence,
    )


def rfm_moves_of(
    ordered: Callable[[pd.Timestamp], pd.DataFrame],
    plan: RfmPlan,
    *,
    as_of: pd.Timestamp,
    limits: Limits,
    confidence: float = 0.95,
) -> RfmMoves:
    """Compare the regions of two days, as `rfm_moves`, where their tables can be had.

    Parameters
    ----------
    ordered : callable
        Gives `rfm_table` of a day.
    plan, as_of, limits, confidence
        As for `rfm_moves`.
    """
    earlier = as_of - pd.Timedelta(days=plan.compare_days)
    before = ordered(earlier)
    try:
        card = rfm_card(before, plan, as_of=f"{earlier:%Y-%m-%d}")
    except NoDataError:
        raise NoDataError(f"Nobody had ordered by {earlier:%Y-%m-%d}: no moves to tell.") from None
    names = (*grid(plan.grid).names, NEWCOMERS)
    one = rfm_scores(before, card, grid_name=plan.grid)
    other = rfm_scores(ordered(as_of), card, grid_name=plan.grid)
    was = positions_of(other["customer_id"], pd.Index(one["customer_id"]))
    start = np.append(_codes(one["cell"], names), len(names) - 1)[was]
    pairs = start * len(names) + _codes(other["cell"], names)
    table = np.bincount(pairs, minlength=len(names) ** 2).reshape(len(names), len(names))
    return RfmMoves(
        moves=tuple(_moves(table, names, confidence)),
        card=card,
        confidence=confidence,
        names=names,
        n_customers=len(other),
        window=(f"{earlier:%Y-%m-%d}", f"{as_of:%Y-%m-%d}"),
        limits=limits,
    )


def _codes(cells: pd.Series, names: tuple[str, ...]) -> NDArray[np.int64]:
    return positions_of(cells, pd.Index(names))


def _moves(counts: NDArray[np.int64], names: tuple[str, ...], confidence: float) -> list[RfmMove]:
    totals = counts.sum(axis=1, keepdims=True)
    low, high = wilson_interval(
        counts, np.broadcast_to(totals, counts.shape), confidence=confidence
    )
    return [
        RfmMove(
            from_cell=names[i],
            cell=names[j],
            n=int(counts[i, j]),
            of=int(totals[i, 0]),
            share=float(counts[i, j] / totals[i, 0]),
            low=float(low[i, j]),
            high=float(high[i, j]),
        )
        for i, j in zip(*np.nonzero(counts), strict=True)
    ]
