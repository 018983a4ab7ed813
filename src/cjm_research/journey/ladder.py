"""The ladder of loyalty: from one order to a customer who recommends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.answers import upright
from cjm_research.journey.order_path import bought_orders
from cjm_research.journey.placing import need
from cjm_research.journey.telling import USUAL, told
from cjm_research.results import Finding, Result, Unit
from cjm_research.stats.proportions import wilson_interval
from cjm_research.store.rows import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjm_research.study.model import Limits

LEVELS = ("one_time", "repeat", "regular", "promoter")
"""One order; two; `regular_from` or more; two or more and ready to recommend."""
PROMOTER_FROM = 9
"""Least answer to the NPS question, on 0 to 10, of a promoter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderLevel:
    """The customers of one rung."""

    rung: str
    customers: int
    share: float
    """Of all who bought."""
    low: float
    high: float
    orders_each: float
    """Orders of a customer, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoyaltyLadder(Result):
    """Buyers by rung. Who never answered the NPS question cannot be a promoter."""

    units: ClassVar[Mapping[str, Unit]] = {
        "rung": Unit.LABEL,
        "customers": Unit.COUNT,
        "share": Unit.SHARE,
        "low": Unit.SHARE,
        "high": Unit.SHARE,
        "orders_each": Unit.NUMBER,
    }

    levels: tuple[LadderLevel, ...]
    n_customers: int
    """Customers with an order."""
    n_asked: int
    """Of those with two orders or more, how many answered the NPS question."""
    regular_from: int
    confidence: float
    limits: Limits = USUAL

    def to_frame(self) -> pd.DataFrame:
        """Return one row per rung, the lowest first."""
        plain = [[getattr(r, c) for c in self.units] for r in self.levels]
        return pd.DataFrame(plain, columns=list(self.units))

    def findings(self) -> tuple[Finding, ...]:
        """Return how many bought only once."""
        first = self.levels[0]
        return (
            Finding(
                id="journey/ladder/rung=one_time",
                kind="one_time_buyers",
                subject={"rung": first.rung},
                estimate=first.share,
                low=first.low,
                high=first.high,
                confidence=self.confidence,
                unit=Unit.SHARE,
                n=self.n_customers,
                method="wilson",
                direction="bad",
                customers=first.customers,
                status=told(self.limits, self.n_customers),
                values={"n_one_time": first.customers},
            ),
        )


def ladder_levels(
    orders: pd.DataFrame, feedback: pd.DataFrame, *, regular_from: int = 4
) -> pd.DataFrame:
    """Return the rung of each customer who bought.

    Parameters
    ----------
    orders : pandas.DataFrame
        Canonical orders.
    feedback : pandas.DataFrame
        Canonical feedback; the newest NPS answer of a customer counts.
    regular_from : int, default 4
        Orders that make a regular customer, 3 or more.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, `n_orders`, `nps` (missing without an answer), `rung`.

    Raises
    ------
    SchemaError
        If a column is missing.
    ParameterError
        If `regular_from` is below 3.
    """
    if regular_from < 3:
        raise ParameterError.expected("regular_from", "3 or more", got=regular_from)
    n_orders = bought_orders(orders).groupby("customer_id", observed=True).size()
    out = n_orders.rename("n_orders").reset_index()
    out["nps"] = aligned(_newest_nps(feedback), out["customer_id"]).to_numpy(dtype="float64")
    n = out["n_orders"]
    is_promoter = (n > 1) & (out["nps"] >= PROMOTER_FROM)
    out["rung"] = np.select([is_promoter, n >= regular_from, n > 1],
                             ["promoter", "regular", "repeat"], default="one_time")  # fmt: skip
    return out.astype({"rung": "string[pyarrow]"})


def loyalty_ladder(
    orders: pd.DataFrame,
    feedback: pd.DataFrame,
    *,
    regular_from: int = 4,
    confidence: float = 0.95,
    limits: Limits = USUAL,
) -> LoyaltyLadder:
    """Count the buyers on each rung; the parameters are those of `ladder_levels`.

    Raises
    ------
    NoDataError
        If nobody bought anything.
    """
    rows = ladder_levels(orders, feedback, regular_from=regular_from)
    if rows.empty:
        raise NoDataError("There is no ladder of loyalty: no order has a customer and a time.")
    found = rows.groupby("rung", observed=True)["n_orders"].agg(["size", "mean"])
    counts = [int(found["size"].get(level, 0)) for level in LEVELS]
    low, high = wilson_interval(counts, len(rows), confidence=confidence)
    return LoyaltyLadder(
        levels=tuple(
            LadderLevel(
                rung=level,
                customers=counts[i],
                share=counts[i] / len(rows),
                low=float(low[i]),
                high=float(high[i]),
                orders_each=float(found["mean"].get(level, float("nan"))),
            )
            for i, level in enumerate(LEVELS)
        ),
        n_customers=len(rows),
        n_asked=int((rows["nps"].notna() & (rows["n_orders"] > 1)).sum()),
        regular_from=regular_from,
        confidence=confidence,
        limits=limits,
    )


def _newest_nps(feedback: pd.DataFrame) -> pd.Series[float]:
    need(feedback, ("kind",), table="feedback")
    if not {"customer_id", "score"} <= set(feedback):
        return pd.Series(dtype="float64")
    feedback = upright(feedback)
    rows = feedback.loc[(feedback["kind"] == "nps") & feedback["score"].notna()]
    rows = rows.dropna(subset=["customer_id"])
    if "given_at" in rows:
        rows = rows.sort_values("given_at", kind="stable", na_position="first")
    newest = rows.drop_duplicates("customer_id", keep="last")
    return newest.set_index("customer_id")["score"].astype("float64")
