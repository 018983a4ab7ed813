"""The shop's customers: who they are, and which of them buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import deal, deal_by, generator, mark_by, seconds
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from cjm_research.demo.draw import Marks, Times, Words

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
    segment = deal(rng, n, plan.SEGMENTS)
    table = pd.DataFrame({"customer_id": [f"C{i:06d}" for i in 100_000 + rng.permutation(n)]})
    table["segment"] = segment
    table["gender"] = deal_by(rng, segment, {"": {"female": 0.56, "male": 0.44}})
    table["birth_date"] = _birth_dates(rng, segment)
    table["household"] = _households(rng, segment)
    table["city"] = deal_by(rng, segment, plan.CITIES)
    table["region"] = table["city"].map(REGIONS)
    table["income_band"] = deal_by(rng, segment, plan.INCOMES)
    table["occupation"] = deal_by(rng, segment, plan.OCCUPATIONS)
    table["education"] = deal_by(
        rng, segment, {"": {"higher": 0.55, "college": 0.30, "school": 0.15}}
    )
    table["interests"] = deal_by(rng, segment, plan.INTERESTS)
    table["preferred_channel"] = deal_by(rng, segment, plan.CHANNELS)
    table["acquisition_channel"] = deal_by(rng, segment, plan.ACQUIRED)
    table["consent_marketing"] = mark_by(rng, segment, {"": 0.78})
    table["language"] = deal_by(rng, segment, {"": {"ru": 0.7, "en": 0.2, "zh": 0.1}})
    table["bonus_balance"] = np.round(rng.gamma(1.2, 220.0, n), 2)
    return _reached(rng, table)


def _reached(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add how far each customer comes; nothing about the customer changes the odds."""
    segment = table["segment"].to_numpy(dtype=object)
    aware = _among(rng, segment, np.ones(len(table), dtype=bool), plan.REACHED["awareness"])
    considers = _among(rng, segment, aware, plan.REACHED["consideration"])
    buys = _among(rng, segment, considers, plan.REACHED["purchase"])
    is_buyer = _among(rng, segment, buys, plan.N_BUYERS / buys.sum())
    is_late = _among(rng, segment, is_buyer, plan.LATE_BUYERS)
    leaves = _among(rng, segment, is_late, plan.CHURN_LATE) | _among(
        rng, segment, is_buyer & ~is_late, plan.CHURN_OTHER
    )
    return table.assign(is_aware=aware, considers=considers, starts_buying=buys,
                        is_buyer=is_buyer, is_late=is_late, leaves=leaves)  # fmt: skip


def _among(rng: np.random.Generator, segment: Words, able: Marks, share: float) -> Marks:
    """Mark that share of those who are able, the same in every segment."""
    groups = np.where(able, segment, "nobody").astype(object)
    return mark_by(rng, groups, {"": share, "nobody": 0.0})


def _birth_dates(rng: np.random.Generator, segment: Words) -> Times:
    low = np.array([AGES[s][0] for s in segment])
    high = np.array([AGES[s][1] for s in segment])
    age = low + rng.random(len(segment)) * (high - low)
    days: Times = (plan.LAST - seconds(age * 365.25)).astype("datetime64[D]")
    return days


def _households(rng: np.random.Generator, segment: Words) -> Words:
    return deal_by(
        rng,
        segment,
        {
            "": {"couple": 0.6, "single": 0.4},
            "families": {"family": 1.0},
            "young_singles": {"single": 1.0},
        },
    )
