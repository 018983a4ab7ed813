"""The shop's yearly questionnaire: importance, satisfaction, Kano's pairs, choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import days, generator, pick_by, seconds, some, some_of_each
from cjm_research.demo.files import stamp
from cjm_research.demo.planted import PlantedSurvey
from cjm_research.demo.retail import plan

if TYPE_CHECKING:
    from cjm_research.demo.draw import Words

ASKED = {"female": 880, "male": 320}
"""Women answer more often than their share of the customers: the study weights the answers."""
NEEDS = {  # share to whom it matters, share who are satisfied
    "known_hour": (0.55, 0.55), "easy_form": (0.85, 0.30), "delivery_price": (0.65, 0.60),
    "easy_choice": (0.40, 0.55), "useful_offers": (0.22, 0.62),
}  # fmt: skip
NEEDS_OF_FAMILIES = {"known_hour": (0.95, 0.15)}
PULL = {"easy_form": 0.75, "known_hour": 0.30, "delivery_price": 0.12, "easy_choice": 0.10,
        "useful_offers": 0.0}  # fmt: skip
"""What a part of the service adds to the overall grade."""
KANO = {  # shares of must-be, one-dimensional, attractive, indifferent
    "free_return": (0.62, 0.20, 0.06, 0.12), "photo_reviews": (0.18, 0.58, 0.14, 0.10),
    "same_day": (0.05, 0.20, 0.62, 0.13), "gift_wrap": (0.04, 0.06, 0.20, 0.70),
}  # fmt: skip
N_QUESTIONS = 2 * len(NEEDS) + 1 + 2 * len(KANO) + 2
"""Answers in one row of the file; each becomes a row of feedback."""
PAIRS = ((2, 5), (1, 5), (1, 3), (3, 3))
"""Answers to the two questions that make each class."""
HOW = {
    "": {"planned": 0.62, "impulse": 0.16, "promotion": 0.14, "gift": 0.08},
    "young_singles": {"planned": 0.34, "impulse": 0.44, "promotion": 0.14, "gift": 0.08},
}
HEARD = {"search": 0.48, "friends": 0.36, "ads": 0.30, "marketplace": 0.22}
DO_NOT_KNOW, DO_NOT_KNOW_SHARE = 99, 0.04
_WORDS = {
    "known_hour": "доставка к известному часу", "easy_form": "заказ без длинной формы",
    "delivery_price": "понятная цена доставки", "easy_choice": "легко сравнить товары",
    "useful_offers": "полезные письма",
    "free_return": "бесплатный возврат", "photo_reviews": "отзывы с фото",
    "same_day": "доставка в тот же день", "gift_wrap": "подарочная упаковка",
    "planned": "покупка была запланирована", "impulse": "увидел и захотелось",
    "promotion": "была скидка или акция", "gift": "нужен был подарок",
    "search": "поиск", "friends": "друзья", "ads": "реклама", "marketplace": "маркетплейс",
}  # fmt: skip


def answers(seed: int, people: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer who answered, in the words of the survey tool."""
    rng = generator(seed, "questionnaire")
    buyers = people.loc[people["is_buyer"]]
    who = buyers.iloc[some_of_each(rng, buyers["gender"].to_numpy(dtype=object), ASKED)]
    n = len(who)
    at = days("2026-05-18") + seconds(rng.uniform(0, 21, n))
    table: dict[str, object] = {
        "ID клиента": who["customer_id"].to_numpy(),
        "Дата": stamp(at, "%d.%m.%Y %H:%M"),
    }
    is_family = (who["segment"] == "families").to_numpy()
    grades = {}
    for need, usual in NEEDS.items():
        of_families = NEEDS_OF_FAMILIES.get(need, usual)
        important, met = (
            np.where(is_family, f, u) for f, u in zip(of_families, usual, strict=True)
        )
        table[f"Важно: {_WORDS[need]}"] = _grades(rng, important)
        grades[need] = _grades(rng, met)
        hidden = some(rng, n, round(DO_NOT_KNOW_SHARE * n)) & (need == "useful_offers")
        table[f"Доволен: {_WORDS[need]}"] = np.where(hidden, DO_NOT_KNOW, grades[need])
    pull = sum(PULL[need] * (grades[need] - 3) for need in NEEDS)
    overall = np.clip(np.rint(3.4 + pull + rng.normal(0, 0.6, n)), 1, 5).astype(int)
    table["Доволен магазином в целом"] = overall
    for feature, shares in KANO.items():
        drawn = rng.choice(len(PAIRS), n, p=shares)
        for column, head in enumerate(("Если есть", "Если нет")):
            chosen = np.array(PAIRS)[drawn, column]
            table[f"{head}: {_WORDS[feature]}"] = chosen
    how = pick_by(rng, who["segment"].to_numpy(dtype=object), HOW)
    table["Почему купили в последний раз"] = [_WORDS[h] for h in how]
    table["Откуда узнали о магазине"] = _several(rng, n)
    return pd.DataFrame(table)


def planted() -> PlantedSurvey:
    """Return what the questionnaire must show."""
    return PlantedSurvey(
        underserved={"": ("easy_form",), "families": ("known_hour", "easy_form")},
        grouping=plan.GROUPING,
        driver="easy_form",
        kano={"free_return": "must_be", "photo_reviews": "one_dimensional",
              "same_day": "attractive", "gift_wrap": "indifferent"},
        choice=("how_bought", "young_singles", "impulse"),
    )  # fmt: skip


def _grades(rng: np.random.Generator, top: np.ndarray) -> np.ndarray:
    """Draw grades 1 to 5: one of the two highest with the given odds."""
    high = rng.choice([4, 5], len(top))
    low = rng.choice([1, 2, 3], len(top), p=[0.2, 0.35, 0.45])
    return np.where(rng.random(len(top)) < top, high, low)


def _several(rng: np.random.Generator, n: int) -> Words:
    marks = {source: rng.random(n) < share for source, share in HEARD.items()}
    texts = [
        "; ".join(_WORDS[s] for s in HEARD if marks[s][i]) or _WORDS["search"] for i in range(n)
    ]
    return np.array(texts, dtype=object)
