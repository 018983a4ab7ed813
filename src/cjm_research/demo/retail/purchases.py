"""Attempts to buy: when each customer starts a checkout, and whether an order comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import at_daytime, days, deal, deal_by, generator, seconds
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.demo.draw import Variant, Words

FIRST_ATTEMPT, LAST_ATTEMPT = days("2025-07-25"), days("2026-06-16")
LAST_OF_LEAVERS = days("2026-01-31")
PRODUCTS = {
    "home": ("Cotton bed linen", "Ceramic pan", "Garden lamp", "Wool blanket"),
    "beauty": ("Face cream", "Shampoo set", "Hand balm", "Hair dryer brush"),
    "electronics": ("Wireless earphones", "Power bank", "Smart speaker", "Tablet stand"),
    "sport": ("Yoga mat", "Running belt", "Cycling gloves", "Dumbbell pair"),
    "grocery": ("Ground coffee", "Green tea", "Nut mix", "Olive oil"),
    "kids": ("Wooden blocks", "Rain boots", "Baby carrier", "School backpack"),
}


def attempts(seed: int, people: pd.DataFrame) -> pd.DataFrame:
    """Draw the checkouts that were started: `row` of the customer, `at`, `is_placed`."""
    rng = generator(seed, "attempts")
    buyers = np.flatnonzero(people["is_buyer"])
    others = np.flatnonzero(people["starts_buying"] & ~people["is_buyer"])
    mean = people["income_band"].map(plan.ORDERS_BY_INCOME).to_numpy()[buyers]
    n_orders = 1 + rng.poisson(mean * rng.gamma(2.5, 1 / 2.5, len(buyers)))
    placed = np.repeat(buyers, n_orders)
    failed = np.concatenate([rng.choice(buyers, len(buyers) // 3, replace=False), others])
    row = np.concatenate([placed, failed])
    last = np.where(people["leaves"].to_numpy()[row], LAST_OF_LEAVERS, LAST_ATTEMPT)
    width = (last - FIRST_ATTEMPT).astype(np.int64)
    anywhere = FIRST_ATTEMPT + (rng.random(len(row)) * width).astype("timedelta64[s]")
    at = at_daytime(rng, anywhere, first=7, last=23.5)
    is_placed = np.arange(len(row)) < len(placed)
    return pd.DataFrame({"row": row, "at": at, "is_placed": is_placed})


def orders(seed: int, people: pd.DataFrame, started: pd.DataFrame) -> pd.DataFrame:
    """Return the placed orders with their promised and real delivery.

    A customer with bad luck gets the last order late and every other one with even odds; all
    the others get theirs in time.
    """
    rng = generator(seed, "orders")
    table = started[started["is_placed"]].sort_values(["at", "row"], ignore_index=True)
    n = len(table)
    table["order_id"] = [f"{2_500_000 + i}" for i in range(n)]
    is_last = ~table["row"].duplicated(keep="last").to_numpy()
    unlucky = people["is_late"].to_numpy()[table["row"]]
    table["is_late"] = unlucky & (is_last | (rng.random(n) < plan.LATE_ORDERS))
    table["status"] = deal(rng, n, {"completed": 0.93, "returned": 0.05, "cancelled": 0.02})
    segment = people["segment"].to_numpy()[table["row"]]
    table["channel"] = deal_by(
        rng,
        segment,
        {
            "": {"app": 0.45, "web": 0.45, "phone": 0.10},
            "young_singles": {"app": 0.72, "web": 0.26, "phone": 0.02},
            "seniors": {"app": 0.08, "web": 0.42, "phone": 0.50},
        },
    )
    day = table["at"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    promised = day + seconds(rng.integers(2, 5, n) + 20 / 24)
    early, late = rng.uniform(0.05, 0.9, n), rng.integers(1, 7, n) + rng.uniform(-0.4, 0.0, n)
    delivered = promised + np.where(table["is_late"], seconds(late), -seconds(early))
    table["promised_at"] = promised
    table["delivered_at"] = np.where(
        table["status"] == "cancelled", np.datetime64("NaT", "s"), delivered
    )
    return table


def favourites(seed: int, people: pd.DataFrame, placed: pd.DataFrame) -> Words:
    """Return the category that each customer likes most, as `lines` draws it."""
    rng = generator(seed, "lines")
    _extra(rng, placed)
    return _favourites(rng, people)


def lines(
    seed: int, people: pd.DataFrame, placed: pd.DataFrame, *, variant: Variant = "planted"
) -> pd.DataFrame:
    """Spread the order lines over the orders: at least one each, `plan.N_LINES` in all.

    Customers have a favourite category; of the variant ``continuum``, none has.
    """
    rng = generator(seed, "lines")
    table = placed.loc[placed.index.repeat(1 + _extra(rng, placed))].reset_index(drop=True)
    n = len(table)
    table["line"] = table.groupby("order_id").cumcount() + 1
    segment = people["segment"].to_numpy()[table["row"]]
    favourite = _favourites(rng, people)
    other = deal_by(rng, segment, plan.CATEGORIES)
    likes = plan.FAVOURITE if variant == "planted" else 0.0
    table["category"] = np.where(rng.random(n) < likes, favourite[table["row"].to_numpy()], other)
    table["product"] = _products(rng, table["category"].to_numpy(dtype=object))
    table["quantity"] = deal(rng, n, {"1": 0.8, "2": 0.15, "3": 0.05}).astype(int)
    income = people["income_band"].map(plan.PRICE_BY_INCOME).to_numpy()[table["row"]]
    base = table["category"].map(plan.PRICES).to_numpy() * income * table["basket"].to_numpy()
    price = np.round(base * rng.lognormal(-0.08, 0.4, n), 0)
    table["discount"] = np.round(price * deal(rng, n, {"0": 0.7, "0.05": 0.2, "0.1": 0.1})
                                 .astype(float), 2)  # fmt: skip
    table["amount"] = np.round((price - table["discount"]) * table["quantity"], 2)
    return table


def _extra(rng: np.random.Generator, placed: pd.DataFrame) -> NDArray[np.int64]:
    shares = np.full(len(placed), 1 / len(placed))
    return rng.multinomial(plan.N_LINES - len(placed), shares)


def _favourites(rng: np.random.Generator, people: pd.DataFrame) -> Words:
    return deal_by(rng, people["segment"].to_numpy(dtype=object), plan.CATEGORIES)


def churn(seed: int, people: pd.DataFrame, started: pd.DataFrame) -> pd.DataFrame:
    """Add to the customers what became of them: status, the day and the reason of leaving."""
    rng, n = generator(seed, "churn"), len(people)
    last = started.groupby("row")["at"].max().reindex(range(n)).to_numpy()
    gone = people["leaves"].to_numpy()
    left = (last + seconds(rng.integers(60, 120, n))).astype("datetime64[D]")
    has_bought = np.isin(np.arange(n), started.loc[started["is_placed"], "row"])
    why = np.where(people["is_late"], "late", "").astype(object)
    return people.assign(
        is_churned=pd.Series(gone, dtype="boolean").where(has_bought),
        churned_on=np.where(gone, left, np.datetime64("NaT", "D")),
        status=np.select([gone, has_bought], ["lost", "current"], "lead"),
        lost_reason=np.where(gone, deal_by(rng, why, plan.LOST_REASONS), ""),
    )


def _products(rng: np.random.Generator, category: Words) -> Words:
    number = rng.integers(0, 4, len(category))
    names = np.array([PRODUCTS[c] for c in PRODUCTS], dtype=object)
    code = {c: i for i, c in enumerate(PRODUCTS)}
    found: Words = names[[code[c] for c in category], number]
    return found
