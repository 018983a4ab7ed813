"""The shop's customers: who they are, and which of them buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import generator, pick, pick_by, seconds
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGES = {"families": (26, 50), "young_singles": (19, 33), "seniors": (61, 78), "adults": (36, 58)}
REGIONS = {"moscow": "central", "saint_petersburg": "northwest", "kazan": "volga",
           "yekaterinburg": "ural", "novosibirsk": "siberia", "krasnodar": "south",
           "samara": "volga", "perm": "volga"}  # fmt: skip


def customers(seed: int) -> pd.DataFrame:
    """Draw the customers, one row each, in canonical words.

    Besides their attributes they carry what only the maker knows: `segment`, `is_buyer`,
    `is_late` (had a late delivery) and `leaves`.
    """
    rng, n = generator(seed, "customers"), plan.N_CUSTOMERS
    segment = pick(rng, n, plan.SEGMENTS)
    table = pd.DataFrame({"customer_id": [f"C{i:06d}" for i in 100_000 + rng.permutation(n)]})
    table["segment"] = segment
    table["gender"] = pick(rng, n, {"female": 0.56, "male": 0.44})
    table["birth_date"] = _birth_dates(rng, segment)
    table["household"] = _households(rng, segment)
    table["city"] = pick_by(rng, segment, plan.CITIES)
    table["region"] = table["city"].map(REGIONS)
    table["income_band"] = pick_by(rng, segment, plan.INCOMES)
    table["occupation"] = pick_by(rng, segment, plan.OCCUPATIONS)
    table["education"] = pick(rng, n, {"higher": 0.55, "college": 0.30, "school": 0.15})
    table["interests"] = pick_by(rng, segment, plan.INTERESTS)
    table["preferred_channel"] = pick_by(rng, segment, plan.CHANNELS)
    table["acquisition_channel"] = pick_by(rng, segment, plan.ACQUIRED)
    table["consent_marketing"] = rng.random(n) < 0.78
    table["language"] = pick(rng, n, {"ru": 0.7, "en": 0.2, "zh": 0.1})
    table["bonus_balance"] = np.round(rng.gamma(1.2, 220.0, n), 2)
    return _reached(rng, table)


def _reached(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add how far each customer comes; nothing about the customer changes the odds."""
    n = len(table)
    aware = rng.random(n) < plan.REACHED["awareness"]
    considers = aware & (rng.random(n) < plan.REACHED["consideration"])
    buys = considers & (rng.random(n) < plan.REACHED["purchase"])
    order = rng.permutation(np.flatnonzero(buys))
    is_buyer = np.zeros(n, dtype=bool)
    is_buyer[order[: plan.N_BUYERS]] = True
    is_late = rng.random(n) < plan.LATE_BUYERS
    leaves = is_buyer & (rng.random(n) < np.where(is_late, plan.CHURN_LATE, plan.CHURN_OTHER))
    return table.assign(is_aware=aware, considers=considers, starts_buying=buys,
                        is_buyer=is_buyer, is_late=is_late, leaves=leaves)  # fmt: skip


def _birth_dates(rng: np.random.Generator, segment: NDArray[np.object_]) -> NDArray[np.datetime64]:
    low = np.array([AGES[s][0] for s in segment])
    high = np.array([AGES[s][1] for s in segment])
    age = low + rng.random(len(segment)) * (high - low)
    days: NDArray[np.datetime64] = (plan.LAST - seconds(age * 365.25)).astype("datetime64[D]")
    return days


def _households(rng: np.random.Generator, segment: NDArray[np.object_]) -> NDArray[np.object_]:
    return pick_by(
        rng,
        segment,
        {
            "": {"couple": 0.6, "single": 0.4},
            "families": {"family": 1.0},
            "young_singles": {"single": 1.0},
        },
    )
