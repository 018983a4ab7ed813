"""The drawn map: no text meets another, every number is in the table, the same bytes each time."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from cjm_research.journey.answers import mood_answers
from cjm_research.journey.data import JourneyData
from cjm_research.journey.flow import flow
from cjm_research.journey.funnel import funnel
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.mood import mood_by_stage
from cjm_research.journey.pains import stage_problems
from cjm_research.journey.segment_funnel import SegmentFunnel, segment_funnel
from cjm_research.present import theme
from cjm_research.present.figures import journey as figures
from cjm_research.present.figures.journey_map import journey_map as draw
from cjm_research.present.layout import crowded
from cjm_research.present.svg import svg
from cjm_research.present.words import Words
from cjm_research.results import Unit
from cjm_research.study.phrase import Phrase

LANGUAGES = ("en", "ru", "zh")


def words_of(small, language):
    labels = {
        "stage": {s.id: s.label for s in small.STAGES},
        "theme": {
            "long_form": _phrase("The checkout form asks for far too many things",
                                 "Форма заказа требует слишком много лишних сведений",
                                 "下单表单要求填写的内容太多"),
            "late": _phrase("Late delivery", "Срыв сроков доставки", "送货延误"),
        },
        "touchpoint": {
            "view_page": _phrase("Page of the product", "Карточка товара на сайте", "商品页面"),
            "cart": _phrase("Cart", "Корзина", "购物车"),
            "payment": _phrase("Payment", "Оплата", "付款"),
            "delivery": _phrase("Delivery by courier", "Доставка курьером", "快递送货"),
            "support": _phrase("Support", "Служба поддержки", "客服"),
        },
    }  # fmt: skip
    return Words(language, "RUB", labels, {})


def _phrase(en, ru, zh):
    return Phrase.model_validate({"en": en, "ru": ru, "zh": zh})


def drawing(result, words, figure=draw):
    with theme.style():
        return figure(result, words)


def texts(figure):
    return [t.get_text() for axes in figure.axes for t in axes.texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_map_meets_another(drawn, small, language):
    with theme.style():
        assert crowded(draw(drawn, words_of(small, language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_meets_another_with_many_stages(data, small, language):
    many = [*small.STAGES] + [
        s.model_copy(update={"id": f"{s.id}_{k}"}) for k in range(2) for s in small.STAGES
    ]
    with theme.style():
        assert crowded(draw(journey_map(data, many), words_of(small, language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_meets_another_without_feedback(data, small, language):
    empty = JourneyData(
        event_stages=data.event_stages,
        feedback=data.feedback.iloc[:0],
        feedback_codes=data.feedback_codes.iloc[:0],
    )
    with theme.style():
        assert crowded(draw(journey_map(empty, small.STAGES), words_of(small, language))) == []


def test_every_share_on_the_map_stands_in_its_table(drawn, small):
    words = words_of(small, "en")
    frame = drawn.to_frame()
    known = {
        words.value(v, Unit.SHARE) for c in ("share", "low", "high") for v in frame[c].dropna()
    }
    shown = {s for t in texts(drawing(drawn, words)) for s in re.findall(r"[\d.]+%", t)}
    assert shown - known <= {"95%"}  # the confidence, said in the names of the rows


def test_every_mood_on_the_map_stands_in_its_table(drawn, small):
    words = words_of(small, "en")
    known = {words.value(v, Unit.MOOD) for v in drawn.to_frame()["mood"].dropna()}
    known |= {words.value(drawn.mood.overall, Unit.MOOD)}
    labels = [t for t in texts(drawing(drawn, words)) if "n =" in t or "low point" in t]
    shown = {s for t in labels for s in re.findall(r"[+−]\d\.\d\d", t)}
    assert shown
    assert shown <= known


def test_the_headline_is_written_from_the_table(drawn, small):
    title = texts(drawing(drawn, words_of(small, "en")))[0]
    mood = words_of(small, "en").value(drawn.low_point().mood, Unit.MOOD)
    assert title.startswith(f"Cart is the low point ({mood})")


def test_the_same_map_gives_the_same_bytes_and_is_small(drawn, small):
    words = words_of(small, "ru")
    first, second = (svg(drawing(drawn, words), alt="Map") for _ in range(2))
    assert first == second
    assert len(first.encode()) < 120_000


def test_the_map_is_drawn_quickly(drawn, small):
    words = words_of(small, "ru")
    drawing(drawn, words)  # fonts are read once
    start = time.process_time()
    svg(drawing(drawn, words), alt="Map")
    assert time.process_time() - start < 3


def test_the_maps_ground_and_ink_follow_the_page(drawn, small):
    drawn_svg = svg(drawing(drawn, words_of(small, "en")), alt="Map")
    assert "var(--ink)" in drawn_svg
    assert "var(--card)" in drawn_svg
    assert not re.findall(r"#(?:fff(?:fff)?|000(?:000)?)\b", drawn_svg)


def test_the_curve_is_broken_where_too_few_spoke(data, small):
    keep = data.feedback["touchpoint"] != "payment"
    few = data.feedback[keep | (data.feedback["customer_id"] < "c0020")]
    got = journey_map(replace_feedback(data, few), small.STAGES)
    words = words_of(small, "en")
    lines = [line for line in drawing(got, words).axes[0].lines if line.get_linewidth() == 2.0]
    assert [len(x) for x in (line.get_xdata() for line in lines) if len(x) > 1] == [2, 2]
    assert "n\xa0=\xa016" in texts(drawing(got, words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_those_who_left_have_a_curve_of_their_own(data, small, language):
    left = frozenset(f"c{i:04d}" for i in range(0, 300, 3))
    got = journey_map(replace(data, lost=left), small.STAGES)
    words = words_of(small, language)
    with theme.style():
        figure = draw(got, words)
        assert crowded(figure) == []
    assert words("figure.map.lost_mood") in texts(figure)


def replace_feedback(data, feedback):
    ids = set(feedback["feedback_id"])
    codes = data.feedback_codes[data.feedback_codes["feedback_id"].isin(ids)]
    return replace(data, feedback=feedback, feedback_codes=codes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_charts_meets_another(data, drawn, small, language):
    words = words_of(small, language)
    steps = funnel(data.event_stages, small.IDS)
    own = data.event_stages[["customer_id"]].drop_duplicates()
    own["segment"] = own["customer_id"].str[-1].map(lambda c: "even" if int(c) % 2 == 0 else "odd")
    charts = [
        (figures.funnel_chart, steps),
        (figures.segments_chart, segment_funnel(data.event_stages, own, like=steps)),
        (figures.problems_chart, stage_problems(data.feedback_codes, data.event_stages,
                                                stages=small.IDS)),
        (figures.mood_chart, drawn.mood),
        (figures.mood_chart, drawn.touchpoint_mood),
    ]  # fmt: skip
    with theme.style():
        assert [crowded(chart(result, words)) for chart, result in charts] == [[]] * len(charts)


def test_charts_of_nothing_are_drawn(data, small):
    words = words_of(small, "en")
    none = data.event_stages.iloc[:0]
    no_codes = data.feedback_codes.iloc[:0]
    no_answers = drawn_answers(data).iloc[:0]
    assert drawing(funnel(none, small.IDS), words, figures.funnel_chart)
    nobody = SegmentFunnel(rows=(), n_unassigned=0, confidence=0.95)
    assert drawing(nobody, words, figures.segments_chart)
    problems = stage_problems(no_codes, none, stages=small.IDS)
    assert drawing(problems, words, figures.problems_chart)
    mood = mood_by_stage(no_answers, none, stages=small.IDS)
    assert drawing(mood, words, figures.mood_chart)
    assert flow(none, small.IDS).n_customers == 0


def drawn_answers(data):
    return mood_answers(data.feedback, data.feedback_codes, data.event_stages)
