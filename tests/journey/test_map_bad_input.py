"""Maps of next to nothing: drawn without a fault, or refused with one clear sentence."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cjm_research.errors import NoDataError, ParameterError
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.data import JourneyData
from cjm_research.journey.depth import journey_depth
from cjm_research.journey.journey_map import journey_map
from cjm_research.journey.map_compare import compare_maps
from cjm_research.journey.map_dress import dressed_map
from cjm_research.journey.scope import JourneyTables
from cjm_research.journey.versus import compared
from cjm_research.present import theme
from cjm_research.present.figures.journey_emotions import emotions_chart
from cjm_research.present.figures.journey_map import journey_map as draw
from cjm_research.present.figures.journey_map.versus import comparison_map
from cjm_research.present.layout import crowded
from cjm_research.present.words import Words
from cjm_research.study.journey_plan import MAP_ROWS, JourneyPlan

EVERY_ROW = JourneyPlan(rows=list(MAP_ROWS))
NO_ORDERS = {"customer_id": [], "amount": [], "ordered_at": []}
NOTHING = {"feedback_id": [], "kind": []}
NO_CODES = {"feedback_id": [], "sentence": [], "sentiment": [], "theme": [], "theme_kind": []}


def tables(events):
    return JourneyTables(
        events=pd.DataFrame({"customer_id": [], "name": []}),
        event_stages=events,
        orders=pd.DataFrame(NO_ORDERS),
        feedback=pd.DataFrame(NOTHING),
        feedback_codes=pd.DataFrame(NO_CODES),
    )


def whole_map(data, stages):
    return dressed_map(journey_map(data, stages), data, stages, plan=EVERY_ROW)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("who", [["c0001"], ["c0000"], [f"c{i:04d}" for i in range(25)]])
def test_a_map_of_few_customers_hides_estimates_and_is_drawn(data, small, who, language):
    got = whole_map(data.of(who), small.STAGES)
    words = Words(language, "RUB", {"stage": {s.id: s.label for s in small.STAGES}}, {})
    with theme.style():
        assert crowded(draw(got, words)) == []
        assert crowded(emotions_chart(got.emotions, words)) == []
        assert crowded(comparison_map(compare_maps(got, got), words)) == []
    frame = got.to_frame()
    assert frame.loc[frame["map_row"].isin(["mood", "pain", "emotion"]), "mood"].isna().all()
    assert [f for f in got.findings() if f.status == "shown"] == []


def test_equal_stamps_everywhere_make_a_map(data, small):
    stopped = replace(
        data,
        event_stages=data.event_stages.assign(occurred_at=pd.Timestamp("2026-01-01", tz="UTC")),
    )
    got = whole_map(stopped, small.STAGES)
    assert [s.flow.customers for s in got.stages] == [300, 240, 120]


def test_a_clock_change_makes_no_day_twice(small):
    # 26 October 2025, 02:30 came twice in Berlin; in UTC the two are an hour apart.
    times = pd.to_datetime(["2025-10-26T00:30Z", "2025-10-26T01:30Z"], utc=True)
    log = pd.DataFrame({"customer_id": "a", "stage": ["look", "buy"], "touchpoint": "x",
                        "occurred_at": times, "channel": None, "name": "x"})  # fmt: skip
    none = JourneyData(event_stages=log, feedback=pd.DataFrame(NOTHING),
                       feedback_codes=pd.DataFrame(NO_CODES))  # fmt: skip
    until = pd.Timestamp("2025-10-27", tz="Europe/Berlin")
    got = journey_map(none, small.STAGES[:2], observed_until=until)
    assert got.window == ("2025-10-26", "2025-10-26")
    assert got.stages[0].flow.moved_on == 1


def test_no_events_and_no_orders_are_one_sentence(data, small):
    empty = tables(data.event_stages.iloc[:0])
    for compute in (analyse_journey, journey_depth):
        with pytest.raises(NoDataError, match="no event belongs to a stage"):
            compute(empty, small.STAGES)


def test_one_stage_is_no_journey(data, small):
    with pytest.raises(NoDataError, match="two stages or more"):
        analyse_journey(tables(data.event_stages), small.STAGES[:1])


def test_without_orders_deals_and_texts_the_missing_parts_are_named(data, small):
    got = journey_depth(tables(data.event_stages), small.STAGES)
    assert {"ladder", "moving", "due", "quotes", "lanes", "leaving"} <= set(got.absent.parts)
    assert got.absent.to_frame()["report_part"].tolist() == list(got.absent.parts)


def test_what_is_no_touch_may_be_missing_from_the_data_of_a_month(data, small):
    got = journey_depth(
        tables(data.event_stages), small.STAGES, plan=JourneyPlan(no_touch=["no_such_channel"])
    )
    assert got.credit is not None


def test_versus_needs_a_segment(data, small):
    with pytest.raises(ParameterError, match="needs a 'segment'"):
        compared(tables(data.event_stages), small.STAGES, versus="loyal")


def test_without_two_periods_no_periods_are_compared(data, small):
    assert compared(tables(data.event_stages), small.STAGES).results == ()
