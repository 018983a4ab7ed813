"""The map holds the same numbers as the results that it is made of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cjm_research.journey.data import JourneyData
from cjm_research.journey.flow import flow
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.map_quotes import first_quotes
from cjm_research.journey.map_table import SHOWN
from cjm_research.journey.scope import lost_customers
from cjm_research.journey.touchpoints import as_met, touchpoint_reach


def rows(drawn, what):
    frame = drawn.to_frame()
    return frame[frame["map_row"] == what]


def test_the_table_has_the_declared_columns(drawn):
    assert list(drawn.to_frame()) == list(drawn.units)


def test_reach_is_that_of_the_flow(drawn, data, small):
    known = flow(data.event_stages, small.IDS).to_frame()
    assert rows(drawn, "reach")["n"].tolist() == known["customers"].tolist()
    assert rows(drawn, "reach")["share"].tolist() == known["share"].tolist()


def test_touchpoints_are_the_most_frequent_in_the_order_they_are_met(drawn, data, small):
    reach = touchpoint_reach(data.event_stages, small.IDS)
    for stage in drawn.stages:
        names = [t.touchpoint for t in stage.touchpoints]
        assert set(names) == {t.touchpoint for t in reach.of(stage.stage)[:SHOWN]}
        order = as_met(data.event_stages, stage.stage)
        assert names == sorted(names, key=order.index)


def test_the_planted_low_point_is_found(drawn):
    low = drawn.low_point()
    assert (low.stage, low.touchpoint) == ("buy", "cart")


def test_the_planted_pain_is_the_first_opportunity(drawn):
    (finding,) = drawn.opportunities.findings()
    assert finding.subject == {"stage": "buy", "theme": "long_form"}


def test_quotes_are_about_the_first_opportunity(drawn):
    assert [q.text for q in drawn.quotes] == ["The form asked for everything twice."]


def test_a_chinese_sentence_that_says_as_much_in_fewer_letters_is_quoted_too(data, drawn):
    codes = data.feedback_codes
    about = codes.loc[codes["text"] == drawn.quotes[0].text].head(1)
    said = about.assign(language="zh", text="表单要填的内容太多，体验很差。", feedback_id="zh1")
    short = said.assign(text="太差了。", feedback_id="zh0")
    more = pd.concat([codes, short, said], ignore_index=True).astype(codes.dtypes)
    quotes = first_quotes(more, data.event_stages, drawn.opportunities)
    assert [q.text for q in quotes if q.language == "zh"] == ["表单要填的内容太多，体验很差。"]


def test_a_point_that_too_few_spoke_at_has_no_mood_in_the_table(drawn):
    frame = rows(drawn, "mood")
    is_small = frame["n"] < drawn.limits.facts_below
    assert frame.loc[is_small, "mood"].isna().all()
    assert frame.loc[~is_small, "mood"].notna().all()


def test_the_data_of_a_segment_are_of_its_customers_only(data):
    part = data.of({"c0001", "c0002"})
    tables = (part.event_stages, part.feedback, part.feedback_codes)
    assert {c for t in tables for c in t["customer_id"]} == {"c0001", "c0002"}


def test_the_data_before_a_day_hold_nothing_later(data):
    part = data.before(pd.Timestamp("2026-01-02"))
    assert part.event_stages["occurred_at"].max() < pd.Timestamp("2026-01-02", tz="UTC")
    assert part.feedback["given_at"].max() < pd.Timestamp("2026-01-02", tz="UTC")
    assert len(part.event_stages) == 300


def test_without_feedback_the_map_still_stands(data, small):
    empty = JourneyData(
        event_stages=data.event_stages,
        feedback=data.feedback.iloc[:0],
        feedback_codes=data.feedback_codes.iloc[:0],
    )
    got = journey_map(empty, small.STAGES)
    assert [s.flow.customers for s in got.stages] == [300, 240, 120]
    assert (got.quotes, got.low_point(), got.worst_pain()) == ((), None, None)
    assert got.findings() == ()


def test_one_customer_is_no_finding(data, small):
    got = journey_map(data.of({"c0001"}), small.STAGES)
    assert got.n_customers == 1
    assert [f for f in got.findings() if f.status == "shown"] == []


def test_row_order_of_the_tables_changes_nothing(data, small, drawn):
    shuffled = JourneyData(
        event_stages=data.event_stages.sort_values("customer_id", ascending=False, kind="stable"),
        feedback=data.feedback.sample(frac=1, random_state=1),
        feedback_codes=data.feedback_codes.sample(frac=1, random_state=2),
    )
    pd.testing.assert_frame_equal(journey_map(shuffled, small.STAGES).to_frame(), drawn.to_frame())


def test_the_mood_of_those_who_left_is_at_the_places_of_the_curve(data, small):
    left = frozenset(f"c{i:04d}" for i in range(0, 300, 3))
    got = journey_map(replace(data, lost=left), small.STAGES)
    assert [(p.stage, p.touchpoint) for p in got.lost_mood] == [
        (p.stage, p.touchpoint) for p in got.points()
    ]
    page = next(p for p in got.lost_mood if p.touchpoint == "view_page")
    answers = data.feedback[data.feedback["touchpoint"] == "view_page"]
    known = answers[answers["customer_id"].isin(left)]["score"].mean()
    assert page.n == 100
    assert page.mood == pytest.approx((known - 3) / 2)


def test_who_left_is_read_from_status_flag_or_date():
    customers = pd.DataFrame(
        {
            "customer_id": list("abcd"),
            "status": ["lost", "current", None, "lead"],
            "is_churned": pd.array([None, True, False, None], dtype="boolean"),
            "churned_on": pd.to_datetime([None, None, "2026-01-01", None]),
        }
    )
    assert lost_customers(customers) == {"a", "b", "c"}
    assert lost_customers(customers[["customer_id"]]) == frozenset()
    assert lost_customers(None) == frozenset()


@pytest.mark.parametrize("end", ["low", "high"])
def test_findings_name_each_end_of_the_curve_once(drawn, end):
    assert len([f for f in drawn.findings() if f.kind.endswith(f"{end}_point")]) == 1
