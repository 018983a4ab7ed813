"""Three campaign tests: who was shown what, and the orders that came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import generator, seconds, some
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPRING_ARMS = ("control", "discount", "free_delivery")
FORMS = ("long_form", "short_form")
REMINDER_ARMS = ("no_push", "push")


def redesign(seed: int, started: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Show half of those who start a checkout a short form; some more of them finish.

    Returns the exposures and the attempts, of which some that failed are placed.
    """
    rng = generator(seed, plan.REDESIGN)
    inside = started[(started["at"] >= plan.REDESIGN_FIRST) & (started["at"] < plan.REDESIGN_LAST)]
    first = inside.sort_values("at").drop_duplicates("row").index.to_numpy()
    arm = _arms(rng, len(first), FORMS)
    failed = ~started.loc[first, "is_placed"].to_numpy()
    short = arm == "short_form"
    odds = plan.REDESIGN_LIFT * short.sum() / max(1, (short & failed).sum())
    won = short & failed & (rng.random(len(first)) < odds)
    placed = started["is_placed"].to_numpy().copy()
    placed[first[won]] = True
    shown = _exposures(plan.REDESIGN, started.loc[first, "row"].to_numpy(), arm)
    shown["exposed_at"] = started.loc[first, "at"].to_numpy() - seconds(90 / 86400)
    return shown, started.assign(is_placed=placed)


def spring(
    seed: int, people: pd.DataFrame, started: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mail a spring offer to those who have bought; the discount brings additional orders.

    Returns the exposures and the attempts with the orders that the discount brought.
    """
    rng = generator(seed, plan.SPRING)
    end = plan.SPRING_START + np.timedelta64(plan.SPRING_DAYS, "D")
    bought = started[started["is_placed"]]
    before = np.unique(bought.loc[bought["at"] < plan.SPRING_START, "row"])
    units = before[~people["leaves"].to_numpy()[before]]
    arm = _arms(rng, len(units), SPRING_ARMS)
    inside = bought[(bought["at"] >= plan.SPRING_START) & (bought["at"] < end)]
    idle = ~np.isin(units, inside["row"])
    segment = people["segment"].to_numpy()[units]
    lift = np.where(segment == "families", plan.DISCOUNT_LIFT["families"], plan.DISCOUNT_LIFT[""])
    offered = arm == "discount"
    odds = lift / pd.Series(idle).groupby(segment).transform("mean").to_numpy()
    won = offered & idle & (rng.random(len(units)) < odds)
    at = plan.SPRING_START + seconds(rng.uniform(0.6, plan.SPRING_DAYS - 1, int(won.sum())))
    extra = pd.DataFrame({"row": units[won], "at": at, "is_placed": True})
    shown = _exposures(plan.SPRING, units, arm)
    shown["exposed_at"] = plan.SPRING_START + seconds(rng.uniform(0.3, 0.5, len(units)))
    return shown, pd.concat([started, extra], ignore_index=True)


def reminder(seed: int, people: pd.DataFrame) -> pd.DataFrame:
    """Send a push to half of the customers who consent, and lose rows of one arm."""
    rng = generator(seed, plan.REMINDER)
    able = np.flatnonzero(people["consent_marketing"] & people["is_aware"] & ~people["leaves"])
    units = rng.choice(able, plan.N_REMINDED, replace=False)
    shown = _exposures(plan.REMINDER, units, _arms(rng, len(units), REMINDER_ARMS))
    shown["exposed_at"] = plan.REMINDER_START + seconds(rng.uniform(0.4, 6.4, len(units)))
    held = np.flatnonzero(shown["arm"] == "no_push")
    lost = held[some(rng, len(held), round(len(held) * plan.REMINDER_LOST))]
    return shown.drop(index=lost).reset_index(drop=True)


def outcomes(seed: int, shown: pd.DataFrame) -> pd.DataFrame:
    """Return who unsubscribed after the spring offer: 0 or 1 for each unit, alike in all arms."""
    rng = generator(seed, "unsubscribed")
    table = shown.loc[shown["experiment"] == plan.SPRING, ["experiment", "row"]].copy()
    table["metric"] = "unsubscribed"
    table["value"] = (rng.random(len(table)) < plan.UNSUBSCRIBED).astype(int)
    table["observed_at"] = plan.SPRING_START + np.timedelta64(plan.SPRING_DAYS, "D")
    return table.reset_index(drop=True)


def _arms(rng: np.random.Generator, n: int, arms: tuple[str, ...]) -> NDArray[np.object_]:
    """Deal out the arms as evenly as can be."""
    dealt: NDArray[np.object_] = np.array(arms, dtype=object)[np.arange(n) % len(arms)]
    return rng.permutation(dealt)


def _exposures(experiment: str, row: NDArray[np.int64], arm: NDArray[np.object_]) -> pd.DataFrame:
    return pd.DataFrame({"experiment": experiment, "row": row, "arm": arm})
