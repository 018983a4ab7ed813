"""Rows of the map: in the order of the study file, each said to be measured or assumed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cjm_research.journey.arrivals import START, arrivals
from cjm_research.journey.data import JourneyData
from cjm_research.journey.emotions import emotion_map
from cjm_research.journey.map_dress import dressed_map
from cjm_research.present import theme
from cjm_research.present.figures.journey_map import journey_map as draw
from cjm_research.present.layout import crowded
from cjm_research.present.words import Words
from cjm_research.study.journey_plan import MAP_ROWS, JourneyPlan
from cjm_research.study.plans import Stage

PERSONA = {
    "name": {"en": "Maria, 35", "ru": "Мария, 35 лет", "zh": "玛丽亚，35岁"},
    "about": [{"en": "two children", "ru": "двое детей", "zh": "两个孩子"}],
    "quote": {
        "en": "Before the weekend, please.",
        "ru": "Мне бы к выходным.",
        "zh": "周末前送到。",
    },
}
FULL = JourneyPlan.model_validate(
    {"rows": list(MAP_ROWS), "personas": {"all": PERSONA}, "brand": "Ours"}
)


@pytest.fixture(scope="module")
def stages(small):
    """Return the stages with every text that a study may have."""
    long = {
        "en": "What people do here, in a sentence that is long enough to be wrapped",
        "ru": "Что здесь делают люди: предложение достаточно длинное, чтобы перенестись",
        "zh": "人们在这里做什么：这是一句足够长、需要换行才能放得下的话，用来检查排版",
    }
    return [
        Stage.model_validate({**s.model_dump(), "actions": long, "rivals": long, "planned_days": d})
        for s, d in zip(small.STAGES, (0.5, 3, 9), strict=True)
    ]


@pytest.fixture(scope="module")
def full(drawn, data, stages, small):
    """Return the map with all rows, half of the answers at the cart being about a rival."""
    feedback = data.feedback.assign(brand=None)
    feedback["brand"] = feedback["brand"].astype("object")
    rows = feedback.index[feedback["touchpoint"] == "cart"][::2]
    feedback.loc[rows, "brand"] = "Theirs"
    whole = replace(data, feedback=feedback)
    return small.with_card(dressed_map(drawn, whole, stages, plan=FULL, n_all=600))


def texts(figure):
    return [t.get_text() for axes in figure.axes for t in axes.texts]


def words_in(language, small):
    return Words(language, "RUB", {"stage": {s.id: s.label for s in small.STAGES}}, {})


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_no_text_meets_another_with_every_row(full, small, language):
    with theme.style():
        assert crowded(draw(full, words_in(language, small))) == []


@pytest.mark.parametrize("rows", [["pains", "goal", "flow"], ["flow", "goal", "pains"]])
def test_rows_stand_in_the_order_of_the_study(drawn, data, small, rows):
    plan = JourneyPlan(rows=rows)
    dressed = dressed_map(drawn, data, small.STAGES, plan=plan)
    with theme.style():
        figure = draw(dressed, words_in("en", small))
    titles = {"pains": "Pains", "goal": "Goal", "flow": "Flow"}
    seen = [t for t in texts(figure) if t in titles.values()]
    assert seen == [titles[r] for r in rows]


def test_rows_without_data_are_named_at_the_foot(drawn, data, small):
    plan = JourneyPlan(rows=["goal", "rivals", "actions"])
    dressed = dressed_map(drawn, data, small.STAGES, plan=plan)
    with theme.style():
        said = " ".join(texts(draw(dressed, words_in("en", small))))
    assert "want of data or of words in the study file: Rivals, Actions." in said


def test_what_is_assumed_is_in_italics_and_no_number_is(full, small):
    with theme.style():
        figure = draw(full, words_in("en", small))
    italic = [t.get_text() for a in figure.axes for t in a.texts if t.get_fontstyle() == "italic"]
    assert any("What people do here" in t for t in italic)
    assert not [t for t in italic if "%" in t]


def test_the_persona_heads_the_map_in_the_words_of_the_team(full, small):
    with theme.style():
        said = texts(draw(full, words_in("ru", small)))
    assert {"Мария, 35 лет", "двое детей", "«Мне бы к выходным.»"} <= set(said)


def test_answers_about_rivals_are_no_mood_of_ours(full, data):
    cart = data.feedback[data.feedback["touchpoint"] == "cart"]
    rivals = next(s.rivals_mood for s in full.stages if s.stage == "buy")
    assert rivals.n == len(cart[::2])
    assert rivals.mood == pytest.approx(((cart["score"][::2] - 3) / 2).mean())
    own = next(e for e in full.emotions.rows if e.touchpoint == "cart")
    assert own.n == len(cart) - len(cart[::2])


def test_planned_against_actual_counts_the_stage_directly_before():
    log = pd.DataFrame(
        [
            ("a", 1, "look"), ("a", 2, "buy"), ("a", 3, "use"),
            ("b", 1, "look"), ("b", 2, "use"), ("b", 3, "buy"), ("b", 4, "use"),
            ("c", 1, "use"), ("c", 2, "look"), ("c", 3, "buy"), ("c", 4, "use"),
            ("d", 1, "buy"),
        ],
        columns=["customer_id", "day", "stage"],
    )  # fmt: skip
    log["occurred_at"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(
        log["day"], unit="D"
    )
    buy, use = arrivals(log, ["look", "buy", "use"]).rows
    # buy: a and c come from look, b from use, d begins there.
    # use: a comes from buy, b from look, c begins there.
    assert (buy.n, buy.planned, buy.share) == (4, 2, 0.5)
    assert {buy.other, use.other} <= {"look", "use", START}
    assert (use.n, use.planned) == (3, 1)
    assert use.other_share == pytest.approx(1 / 3)


def test_the_planned_time_is_set_against_the_actual_one(full, small):
    with theme.style():
        said = " ".join(texts(draw(full, words_in("en", small))))
    assert "planned to move on within 12 h" in said
    assert full.to_frame().query("map_row == 'planned_days'")["days"].tolist() == [0.5, 3, 9]


def test_tones_are_counted_per_customer_and_touchpoint(data, small):
    got = emotion_map(data, small.IDS)
    assert got.kind == "tone"
    cart = data.feedback[data.feedback["touchpoint"] == "cart"]["score"]
    mood = (cart - 3) / 2
    known = {"tone_good": (mood > 1 / 3).sum(), "tone_bad": (mood < -1 / 3).sum()}
    found = {r.emotion: r.customers for r in got.rows if r.touchpoint == "cart"}
    assert {k: found[k] for k in known} == known
    assert sum(found.values()) == len(cart)


def test_emotions_that_customers_chose_come_before_tags_and_tone(data, small):
    feedback = data.feedback.assign(emotion=None)
    feedback["emotion"] = feedback["emotion"].astype("object")
    at_cart = feedback["touchpoint"] == "cart"
    feedback.loc[at_cart, "emotion"] = "Anger; doubt"
    feedback.loc[feedback["touchpoint"] == "delivery", "emotion"] = "joy"
    got = emotion_map(replace(data, feedback=feedback), small.IDS)
    assert got.kind == "choice"
    assert got.emotions == ("joy", "doubt", "anger")
    shares = {(r.touchpoint, r.emotion): r.share for r in got.rows}
    assert shares["cart", "anger"] == shares["cart", "doubt"] == 1
    assert shares["delivery", "joy"] == 1
    (finding,) = got.findings()
    assert (finding.kind, finding.subject["touchpoint"]) == ("worst_emotion", "cart")


def test_emotions_that_were_tagged_are_the_themes_of_that_kind(data, small):
    codes = data.feedback_codes.assign(
        theme="anger", theme_kind=lambda t: ["emotion" if i % 2 else "pain" for i in range(len(t))]
    )
    got = emotion_map(replace(data, feedback_codes=codes), small.IDS)
    assert (got.kind, got.emotions) == ("tag", ("anger",))


def test_no_answers_make_an_empty_emotion_map(data, small):
    none = JourneyData(
        event_stages=data.event_stages,
        feedback=data.feedback.iloc[:0],
        feedback_codes=data.feedback_codes.iloc[:0],
    )
    got = emotion_map(none, small.IDS)
    assert (got.rows, got.kind, got.findings()) == ((), None, ())
    assert list(got.to_frame()) == list(got.units)
