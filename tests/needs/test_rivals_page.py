"""Rivals and sheets coded by hand, from raw files to the page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from tests.needs.test_notebook_subsets import STUDY, _page

WITH_BRANDS = (
    STUDY.replace('text = "text"', 'text = "text"\nbrand = "shop"')
    + """
[[sources]]
table = "rivals"
file = "rivals.csv"
[sources.columns]
brand = "shop"
price_note = "prices"
[journey]
brand = "Ours"
[labels.brand]
Ours = { en = "Our shop", ru = "Наш магазин", zh = "我们的商店" }
"""
)
LATE = {"Ours": 0.30, "Beacon": 0.10, "Reef": 0.10}
"""Share of each brand's writers whose order came late, as planted."""
N = 250


def _answers():
    rng = np.random.default_rng(5)
    rows = [
        {
            "who": None, "kind": "open", "when": "2026-03-10 12:00", "score": None, "shop": brand,
            "text": "Опоздали на два часа" if rng.random() < rate else "Заказ как всегда",
        }
        for brand, rate in LATE.items()
        for _ in range(N)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _table_of_rivals(raw):
    rivals = pd.DataFrame({"shop": ["Beacon", "Reef"], "prices": ["ниже на 5 %", "=1+1"]})
    rivals.to_csv(raw / "rivals.csv", index=False)


@pytest.fixture
def blocks(tmp_path, monkeypatch):
    return _page(_answers(), tmp_path, monkeypatch, study=WITH_BRANDS, beside=_table_of_rivals)


def test_a_planted_weakness_is_told_with_both_shares(blocks):
    told = {f["id"]: f for b in blocks for f in b["findings"]}
    weak = told["needs/swot/side=weakness/brand=Ours/theme=late"]
    assert weak["status"] == "shown"
    assert weak["low"] <= LATE["Ours"] <= weak["high"]
    assert weak["reference"] == pytest.approx(LATE["Beacon"], abs=0.04)
    assert not [i for i in told if "side=strength" in i]


def test_the_rest_of_the_page_is_about_our_brand_only(blocks):
    told = {f["kind"]: f for b in blocks for f in b["findings"]}
    assert told["pain_share_at_stage"]["n"] == N


def test_names_of_brands_and_the_table_of_rivals_stand_in_each_language(blocks):
    whole = {x: " ".join(b["html"][x] for b in blocks) for x in ("en", "ru", "zh")}
    assert "Our shop" in whole["en"]
    assert "Наш магазин" in whole["ru"]
    assert "我们的商店" in whole["zh"]
    assert all("ниже на 5" in text for text in whole.values())


def _sheet(raw):
    """Write what one coder saw: being late where the rule finds none, and none where it does."""
    book = Workbook()
    book.active.append(["feedback_id", "sentence", "late", "coder"])
    for n, text in enumerate(pd.read_csv(raw / "feedback.csv")["text"][:40], start=2):
        book.active.append([f"feedback.csv#{n}", 1, int("Опоздали" not in text), "Anna"])
    (raw / "coding").mkdir()
    book.save(raw / "coding" / "anna.xlsx")


def test_an_unreliable_theme_is_marked_on_the_page_and_not_told(tmp_path, monkeypatch):
    rows = _answers().drop(columns="shop")
    blocks = _page(rows, tmp_path, monkeypatch, beside=_sheet)
    told = [f for b in blocks for f in b["findings"] if f["subject"].get("theme") == "late"]
    assert [f for f in told if f["kind"].startswith("pain")] == []
    whole = " ".join(b["html"]["ru"] for b in blocks)
    assert "(ненадёжно)" in whole
    assert "Размечено вручную: предложений — 40" in whole
