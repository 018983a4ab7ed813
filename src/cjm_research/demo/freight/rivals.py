"""What companies say of the forwarder and of two others, and what is known of those."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjm_research.demo.draw import days, generator, seconds, some
from cjm_research.demo.files import stamp
from cjm_research.demo.freight import plan
from cjm_research.demo.planted import PlantedRivals
from cjm_research.demo.voices import count_kinds, grades, sentences, speak

N_ASKED = 180
"""Companies that speak of each carrier."""
OWN, QUICK, NORTH = "Попутный груз", "Быстрый рейс", "Северный путь"
_USUAL = {"missed_deadline": 0.09, "rate_increase": 0.10, "no_status": 0.18,
          "damaged_cargo": 0.10, "late_documents": 0.12, "careful_driver": 0.18,
          "reliable": 0.20}  # fmt: skip
RATES = {
    OWN: {**_USUAL, "missed_deadline": 0.34},
    QUICK: {**_USUAL, "rate_increase": 0.38},
    NORTH: _USUAL,
}


def market(seed: int) -> pd.DataFrame:
    """Return the table of the other carriers, as somebody put it together."""
    cheaper = generator(seed, "market").uniform(3, 9)
    return pd.DataFrame({
        "Перевозчик": [QUICK, NORTH],
        "Канал": ["сайт и приложение", "менеджеры и тендеры"],
        "Как работает": ["сборные грузы, отправка каждый день", "полные машины и вагоны"],
        "Цены": [f"ниже на {cheaper:.1f} %, ставка меняется до погрузки".replace(".", ","),
                 "как у нас, закреплены на квартал"],
        "Заметка": ["расчёт ставки на сайте за минуту", "личный менеджер у каждой компании"],
    })  # fmt: skip


def survey(seed: int, table: pd.DataFrame) -> pd.DataFrame:
    """Return grades and words of companies about each carrier, in the words of the survey."""
    rng = generator(seed, "rivals")
    known = np.flatnonzero(table["reaches_repeat"])
    parts = [
        _of_brand(rng, table["customer_id"].to_numpy()[rng.permutation(known)[:N_ASKED]], brand)
        for brand in RATES
    ]
    return pd.concat(parts, ignore_index=True)


def planted() -> PlantedRivals:
    """Return what a comparison of the carriers must show."""
    return PlantedRivals(
        own=OWN,
        rates=RATES,
        sides=frozenset({
            ("weakness", OWN, "missed_deadline"), ("threat", QUICK, "missed_deadline"),
            ("threat", NORTH, "missed_deadline"), ("strength", OWN, "rate_increase"),
            ("opportunity", QUICK, "rate_increase"),
        }),
    )  # fmt: skip


def _of_brand(rng: np.random.Generator, who: np.ndarray, brand: str) -> pd.DataFrame:
    n, themes = len(who), [t for t in plan.THEMES if t.theme in RATES[brand]]
    names = [t.theme for t in themes]
    said = np.column_stack([some(rng, n, round(RATES[brand][t] * n)) for t in names])
    pains, delights = (count_kinds(said, themes, kind) for kind in ("pain", "delight"))
    at = days("2026-06-08") + seconds(rng.uniform(0, 14, n))
    written = sentences("freight")
    return pd.DataFrame({
        "Клиент": who,
        "Дата": stamp(at, "%d.%m.%Y %H:%M"),
        "Перевозчик": brand,
        "Оценка": grades(rng, pains, delights, top=5, low=1),
        "Что скажете о нём": speak(rng, said, themes=names, languages=["ru"] * n, written=written),
    })  # fmt: skip
