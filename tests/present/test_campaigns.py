"""The campaign page: titles, tables and figures of an experiment in every language."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjm_research.experiments.campaign import analyse
from cjm_research.present import campaigns
from cjm_research.present.charts import chart
from cjm_research.present.figures.experiments import (
    effects_forest,
    segment_name,
    segments_forest,
    timeline_lines,
)
from cjm_research.present.layout import crowded
from cjm_research.present.words import Words
from cjm_research.study.phrase import Phrase
from cjm_research.study.plans import Experiment

LANGUAGES = ["en", "ru", "zh"]
OFFER = {"en": "A long name of an offer", "ru": "Скидка на повторный заказ", "zh": "复购优惠"}
BOUGHT = {"en": "Ordered within a month", "ru": "Заказ в течение месяца", "zh": "一个月内下单"}
EXPERIMENT = Experiment.model_validate(
    {
        "id": "spring",
        "label": "Spring",
        "control": "control",
        "arms": {
            "control": {"label": "Nothing", "share": 0.5},
            "offer": {"label": OFFER, "share": 0.5, "costs": {"per_unit": 3}},
        },
        "money": {"margin": 0.3},
        "metrics": [
            {"id": "bought", "label": BOUGHT, "kind": "conversion", "table": "orders"},
            {"id": "revenue", "label": "₽", "kind": "mean", "table": "orders", "is_money": True,
             "cap": 0.99},
            {"id": "left", "label": "Left", "kind": "conversion", "table": "outcomes",
             "role": "guardrail", "better": "down", "margin": 0.02},
        ],
    }
)  # fmt: skip
LABELS = {
    "arm": {a: arm.label for a, arm in EXPERIMENT.arms.items()},
    "metric": {m.id: m.label for m in EXPERIMENT.metrics},
    "segment.place": {"x": Phrase({"en": "Near", "ru": "Рядом", "zh": "近"})},
}


def words(language):
    return Words(language, "RUB", LABELS)


def units(shares, n_control=1000):
    rng = np.random.default_rng(0)
    n = n_control + 1000
    is_offer = np.arange(n) >= n_control
    place = np.where(rng.random(n) < 0.5, "x", "y")
    rate = np.where(is_offer, np.where(place == "x", shares[0], shares[1]), 0.2)
    table = pd.DataFrame(
        {
            "unit_id": np.arange(n).astype(str),
            "arm": np.where(is_offer, "offer", "control"),
            "bought": (rng.random(n) < rate).astype(float),
            "left": (rng.random(n) < 0.01).astype(float),
        }
    )
    start = pd.Timestamp("2026-03-01", tz="UTC")
    table["exposed_at"] = start + pd.to_timedelta(rng.integers(0, 9, n), unit="D")
    table["revenue"] = table["bought"] * rng.lognormal(7, 1, n)
    return table, pd.DataFrame({"unit_id": table["unit_id"], "place": place})


def campaign(shares, **given):
    table, places = units(shares, **given)
    return analyse(EXPERIMENT, table, segments=places)


@pytest.fixture(scope="module")
def won():
    return campaign((0.5, 0.25))


@pytest.fixture(scope="module")
def plain():
    """Return a test without costs and margin."""
    table, _ = units((0.5, 0.25))
    return analyse(EXPERIMENT.model_copy(update={"money": None}), table)


@pytest.fixture(scope="module")
def broken():
    return campaign((0.5, 0.25), n_control=700)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentence(won, broken, language):
    texts = [words(language).sentence(f) for c in (won, broken) for f in c.findings()]
    assert all(texts)


def test_the_decision_is_a_sentence_with_its_numbers(won):
    effect = won.rows[0]
    text = campaigns.decision_title(won).text(words("en"))
    assert text.startswith("Ship “A long name of an offer”: Ordered within a month: +")
    assert f"n\xa0=\xa0{effect.n:,}" in text


def test_a_broken_test_is_said_to_be_broken_in_the_words_of_the_glossary(broken):
    assert "Тест недействителен" in campaigns.decision_title(broken).text(words("ru"))
    assert "实验无效" in campaigns.decision_title(broken).text(words("zh"))
    assert "(SRM)" in campaigns.trust_title(broken).text(words("ru"))


def test_a_broken_test_shows_neither_worth_nor_segments(broken):
    assert campaigns.worth(broken) is None
    assert campaigns.money_rollout(broken) is None
    assert campaigns.segments(broken) is None
    assert campaigns.days(broken) is None
    assert campaigns.segments_section(broken) is None
    assert len(campaigns.cards(broken).figures) == 1


def test_verdicts_of_a_broken_test_are_withheld(broken):
    assert set(broken.effects[0].to_frame()["effect_verdict"]) == {"invalid"}


def test_where_the_effect_differs_the_title_says_so(won):
    title = campaigns.segments(won).title(words("en"))
    assert title.startswith("The effect of “A long name of an offer” differs between segments")


PARTS = (
    "trust", "decision", "next_test", "effects", "effects_table", "counts", "money_profit",
    "money_orders", "money_even", "money_costs", "days", "segments", "segment_counts", "sure",
    "segments_tables", "outlook", "method_card",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_words(won, part, language):
    shown = getattr(campaigns, part)(won).html(words(language))
    assert "<table" in shown or "<svg" in shown


def test_a_campaign_with_a_control_has_no_described_parts(won):
    parts = ("reach", "reach_section", "costs", "holdout", "reach_segments")
    assert [getattr(campaigns, p)(won) for p in parts] == [None] * len(parts)


def test_money_takes_the_place_of_what_a_thousand_bring(won, plain):
    assert campaigns.worth(won) is None
    assert "<table" in campaigns.worth(plain).html(words("en"))
    assert campaigns.money_section(plain) is None
    assert campaigns.money_profit(plain) is None


def test_main_findings_open_with_the_decision_and_then_the_money(won):
    kinds = [f.kind for f in campaigns.headline(won).told]
    assert kinds[0].startswith("decision_")
    assert kinds[1].startswith("money_")


def test_a_base_of_companies_opens_with_what_it_can_show():
    table, _ = units((0.5, 0.25))
    own = EXPERIMENT.model_copy(update={"unit": "company"})
    result = analyse(own, table)
    shown = campaigns.headline(result)
    assert shown.told[0].kind == "smallest_effect"
    text = words("en").sentence(shown.told[0])
    assert text.startswith("The smallest effect that a test on this base can show")
    assert campaigns.cards(result).figures[1].key == "campaign_detectable"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_every_result_has_a_heading(won, language):
    assert all(words(language).column(c) for r in won.results for c in r.units)


def test_no_p_stands_above_how_sure_are_we(won):
    tables = [
        t for b in (*campaigns.trust_body(won), *campaigns.effects_body(won),
                    *campaigns.counts_body(won))
        for t in b.tables([words("en")])
    ]  # fmt: skip
    assert not [k for t in tables for k in t["keys"] if k in {"p", "p_adjusted"}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forests_have_room(won, broken, language):
    forests = [
        chart(effects_forest, won, twin=False),
        chart(effects_forest, broken, twin=False),
        chart(segments_forest, won, twin=False, grouping="place", metric="bought", arm="offer"),
        chart(timeline_lines, won.timeline),
    ]
    assert [crowded(f.figure(words(language))) for f in forests] == [[], [], [], []]


def test_a_segment_is_named_by_its_grouping_else_by_its_key():
    assert segment_name(words("ru"), "place", "x") == "Рядом"
    assert segment_name(words("ru"), "place", "z") == "z"
