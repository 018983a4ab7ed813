"""What a page says of the future: each part only where it can be relied on."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.present.figures import value as coming
from cjm_research.present.layout import crowded
from cjm_research.present.words import Words
from cjm_research.segmentation.care import care_plans
from cjm_research.segmentation.outlook import Settings, outlook
from cjm_research.study.model import Limits
from cjm_research.study.plans import Rfm

LANGUAGES = ["en", "ru", "zh"]
DAY = pd.Timestamp("2026-06-30")
EXHIBITS = (
    coming.forecast, coming.checked, coming.retention, coming.leaving, coming.next_need,
    coming.together, coming.promising, coming.moved, coming.classes, coming.not_shown,
)  # fmt: skip


def settings(day=DAY):
    return Settings(as_of=day, horizon=90, confidence=0.95, limits=Limits(), rfm=Rfm(),
                    window=("2025-01-01", "2026-06-30"))  # fmt: skip


@pytest.fixture(scope="module")
def found(retail):
    placed = retail.features[["customer_id"]].assign(cell="high_high")
    return outlook(retail.customers, retail.orders, placed, settings())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exhibit", EXHIBITS)
def test_every_part_has_words_in_every_language(found, exhibit, language):
    block = exhibit(found)
    words = Words(language)
    assert block is None or block.html(words)
    pictures = [] if block is None else [b for b in block.bodies if hasattr(b, "figure")]
    assert [crowded(b.figure(words)) for b in pictures] == [[] for _ in pictures]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shown_finding_is_a_sentence(found, language):
    told = [f for r in found.results for f in r.findings()]
    assert {f.kind for f in told} >= {"abc_concentration", "rfm_move"}
    assert all(Words(language).sentence(f) for f in told)
    assert all(f.window for f in told if f.kind != "churn_fifths")


def test_without_orders_nothing_is_foretold_and_the_page_says_so():
    nobody = pd.DataFrame({"customer_id": pd.Series(dtype="string[pyarrow]"),
                           "amount": pd.Series(dtype="float64"),
                           "ordered_at": pd.Series(dtype="datetime64[us, UTC]")})  # fmt: skip
    found = outlook(nobody[["customer_id"]], nobody, nobody, settings())
    assert found.results == ()
    assert coming.forecast(found) is coming.retention(found) is None
    assert "outlook.no_value" in found.missing
    assert all(Words(x)(key) for x in LANGUAGES for key in found.missing)


@pytest.mark.parametrize(
    "amounts", [[10.0], [10.0, -50.0, 5.0], [0.0] * 3], ids=["one", "refunds", "free"]
)
def test_one_customer_is_no_base_for_a_forecast(amounts):
    orders = pd.DataFrame({"customer_id": pd.Series(["a"] * len(amounts), dtype="string[pyarrow]"),
                           "amount": amounts,
                           "ordered_at": pd.Timestamp("2026-06-01", tz="UTC")})  # fmt: skip
    found = outlook(orders[["customer_id"]], orders, orders.assign(cell="low_low"), settings())
    assert found.check is None
    assert found.groups is None


def test_where_nobody_wrote_contacts_down_nobody_is_said_to_be_neglected():
    due = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(40)], "cell": "high_high", "reason": "never",
        "overdue_days": float("nan"), "silent_days": float("nan"), "revenue": 1.0,
    })  # fmt: skip
    assert care_plans(due, limits=Limits()).findings() == ()
