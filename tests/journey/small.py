"""A small made-up journey for the tests, with numbers that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cjm_research.journey.card_scores import card_scores
from cjm_research.journey.map_parts import Change, Through
from cjm_research.study.plans import Stage

STAGES = tuple(
    Stage.model_validate(plain)
    for plain in (
        {
            "id": "look",
            "label": {"en": "Looking round", "ru": "Знакомство с магазином", "zh": "浏览"},
            "goal": {"en": "Find the thing", "ru": "Найти нужное", "zh": "找到商品"},
            "expectation": "Honest prices",
            "opportunity": {"en": "Show prices at once", "ru": "Показать цены сразу"},
            "owner": "Marketing",
            "events": [{"prefix": "view"}],
        },
        {
            "id": "buy",
            "label": {"en": "Buying", "ru": "Покупка", "zh": "购买"},
            "goal": {"en": "Pay quickly", "ru": "Быстро оплатить", "zh": "快速付款"},
            "opportunity": {"en": "Cut the form", "ru": "Сократить форму заказа до минимума"},
            "events": [{"names": ["cart", "payment"]}],
        },
        {
            "id": "use",
            "label": {"en": "Use and service", "ru": "Использование и сервис", "zh": "使用与售后"},
            "events": [{"names": ["delivery", "support"]}],
        },
    )
)
IDS = tuple(s.id for s in STAGES)
NAMES = ("view_page", "cart", "payment", "delivery", "support")


def event_rows(n=300):
    """Return events of `n` customers: all look, 80 % buy, half of them use; some go back."""
    rows = []
    for i in range(n):
        customer = f"c{i:04d}"
        rows.append((customer, 0, "view_page"))
        if i % 5:
            rows += [(customer, 1, "cart"), (customer, 1.1, "payment")]
        if i % 5 and i % 2:
            rows += [(customer, 3, "delivery"), (customer, 4, "view_page")]
        if i % 10 == 1:
            rows.append((customer, 5, "support"))
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "name"])
    frame["occurred_at"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(
        frame.pop("day"), unit="D"
    )
    return frame


def feedback_rows(n=300):
    """Return one graded answer of each customer at each touchpoint met; the cart is the worst."""
    rng = np.random.default_rng(7)
    grade = {"view_page": 4.5, "cart": 2.0, "payment": 3.5, "delivery": 4.0, "support": 3.0}
    met = event_rows(n).drop_duplicates(["customer_id", "name"])
    noise = rng.normal(0, 0.4, len(met))
    score = (met["name"].map(grade).to_numpy() + noise).clip(1, 5).round(2)
    return pd.DataFrame(
        {
            "feedback_id": [f"f{i}" for i in range(len(met))],
            "kind": "csat",
            "customer_id": met["customer_id"].to_numpy(),
            "given_at": met["occurred_at"].to_numpy(),
            "touchpoint": met["name"].to_numpy(),
            "score": score,
            "scale_min": 1.0,
            "scale_max": 5.0,
        }
    )


def with_card(drawn):
    """Return a map with all that its card may hold: funnel's end, NPS, CSAT, each changed."""
    grades = np.random.default_rng(5).integers(0, 11, 200).astype(float)
    nps = {"feedback_id": [f"n{i}" for i in range(200)], "kind": "nps", "score": grades,
           "customer_id": [f"c{i:04d}" for i in range(200)],
           "scale_min": 0.0, "scale_max": 10.0}  # fmt: skip
    scores = card_scores(pd.concat([pd.DataFrame(nps), feedback_rows()], ignore_index=True))
    changed = [("through", 0.03), ("overall_mood", -0.12), ("nps", 14.0), ("csat", -0.08)]
    return replace(
        drawn,
        scores=scores,
        through=Through(started=300, reached=120, share=0.4, low=0.35, high=0.46, within_days=30),
        changes=(*drawn.changes, *(
            Change(map_row=row, difference=gap, low=gap - 0.01, high=gap + 0.01, is_clear=True)
            for row, gap in changed
        )),
    )  # fmt: skip


def code_rows(n=300):
    """Return the sentences of these answers: below 2.2 at the cart names the form."""
    feedback = feedback_rows(n)
    is_bad = (feedback["touchpoint"] == "cart") & (feedback["score"] < 2.2)
    is_late = (feedback["touchpoint"] == "delivery") & (feedback["score"] < 3.7)
    theme = np.select([is_bad, is_late], ["long_form", "late"], default="")
    return pd.DataFrame(
        {
            "feedback_id": feedback["feedback_id"],
            "customer_id": feedback["customer_id"],
            "given_at": feedback["given_at"],
            "sentence": 1,
            "text": np.where(is_bad, "The form asked for everything twice.", "It was fine."),
            "language": "en",
            "sentiment": np.where(is_bad, -0.8, 0.4),
            "theme": pd.array(np.where(theme == "", None, theme), dtype="string[pyarrow]"),
            "theme_kind": pd.array(np.where(theme == "", None, "pain"), dtype="string[pyarrow]"),
            "stage": pd.array([None] * len(feedback), dtype="string[pyarrow]"),
            "touchpoint": feedback["touchpoint"],
        }
    )
