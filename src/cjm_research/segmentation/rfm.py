"""Recency, frequency, money: scores with frozen cuts, and how large each named region is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.segmentation.grids import N_SCORES, PROSPECTS, grid
from cjm_research.segmentation.rfm_result import USUAL, Rfm, RfmRegion
from cjm_research.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from cjm_research.study.model import Limits
    from cjm_research.study.plans import Rfm as RfmPlan

INPUTS = {"recency_days": "r", "n_orders": "f", "revenue": "m"}
"""Column of `features` and the score made of it. Few days since the last order are good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmCard:
    """The cuts of the scores: kept, so that a score means the same in every run.

    A customer's score is one more than the number of cuts below the value (for recency: than
    the number of cuts not below it). Equal values share a score whatever their order, and a cut
    that stands twice leaves a score unused instead of splitting equals.
    """

    recency_cuts: tuple[float, ...]
    frequency_cuts: tuple[float, ...]
    money_cuts: tuple[float, ...]
    n_customers: int
    """Customers the cuts were taken from."""
    as_of: str
    """Day of their features, ISO."""

    def to_json(self) -> str:
        """Return the card as text, to keep beside the study."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ParameterError
            If the text is not a card, or its cuts do not rise.
        """
        try:
            plain = json.loads(text)
            cuts = {k: tuple(map(float, plain[k])) for k in plain if k.endswith("_cuts")}
            card = cls(**{**plain, **cuts})
        except (TypeError, ValueError, KeyError) as error:
            raise ParameterError(f"This is not an RFM card: {error}.") from None
        for name, values in cuts.items():
            if len(values) != N_SCORES - 1 or list(values) != sorted(values):
                raise ParameterError.expected(name, "four rising numbers", got=values)
        return card


def rfm_card(features: pd.DataFrame, plan: RfmPlan | None = None, *, as_of: str) -> RfmCard:
    """Take the study's own cuts, and the quintiles of customers who ordered for the others.

    Quintile cuts are values that occur (the inverse of the empirical distribution), so that
    they are the same for any order of rows.

    Raises
    ------
    SchemaError
        If a column is missing.
    NoDataError
        If nobody has ordered with a date.
    """
    ordered = _ordered(features)
    if ordered.empty:
        raise NoDataError("RFM needs customers with dated orders; there are none.")
    own = {} if plan is None else {"recency_days": plan.recency_days, "n_orders": plan.orders,
                                   "revenue": plan.revenue}  # fmt: skip
    levels = np.arange(1, N_SCORES) / N_SCORES
    cuts = {}
    for column in INPUTS:
        values = ordered[column].to_numpy(np.float64)
        found = own.get(column) or np.quantile(values, levels, method="inverted_cdf").tolist()
        cuts[column] = tuple(float(c) for c in found)
    return RfmCard(
        recency_cuts=cuts["recency_days"],
        frequency_cuts=cuts["n_orders"],
        money_cuts=cuts["revenue"],
        n_customers=len(ordered),
        as_of=as_of,
    )


def rfm_scores(
    features: pd.DataFrame, card: RfmCard, *, grid_name: str = "regions"
) -> pd.DataFrame:
    """Score every customer who ordered with a date.

    Returns
    -------
    pandas.DataFrame
        `customer_id`, scores `r`, `f`, `m` from 1 (worst) to 5 (best) and `cell`, the name of
        the region in the grid.

    Examples
    --------
    >>> features = pd.DataFrame(
    ...     {
    ...         "customer_id": list("abcde"),
    ...         "recency_days": [1.0, 2, 3, 4, 5],
    ...         "n_orders": [1, 1, 1, 1, 9],
    ...         "revenue": [1.0, 2, 3, 4, 5],
    ...     }
    ... )
    >>> scores = rfm_scores(features, rfm_card(features, as_of="2026-06-30"))
    >>> scores[["r", "f", "m"]].values.tolist()
    [[5, 1, 1], [4, 1, 2], [3, 1, 3], [2, 1, 4], [1, 5, 5]]
    """
    ordered = _ordered(features)
    values = {c: ordered[c].to_numpy(float) for c in INPUTS}
    recency = np.sort(-np.asarray(card.recency_cuts))
    # Quintile cuts of days since the last order, seen from the other side: a value equal to a
    # cut belongs to the better side, as it does for orders and money.
    above = np.searchsorted(recency, -values["recency_days"], side="right")
    f = 1 + np.searchsorted(card.frequency_cuts, values["n_orders"], side="left")
    m = 1 + np.searchsorted(card.money_cuts, values["revenue"], side="left")
    found = {"r": 1 + above, "f": f, "m": m, "fm": (f + m + 1) // 2}
    chosen = grid(grid_name)
    cells = chosen.places([found[axis] for axis in chosen.axes])
    names = pd.Series(chosen.names, dtype="string[pyarrow]")
    return pd.DataFrame({
        "customer_id": ordered["customer_id"].array,
        "r": found["r"],
        "f": f,
        "m": m,
        "cell": names.take(cells).array,
    })  # fmt: skip


def rfm(
    features: pd.DataFrame,
    card: RfmCard | None = None,
    *,
    grid_name: str = "regions",
    confidence: float = 0.95,
    window: tuple[str, str] | None = None,
    limits: Limits = USUAL,
) -> Rfm:
    """Score customers and sum the regions of the grid.

    Parameters
    ----------
    features : pandas.DataFrame
        The derived table, or what `rfm_table` gives.
    card : RfmCard, optional
        Cuts of an earlier run; taken from these customers if absent. With cuts of its own,
        each run has the same score sizes, so that customers cannot move between them: keep the
        card to speak of change.
    grid_name : str
        One of `grids.GRIDS`.
    confidence : float
        Of the interval of each share.
    window : tuple of str, optional
        First and last day of the data, ISO; the last is kept in a new card.
    limits : Limits, optional
        A region of fewer customers than may be shown has no numbers.

    Raises
    ------
    NoDataError
        If nobody has ordered with a date, so that no region of the grid has anybody.
    """
    card = card or rfm_card(features, as_of=window[1] if window else "")
    scores = rfm_scores(features, card, grid_name=grid_name)
    values = _ordered(features)
    names = grid(grid_name).names
    groups = {name: (scores["cell"] == name).to_numpy(dtype=bool) for name in names}
    if grid_name in PROSPECTS:
        values = pd.concat([values, features.drop(values.index)])
        without = np.arange(len(values)) >= len(scores)
        nobody = np.zeros(int(without.sum()), dtype=bool)
        groups = {k: np.append(g, nobody) for k, g in groups.items()}
        groups[PROSPECTS[grid_name]] = without
    if values.empty:
        raise NoDataError("RFM needs customers with dated orders; there are none.")
    low, high = wilson_interval(
        [int(g.sum()) for g in groups.values()], len(values), confidence=confidence
    )
    total = float(values["revenue"].sum())
    return Rfm(
        regions=tuple(
            _region(name, values[inside], (float(low[i]), float(high[i])), (len(values), total))
            for i, (name, inside) in enumerate(groups.items())
        ),
        card=card,
        confidence=confidence,
        n_customers=len(values),
        n_without_order=len(features) - len(scores),
        grid=grid_name,
        window=window,
        limits=limits,
    )


def _region(
    name: str, own: pd.DataFrame, interval: tuple[float, float], base: tuple[int, float]
) -> RfmRegion:
    revenue, (customers, total) = float(own["revenue"].sum()), base
    return RfmRegion(
        cell=name,
        n=len(own),
        share=len(own) / customers,
        low=interval[0],
        high=interval[1],
        revenue=revenue,
        revenue_share=revenue / total if total > 0 else float("nan"),
        median_recency=float(own["recency_days"].median()),
        median_orders=float(own["n_orders"].astype("float64").median()),
    )


def _ordered(features: pd.DataFrame) -> pd.DataFrame:
    for column in ("customer_id", *INPUTS):
        if column not in features:
            raise SchemaError.missing_column(
                column, table="features", found=list(map(str, features.columns))
            )
    return features.dropna(subset=list(INPUTS))
