"""The shop's feedback: NPS and CSAT answers and reviews, asked at touchpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import generator, seconds, some
from cjm_research.demo.retail import plan
from cjm_research.demo.retail.visits import END, NAMES_BY_STAGE
from cjm_research.demo.voices import (
    count_kinds,
    grades,
    joined,
    sentences,
    spread,
    tell,
    theme_marks,
)

if TYPE_CHECKING:
    from cjm_research.demo.draw import Words

TEXTS = {"awareness": 1000, "consideration": 1700, "purchase": 2000, "after_sales": 2200,
         "loyalty": 1100}  # fmt: skip
TOUCHPOINTS = {
    "visit_social": "social_ad", "visit_search": "search", "visit_ad": "banner",
    "visit_referral": "recommendation", "visit_marketplace": "marketplace",
    "article_view": "blog", "product_view": "product_page", "compare_view": "comparison",
    "chat_open": "chat", "cart_add": "cart", "checkout_start": "checkout_form",
    "payment_try": "payment", "order_placed": "payment", "tracking_view": "tracking",
    "courier_handover": "courier", "support_contact": "support", "offer_click": "offers",
    "bonus_used": "bonus", "referral_sent": "referral",
}  # fmt: skip
CHANNELS = ("site", "app", "email")


def feedback(seed: int, people: pd.DataFrame, happened: pd.DataFrame) -> pd.DataFrame:
    """Ask customers after an event of each stage; the answer speaks of the stage's themes."""
    rng = generator(seed, "feedback")
    stage_of = {name: s for s, names in NAMES_BY_STAGE.items() for name in names}
    asked = happened.assign(stage=happened["name"].map(stage_of))
    picked = spread(TEXTS, asked, rng=rng, key="stage")
    parts = [_of_stage(seed, people, asked.loc[rows]) for rows in picked]
    table = pd.concat(parts).sort_values(["given_at", "row"], ignore_index=True)
    table["channel"] = [CHANNELS[i] for i in rng.integers(0, len(CHANNELS), len(table))]
    return table


def _of_stage(seed: int, people: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    stage = str(asked["stage"].iloc[0])
    rng = generator(seed, f"feedback of {stage}")
    themes = [t for t in plan.THEMES if t.stage == stage]
    who = people.iloc[asked["row"].to_numpy()]
    segment = who["segment"].to_numpy(dtype=object)
    known = (who["segment"] + who["status"] + who["income_band"] + who["gender"]).to_numpy(object)
    said = theme_marks(rng, themes, {plan.GROUPING: segment, "": known})
    names = [t.theme for t in themes]
    if "late_delivery" in names:
        blamed = (who["lost_reason"] == "late_delivery").to_numpy()
        said[blamed, names.index("late_delivery")] = some(
            rng, int(blamed.sum()), round(plan.LATE_RATE_OF_LATE_CHURN * blamed.sum())
        )
    table = pd.DataFrame({"row": asked["row"].to_numpy(), "stage": stage})
    table["touchpoint"] = asked["name"].map(TOUCHPOINTS).to_numpy()
    wait = seconds(rng.uniform(0.02, 0.9, len(table)))
    table["given_at"] = np.minimum(asked["at"].to_numpy() + wait, END)
    languages = who["language"].tolist()
    told = tell(rng, said, themes=names, languages=languages, written=sentences("retail"))
    table["told"] = pd.Series(told, dtype=object)
    table["text"] = [joined(t, spoken) for t, spoken in zip(told, languages, strict=True)]
    table["kind"] = _kinds(stage, len(table))
    pains, delights = (count_kinds(said, themes, kind) for kind in ("pain", "delight"))
    is_nps = (table["kind"] == "nps").to_numpy()
    nps = grades(rng, pains, delights, top=10, low=0)
    stars = grades(rng, pains, delights, top=5, low=1)
    table["score"] = np.where(is_nps, nps, stars)
    table["scale_min"], table["scale_max"] = np.where(is_nps, 0, 1), np.where(is_nps, 10, 5)
    return table


def _kinds(stage: str, n: int) -> Words:
    usual = {"after_sales": "nps", "loyalty": "rating"}.get(stage, "csat")
    return np.full(n, usual, dtype=object)
