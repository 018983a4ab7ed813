"""RFM: the interval of a region's share, and who keeps a region while nothing changes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.simulated.row import Part, Row
from cjm_research.segmentation.rfm import RfmCard, rfm, rfm_card, rfm_scores

LARGE = 200_000
DAYS = 365.0
SHAPES = [("most buy once", 0.4, 500.0), ("most buy often", 2.0, 150.0)]
"""How customers buy: shape and scale of their gaps in days, for gamma-distributed rates."""
SIZES = (300, 3_000)


def rfm_regions(rng: np.random.Generator, runs: int = 300) -> list[Part]:
    """Draw customers whose habits never change: regions of a sample, and of the year after."""
    parts: list[list[Row]] = [[], [], []]
    for what, shape, scale in SHAPES:
        crowd, _ = _years(rng, LARGE, (shape, scale))
        kept = rfm_card(crowd, as_of="")
        truth = {r.cell: r.share for r in rfm(crowd, kept).regions}
        for n in SIZES:
            samples = [crowd.iloc[rng.choice(len(crowd), n)] for _ in range(runs)]
            case = f"{what}, {n:,} customers"
            parts[0].append(_inside(f"{case}", samples, truth, kept))
            parts[1].append(_inside(f"{case}", samples, truth, None))
        parts[2].append(_stays(what, *_years(rng, LARGE, (shape, scale)), kept))
    return [
        Part(
            "RFM regions, cuts kept from earlier (Wilson)",
            "*Held*: the 95 % interval held a region's share among all, every region counted.",
            parts[0],
        ),
        Part(
            "RFM regions, cuts taken from the same customers (Wilson)",
            "*Held*: the 95 % interval held a region's share among all, every region counted.",
            parts[1],
        ),
        Part(
            "RFM, the same region a year later, though no habit changed",
            "*Held*: the region of one year is that of the next, of those who ordered in both.",
            parts[2],
        ),
    ]


def _years(
    rng: np.random.Generator, n: int, habit: tuple[float, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw two years of the same customers: how often and for how much each buys stays the same."""
    rate = rng.gamma(habit[0], 1 / habit[1], n) * DAYS
    taste = rng.normal(4, 0.7, n)
    years = []
    for _ in range(2):
        orders = rng.poisson(rate)
        some = np.maximum(orders, 1)
        last = DAYS * (1 - rng.random(n) ** (1 / some))  # the latest of so many even days
        sums = some * np.exp(taste + rng.normal(0, 0.6, n) / np.sqrt(some))
        features = pd.DataFrame({
            "customer_id": [f"c{i}" for i in range(n)],
            "recency_days": np.floor(last),
            "n_orders": orders,
            "revenue": sums,
        })  # fmt: skip
        years.append(features[orders > 0])
    return years[0], years[1]


def _inside(
    what: str, samples: list[pd.DataFrame], truth: dict[str, float], card: RfmCard | None
) -> Row:
    regions = [r for sample in samples for r in rfm(sample, card).regions]
    held = sum(r.low <= truth[r.cell] <= r.high for r in regions)
    return Row(what, held, len(regions))


def _stays(what: str, one: pd.DataFrame, other: pd.DataFrame, card: RfmCard) -> Row:
    both = [rfm_scores(year, card).set_index("customer_id")["cell"] for year in (one, other)]
    again = pd.concat(both, axis=1, join="inner", keys=["then", "now"])
    return Row(what, int((again["then"] == again["now"]).sum()), len(again))
