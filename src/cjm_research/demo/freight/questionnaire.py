"""The forwarder's yearly questionnaire: importance, satisfaction, Kano's pairs, a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cjm_research.demo.draw import days, deal, generator, pick_by, seconds, some_of_each
from cjm_research.demo.files import stamp
from cjm_research.demo.planted import PlantedSurvey

if TYPE_CHECKING:
    from cjm_research.demo.draw import Words

ASKED = {"consumer": 120, "industrial": 140}
"""Companies that answer, by what they ship."""
NEEDS = {  # share to whom it matters, share who are satisfied
    "in_time": (0.62, 0.58), "status": (0.88, 0.28), "fixed_price": (0.62, 0.62),
    "documents": (0.45, 0.60), "intact": (0.40, 0.64),
}  # fmt: skip
NEEDS_OF_CONSUMER = {"intact": (0.95, 0.15)}
PULL = {"in_time": 0.75, "status": 0.30, "documents": 0.12, "fixed_price": 0.10, "intact": 0.0}
"""What a part of the service adds to the overall grade."""
KANO = {  # shares of must-be, one-dimensional, attractive, indifferent
    "insurance": (0.62, 0.20, 0.06, 0.12), "photo_report": (0.16, 0.60, 0.14, 0.10),
    "weekend_loading": (0.05, 0.20, 0.62, 0.13), "own_crates": (0.04, 0.06, 0.18, 0.72),
}  # fmt: skip
N_QUESTIONS = 2 * len(NEEDS) + 1 + 2 * len(KANO) + 1
"""Answers in one row of the file; each becomes a row of feedback."""
PAIRS = ((2, 5), (1, 5), (1, 3), (3, 3))
"""Answers to the two questions that make each class."""
HOW = {
    "": {"planned": 0.64, "urgent": 0.16, "season": 0.12, "promotion": 0.08},
    "consumer": {"planned": 0.34, "urgent": 0.46, "season": 0.12, "promotion": 0.08},
}
_WORDS = {
    "in_time": "груз приходит в срок", "status": "статус без звонков",
    "fixed_price": "ставка не меняется", "documents": "документы за три дня",
    "intact": "груз приходит целым",
    "insurance": "страховка включена в ставку", "photo_report": "фото при погрузке и выгрузке",
    "weekend_loading": "погрузка в выходные", "own_crates": "ящики с нашим логотипом",
    "planned": "по плану отгрузок", "urgent": "срочно понадобилось",
    "season": "начался сезон", "promotion": "была скидка на ставку",
}  # fmt: skip


def answers(seed: int, table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per company that answered, in the words of the survey tool."""
    rng = generator(seed, "questionnaire")
    known = table.loc[table["reaches_repeat"]]
    who = known.iloc[some_of_each(rng, known["main_cargo"].to_numpy(dtype=object), ASKED)]
    n, cargo = len(who), who["main_cargo"].to_numpy(dtype=object)
    asked: dict[str, object] = {
        "Клиент": who["customer_id"].to_numpy(),
        "Дата": stamp(days("2026-05-25") + seconds(rng.uniform(0, 14, n)), "%d.%m.%Y %H:%M"),
    }
    grades = {}
    for need, usual in NEEDS.items():
        of_consumer = NEEDS_OF_CONSUMER.get(need, usual)
        important, met = (
            np.where(cargo == "consumer", c, u) for c, u in zip(of_consumer, usual, strict=True)
        )
        asked[f"Важно: {_WORDS[need]}"] = _grades(rng, important)
        grades[need] = asked[f"Доволен: {_WORDS[need]}"] = _grades(rng, met)
    pull = sum(PULL[need] * (grades[need] - 3) for need in NEEDS)
    overall = np.clip(np.rint(3.2 + pull + rng.normal(0, 0.6, n)), 1, 5)
    asked["Доволен нами в целом"] = overall.astype(int)
    for feature, shares in KANO.items():
        drawn = deal(rng, n, {str(i): s for i, s in enumerate(shares)}).astype(int)
        for column, head in enumerate(("Если есть", "Если нет")):
            asked[f"{head}: {_WORDS[feature]}"] = np.array(PAIRS)[drawn, column]
    how = pick_by(rng, cargo, HOW)
    asked["Почему заказали в последний раз"] = [_WORDS[h] for h in how]
    return pd.DataFrame(asked)


def planted() -> PlantedSurvey:
    """Return what the questionnaire must show."""
    return PlantedSurvey(
        underserved={"": ("status",), "consumer": ("intact", "status")},
        grouping="cargo",
        driver="in_time",
        kano={"insurance": "must_be", "photo_report": "one_dimensional",
              "weekend_loading": "attractive", "own_crates": "indifferent"},
        choice=("how_ordered", "consumer", "urgent"),
    )  # fmt: skip


def _grades(rng: np.random.Generator, top: np.ndarray) -> np.ndarray:
    """Give grades 1 to 5: one of the two highest in exactly the given share of each group."""
    high, low = rng.choice([4, 5], len(top)), rng.choice([1, 2, 3], len(top), p=[0.2, 0.35, 0.45])
    is_high = np.zeros(len(top), dtype=bool)
    for share in np.unique(top):
        rows: Words = top == share
        is_high[rows] = deal(rng, int(rows.sum()), {"1": share, "0": 1 - share}) == "1"
    return np.where(is_high, high, low)
