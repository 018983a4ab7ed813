"""The shop's web log: what customers did at each stage of the journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import at_daytime, days, deal_by, generator, pick, seconds, some
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjm_research.demo.draw import Times

NAMES_BY_STAGE = {
    "awareness": ("visit_social", "visit_search", "visit_ad", "visit_referral",
                  "visit_marketplace", "article_view"),
    "consideration": ("product_view", "compare_view", "chat_open"),
    "purchase": ("cart_add", "checkout_start", "payment_try", "order_placed"),
    "after_sales": ("tracking_view", "courier_handover", "support_contact"),
    "loyalty": ("offer_click", "bonus_used", "referral_sent"),
}  # fmt: skip
FIRST_VISITS = {"social": {"visit_social": 1.0}, "ads": {"visit_ad": 1.0},
                "recommendation": {"visit_referral": 1.0},
                "marketplace": {"visit_marketplace": 1.0}, "": {"visit_search": 1.0}}  # fmt: skip
END = days("2026-06-30") + np.timedelta64(20, "h")
QUIET = 30.0  # days after the last checkout in which a leaver is still seen
_MINUTE = 1 / 1440


def events(people: pd.DataFrame, started: pd.DataFrame, *, placed: pd.DataFrame,
           seed: int) -> pd.DataFrame:  # fmt: skip
    """Draw the events in the order of time: `row` of the customer, `at`, `name`, `order_id`."""
    rng = generator(seed, "events")
    ends = _last_seen(people, started)
    anchor = _anchors(rng, people, started)
    parts: list[pd.DataFrame] = [
        _awareness(rng, people, anchor),
        _consideration(rng, people, anchor),
        _purchase(rng, started),
        _after_sales(rng, placed),
        _loyalty(rng, placed, ends),
    ]
    n_missing = plan.N_EVENTS - sum(len(p) for p in parts)
    parts.append(_browsing(rng, people, spans=(anchor, ends), n=n_missing))
    table = pd.concat(parts, ignore_index=True)
    table["order_id"] = table["order_id"].fillna("")
    return table.sort_values(["at", "row"], kind="stable", ignore_index=True)


def _events(row: NDArray[np.int64], at: Times, name: object) -> pd.DataFrame:
    return pd.DataFrame({"row": row, "at": at.astype("datetime64[s]"), "name": name,
                         "order_id": None})  # fmt: skip


def _anchors(rng: np.random.Generator, people: pd.DataFrame, started: pd.DataFrame) -> Times:
    """Return the time before which a customer gets to know the shop: the first checkout."""
    n = len(people)
    width = (END - plan.FIRST).astype(np.int64) / 86400
    anywhere = plan.FIRST + seconds(rng.uniform(22, width - 5, n))
    first = started.groupby("row")["at"].min().reindex(range(n)).to_numpy()
    found: Times = np.where(np.isnat(first), anywhere, first)
    return found


def _last_seen(people: pd.DataFrame, started: pd.DataFrame) -> Times:
    last = started.groupby("row")["at"].max().reindex(range(len(people))).to_numpy()
    found: Times = np.where(people["leaves"], last + seconds(QUIET), END)
    return found.astype("datetime64[s]")


def _awareness(rng: np.random.Generator, people: pd.DataFrame, anchor: Times) -> pd.DataFrame:
    aware = np.flatnonzero(people["is_aware"])
    source = people["acquisition_channel"].to_numpy(dtype=object)
    row = np.repeat(aware, 1 + rng.poisson(0.9, len(aware)))
    is_first = np.concatenate([[True], row[1:] != row[:-1]])
    name = deal_by(rng, source[row], FIRST_VISITS)
    article = ~is_first & (rng.random(len(row)) < 0.6)
    name[article] = "article_view"
    ahead = np.where(is_first, rng.uniform(12, 20, len(row)), rng.uniform(4, 12, len(row)))
    return _events(row, _awake(rng, anchor[row] - seconds(ahead)), name)


def _consideration(rng: np.random.Generator, people: pd.DataFrame, anchor: Times) -> pd.DataFrame:
    rows = np.flatnonzero(people["considers"])
    row = np.repeat(rows, 1 + rng.poisson(2.0, len(rows)))
    name = pick(rng, len(row), {"product_view": 0.68, "compare_view": 0.19, "chat_open": 0.13})
    at = _awake(rng, anchor[row] - seconds(rng.uniform(1, 2.9, len(row))))
    return _events(row, at, name)


def _purchase(rng: np.random.Generator, started: pd.DataFrame) -> pd.DataFrame:
    row, at = started["row"].to_numpy(), started["at"].to_numpy()
    placed = started["is_placed"].to_numpy()
    tried = placed | (rng.random(len(row)) < 0.3)
    return pd.concat(
        [
            _events(row, at - seconds(rng.uniform(3, 25, len(row)) * _MINUTE), "cart_add"),
            _events(row, at, "checkout_start"),
            _events(row[tried], at[tried] + seconds(3 * _MINUTE), "payment_try"),
            _events(row[placed], at[placed] + seconds(5 * _MINUTE), "order_placed").assign(
                order_id=started["order_id"].to_numpy()[placed]
            ),
        ]
    )


def _after_sales(rng: np.random.Generator, placed: pd.DataFrame) -> pd.DataFrame:
    row, at = placed["row"].to_numpy(), placed["at"].to_numpy()
    came = placed["delivered_at"].notna().to_numpy()
    tracked = ~came | (rng.random(len(row)) < 0.6)
    asked = rng.random(len(row)) < np.where(placed["is_late"], 0.30, 0.07)
    handed = placed["delivered_at"].to_numpy()[came]
    later = np.minimum(at[asked] + seconds(rng.uniform(1.2, 9, int(asked.sum()))), END)
    return pd.concat(
        [
            _events(row[tracked], at[tracked] + seconds(rng.uniform(0.4, 1.5, int(tracked.sum()))),
                    "tracking_view"),
            _events(row[came], handed, "courier_handover"),
            _events(row[asked], later, "support_contact"),
        ]
    )  # fmt: skip


def _loyalty(rng: np.random.Generator, placed: pd.DataFrame, ends: Times) -> pd.DataFrame:
    first = placed.groupby("row")["at"].min()
    stays = some(rng, len(first), round(plan.AFTER_SALES_TO_LOYALTY * len(first)))
    rows, since = first.index.to_numpy()[stays], first.to_numpy()[stays] + seconds(7.0)
    again = np.repeat(np.arange(len(rows)), 1 + rng.poisson(1.6, len(rows)))
    left = (ends[rows] - since).astype(np.int64) / 86400
    at = _awake(rng, since[again] + seconds(rng.random(len(again)) * left[again]))
    at = np.clip(at, since[again], ends[rows][again])
    name = pick(rng, len(again), {"offer_click": 0.55, "bonus_used": 0.30, "referral_sent": 0.15})
    return _events(rows[again], at, name)


def _browsing(
    rng: np.random.Generator, people: pd.DataFrame, *,
    spans: tuple[Times, Times], n: int,
) -> pd.DataFrame:  # fmt: skip
    """Fill the log up with product views after the first consideration."""
    row = rng.choice(np.flatnonzero(people["considers"]), n)
    since, until = spans[0][row], spans[1][row]
    width = (until - since).astype("timedelta64[s]").astype(np.int64) / 86400
    at = since + seconds(rng.random(n) * width)
    return _events(row, np.clip(_awake(rng, at), since, until), "product_view")


def _awake(rng: np.random.Generator, times: Times) -> Times:
    return at_daytime(rng, times, first=7, last=23.5)
