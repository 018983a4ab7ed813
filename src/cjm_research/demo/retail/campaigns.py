"""Campaigns: who was shown what, the orders that came of it, the sums of an advertising test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import at_daytime, generator, mark_by, seconds, some
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from cjm_research.demo.draw import Marks, Words

SPRING_ARMS = ("control", "discount", "free_delivery")
FORMS = ("long_form", "short_form")
REMINDER_ARMS = ("no_push", "push")


def redesign(seed: int, started: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Show half of those who start a checkout a short form; some more of them finish.

    Returns the exposures and the attempts, of which some that failed are placed.
    """
    rng = generator(seed, plan.REDESIGN)
    inside = started[(started["at"] >= plan.REDESIGN_FIRST) & (started["at"] < plan.REDESIGN_LAST)]
    first = inside.sort_values("at").drop_duplicates("row")
    failed = ~first["is_placed"].to_numpy()
    arm = _arms(rng, failed, FORMS)
    able = np.flatnonzero((arm == "short_form") & failed)
    won = able[some(rng, len(able), round(plan.REDESIGN_LIFT * (arm == "short_form").sum()))]
    placed = started["is_placed"].to_numpy().copy()
    placed[first.index.to_numpy()[won]] = True
    shown = _exposures(plan.REDESIGN, first["row"].to_numpy(), arm)
    shown["exposed_at"] = first["at"].to_numpy() - seconds(90 / 86400)
    return shown, started.assign(is_placed=placed)


def spring(
    seed: int, people: pd.DataFrame, started: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mail a spring offer to those who have bought; the discount brings more orders.

    Returns the exposures and the attempts with the orders and baskets that the discount brought.
    """
    rng = generator(seed, plan.SPRING)
    end = plan.SPRING_START + np.timedelta64(plan.SPRING_DAYS, "D")
    bought = started[started["is_placed"]]
    before = np.unique(bought.loc[bought["at"] < plan.SPRING_START, "row"])
    units = before[~people["leaves"].to_numpy()[before]]
    inside = bought[(bought["at"] >= plan.SPRING_START) & (bought["at"] < end)]
    idle = ~np.isin(units, inside["row"])
    segment = people["segment"].to_numpy(dtype=object)[units]
    arm = _arms(rng, segment + np.where(idle, " idle", ""), SPRING_ARMS)
    won = np.concatenate([_won(rng, segment == s, idle=idle, offered=arm == "discount",
                               lift=plan.DISCOUNT_LIFT.get(s, plan.DISCOUNT_LIFT[""]))
                          for s in plan.SEGMENTS])  # fmt: skip
    at = plan.SPRING_START + seconds(rng.uniform(1, plan.SPRING_DAYS - 1, len(won)))
    at = at_daytime(rng, at, first=7, last=23.5)
    extra = pd.DataFrame({"row": units[won], "at": at, "is_placed": True})
    started = pd.concat([started, extra], ignore_index=True)
    cheaper = started["at"].between(plan.SPRING_START, end) & started["row"].isin(
        units[arm == "discount"]
    )
    started["basket"] = np.where(cheaper, plan.DISCOUNT_BASKET, 1.0)
    shown = _exposures(plan.SPRING, units, arm)
    shown["exposed_at"] = plan.SPRING_START + seconds(rng.uniform(0.3, 0.5, len(units)))
    return shown, started


def _won(
    rng: np.random.Generator, inside: Marks, *, idle: Marks, offered: Marks, lift: float
) -> NDArray[np.int64]:
    """Pick those of a segment whom the offer moved: `lift` of all who got it."""
    able = np.flatnonzero(inside & idle & offered)
    return able[some(rng, len(able), round(lift * int((inside & offered).sum())))]


def reminder(seed: int, people: pd.DataFrame) -> pd.DataFrame:
    """Send a push to half of the customers who consent, and lose rows of one arm."""
    rng = generator(seed, plan.REMINDER)
    able = np.flatnonzero(people["consent_marketing"] & people["is_aware"] & ~people["leaves"])
    units = rng.choice(able, plan.N_REMINDED, replace=False)
    shown = _exposures(plan.REMINDER, units, _arms(rng, np.zeros(len(units)), REMINDER_ARMS))
    shown["exposed_at"] = plan.REMINDER_START + seconds(rng.uniform(0.4, 6.4, len(units)))
    held = np.flatnonzero(shown["arm"] == "no_push")
    lost = held[some(rng, len(held), round(len(held) * plan.REMINDER_LOST))]
    return shown[~shown.index.isin(lost)].reset_index(drop=True)


def letter(seed: int, people: pd.DataFrame) -> pd.DataFrame:
    """Send a letter to everyone who consents: nobody is left out, so nothing can be compared."""
    rng = generator(seed, plan.LETTER)
    units = np.flatnonzero(people["consent_marketing"] & people["is_aware"] & ~people["leaves"])
    shown = _exposures(plan.LETTER, units, np.full(len(units), "letter", dtype=object))
    shown["exposed_at"] = plan.LETTER_START + seconds(rng.uniform(0.3, 0.6, len(units)))
    return shown


def banners(seed: int) -> pd.DataFrame:
    """Return the sums of an advertising export: a row per day and ad."""
    rng = generator(seed, plan.BANNERS)
    n_days, n_ads = plan.BANNER_DAYS, len(plan.BANNER_CLICKS)
    days = plan.BANNER_FIRST + np.arange(n_days) * np.timedelta64(1, "D")
    ad = np.tile(np.array(list(plan.BANNER_CLICKS), dtype=object), n_days)
    shown = rng.poisson(plan.BANNER_SHOWN, n_days * n_ads)
    # Days differ and ads of one day do not: chance adds nothing to the planted effects.
    mood = np.repeat(rng.uniform(0.85, 1.15, n_days), n_ads)
    clicks = np.round(mood * shown * np.tile(list(plan.BANNER_CLICKS.values()), n_days)).astype(int)
    return pd.DataFrame(
        {
            "day": np.repeat(days, n_ads),
            "ad": ad,
            "shown": shown,
            "clicks": clicks,
            "orders": np.round(clicks * plan.BANNER_ORDERS).astype(int),
            "spend": np.round(clicks * plan.BANNER_CLICK_COST, 2),
        }
    )


def outcomes(seed: int, shown: pd.DataFrame) -> pd.DataFrame:
    """Return who unsubscribed after the spring offer: 0 or 1 for each unit, alike in all arms."""
    rng = generator(seed, "unsubscribed")
    table = shown.loc[shown["experiment"] == plan.SPRING, ["experiment", "row"]].copy()
    table["metric"] = "unsubscribed"
    arm = shown.loc[table.index, "arm"].to_numpy(dtype=object)
    table["value"] = mark_by(rng, arm, {"": plan.UNSUBSCRIBED}).astype(int)
    table["observed_at"] = plan.SPRING_START + np.timedelta64(plan.SPRING_DAYS, "D")
    return table.reset_index(drop=True)


def _arms(rng: np.random.Generator, strata: ArrayLike, arms: tuple[str, ...]) -> Words:
    """Deal out the arms as evenly as can be within each stratum.

    The strata hold what would have happened anyway, so that chance adds nothing to the
    planted effects and nothing to those that are truly null.
    """
    groups = np.asarray(strata)
    order = np.lexsort((rng.random(len(groups)), groups))
    dealt: Words = np.empty(len(groups), dtype=object)
    dealt[order] = np.array(arms, dtype=object)[np.arange(len(groups)) % len(arms)]
    return dealt


def _exposures(experiment: str, row: NDArray[np.int64], arm: Words) -> pd.DataFrame:
    return pd.DataFrame({"experiment": experiment, "row": row, "arm": arm})
