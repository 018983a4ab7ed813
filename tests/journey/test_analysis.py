"""One call gives the whole report, also from orders alone; what cannot be is said."""

from __future__ import annotations

import pandas as pd
import pytest

from cjm_research.errors import NoDataError, ParameterError, SchemaError
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.order_path import ORDER_STAGES, order_stages
from cjm_research.journey.scope import JourneyChoices, JourneyTables, end_of

NO_FEEDBACK = pd.DataFrame({"feedback_id": [], "kind": []})
NO_CODES = pd.DataFrame(
    {"feedback_id": [], "sentence": [], "sentiment": [], "theme": [], "theme_kind": []}
)


def orders(*rows):
    frame = pd.DataFrame(list(rows), columns=["customer_id", "order_id", "day", "status"])
    frame["ordered_at"] = pd.to_datetime(frame.pop("day"), utc=True)
    return frame


BOUGHT = orders(
    ("a", "1", "2026-01-01", "completed"),
    ("a", "1", "2026-01-01", "completed"),
    ("a", "2", "2026-02-01", "completed"),
    ("a", "3", "2026-03-01", "completed"),
    ("a", "4", "2026-04-01", "completed"),
    ("b", "5", "2026-01-05", "completed"),
    ("b", "6", "2026-01-09", "returned"),
    ("c", "7", None, "completed"),
)


@pytest.fixture
def tables(small, data):
    return JourneyTables(
        events=small.event_rows(),
        event_stages=data.event_stages,
        orders=BOUGHT.iloc[:0],
        feedback=data.feedback,
        feedback_codes=data.feedback_codes,
    )


def only_orders(frame):
    return JourneyTables(
        events=pd.DataFrame({"customer_id": [], "name": []}),
        event_stages=pd.DataFrame(
            {"customer_id": [], "occurred_at": pd.to_datetime([], utc=True), "stage": [],
             "touchpoint": []}
        ),
        orders=frame,
        feedback=NO_FEEDBACK,
        feedback_codes=NO_CODES,
    )  # fmt: skip


def test_orders_are_first_second_and_third_or_later():
    got = order_stages(BOUGHT)
    assert got[got["customer_id"] == "a"]["stage"].tolist() == [
        *ORDER_STAGES, "third_order",
    ]  # fmt: skip


def test_returns_and_orders_without_a_time_are_no_order():
    got = order_stages(BOUGHT)
    assert got.groupby("customer_id").size().to_dict() == {"a": 4, "b": 1}


def test_without_order_ids_lines_of_one_stamp_are_one_order():
    assert len(order_stages(BOUGHT.drop(columns="order_id"))) == 5


def test_orders_need_a_time_column():
    with pytest.raises(SchemaError, match="ordered_at"):
        order_stages(BOUGHT.drop(columns="ordered_at"))


def test_a_study_with_orders_only_has_a_journey_of_orders():
    got = analyse_journey(only_orders(BOUGHT), [])
    assert got.from_orders
    assert [s.reached for s in got.funnel.steps] == [2, 1, 1]
    assert got.unmatched.rows == ()


def test_neither_events_nor_orders_is_nothing_to_report():
    with pytest.raises(NoDataError, match="Declare the stages"):
        analyse_journey(only_orders(BOUGHT.iloc[:0]), [])


def test_one_stage_is_no_journey(small, tables):
    with pytest.raises(NoDataError, match="two stages or more"):
        analyse_journey(tables, small.STAGES[:1])


def test_a_segment_that_is_not_there_names_the_nearest(small, tables):
    own = tables.event_stages[["customer_id"]].drop_duplicates().assign(segment="loyal")
    with_segments = JourneyTables(
        **{name: getattr(tables, name) for name in tables.__slots__ if name != "segments"},
        segments=own,
    )
    with pytest.raises(ParameterError, match="Did you mean 'loyal'"):
        analyse_journey(with_segments, small.STAGES, choices=JourneyChoices(segment="loyall"))
    chosen = analyse_journey(with_segments, small.STAGES, choices=JourneyChoices(segment="loyal"))
    assert chosen.map.segment == "loyal"


def test_a_segment_without_a_grouping_is_refused(small, tables):
    with pytest.raises(ParameterError, match="the study has no grouping"):
        analyse_journey(tables, small.STAGES, choices=JourneyChoices(segment="loyal"))


def test_segments_that_share_customers_are_not_compared(small, tables):
    own = pd.DataFrame({"customer_id": ["c0001", "c0001"], "segment": ["x", "y"]})
    parts = {name: getattr(tables, name) for name in tables.__slots__ if name != "segments"}
    got = analyse_journey(JourneyTables(**parts, segments=own), small.STAGES)
    assert got.segments.rows == ()


def test_nothing_after_the_end_is_counted(small, tables):
    choices = JourneyChoices(observed_until=pd.Timestamp("2026-01-02", tz="UTC"))
    got = analyse_journey(tables, small.STAGES, choices=choices)
    assert [s.reached for s in got.funnel.steps] == [300, 0, 0]
    assert got.map.mood.n_answers == 300


def test_every_result_has_findings_of_unique_ids(small, tables):
    got = analyse_journey(tables, small.STAGES)
    by_result = [[f.id for f in r.findings()] for r in got.results]
    assert all(len(set(ids)) == len(ids) for ids in by_result)


def test_a_day_ends_in_its_own_zone():
    assert end_of(pd.Timestamp("2026-03-28"), "Europe/Berlin").isoformat() == (
        "2026-03-29T00:00:00+01:00"
    )
